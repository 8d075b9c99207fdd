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
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/explain.h"
#include "binfmt.h"
#include "cli.h"
#include "context.h"
#include "explain.skel.h"
#include "features.h"
#include "hash.h"
#include "loaded.h"
#include "match.h"
#include "message.h"
#include "path_lookup.h"
#include "pins.h"
#include "policy.h"
#include "sanitize.h"

/* What was executed, and the interpreters that the kernel allows. */
#define MAX_FILES 6

struct arguments {
	pid_t pid;
	char *command;
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
	/* The policies that it is under: the layout of bpf/execlock.bpf.c. */
	struct execlock_under under;
	bool found;			/* whether a set is in force */
	struct loaded loaded;
	char *files[MAX_FILES];
	size_t num_files;
	/* Whether they are the shell's, which is executed instead. */
	bool shell;
	/* The handler of binfmt_misc that decides on a file by itself. */
	char unsure[NAME_MAX + 1];
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
			argp_error(state, "no command: name one, or add --pid PID");
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
"from a script to its interpreters, also those of binfmt_misc.  Of a file that the\n"
"kernel does not execute, execvp(3) has the shell executed.  Paths are those of\n"
"execlock's root directory, not of PID's; /proc/self and /dev/fd are those of PID,\n"
"or of the parent of execlock.  Domains that the process got otherwise (\"execlock\n"
"cgroup\", \"execlock run\", itself) are not known.\n"
"\n"
"This needs root.\n"
"\n"
"Exit status: 0 explained, also if no policy applies; 1 the system did not do it,\n"
"e.g. because there is no such process or command, or an exec of it would fail; 2 wrong command line.\n",
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

/* Whether all that @part has is in @mask. */
static bool mask_covers(const struct execlock_mask *mask,
			const struct execlock_mask *part)
{
	__u64 missing = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mask->word); i++)
		missing |= part->word[i] & ~mask->word[i];
	return !missing;
}

static bool mask_has(const struct execlock_mask *mask, __u32 index)
{
	return mask->word[index / 64] >> index % 64 & 1;
}

/*
 * The context
 */

static int context_err(const struct context *context, int err)
{
	switch (err) {
	case -ESRCH:
		return p_err("there is no process %d, or /proc is not mounted",
			     context->pid);
	case -ENODATA:
		return p_err("process %d is in no cgroup of version 2: mount one with \"mount -t cgroup2 none /sys/fs/cgroup\"",
			     context->pid);
	default:
		return p_err("cannot learn in which context process %d is: %s",
			     context->pid, strerror(-err));
	}
}

static int read_under(struct explanation *explanation)
{
	const pid_t pid = explanation->context.pid;
	struct execlock_under *const under = &explanation->under;
	struct execlock_task task = {};
	int map, pidfd, err;

	map = pins_open(&pins_policies, "confined");
	if (map < 0)
		return -1;
	if (!pins_fits(map, sizeof(int), sizeof(task))) {
		close(map);
		return loaded_foreign();
	}
	pidfd = syscall(__NR_pidfd_open, pid, 0);
	if (pidfd < 0) {
		err = errno;
		close(map);
		if (err == EINVAL || err == ENOENT)
			return p_err("%d is a thread, not a process", pid);
		return p_err("cannot open process %d: %s", pid, strerror(err));
	}
	err = bpf_map_lookup_elem(map, &pidfd, &task);
	/* It is under none. */
	if (err && errno == ENOENT)
		err = 0;
	if (err)
		p_err("cannot read the BPF map \"confined\" in " PINS_DIR ": %s",
		      strerror(errno));
	*under = task.under;
	if (under->count > EXECLOCK_LAYERS)
		under->count = EXECLOCK_LAYERS;
	close(pidfd);
	close(map);
	return err;
}

static int read_context(struct explanation *explanation)
{
	struct context *const context = &explanation->context;
	const pid_t pid = explanation->arguments.pid ?: getpid();
	const int err = context_read(context, pid);

	if (err)
		return context_err(context, err);
	if (context->zombie)
		return p_err("process %d has ended, and executes nothing any more: only its parent has not asked how",
			     pid);
	return explanation->found ? read_under(explanation) : 0;
}

/*
 * Conditions
 */

