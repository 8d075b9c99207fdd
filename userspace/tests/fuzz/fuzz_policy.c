// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Fuzz what is done with the bytes of policy files
 *
 * An input is a set of policies: one or more files, with the record separator
 * of RFC 7464 between them, which no JSON text has in it.  Besides what the
 * sanitizers see, this looks for
 *
 * - a policy that is refused without a reason, or for a reason which is not
 *   where the message says it is, or which a terminal would obey;
 * - a policy that is accepted and has what no policy can have, or that means
 *   something else when it is written in another way;
 * - a policy that, with the accesses of another one added, denies something that
 *   one of the two allowed, or to which the same accesses can be added again.
 *
 * Nothing that a policy names is looked at: the linker replaces the functions
 * that would.
 */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare.h"
#include "identify.h"
#include "keys.h"
#include "landlock_abi.h"
#include "layout.h"
#include "merge.h"
#include "message.h"
#include "patterns.h"

#define SEPARATOR 0x1e
#define MAX_POLICIES 3

/* Here, unlike in compare.c, paths are compared pair by pair. */
#define MAX_COMPARED 100

#define MUST(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
			__LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* Whether it is the parser that runs, and not the fuzzer. */
static bool running;

/* The file that policies are read from, which is in memory. */
static int file_fd;
static char file_name[64];

/* A file that policies can include. */
static int part_fd;
static const char part_name[] = "/proc/self/fd/part";
static const char part[] =
	"{ \"match\": { \"user\": [ 7 ] }, \"enforce\": { \"log\": {} }, \"landlock\": { \"abi\": 12, \"pathBeneath\": [ { \"allowedAccess\": [ \"abi.all\" ], \"parent\": [ \"/*\" ] }, { \"allowedAccess\": [ \"read_file\" ], \"parent\": [ \"/b\" ] } ] } }";

static const char users[] = "root:x:0:0::/:\nuser:x:1000:1000::/:\n:::\n";
static const char groups[] = "root:x:0:\nwheel:x:10:root,user\n:\n";

/* The linker makes these of the functions that are replaced. */
int __real_open(const char *path, int flags, ...);
FILE *__real_fopen(const char *path, const char *mode);

int __wrap_open(const char *path, int flags, ...)
{
	if (!running) {
		va_list args;
		int mode;

		va_start(args, flags);
		mode = va_arg(args, int);
		va_end(args);
		return __real_open(path, flags, mode);
	}
	if (strcmp(path, file_name) == 0)
		return __real_open(path, flags);
	if (strcmp(path, part_name) == 0) {
		char name[64];

		snprintf(name, sizeof(name), "/proc/self/fd/%d", part_fd);
		return __real_open(name, flags);
	}
	errno = ENOENT;
	return -1;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (running && strcmp(path, "/etc/passwd") == 0)
		return fmemopen((void *)users, sizeof(users) - 1, "r");
	if (running && strcmp(path, "/etc/group") == 0)
		return fmemopen((void *)groups, sizeof(groups) - 1, "r");
	/* Also to keep an input that does harm. */
	return __real_fopen(path, mode);
}

char *__wrap_realpath(const char *path, char *resolved)
{
	errno = ENOENT;
	return NULL;
}

int identify(const struct bpf_program *program, int fd,
	     struct execlock_fd *answer)
{
	/* There is nothing to identify if nothing can be opened. */
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	/* The same input has to do the same each time. */
	json_object_seed(1);
	file_fd = memfd_create("policy", MFD_CLOEXEC);
	MUST(file_fd >= 0);
	snprintf(file_name, sizeof(file_name), "/proc/self/fd/%d", file_fd);
	part_fd = memfd_create("part", MFD_CLOEXEC);
	MUST(part_fd >= 0);
	MUST(write(part_fd, part, sizeof(part) - 1) == sizeof(part) - 1);
	return 0;
}

static void write_file(const void *data, size_t size)
{
	MUST(ftruncate(file_fd, 0) == 0);
	MUST(pwrite(file_fd, data, size, 0) == (ssize_t)size);
}

