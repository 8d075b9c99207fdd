// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock explain - Tell which policies apply to what, and why
 *
 * This does what bpf/execlock.bpf.c does at an exec: it looks up the same keys
 * in the same maps, and combines what is found there in the same way.
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../bpf/explain.h"
#include "command.h"
#include "commands.h"
#include "explain.skel.h"
#include "hash.h"
#include "loaded.h"
#include "message.h"
#include "pins.h"
#include "policy.h"
#include "text.h"

/* What was executed, and the interpreters that the kernel allows. */
#define MAX_FILES 6

/* As much of a file as the kernel looks at (BINPRM_BUF_SIZE). */
#define HEAD_SIZE 256

/* The kernel's NGROUPS_MAX, and one for the effective group. */
#define MAX_GROUPS 65537

/* The number of the initial user namespace (PROC_USER_INIT_INO). */
#define INITIAL_USER_NAMESPACE 0xeffffffdU

struct arguments {
	pid_t pid;
	char *command;
};

/* What a process is, as far as it matters for policies. */
struct context {
	pid_t pid;
	__u32 user;
	__u32 *groups;
	size_t num_groups;
	char *cgroup;
	bool other_namespace;
	/* The layout of bpf/execlock.bpf.c. */
	struct execlock_under under;
};

/* A policy that would be applied. */
struct layer {
	__u32 index;
	size_t file;
};

struct explanation {
	struct arguments arguments;
	struct explain_bpf *bpf;
	struct context context;
	bool found;			/* whether a set is in force */
	struct loaded loaded;
	char *files[MAX_FILES];
	size_t num_files;
	/* Whether they are the shell's, which is executed instead. */
	bool shell;
	/* What holds, by condition; for any of the files. */
	struct execlock_mask holds[EXECLOCK_CONDITIONS];
	/* The policies that match the current file. */
	struct execlock_mask eligible;
	struct execlock_mask done;
	struct layer layers[EXECLOCK_POLICIES];
	size_t num_layers;
};

static error_t parse_explain(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	char *end;
	long pid;

	switch (key) {
	case 'p':
		pid = strtol(arg, &end, 10);
		if (!isdigit((unsigned char)*arg) || *end || pid < 1 ||
		    pid > INT_MAX)
			argp_error(state, "--pid is the number of a process");
		arguments->pid = pid;
		return 0;
	case ARGP_KEY_ARG:
		/* The arguments of the command play no part. */
		arguments->command = arg;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command && !arguments->pid)
			argp_error(state, "which command? Or add --pid PID");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp explain_argp = {
	.options = (const struct argp_option[]) {
		{ "pid", 'p', "PID", 0,
		  "Explain this process: the policies that it is under, and those that its program, or COMMAND, would get if it executed it",
		  0 },
		{}
	},
	.parser = parse_explain,
	.children = common_options,
	.args_doc = "[--] COMMAND [ARG...]\n--pid PID [[--] COMMAND [ARG...]]",
	.doc =
"Tell which of the policies in force would be applied to COMMAND, in which order,\n"
"and for each policy which of its conditions hold.  Without --pid, they are those\n"
"of execlock itself: run it as the user, and in the cgroup, in question.\n"
"\vNothing is executed.  COMMAND is looked for as execvp(3) does, and followed\n"
"from a script to its interpreters; those of binfmt_misc are not known.  Without\n"
"\"#!\", it is the shell that is executed.  Paths are those of execlock's root\n"
"directory, not of PID's.  Domains that the process got otherwise (\"execlock\n"
"cgroup\", \"execlock run\", itself) are not known.\n"
"\n"
"This needs root.\n"
"\n"
"Exit status: 0 explained, also if no policy applies; 1 the system did not do it,\n"
"e.g. because there is no such process or command; 2 wrong command line.\n",
};

static void mask_or(struct execlock_mask *mask,
		    const struct execlock_mask *other)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mask->word); i++)
		mask->word[i] |= other->word[i];
}