static void add_matches(const struct explanation *explanation,
			const struct execlock_key *key,
			struct execlock_mask *mask)
{
	const __u64 *const filter = explanation->loaded.header.filter;
	const __u32 bit = execlock_filter_bit(key);
	struct execlock_match found;

	/* A process can be in 65,536 groups, and below 4,096 directories. */
	if (!(filter[bit / 64] & (1ULL << bit % 64)))
		return;
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
	for (i = 0; i < explanation->under.count; i++)
		add_number(explanation, EXECLOCK_PARENT,
			   explanation->under.ids[i],
			   &holds[EXECLOCK_PARENT]);
	add_number(explanation, EXECLOCK_LOGIN, context->login,
		   &holds[EXECLOCK_LOGIN]);
	explanation->eligible = explanation->loaded.header.all;
	for (i = EXECLOCK_USER; i < EXECLOCK_CONDITIONS; i++)
		mask_and(&explanation->eligible, &holds[i]);
}

/*
 * Files
 */

static void add_executable(const struct explanation *explanation,
			   const struct explain_chain *chain,
			   struct execlock_mask *mask)
{
	struct execlock_key key = match_file_key(EXECLOCK_EXECUTABLE,
						 &chain->files[0]);

	add_matches(explanation, &key, mask);
	/* At the root of a file system, a file is its own parent. */
	key = match_file_key(EXECLOCK_EXECUTABLE,
			     &chain->files[chain->count > 1]);
	key.name = hash_name(EXECLOCK_HASH_INIT, chain->name,
			     strlen(chain->name));
	key.by_name = 1;
	add_matches(explanation, &key, mask);
}

static void add_directories(const struct explanation *explanation,
			    const struct explain_chain *chain,
			    struct execlock_mask *mask)
{
	__u32 i;

	for (i = 1; i < chain->count; i++) {
		const struct execlock_key key =
			match_file_key(EXECLOCK_DIRECTORY, &chain->files[i]);

		add_matches(explanation, &key, mask);
	}
}

/* Asks the BPF program for the file and the directories above it. */
static int find_chain(const struct explanation *explanation, int fd)
{
	union bpf_iter_link_info self = { .task.pid = getpid() };
	struct explain_bpf__bss *const bss = explanation->bpf->bss;
	struct bpf_iter_attach_opts opts;
	struct bpf_link *link;
	char nothing;
	int iter, err;

	/* Also its padding has to be zero. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.link_info = &self;
	opts.link_info_len = sizeof(self);
	memset(&bss->chain, 0, sizeof(bss->chain));
	bss->wanted = fd;
	link = bpf_program__attach_iter(explanation->bpf->progs.explain, &opts);
	iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	/* It runs while it is read, and has nothing to be read. */
	err = iter < 0 || read(iter, &nothing, sizeof(nothing)) < 0;
	if (!err && !bss->chain.count) {
		errno = ENOENT;
		err = -1;
	}
	if (err)
		p_err("cannot learn in which directories %s is: %s",
		      explanation->files[explanation->num_files - 1],
		      strerror(errno));
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err ? -1 : 0;
}

/* Finds the policies whose conditions on files hold for this one. */
static int match_file(struct explanation *explanation, int fd,
		      struct execlock_mask *found)
{
	const struct execlock_header *const header =
		&explanation->loaded.header;
	const struct explain_chain *const chain =
		&explanation->bpf->bss->chain;
	struct execlock_mask mask = header->without[EXECLOCK_EXECUTABLE];

	if (find_chain(explanation, fd))
		return -1;
	add_executable(explanation, chain, &mask);
	mask_or(&explanation->holds[EXECLOCK_EXECUTABLE], &mask);
	mask_and(found, &mask);

	mask = header->without[EXECLOCK_DIRECTORY];
	if (!chain->end && !mask_covers(&mask, found))
		return p_err("cannot execute %s: %s (it is below more than %d directories, and a policy in question is for a directory)",
			     explanation->files[explanation->num_files - 1],
			     strerror(ELOOP), EXPLAIN_DEPTH);
	add_directories(explanation, chain, &mask);
	mask_or(&explanation->holds[EXECLOCK_DIRECTORY], &mask);
	mask_and(found, &mask);
	return 0;
}

