// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From what was observed to a policy
 */

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare.h"
#include "landlock_abi.h"
#include "message.h"
#include "policy.h"
#include "propose.h"
#include "resolve.h"
#include "rights.h"
#include "text.h"

/* As many files of a directory make a rule for the directory. */
#define MANY 3

/* Rights that only let look. */
#define READING								\
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |	\
	 LANDLOCK_ACCESS_FS_READ_DIR)

/* Who has one of them for a directory has files there that come and go. */
#define CHANGING							\
	(LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |	\
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |	\
	 LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_CHAR |	\
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK)

static __u64 get(const json_t *rules, const char *path)
{
	return json_integer_value(json_object_get(rules, path));
}

static void add(json_t *rules, const char *path, __u64 rights)
{
	json_object_set_new(rules, path,
			    json_integer(get(rules, path) | rights));
}

void propose_note(json_t *notes, const char *fmt, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, fmt);
	size = vasprintf(&text, fmt, args);
	va_end(args);
	if (size < 0)
		return;
	if (!json_output)
		text_defuse(text);
	json_array_append_new(notes, text_json(text));
	free(text);
}

/* Makes a path that of the directory that it is in. */
static void go_up(char *path)
{
	char *const slash = strrchr(path, '/');

	slash[slash == path] = '\0';
}

static int depth_of(const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += path[0] == '/' && path[1] != '\0';
	return depth;
}

static bool starts_with_number(const char *text)
{
	return isdigit((unsigned char)*text);
}

/*
 * What has a name that another run will not find there.  Returns false if not
 * even the directory is there any more: what is above may be too much.
 */