/* As json_pointer_get() would, if there was one; sets @key to the last key. */
static json_t *find_pointed(json_t *json, const char *pointer, char **key)
{
	*key = NULL;
	while (*pointer) {
		char *out;

		MUST(*pointer == '/');
		pointer++;
		free(*key);
		*key = calloc(1, strlen(pointer) + 1);
		MUST(*key);
		for (out = *key; *pointer && *pointer != '/'; pointer++) {
			if (*pointer != '~')
				*out++ = *pointer;
			else
				*out++ = *++pointer == '0' ? '~' : '/';
		}
		json = json_is_array(json) ?
		       json_array_get(json, strtoul(*key, NULL, 10)) :
		       json_object_get(json, *key);
	}
	return json;
}

/* The text at a line and column, which must exist. */
static const char *seek(const char *text, json_int_t line, json_int_t column)
{
	MUST(line >= 1 && column >= 1);
	while (--line) {
		text = strchr(text, '\n');
		MUST(text);
		text++;
	}
	while (--column) {
		MUST(*text && *text != '\n');
		text++;
		while ((*text & 0xc0) == 0x80)
			text++;
	}
	return text;
}

/* The file that a finding is about: the policy's own or one that it includes. */
static const struct source *find_source(const struct source *source,
					const json_t *finding)
{
	const char *const file =
		json_string_value(json_object_get(finding, "file"));
	size_t i;

	MUST(file);
	for (i = 0; i < source->num_parts; i++)
		if (source->parts[i]->file &&
		    strcmp(source->parts[i]->file, file) == 0)
			return source->parts[i];
	MUST(strcmp(source->file, file) == 0);
	return source;
}

/* The message must be about what it points to. */
static void check_place(const struct source *source, const json_t *finding)
{
	const json_t *const line = json_object_get(finding, "line");
	const json_t *const column = json_object_get(finding, "column");
	const char *const pointer =
		json_string_value(json_object_get(finding, "pointer"));
	const char *const message =
		json_string_value(json_object_get(finding, "message"));
	json_t *value, *found, *own;
	const char *text;
	char *key;

	source = find_source(source, finding);
	/* The document has members of other files, too, and no "include". */
	own = json_loads(source->text, 0, NULL);
	MUST(own);
	text = seek(source->text, json_integer_value(line),
		    json_integer_value(column));
	value = find_pointed(own, pointer ? pointer : "", &key);
	MUST(value);
	found = json_loads(text, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK,
			   NULL);
	MUST(found);
	if (strncmp(message, "is unknown", 10) == 0)
		MUST(strcmp(json_string_value(found), key) == 0);
	else
		MUST(json_equal(found, value));
	json_decref(found);
	json_decref(own);
	free(key);
}

/* What is printed must be one line of text and nothing else. */
static void check_printed(const json_t *finding)
{
	const struct location place = {
		.file = file_name,
		.line = 1,
		.column = 1,
		.pointer = json_string_value(json_object_get(finding,
							     "pointer")),
	};
	FILE *const saved = stdout;
	const unsigned char *c;
	char *text;
	size_t size;

	/* A finding that is collected goes to standard output. */
	stdout = open_memstream(&text, &size);
	MUST(stdout);
	json_output = false;
	p_err_at(&place, "%s",
		 json_string_value(json_object_get(finding, "message")));
	json_output = true;
	fclose(stdout);
	stdout = saved;

	MUST(size && text[size - 1] == '\n');
	text[size - 1] = '\0';
	MUST(strlen(text) == size - 1);
	for (c = (unsigned char *)text; *c; c++) {
		MUST(!iscntrl(*c));
		MUST(c[0] != 0xc2 || c[1] < 0x80 || c[1] > 0x9f);
	}
	free(text);
}

/* Something must have been reported, and well. */
static void check_findings(const struct source *source, const json_t *findings)
{
	const json_t *finding;
	size_t i;

	MUST(json_array_size(findings));
	json_array_foreach(findings, i, finding) {
		const char *const message =
			json_string_value(json_object_get(finding, "message"));

		MUST(message && *message);
		MUST(strcmp(message, "out of memory"));
		if (source->root)
			check_place(source, finding);
		check_printed(finding);
	}
}