static void mask_and(struct execlock_mask *mask,
		     const struct execlock_mask *other)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mask->word); i++)
		mask->word[i] &= other->word[i];
}

static bool mask_has(const struct execlock_mask *mask, __u32 index)
{
	return mask->word[index / 64] >> index % 64 & 1;
}

/*
 * The context
 */

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (file)
		return file;
	if (errno == ENOENT)
		p_err("there is no process %d, or /proc is not mounted", pid);
	else
		p_err("cannot open %s: %s", path, strerror(errno));
	return NULL;
}

/* Reads numbers until the end of the line. */
static void read_groups(struct context *context, const char *text)
{
	unsigned int group;
	int size;

	while (context->num_groups < MAX_GROUPS &&
	       sscanf(text, "%u%n", &group, &size) == 1) {
		context->groups[context->num_groups++] = group;
		text += size;
	}
}

static int read_status(struct context *context)
{
	FILE *const file = open_proc(context->pid, "status");
	bool user = false, groups = false;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return -1;
	context->groups = calloc(MAX_GROUPS, sizeof(*context->groups));
	while (context->groups && getline(&line, &size, file) > 0) {
		unsigned int id;

		/* The second one is the effective one. */
		if (sscanf(line, "Uid: %*u %u", &id) == 1) {
			context->user = id;
			user = true;
		} else if (sscanf(line, "Gid: %*u %u", &id) == 1) {
			context->groups[context->num_groups++] = id;
		} else if (strncmp(line, "Groups:", 7) == 0) {
			read_groups(context, line + 7);
			groups = true;
		}
	}
	free(line);
	fclose(file);
	if (!user || !groups)
		return p_err("cannot learn the user and the groups of process %d",
			     context->pid);
	return 0;
}

static int read_cgroup(struct context *context)
{
	FILE *const file = open_proc(context->pid, "cgroup");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return -1;
	while (!context->cgroup && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0)
			context->cgroup = strdup(line + 3);
	}
	free(line);
	fclose(file);
	if (!context->cgroup)
		return p_err("cannot learn the cgroup (version 2) of process %d",
			     context->pid);
	return 0;
}

static int read_namespace(struct context *context)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", context->pid);
	if (stat(path, &st))
		return p_err("cannot stat %s: %s", path, strerror(errno));
	context->other_namespace = st.st_ino != INITIAL_USER_NAMESPACE;
	return 0;
}

static int read_under(struct context *context)
{
	struct execlock_task task = {};
	int map, pidfd, err;

	map = pins_open(&pins_policies, "confined");
	if (map < 0)
		return -1;
	if (!pins_fits(map, sizeof(int), sizeof(task))) {
		close(map);
		return loaded_foreign();
	}
	pidfd = syscall(__NR_pidfd_open, context->pid, 0);
	if (pidfd < 0) {
		err = errno;
		close(map);
		if (err == EINVAL || err == ENOENT)
			return p_err("%d is a thread, not a process",
				     context->pid);
		return p_err("cannot open process %d: %s", context->pid,
			     strerror(err));
	}
	err = bpf_map_lookup_elem(map, &pidfd, &task);
	/* It is under none. */
	if (err && errno == ENOENT)
		err = 0;
	if (err)
		p_err("cannot read the BPF map \"confined\" in " PINS_DIR ": %s",
		      strerror(errno));
	context->under = task.under;
	if (context->under.count > EXECLOCK_LAYERS)
		context->under.count = EXECLOCK_LAYERS;
	close(pidfd);
	close(map);
	return err;
}

static int read_context(struct explanation *explanation)
{
	struct context *const context = &explanation->context;
	const pid_t pid = explanation->arguments.pid;

	context->pid = pid ? pid : getpid();
	if (read_status(context) || read_cgroup(context) ||
	    read_namespace(context))
		return -1;
	return explanation->found ? read_under(context) : 0;
}

/*
 * Conditions
 */

static void add_matches(const struct explanation *explanation,
			const struct execlock_key *key,
			struct execlock_mask *mask)
{
	struct execlock_match found;