static bool generalise(char *path)
{
	static const char deleted[] = " (deleted)";
	const size_t size = strlen(path);
	struct stat st;

	/* A file may have such a name, too. */
	if (size > strlen(deleted) && stat(path, &st) &&
	    strcmp(path + size - strlen(deleted), deleted) == 0)
		path[size - strlen(deleted)] = '\0';
	if (strncmp(path, "/proc/", 6) == 0 && starts_with_number(path + 6))
		path[5] = '\0';
	if (strncmp(path, "/dev/pts/", 9) == 0)
		path[8] = '\0';
	if (!stat(path, &st))
		return true;
	go_up(path);
	while (stat(path, &st)) {
		go_up(path);
		if (strcmp(path, "/") == 0)
			return false;
	}
	return true;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Whether a directory may stand for what is in it, although nobody used it. */
static bool may_stand(const char *directory)
{
	const int depth = depth_of(directory);

	if (compare_beneath(directory, "/root"))
		return false;
	if (compare_beneath(directory, "/home"))
		return depth > 2;
	return depth > 1;
}

/* Packages replace their files, and a rule is for the file that was there. */
static bool is_of_packages(const char *path)
{
	static const char *const directories[] = {
		"/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directories); i++)
		if (compare_beneath(path, directories[i]))
			return true;
	return false;
}

/* Rules are for what has a path: not for pipes, sockets and the like. */
static json_t *collect(const struct observed *observed, json_t *notes)
{
	json_t *const rules = json_object();
	char path[PATH_MAX];
	const char *name;
	json_t *rights, *text;

	json_object_foreach(observed->paths, name, rights) {
		__u64 access = json_integer_value(rights);

		if (name[0] != '/' || strncmp(name, "/memfd:", 7) == 0)
			continue;
		/* Who did not open it got a descriptor, and needs no right. */
		if (access == LANDLOCK_ACCESS_FS_IOCTL_DEV)
			continue;
		text = json_string(name);
		if (!text) {
			propose_note(notes, "a path is left out that is not UTF-8: policies cannot have it");
			continue;
		}
		json_decref(text);
		snprintf(path, sizeof(path), "%s", name);
		if (!generalise(path)) {
			propose_note(notes, "%s is left out: neither it nor the directories that it was in are there any more, so allow what is right for it",
				     name);
			continue;
		}
		if (!is_directory(path))
			access &= RIGHTS_OF_FILES;
		add(rules, path, access);
	}
	return rules;
}

/* How many rules there are at @depth that only let look, by directory. */
static json_t *count_reading(json_t *rules, int depth)
{
	json_t *const counts = json_object();
	char directory[PATH_MAX];
	const char *name;
	json_t *rights;

	json_object_foreach(rules, name, rights) {
		if (depth_of(name) != depth ||
		    json_integer_value(rights) & ~READING)
			continue;
		snprintf(directory, sizeof(directory), "%s", name);
		go_up(directory);
		json_object_set_new(counts, directory,
				    json_integer(get(counts, directory) + 1));
	}
	return counts;
}

/* Whether the rule for @path becomes one for the directory that it is in. */
static bool goes_up(const json_t *rules, const json_t *counts,
		    const char *path, const char *directory)
{
	if (get(rules, directory) & CHANGING && !is_directory(path))
		return true;
	if (!may_stand(directory) || get(rules, path) & ~READING)
		return false;
	return (is_of_packages(path) && !is_directory(path)) ||
	       get(counts, directory) >= MANY;
}

static void merge_depth(json_t *rules, int depth)
{
	json_t *const counts = count_reading(rules, depth);
	json_t *const merged = json_object();
	char directory[PATH_MAX];
	json_t *rights;
	const char *name;
	void *next;

	json_object_foreach_safe(rules, next, name, rights) {
		if (depth_of(name) != depth)
			continue;
		snprintf(directory, sizeof(directory), "%s", name);
		go_up(directory);
		if (!goes_up(rules, counts, name, directory))
			continue;
		add(merged, directory, json_integer_value(rights));
		json_object_del(rules, name);
	}
	/* Nothing may be added to what is being gone through. */
	json_object_foreach(merged, name, rights)
		add(rules, name, json_integer_value(rights));
	json_decref(merged);
	json_decref(counts);
}

/* From the deepest, as what goes up may go up further. */
static void merge(json_t *rules)
{
	const char *name;
	json_t *rights;
	int depth = 0;

	json_object_foreach(rules, name, rights)
		if (depth_of(name) > depth)
			depth = depth_of(name);
	for (; depth; depth--)
		merge_depth(rules, depth);
}

/* Drops the rights that a directory above gives already. */
static void drop_implied(json_t *rules)
{
	char above[PATH_MAX];
	const char *name;
	json_t *rights;
	void *next;

	json_object_foreach_safe(rules, next, name, rights) {
		__u64 left = json_integer_value(rights);

		snprintf(above, sizeof(above), "%s", name);
		while (left && strcmp(above, "/")) {
			go_up(above);
			left &= ~get(rules, above);
		}
		if (left)
			json_object_set_new(rules, name, json_integer(left));
		else
			json_object_del(rules, name);
	}
}

static json_t *list_rights(enum rights_kind kind, __u64 rights)
{
	json_t *const list = json_array();

	for (; rights; rights &= rights - 1)
		json_array_append_new(list,
				      json_string(rights_name(kind, rights &
							      -rights)));
	return list;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One entry for each set of rights, in the order of the first path. */
static json_t *list_paths(json_t *rules)
{
	const size_t count = json_object_size(rules);
	const char **const names = calloc(count + 1, sizeof(*names));
	json_t *const list = json_array(), *rights;
	const char *name;
	size_t i = 0, j;

	if (!names)
		return list;
	json_object_foreach(rules, name, rights)
		names[i++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; i < count; i++) {
		json_t *const parents = json_array();

		if (!names[i]) {
			json_decref(parents);
			continue;
		}
		rights = json_object_get(rules, names[i]);
		for (j = i; j < count; j++)
			if (names[j] && get(rules, names[j]) ==
			    (__u64)json_integer_value(rights)) {
				json_array_append_new(parents,
						      json_string(names[j]));
				if (j > i)
					names[j] = NULL;
			}
		json_array_append_new(list,
				      json_pack("{s:o, s:o}", "allowedAccess",
						list_rights(RIGHTS_FS,
							    json_integer_value(rights)),
						"parent", parents));
	}
	free(names);
	return list;
}

static json_t *list_ports(json_t *ports)
{
	json_t *const list = json_array();
	const char *port;
	json_t *rights;

	json_object_foreach(ports, port, rights)
		json_array_append_new(list,
				      json_pack("{s:o, s:[I]}", "allowedAccess",
						list_rights(RIGHTS_NET,
							    json_integer_value(rights)),
						"port",
						(json_int_t)atoi(port)));
	return list;
}

static json_t *make_ruleset(const struct observed *observed)
{
	json_t *const ruleset = json_pack("{s:[s], s:[s]}", "handledAccessFs",
					  "abi.all", "handledAccessNet",
					  "abi.all");
	__u64 scopes = 0;

	if (!observed->abstract)
		scopes |= LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
	if (!observed->signal)
		scopes |= LANDLOCK_SCOPE_SIGNAL;
	if (scopes)
		json_object_set_new(ruleset, "scoped",
				    list_rights(RIGHTS_SCOPE, scopes));
	return ruleset;
}

/* Adds the directories from which on users decide what paths lead to. */
static void add_users(json_t *policy, json_t *rules)
{
	json_t *const places = json_object();
	const char *path;
	json_t *rights;

	json_object_foreach(rules, path, rights) {
		char *const place = resolve_users_place(path);

		/* All of a directory, for what comes and goes there. */
		if (place)
			json_object_set_new(places, place, json_true());
		free(place);
	}
	if (json_object_size(places)) {
		json_t *const list = json_array();

		json_object_foreach(places, path, rights)
			json_array_append_new(list, json_string(path));
		json_object_set_new(policy, "enforce",
				    json_pack("{s:o}", "userPaths", list));
	}
	json_decref(places);
}

/* Whatever a name cannot have becomes a "_". */
static json_t *make_name(const char *executable)
{
	char name[EXECLOCK_NAME_SIZE];
	char *c;

	snprintf(name, sizeof(name), "%s", strrchr(executable, '/') + 1);
	for (c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
		    !(isalnum((unsigned char)*c) || strchr("._+-", *c)))
			*c = '_';
	return json_string(name);
}

static void add_notes(const struct observed *observed, json_t *notes)
{
	if (observed->links)
		propose_note(notes, "%lu hard links were made from another directory, which needs the right \"refer\" as well: add it where they came from",
			     observed->links);
	if (observed->no_path)
		propose_note(notes, "%lu accesses were to what has no path that could be told",
			     observed->no_path);
	if (observed->lost)
		propose_note(notes, "%llu accesses came too fast and were lost: what they need may be missing",
			     (unsigned long long)observed->lost);
	if (observed->running)
		propose_note(notes, "processes of the command still run, and are no longer observed");
	if (observed->abstract)
		propose_note(notes, "an abstract UNIX socket was used, so these are not scoped");
	if (observed->signal)
		propose_note(notes, "a signal was sent to another process, so signals are not scoped");
}

json_t *propose(const struct observed *observed, const char *executable,
		int abi, json_t *notes)
{
	json_t *rules, *ports, *landlock, *policy;

	rules = collect(observed, notes);
	merge(rules);
	drop_implied(rules);
	landlock = json_pack("{s:i, s:[o]}", "abi", abi, "ruleset",
			     make_ruleset(observed));
	ports = list_ports(observed->ports);
	/* An empty array is an error. */
	if (json_object_size(rules))
		json_object_set_new(landlock, "pathBeneath", list_paths(rules));
	if (json_array_size(ports))
		json_object_set(landlock, "netPort", ports);
	json_decref(ports);
	add_notes(observed, notes);
	policy = json_pack("{s:o, s:{s:s}, s:o}", "name", make_name(executable),
			   "match", "executable", executable, "landlock",
			   landlock);
	if (policy)
		add_users(policy, rules);
	else
		p_err("cannot make a policy for %s: its path is not UTF-8, or there is no memory",
		      executable);
	json_decref(rules);
	return policy;
}