/* What is found out later is to be where the policy says so as well. */
static void check_later_errors(const struct policy *policy, json_t *findings)
{
	const struct config *const config = &policy->config;

	policy_err(policy, "%s", "is no good");
	if (config->num_paths)
		policy_path_err(policy, &config->paths[config->num_paths - 1],
				"%s", "is no good");
	if (config->num_ports)
		policy_port_err(policy, &config->ports[config->num_ports - 1],
				"%s", "is no good");
	check_findings(&policy->source, findings);
}

static int count_value(const struct node *value, void *data)
{
	unsigned int *const count = data;

	MUST(json_is_string(value->json) || json_is_integer(value->json));
	(*count)++;
	return 0;
}

static int check_key(const struct execlock_key *key,
		     const struct execlock_file *file, void *data)
{
	MUST(key->condition < EXECLOCK_CONDITIONS);
	/* Nothing is there, and names in a directory that is not there neither. */
	MUST(!file && !key->by_name);
	return 0;
}

static void check_mode(const struct policy *policy)
{
	MUST(!policy->permissive ||
	     (policy->has_landlock && policy->allow_on_error));
	MUST(policy->permissive ==
	     !!(policy->flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE));
}

static void check_userns_caps(const struct policy *policy)
{
	const struct userns_caps *const caps = &policy->userns_caps;

	MUST(policy->has_landlock || caps->bounded);
	MUST(caps->bounded || !(caps->program | caps->executes));
	MUST(!(caps->executes & ~caps->program));
}

/* A "*" stands for itself, and for nothing. */
static void check_pattern(const struct path_rule *rule, __u64 handled)
{
	const char *const slash = strrchr(rule->path, '/');
	const char *const last = slash ? slash + 1 : rule->path;
	char without[PATH_MAX];
	size_t length = 0;
	const char *c;

	MUST(strchr(last, '*') && strlen(rule->path) < PATH_MAX);
	MUST((rule->allowed || rule->quiet) && !(rule->allowed & ~handled));
	for (c = last; *c; c++)
		if (*c != '*')
			without[length++] = *c;
	without[length] = '\0';
	MUST(pattern_matches(last, last));
	MUST(pattern_matches(last, without) ==
	     (*without != '.' || *last == '.'));
}

static void check_rules(const struct policy *policy)
{
	const struct config *const config = &policy->config;
	const __u64 *const handled = config->handled;
	size_t i;

	MUST(policy->has_landlock == (handled[RIGHTS_FS] ||
				      handled[RIGHTS_NET] ||
				      handled[RIGHTS_SCOPE]));
	for (i = 0; i < RIGHTS_KINDS; i++) {
		MUST(!(handled[i] & ~rights_of_abi(i, LANDLOCK_ABI_KNOWN)));
		MUST(!(config->quiet[i] & ~handled[i]));
	}
	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];

		MUST(*rule->path && strlen(rule->path) < PATH_MAX);
		MUST(!rule->has_file && !rule->has_place && !rule->missing);
		MUST((rule->allowed || rule->quiet) &&
		     !(rule->allowed & ~handled[RIGHTS_FS]));
	}
	for (i = 0; i < config->num_patterns; i++)
		check_pattern(&config->patterns[i].rule, handled[RIGHTS_FS]);
	for (i = 0; i < config->num_ports; i++) {
		const struct port_rule *const rule = &config->ports[i];

		MUST((rule->allowed || rule->quiet) &&
		     !(rule->allowed & ~handled[RIGHTS_NET]));
	}
}

static void check_policy(struct policy *policy)
{
	const struct keys_options options = { .all = true };
	unsigned int count;
	size_t u;
	int i;

	MUST(*policy->name && strlen(policy->name) < EXECLOCK_NAME_SIZE);
	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		count = 0;
		policy_values(policy, i, count_value, &count);
		MUST(!count == !(policy->conditions & (1U << i)));
	}
	for (u = 0; u < policy->trust.num_users; u++)
		MUST(policy->trust.users[u][0] == '/');
	keys_find(policy, &options, check_key, NULL);
	check_mode(policy);
	check_userns_caps(policy);
	check_rules(policy);
}