	if (!bpf_map_lookup_elem(explanation->loaded.matches, key, &found))
		mask_or(mask, &found.mask);
}

static void add_number(const struct explanation *explanation,
		       enum execlock_condition condition, __u64 number,
		       struct execlock_mask *mask)
{
	const struct execlock_key key = {
		.condition = condition,
		.number = number,
	};

	add_matches(explanation, &key, mask);
}

/* The cgroup and those above it, of which the root is "/". */
static void add_cgroups(const struct explanation *explanation,
			struct execlock_mask *mask)
{
	const char *const path = explanation->context.cgroup;
	size_t i;

	add_number(explanation, EXECLOCK_CGROUP, hash_path("/", 1), mask);
	for (i = 1; path[1]; i++) {
		if (path[i] && path[i] != '/')
			continue;
		add_number(explanation, EXECLOCK_CGROUP, hash_path(path, i),
			   mask);
		if (!path[i])
			break;
	}
}

/* Finds out which conditions hold that are not about files. */
static void find_eligible(struct explanation *explanation)
{
	const struct context *const context = &explanation->context;
	struct execlock_mask *const holds = explanation->holds;
	size_t i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		holds[i] = explanation->loaded.header.without[i];
	add_number(explanation, EXECLOCK_USER, context->user,
		   &holds[EXECLOCK_USER]);
	for (i = 0; i < context->num_groups; i++)
		add_number(explanation, EXECLOCK_GROUP, context->groups[i],
			   &holds[EXECLOCK_GROUP]);
	add_cgroups(explanation, &holds[EXECLOCK_CGROUP]);
	add_number(explanation, EXECLOCK_NAMESPACE, context->other_namespace,
		   &holds[EXECLOCK_NAMESPACE]);
	for (i = 0; i < context->under.count; i++)
		add_number(explanation, EXECLOCK_PARENT, context->under.ids[i],
			   &holds[EXECLOCK_PARENT]);
	explanation->eligible = explanation->loaded.header.all;
	for (i = EXECLOCK_USER; i < EXECLOCK_CONDITIONS; i++)
		mask_and(&explanation->eligible, &holds[i]);
}

/*
 * Files
 */

static void add_file(const struct explanation *explanation,
		     const struct explain_file *file,
		     const char *name, struct execlock_mask *masks)
{
	struct execlock_key key = {
		.condition = file->depth ? EXECLOCK_DIRECTORY :
					   EXECLOCK_EXECUTABLE,
		.device = file->file.device,
		.number = file->file.inode,
		.name = file->file.generation,
	};

	add_matches(explanation, &key, &masks[key.condition]);
	/* What the directory has by this name is the executable, too. */
	if (file->depth != 1)
		return;
	key.condition = EXECLOCK_EXECUTABLE;
	key.name = hash_name(EXECLOCK_HASH_INIT, name, strlen(name));
	key.by_name = 1;
	add_matches(explanation, &key, &masks[EXECLOCK_EXECUTABLE]);
}

/* Reads what the BPF program says of the file and the directories above it. */
static int read_chain(const struct explanation *explanation, int iter,
		      struct execlock_mask *masks)
{
	struct explain_file file = {};
	char name[EXPLAIN_NAME] = "";
	ssize_t size;

	while ((size = read(iter, &file, sizeof(file))) > 0) {
		if (size != sizeof(file)) {
			errno = EPROTO;
			return -1;
		}
		if (file.depth == 0)
			memcpy(name, file.name, sizeof(name) - 1);
		add_file(explanation, &file, name, masks);
	}
	if (size == 0 && !file.end) {
		errno = ELOOP;
		return -1;
	}
	return size;
}

/* Finds the policies whose conditions on files hold for this one. */
static int match_file(struct explanation *explanation, int fd,
		      struct execlock_mask *masks)
{
	union bpf_iter_link_info self = { .task.pid = getpid() };
	struct bpf_iter_attach_opts opts;
	struct bpf_link *link;
	int iter, err;