/* Adds what is applied because of this file, after what is already. */
static int look_at(struct explanation *explanation, int fd)
{
	struct execlock_mask found = explanation->eligible;
	__u32 i;

	if (match_file(explanation, fd, &found))
		return -1;
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

/* Opens a file as execve(2) does, and takes it for the next one of the exec. */
static int open_file(struct explanation *explanation, const char *name)
{
	const pid_t pid = explanation->arguments.pid ?: getppid();
	char path[PATH_MAX];
	struct statvfs fs;
	int fd;

	/* To the kernel, no name is the working directory. */
	context_path(pid, *name ? name : ".", path);
	fd = binfmt_open(path);
	if (fd < 0 && errno == EACCES)
		return p_err("cannot execute %s: %s (it is not an executable file)",
			     name, strerror(EACCES));
	if (fd < 0)
		return p_err("cannot execute %s: %s", name, strerror(errno));
	if (!fstatvfs(fd, &fs) && fs.f_flag & ST_NOEXEC) {
		close(fd);
		return p_err("cannot execute %s: %s (its file system is mounted with \"noexec\")",
			     name, strerror(EACCES));
	}
	if (explanation->num_files == MAX_FILES) {
		close(fd);
		return p_err("cannot execute %s: %s (it has more interpreters than the kernel allows)",
			     explanation->files[0], strerror(ELOOP));
	}
	explanation->files[explanation->num_files] = strdup(name);
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

/* Returns 1 if the file has an interpreter, or -ENOEXEC as the kernel does. */
static int look_into(struct explanation *explanation, int fd,
		     struct binfmt *binfmt, bool *kept)
{
	const char *const name =
		explanation->files[explanation->num_files - 1];

	binfmt_read(fd, name, binfmt);
	if (binfmt->unsure)
		memcpy(explanation->unsure, binfmt->handler,
		       sizeof(explanation->unsure));
	if (binfmt->error && *binfmt->interpreter)
		return p_err("cannot execute %s: %s (because of its ELF interpreter %s)",
			     name, strerror(-binfmt->error),
			     binfmt->interpreter);
	if (binfmt->error)
		return p_err("cannot execute %s: %s", name,
			     strerror(-binfmt->error));
	switch (binfmt->kind) {
	case BINFMT_NONE:
		return -ENOEXEC;
	case BINFMT_ELF:
		return 0;
	default:
		/* Only one file can be kept open for an interpreter. */
		if (*kept)
			return -ENOEXEC;
		*kept = binfmt->keeps;
		return 1;
	}
}

/*
 * From the file that is named to the last interpreter.  Returns -ENOEXEC if one
 * of them has no format that the kernel knows.
 */
static int follow(struct explanation *explanation, const char *first)
{
	const char *name = first;
	struct binfmt binfmt;
	bool kept = false;
	int fd, err;

	do {
		fd = open_file(explanation, name);
		if (fd < 0)
			return -1;
		err = explanation->found ? look_at(explanation, fd) : 0;
		if (!err)
			err = look_into(explanation, fd, &binfmt, &kept);
		close(fd);
		name = binfmt.interpreter;
	} while (err > 0);
	return err;
}

static int follow_named(struct explanation *explanation, const char *name)
{
	char path[PATH_MAX];
	int err;

	err = path_lookup(name, path);
	if (err == -ENOENT)
		return p_err("%s is not in one of the directories of PATH",
			     name);
	if (err)
		return p_err("cannot execute %s: %s", name, strerror(-err));
	err = follow(explanation, path);
	if (err != -ENOEXEC)
		return err;
	explanation->shell = true;
	start_over(explanation);
	err = follow(explanation, PATH_LOOKUP_SHELL);
	if (err != -ENOEXEC)
		return err;
	return p_err("cannot execute %s: %s (nor " PATH_LOOKUP_SHELL " in its place)",
		     path, strerror(ENOEXEC));
}

static int follow_command(struct explanation *explanation)
{
	const char *const command = explanation->arguments.command;
	const struct context *const context = &explanation->context;
	char path[PATH_MAX], link[64];
	ssize_t size;
	int err;

	if (command)
		return follow_named(explanation, command);
	snprintf(link, sizeof(link), "/proc/%d/exe", context->pid);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0 && errno == ENOENT)
		return p_err("process %d has no program%s: add the command in question",
			     context->pid, context->kernel ?
			     ", it is a thread of the kernel" : "");
	if (size < 0)
		return p_err("cannot learn which program process %d executes: %s",
			     context->pid, strerror(errno));
	/* It may be in another mount namespace. */
	err = follow(explanation, link);
	if (err == -ENOEXEC)
		p_err("cannot execute the program of process %d again: %s",
		      context->pid, strerror(ENOEXEC));
	if (err)
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
	const struct execlock_under *const under = &explanation->under;
	json_t *const groups = json_array();
	json_t *const names = json_array();
	size_t i;

	for (i = 0; i < context->num_groups; i++)
		json_array_append_new(groups,
				      json_integer(context->groups[i]));
	/* One that was not loaded for long has no name any more. */
	for (i = 0; i < under->count; i++) {
		const char *const name = loaded_name_of_policy(under->ids[i]);

		json_array_append_new(names, name ? json_string(name) :
						    json_null());
	}
	return json_pack("{s:i, s:I, s:o, s:o, s:s, s:o, s:o}",
			 "pid", (int)context->pid,
			 "user", (json_int_t)context->user,
			 "groups", groups,
			 "cgroup", sanitize_name(context->cgroup),
			 "userNamespace",
			 context->other_namespace ? "other" : "initial",
			 "login", context->login == EXECLOCK_UNSET ?
			 json_string("unset") : json_integer(context->login),
			 "under", names);
}

static json_t *describe_files(const struct explanation *explanation)
{
	json_t *const list = json_array();
	size_t i;

	for (i = 0; i < explanation->num_files; i++)
		json_array_append_new(list,
				      sanitize_name(explanation->files[i]));
	return list;
}

static bool is_under(const struct explanation *explanation, __u32 id)
{
	const struct execlock_under *const under = &explanation->under;
	size_t i;

	for (i = 0; i < under->count; i++)
		if (under->ids[i] == id)
			return true;
	return false;
}

static json_t *describe_layers(const struct explanation *explanation)
{
	/* Those that the process is under have their layers. */
	size_t taken = explanation->under.count;
	json_t *const list = json_array();
	struct execlock_policy policy;
	size_t i;

	for (i = 0; i < explanation->num_layers; i++) {
		const struct layer *const layer = &explanation->layers[i];
		bool known, room, limits;

		if (loaded_policy(&explanation->loaded, layer->index, &policy)) {
			json_decref(list);
			return NULL;
		}
		known = is_under(explanation, policy.id);
		room = i < EXECLOCK_LAYERS &&
		       (known || taken < EXECLOCK_LAYERS);
		taken += room && !known;
		/* As bpf/limit.h does. */
		limits = room &&
			 (policy.no_new_privs == EXECLOCK_NNP_ALWAYS ||
			  (policy.no_new_privs == EXECLOCK_NNP_AUTO &&
			   !explanation->context.administers));
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:b, s:b, s:b, s:s}",
						"policy", policy.name,
						"file",
						sanitize_name(explanation->files[layer->file]),
						"already", known,
						"room", room,
						"noNewPrivs", limits,
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
	return json_pack("{s:I, s:o, s:b, s:o?, s:o, s:o, s:o}",
			 "generation", (json_int_t)(explanation->found ?
				       explanation->loaded.generation : 0),
			 "context", describe_context(explanation),
			 "shell", explanation->shell,
			 "unsure", *explanation->unsure ?
			 sanitize_name(explanation->unsure) : NULL,
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
		if (json_is_true(json_object_get(layer, "already")))
			fputs(", which it is under already", stdout);
		if (json_is_true(json_object_get(layer, "noNewPrivs")))
			fputs(", sets no_new_privs", stdout);
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
		printf("%s has no format that the kernel executes: execvp(3) and most shells execute %s instead; bash reads it without an exec, under the policies that it is under itself\n",
		       explanation->arguments.command, PATH_LOOKUP_SHELL);
	if (*explanation->unsure)
		printf("the BPF handler \"%s\" of binfmt_misc may have an interpreter executed that is not known here\n",
		       explanation->unsure);
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
		err = features_report_refused("explain ...");
	if (explanation.found)
		loaded_close(&explanation.loaded);
	for (i = 0; i < explanation.num_files; i++)
		free(explanation.files[i]);
	context_release(&explanation.context);
	explain_bpf__destroy(explanation.bpf);
	return err ? STATUS_FAILED : STATUS_OK;
}