static void check_same(const struct policy *policy, const struct policy *other)
{
	const struct config *const config = &policy->config;
	const struct config *const other_config = &other->config;
	size_t i;

	MUST(strcmp(policy->name, other->name) == 0);
	MUST(policy->conditions == other->conditions);
	MUST(policy->flags == other->flags);
	MUST(policy->no_new_privs == other->no_new_privs);
	MUST(policy->live == other->live);
	MUST(policy->exec_no_new_privs == other->exec_no_new_privs);
	MUST(policy->userns_caps.bounded == other->userns_caps.bounded);
	MUST(policy->userns_caps.program == other->userns_caps.program);
	MUST(policy->userns_caps.executes == other->userns_caps.executes);
	MUST(policy->allow_on_error == other->allow_on_error);
	MUST(policy->best_effort == other->best_effort);
	MUST(policy->if_missing == other->if_missing);
	MUST(policy->trust.num_users == other->trust.num_users);
	for (i = 0; i < policy->trust.num_users; i++)
		MUST(strcmp(policy->trust.users[i],
			    other->trust.users[i]) == 0);
	for (i = 0; i < RIGHTS_KINDS; i++)
		MUST(config->handled[i] == other_config->handled[i] &&
		     config->quiet[i] == other_config->quiet[i]);
	MUST(config->num_paths == other_config->num_paths);
	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];
		const struct path_rule *const same = &other_config->paths[i];

		MUST(strcmp(rule->path, same->path) == 0);
		MUST(rule->allowed == same->allowed);
		MUST(rule->quiet == same->quiet);
		MUST(rule->place == same->place);
	}
	MUST(config->num_patterns == other_config->num_patterns);
	for (i = 0; i < config->num_patterns; i++) {
		const struct path_rule *const rule = &config->patterns[i].rule;
		const struct path_rule *const same =
			&other_config->patterns[i].rule;

		MUST(strcmp(rule->path, same->path) == 0);
		MUST(rule->allowed == same->allowed);
		MUST(rule->quiet == same->quiet);
		MUST(rule->place == same->place);
	}
	MUST(config->num_ports == other_config->num_ports);
	for (i = 0; i < config->num_ports; i++) {
		const struct port_rule *const rule = &config->ports[i];
		const struct port_rule *const same = &other_config->ports[i];

		MUST(rule->port == same->port);
		MUST(rule->allowed == same->allowed);
		MUST(rule->quiet == same->quiet);
	}
}

/* The order of members, white space and escapes must not matter. */
static void check_rewritten(const struct policy *policy)
{
	struct policy other;
	char *text;

	text = json_dumps(policy->source.root, JSON_COMPACT | JSON_SORT_KEYS |
			  JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH);
	MUST(text);
	write_file(text, strlen(text));
	free(text);
	MUST(policy_read(&other, file_name, false) == 0);
	check_same(policy, &other);
	policy_free(&other);
}

/* Reads what has been written to the file. */
static int read_policy(struct policy *policy)
{
	json_t *const findings = json_array();
	int err;

	MUST(findings);
	p_collect(findings);
	err = policy_read(policy, file_name, false);
	if (err) {
		check_findings(&policy->source, findings);
	} else {
		MUST(!json_array_size(findings));
		check_later_errors(policy, findings);
		check_policy(policy);
		check_rewritten(policy);
	}
	p_collect(NULL);
	json_decref(findings);
	return err;
}

static bool comparable(const struct policy *policy)
{
	return policy->config.num_paths < MAX_COMPARED &&
	       policy->config.num_ports < MAX_COMPARED;
}

/* What compare_allowed() finds must be what all rules say together. */
static void check_allowed(const struct compared *compared, const char *path)
{
	const struct config *const config = &compared->policy->config;
	const __u64 handled = config->handled[RIGHTS_FS];
	__u64 allowed = handled ? ~(handled | LANDLOCK_ACCESS_FS_REFER) : ~0ULL;
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		if (compare_beneath(path, config->paths[i].path))
			allowed |= config->paths[i].allowed;
	MUST(compare_allowed(compared, path) == allowed);
}

static void check_pair(const struct compared *compared,
		       const struct compared *other)
{
	const struct config *const config = &other->policy->config;
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		check_allowed(compared, config->paths[i].path);
	compare_redundant(compared, other);
}