	/* Also its padding has to be zero. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.link_info = &self;
	opts.link_info_len = sizeof(self);
	explanation->bpf->bss->wanted = fd;
	link = bpf_program__attach_iter(explanation->bpf->progs.explain, &opts);
	iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	err = iter < 0 ? -1 : read_chain(explanation, iter, masks);
	if (err)
		p_err("cannot learn in which directories %s is: %s",
		      explanation->files[explanation->num_files - 1],
		      strerror(errno));
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}

/* Adds what is applied because of this file, after what is already. */
static int look_at(struct explanation *explanation, int fd)
{
	struct execlock_mask masks[EXECLOCK_DIRECTORY + 1];
	struct execlock_mask found = explanation->eligible;
	__u32 i;

	for (i = 0; i <= EXECLOCK_DIRECTORY; i++)
		masks[i] = explanation->loaded.header.without[i];
	if (match_file(explanation, fd, masks))
		return -1;
	for (i = 0; i <= EXECLOCK_DIRECTORY; i++) {
		mask_or(&explanation->holds[i], &masks[i]);
		mask_and(&found, &masks[i]);
	}
	for (i = 0; i < explanation->loaded.header.policies; i++)
		if (mask_has(&found, i) && !mask_has(&explanation->done, i))
			explanation->layers[explanation->num_layers++] =
				(struct layer){
					.index = i,
					.file = explanation->num_files - 1,
				};
	mask_or(&explanation->done, &found);
	return 0;
}

/* Returns 1 with the path of the interpreter if the file is a script. */
static int read_interpreter(int fd, char *path)
{
	char head[HEAD_SIZE + 1], *name;
	const ssize_t size = pread(fd, head, HEAD_SIZE, 0);

	if (size < 2 || head[0] != '#' || head[1] != '!')
		return 0;
	head[size] = '\0';
	head[strcspn(head, "\n")] = '\0';
	name = head + 2 + strspn(head + 2, " \t");
	name[strcspn(name, " \t")] = '\0';
	snprintf(path, PATH_MAX, "%s", name);
	return *name != '\0';
}

static int open_file(struct explanation *explanation, const char *path)
{
	struct stat st;
	int fd;

	/* A FIFO must not make us wait. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return p_err("cannot open %s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		close(fd);
		return p_err("%s is not an executable file", path);
	}
	explanation->files[explanation->num_files] = strdup(path);
	if (!explanation->files[explanation->num_files]) {
		close(fd);
		return p_err("out of memory");
	}
	explanation->num_files++;
	return fd;
}

/* Execution begins anew, with another file. */
static void start_over(struct explanation *explanation)
{
	while (explanation->num_files)
		free(explanation->files[--explanation->num_files]);
	explanation->num_layers = 0;
	memset(&explanation->done, 0, sizeof(explanation->done));
	if (explanation->found)
		find_eligible(explanation);
}

/*
 * From the file that is named to the last interpreter.  Returns 1 if one of them
 * has no format that the kernel knows.
 */
static int follow(struct explanation *explanation, const char *first)
{
	char path[PATH_MAX];
	int fd, more, err;

	snprintf(path, sizeof(path), "%s", first);
	do {
		if (explanation->num_files == MAX_FILES)
			return p_err("%s has too many interpreters to be executed",
				     first);
		fd = open_file(explanation, path);
		if (fd < 0)
			return -1;
		err = command_for_shell(fd);
		if (!err && explanation->found)
			err = look_at(explanation, fd);
		more = read_interpreter(fd, path);
		close(fd);
	} while (!err && more);
	return err;
}

static int follow_named(struct explanation *explanation, const char *name)
{
	char path[PATH_MAX];
	int err;

	err = command_find(name, path);
	if (err == -ENOENT)
		return p_err("%s is not in one of the directories of PATH",
			     name);
	if (err)
		return p_err("cannot execute %s: %s", name, strerror(-err));
	err = follow(explanation, path);
	if (err <= 0)
		return err;
	explanation->shell = true;
	start_over(explanation);
	return follow(explanation, COMMAND_SHELL);
}

static int follow_command(struct explanation *explanation)
{
	const char *const command = explanation->arguments.command;
	char path[PATH_MAX], link[64];
	ssize_t size;

	if (command)
		return follow_named(explanation, command);
	snprintf(link, sizeof(link), "/proc/%d/exe", explanation->context.pid);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0)
		return p_err("cannot learn which program process %d executes (does it have one?): %s",
			     explanation->context.pid, strerror(errno));
	/* It may be in another mount namespace. */
	if (follow(explanation, link))
		return -1;
	path[size] = '\0';
	free(explanation->files[0]);
	explanation->files[0] = strdup(path);
	return explanation->files[0] ? 0 : p_err("out of memory");
}

/*
 * The answer
 */

static json_t *describe_context(const struct explanation *explanation)
{
	const struct context *const context = &explanation->context;
	json_t *const groups = json_array();
	json_t *const under = json_array();
	size_t i;

	for (i = 0; i < context->num_groups; i++)
		json_array_append_new(groups,
				      json_integer(context->groups[i]));
	/* One that was not loaded for long has no name any more. */
	for (i = 0; i < context->under.count; i++) {
		const char *const name =
			loaded_name_of_policy(context->under.ids[i]);

		json_array_append_new(under, name ? json_string(name) :
						    json_null());
	}
	return json_pack("{s:i, s:I, s:o, s:o, s:s, s:o}",
			 "pid", (int)context->pid,
			 "user", (json_int_t)context->user,
			 "groups", groups,
			 "cgroup", text_json(context->cgroup),
			 "userNamespace",
			 context->other_namespace ? "other" : "initial",
			 "under", under);
}

static json_t *describe_files(const struct explanation *explanation)
{
	json_t *const list = json_array();
	size_t i;

	for (i = 0; i < explanation->num_files; i++)
		json_array_append_new(list, text_json(explanation->files[i]));
	return list;
}

static json_t *describe_layers(const struct explanation *explanation)
{
	json_t *const list = json_array();
	struct execlock_policy policy;
	size_t i;

	for (i = 0; i < explanation->num_layers; i++) {
		const struct layer *const layer = &explanation->layers[i];

		if (loaded_policy(&explanation->loaded, layer->index, &policy)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:b, s:s}",
						"policy", policy.name,
						"file",
						text_json(explanation->files[layer->file]),
						"room", i < EXECLOCK_LAYERS,
						"onError",
						policy.on_error ==
						EXECLOCK_ALLOW ? "allow" :
								 "deny"));
	}
	return list;
}

static json_t *describe_conditions(const struct explanation *explanation,
				   __u32 index)
{
	const struct execlock_header *const header =
		&explanation->loaded.header;
	json_t *const conditions = json_object();
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!mask_has(&header->without[i], index))
			json_object_set_new(conditions,
					    policy_condition_name(i),
					    json_boolean(mask_has(&explanation->holds[i],
								  index)));
	return conditions;
}

static json_t *describe_policies(const struct explanation *explanation)
{
	const __u32 count = explanation->found ?
			    explanation->loaded.header.policies : 0;
	json_t *const list = json_array();
	struct execlock_policy policy;
	__u32 i;

	for (i = 0; i < count; i++) {
		if (loaded_policy(&explanation->loaded, i, &policy)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list,
				      json_pack("{s:s, s:b, s:o}",
						"name", policy.name,
						"applies",
						mask_has(&explanation->done, i),
						"conditions",
						describe_conditions(explanation,
								    i)));
	}
	return list;
}

static json_t *describe(const struct explanation *explanation)
{
	json_t *const layers = describe_layers(explanation);
	json_t *const policies = layers ? describe_policies(explanation) : NULL;

	if (!policies) {
		json_decref(layers);
		return NULL;
	}
	return json_pack("{s:I, s:o, s:b, s:o, s:o, s:o}",
			 "generation", (json_int_t)(explanation->found ?
				       explanation->loaded.generation : 0),
			 "context", describe_context(explanation),
			 "shell", explanation->shell,
			 "files", describe_files(explanation),
			 "layers", layers,
			 "policies", policies);
}