/* Nothing that @old allows may be denied, as far as @merged denies it at all. */
static void check_no_less(const struct compared *merged,
			  const struct compared *old)
{
	const struct config *const config = &old->policy->config;
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		MUST(!(config->paths[i].allowed &
		       ~compare_allowed(merged, config->paths[i].path)));
	for (i = 0; i < config->num_ports; i++)
		MUST(!(config->ports[i].allowed &
		       ~compare_allowed_port(merged, config->ports[i].port)));
}

static void check_merged(const struct policy *policy, const struct policy *old,
			 const struct policy *new)
{
	struct compared merged, before, added;
	int kind;

	MUST(compare_prepare(&merged, policy) == 0);
	MUST(compare_prepare(&before, old) == 0);
	MUST(compare_prepare(&added, new) == 0);
	check_no_less(&merged, &before);
	check_no_less(&merged, &added);
	for (kind = 0; kind < RIGHTS_KINDS; kind++)
		MUST(!((policy->config.handled[kind] ^
			old->config.handled[kind]) &
		       ~(kind == RIGHTS_FS ? LANDLOCK_ACCESS_FS_REFER : 0)));
	MUST(!(old->userns_caps.program & ~policy->userns_caps.program));
	compare_release(&merged);
	compare_release(&before);
	compare_release(&added);
}

/* Adds the accesses of @new to @old, in the layout that this has. */
static void check_merge(const struct policy *old, const struct policy *new)
{
	const struct merge merge = { .rules = *new };
	json_t *const root = json_deep_copy(old->source.root);
	struct policy policy;
	json_t *once;
	char *text;

	MUST(root && merge_into(root, old, &merge) == 0);
	text = layout_text(old->source.text, old->source.root, root);
	MUST(text);
	write_file(text, strlen(text));
	MUST(policy_read(&policy, file_name, false) == 0);
	MUST(json_equal(policy.source.root, root));
	check_merged(&policy, old, new);
	once = json_deep_copy(root);
	MUST(merge_into(root, &policy, &merge) == 0);
	MUST(json_equal(root, once));
	policy_free(&policy);
	free(text);
	json_decref(once);
	json_decref(root);
}

/* Documents with members of other files are joined, and are no text. */
static bool mergeable(const struct policy *policy)
{
	return comparable(policy) && !policy->source.num_parts;
}

/* As "execlock check" looks at each pair. */
static void check_set(const struct policy *policies, size_t count)
{
	struct compared compared[MAX_POLICIES];
	json_t *const findings = json_array();
	size_t i, j;

	MUST(findings);
	p_collect(findings);
	if (policies_check_name(policies, count))
		check_findings(&policies[count - 1].source, findings);
	for (i = 0; i < count; i++)
		MUST(compare_prepare(&compared[i], &policies[i]) == 0);
	for (i = 0; i < count; i++) {
		check_allowed(&compared[i], "/usr/lib/libc.so.6");
		/* Programs of one policy hand over to each other. */
		MUST(compare_redundant(&compared[i], &compared[i]) ==
		     (!policies[i].userns_caps.bounded &&
		      !config_is_quiet(&policies[i].config) &&
		      !config_says_place(&policies[i].config)));
		if (!comparable(&policies[i]))
			continue;
		for (j = 0; j < count; j++)
			if (comparable(&policies[j]))
				check_pair(&compared[i], &compared[j]);
		for (j = 0; j < count; j++)
			if (mergeable(&policies[i]) && mergeable(&policies[j]))
				check_merge(&policies[i], &policies[j]);
	}
	for (i = 0; i < count; i++)
		compare_release(&compared[i]);
	p_collect(NULL);
	json_decref(findings);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct policy policies[MAX_POLICIES];
	const __u8 *const end = data + size;
	size_t count = 0;

	running = true;
	json_output = true;
	while (data && count < MAX_POLICIES) {
		const __u8 *const next = size ? memchr(data, SEPARATOR,
							  end - data) : NULL;

		write_file(data, (next ? next : end) - data);
		if (read_policy(&policies[count]))
			policy_free(&policies[count]);
		else
			count++;
		data = next ? next + 1 : NULL;
	}
	if (count)
		check_set(policies, count);
	while (count)
		policy_free(&policies[--count]);
	running = false;
	return 0;
}