static const char *get_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void print_under(const json_t *context)
{
	const json_t *const under = json_object_get(context, "under");
	const json_t *name;
	size_t i;

	printf("process %lld is under ",
	       json_integer_value(json_object_get(context, "pid")));
	if (!json_array_size(under))
		fputs("no policy", stdout);
	json_array_foreach(under, i, name)
		printf("%s%s", i ? ", " : "", json_is_string(name) ?
		       json_string_value(name) : "(no longer loaded)");
	putchar('\n');
}

static void print_layers(const json_t *answer)
{
	const json_t *const files = json_object_get(answer, "files");
	const json_t *const layers = json_object_get(answer, "layers");
	const json_t *layer;
	size_t i;

	printf("%s would get %zu %s%s\n",
	       json_string_value(json_array_get(files, 0)),
	       json_array_size(layers),
	       json_array_size(layers) == 1 ? "layer" : "layers",
	       json_array_size(layers) ? ", from the outermost:" : "");
	json_array_foreach(layers, i, layer) {
		printf("%3zu  %-24s because of %s", i + 1,
		       get_text(layer, "policy"), get_text(layer, "file"));
		if (!json_is_true(json_object_get(layer, "room")))
			printf(" (too many: %s)",
			       strcmp(get_text(layer, "onError"), "allow") ?
			       "the exec is denied" : "left out");
		putchar('\n');
	}
}

static void print_policies(const json_t *policies)
{
	const json_t *policy, *holds;
	const char *condition;
	size_t i;

	printf("\n%-24s %-8s %s\n", "POLICY", "APPLIES", "CONDITIONS");
	json_array_foreach(policies, i, policy) {
		const char *between = "";

		printf("%-24s %-8s ", get_text(policy, "name"),
		       json_is_true(json_object_get(policy, "applies")) ?
		       "yes" : "no");
		json_object_foreach(json_object_get(policy, "conditions"),
				    condition, holds) {
			printf("%s%s: %s", between, condition,
			       json_is_true(holds) ? "yes" : "no");
			between = ", ";
		}
		putchar('\n');
	}
}

static void print(const struct explanation *explanation, const json_t *answer)
{
	if (!explanation->found) {
		puts("no policy is in force");
		return;
	}
	if (explanation->arguments.pid)
		print_under(json_object_get(answer, "context"));
	if (explanation->shell)
		printf("%s has no format that the kernel knows: execvp(3) and shells execute %s\n",
		       explanation->arguments.command, COMMAND_SHELL);
	print_layers(answer);
	print_policies(json_object_get(answer, "policies"));
}

static int explain(struct explanation *explanation)
{
	json_t *answer;
	int err = 0;

	explanation->found = false;
	err = loaded_open(&explanation->loaded);
	if (err < 0)
		return -1;
	explanation->found = err;
	if (read_context(explanation))
		return -1;
	if (explanation->found)
		find_eligible(explanation);
	if (follow_command(explanation))
		return -1;
	answer = describe(explanation);
	if (!answer)
		return -1;
	if (json_output)
		return p_json(answer);
	print(explanation, answer);
	json_decref(answer);
	return 0;
}

int cmd_explain(int argc, char **argv)
{
	static struct explanation explanation;
	size_t i;
	int err;

	argp_parse(&explain_argp, argc, argv, ARGP_IN_ORDER, NULL,
		   &explanation.arguments);
	explanation.bpf = explain_bpf__open_and_load();
	if (explanation.bpf)
		err = explain(&explanation);
	else
		err = p_err("the kernel refuses the BPF program: %s (this needs root; \"execlock --verbose explain ...\" shows why)",
			    strerror(errno));
	if (explanation.found)
		loaded_close(&explanation.loaded);
	for (i = 0; i < explanation.num_files; i++)
		free(explanation.files[i]);
	free(explanation.context.groups);
	free(explanation.context.cgroup);
	explain_bpf__destroy(explanation.bpf);
	return err ? STATUS_FAILED : STATUS_OK;
}
