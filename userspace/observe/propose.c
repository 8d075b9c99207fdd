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
#include "sanitize.h"

/* As many directories of a directory make a rule for it. */
#define MANY 3

/* Rights that only let look. */
#define LOOKING								\
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define READING (LANDLOCK_ACCESS_FS_EXECUTE | LOOKING)

/* Who has one of them for a directory has files there that come and go. */
#define CHANGING							\
	(LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |	\
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |	\
	 LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_CHAR |	\
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK)

/**
 * struct proposal - What becomes a policy
 *
 * @observed: What was observed.
 * @rules: From paths to rights.
 * @reasons: From paths of rules to one that the rule is there for, if that is
 *           another one.
 * @single: Array of the paths of files with a rule of their own.
 * @handled_net: Rights for the network that the policy denies.
 * @notes: What a person should know.
 */
struct proposal {
	const struct observed *observed;
	json_t *rules;
	json_t *reasons;
	json_t *single;
	__u64 handled_net;
	json_t *notes;
};

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
		sanitize_defuse(text);
	json_array_append_new(notes, sanitize_json(text));
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

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_device(const char *path)
{
	struct stat st;

	return !stat(path, &st) &&
	       (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}

/* The root directory and homes: what is in them has little in common. */
static bool is_mixed(const char *directory)
{
	if (strcmp(directory, "/") == 0 || strcmp(directory, "/root") == 0)
		return true;
	return compare_beneath(directory, "/home") && depth_of(directory) <= 2;
}

/* Whether a directory may stand for what is in it, although nobody used it. */
static bool may_stand(const char *directory)
{
	return depth_of(directory) > 1 &&
	       !compare_beneath(directory, "/root") && !is_mixed(directory);
}

/* Returns the one of @directories that a path is at or below, or NULL. */
static const char *find_above(const char *path, const char *const *directories)
{
	for (; *directories; directories++)
		if (compare_beneath(path, *directories))
			return *directories;
	return NULL;
}

/*
 * Packages replace their files, and have other ones in the next version.
 * Anybody may read them, and nothing is secret there.
 */
static const char *const packages[] = {
	"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", NULL
};

/*
 * Nothing in these directories has the same name, or is the same, the next time
 * or after the next boot.
 */
static const char *const fleeting[] = {
	"/proc", "/dev/pts", "/dev/shm", "/run/systemd", "/run", "/sys/fs/cgroup",
	"/tmp", "/var/tmp", NULL
};

/* Policies are UTF-8, and have variables in paths. */
static bool can_be_written(const char *path)
{
	json_t *const text = json_string(path);

	json_decref(text);
	return text && !strstr(path, "${");
}

/* Whether an argument is this path: as it is, or seen from where it began. */
static bool is_path(const char *text, const char *path, const char *cwd)
{
	size_t size;

	if (*text != '/') {
		if (!*cwd)
			return false;
		size = strcmp(cwd, "/") ? strlen(cwd) : 0;
		if (strncmp(path, cwd, size) || path[size] != '/')
			return false;
		path += size + 1;
		while (strncmp(text, "./", 2) == 0)
			text += 2;
	}
	size = strlen(text);
	while (size > 1 && text[size - 1] == '/')
		size--;
	return size && strncmp(text, path, size) == 0 && !path[size];
}

static bool is_argument(const struct proposal *proposal, const char *path)
{
	const struct observed *const observed = proposal->observed;
	const json_t *argument;
	size_t i;

	json_array_foreach(observed->program.arguments, i, argument) {
		const char *text = json_string_value(argument);
		const char *const equals = strchr(text, '=');

		if (equals && *text == '-')
			text = equals + 1;
		if (is_path(text, path, observed->cwd))
			return true;
	}
	return false;
}

/* A file may have such a name, too. */
static void strip_deleted(char *path)
{
	static const char deleted[] = " (deleted)";
	const size_t size = strlen(path);
	struct stat st;

	if (size > strlen(deleted) && lstat(path, &st) &&
	    strcmp(path + size - strlen(deleted), deleted) == 0)
		path[size - strlen(deleted)] = '\0';
}

/* Whether others than root can put something in a directory. */
static bool is_users(const struct stat *st)
{
	return st->st_uid || st->st_mode & (S_IWGRP | S_IWOTH);
}

/*
 * Cuts a path off before the first name that another run may not find there, or
 * finds something else at; and before what a user has mounted, as far as that
 * shows.
 */
static void cut(const struct observed *observed, char *path)
{
	bool users = false;
	struct stat st, above;
	char *end = path;

	if (lstat("/", &above))
		return;
	while (*end) {
		char kept;

		end += 1 + strcspn(end + 1, "/");
		kept = *end;
		*end = '\0';
		users |= is_users(&above);
		if (json_object_get(observed->changed, path) ||
		    lstat(path, &st) || !can_be_written(path) ||
		    (users && st.st_dev != above.st_dev)) {
			go_up(path);
			return;
		}
		above = st;
		*end = kept;
	}
}

/*
 * Makes a path that of a file or directory for which a rule lasts.  Returns
 * false if there is none.
 */
static bool generalise(struct proposal *proposal, char *path, __u32 mode)
{
	const char *const above = find_above(path, fleeting);
	char directory[PATH_MAX];
	struct stat st;

	strip_deleted(path);
	if (strcmp(path, "/") == 0)
		return true;
	if (above) {
		snprintf(path, PATH_MAX, "%s", above);
		return !lstat(path, &st);
	}
	snprintf(directory, sizeof(directory), "%s", path);
	cut(proposal->observed, path);
	if (strcmp(path, directory)) {
		/* What is above may be too much. */
		go_up(directory);
		return strcmp(path, "/") || strcmp(directory, "/") == 0;
	}
	if (S_ISDIR(mode) || S_ISCHR(mode) || S_ISBLK(mode))
		return true;
	/* A rule ends when the file is replaced by another one of its name. */
	go_up(directory);
	if (!is_mixed(directory) ||
	    (strcmp(directory, "/") && is_argument(proposal, path)))
		go_up(path);
	else
		json_array_append_new(proposal->single, json_string(path));
	return true;
}

static void add_rule(struct proposal *proposal, const char *path,
		     __u64 access, const char *name)
{
	if (!is_directory(path))
		access &= RIGHTS_OF_FILES;
	if (!access)
		return;
	add(proposal->rules, path, access);
	if (strcmp(path, name) && !json_object_get(proposal->reasons, path))
		json_object_set_new(proposal->reasons, path,
				    sanitize_json(name));
}

/* Rules are for what has a path: not for pipes, sockets and the like. */
static void collect(struct proposal *proposal)
{
	char path[PATH_MAX];
	const char *name, *above;
	json_t *value;

	json_object_foreach(proposal->observed->paths, name, value) {
		struct observed_path seen = observed_get(value);

		if (name[0] != '/' || strlen(name) >= sizeof(path))
			continue;
		/* Who did not open it got a descriptor, and needs no right. */
		if (seen.access == LANDLOCK_ACCESS_FS_IOCTL_DEV)
			continue;
		above = find_above(name, packages);
		if (above && seen.access & LOOKING) {
			add_rule(proposal, above, seen.access & LOOKING, above);
			seen.access &= ~LOOKING;
			if (!seen.access)
				continue;
		}
		snprintf(path, sizeof(path), "%s", name);
		if (generalise(proposal, path, seen.mode))
			add_rule(proposal, path, seen.access, name);
		else
			propose_note(proposal->notes, "%s is left out: neither it nor the directories that it was in are there any more, so allow what is right for it",
				     name);
	}
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

/*
 * Whether the names of what is in a directory come from a list of it, or it was
 * given as a whole, so that the next time others may be in it.
 */
static bool is_listed(const struct proposal *proposal, const char *directory,
		      __u64 rights)
{
	if (strcmp(directory, "/") == 0 || compare_beneath(directory, "/dev"))
		return false;
	if (!is_argument(proposal, directory) &&
	    (is_mixed(directory) || !(get(proposal->rules, directory) &
				      LANDLOCK_ACCESS_FS_READ_DIR)))
		return false;
	/* Programs and what they are told are not for changing. */
	return !(rights & ~LOOKING) ||
	       !(find_above(directory, packages) ||
		 compare_beneath(directory, "/etc"));
}

/* Whether the rule for @path becomes one for the directory that it is in. */
static bool goes_up(const struct proposal *proposal, const json_t *counts,
		    const char *path, const char *directory)
{
	const __u64 rights = get(proposal->rules, path);

	if (is_device(path))
		return false;
	if (get(proposal->rules, directory) & CHANGING && !is_directory(path))
		return true;
	if (is_listed(proposal, directory, rights))
		return true;
	return may_stand(directory) && !(rights & ~READING) &&
	       get(counts, directory) >= MANY;
}

static void merge_depth(struct proposal *proposal, int depth)
{
	json_t *const rules = proposal->rules;
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
		if (!goes_up(proposal, counts, name, directory))
			continue;
		add(merged, directory, json_integer_value(rights));
		if (!json_object_get(proposal->reasons, directory))
			json_object_set_new(proposal->reasons, directory,
					    sanitize_json(name));
		json_object_del(rules, name);
	}
	/* Nothing may be added to what is being gone through. */
	json_object_foreach(merged, name, rights)
		add(rules, name, json_integer_value(rights));
	json_decref(merged);
	json_decref(counts);
}

/* From the deepest, as what goes up may go up further. */
static void merge(struct proposal *proposal)
{
	json_t *const rules = proposal->rules;
	const char *name;
	json_t *rights;
	int depth = 0;

	json_object_foreach(rules, name, rights)
		if (depth_of(name) > depth)
			depth = depth_of(name);
	for (; depth; depth--)
		merge_depth(proposal, depth);
}

/* The rights that rules give for a directory and what is above it. */
static __u64 get_all(const json_t *rules, const char *path)
{
	__u64 rights = get(rules, path);
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "%s", path);
	while (strcmp(above, "/")) {
		go_up(above);
		rights |= get(rules, above);
	}
	return rights;
}

/* Where there are rules for the path, or above. */
static void find_rule(const json_t *rules, char *path)
{
	while (strcmp(path, "/") && !json_object_get(rules, path))
		go_up(path);
}

/*
 * The kernel refuses to move a file to where there are more rights for it.  So
 * the directory that it comes from gets those as well.  This may be where others
 * come from, in turn.
 */
static void even_out(struct proposal *proposal)
{
	char from[PATH_MAX], to[PATH_MAX];
	const json_t *pair;
	bool changed;
	size_t i;

	do {
		changed = false;
		json_array_foreach(proposal->observed->pairs, i, pair) {
			__u64 missing;

			snprintf(from, sizeof(from), "%s",
				 json_string_value(json_array_get(pair, 0)));
			snprintf(to, sizeof(to), "%s",
				 json_string_value(json_array_get(pair, 1)));
			if (from[0] != '/' || to[0] != '/')
				continue;
			find_rule(proposal->rules, from);
			find_rule(proposal->rules, to);
			missing = get_all(proposal->rules, to) &
				  ~get_all(proposal->rules, from);
			if (!missing || !get(proposal->rules, from))
				continue;
			add(proposal->rules, from, missing);
			changed = true;
		}
	} while (changed);
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

		if (strcmp(name, "/")) {
			snprintf(above, sizeof(above), "%s", name);
			go_up(above);
			left &= ~get_all(rules, above);
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

/* The first and the last of the ports that the kernel gives by itself. */
static void get_chance(int *first, int *last)
{
	FILE *const file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	if (!file || fscanf(file, "%d %d", first, last) != 2) {
		*first = 32768;
		*last = 60999;
	}
	if (file)
		fclose(file);
}

/* Rights for ports that others or the kernel choose are for all ports or none. */
static json_t *list_ports(struct proposal *proposal)
{
	json_t *const list = json_array();
	const char *port;
	json_t *rights;
	int first, last;

	get_chance(&first, &last);
	json_object_foreach(proposal->observed->ports, port, rights) {
		const __u64 access = json_integer_value(rights) &
				     proposal->handled_net;

		if (access && atoi(port) >= first && atoi(port) <= last) {
			json_t *const names = list_rights(RIGHTS_NET, access);

			propose_note(proposal->notes, "port %s is one of those that the kernel chooses (%d to %d), and may be another one the next time, so the policy is not about \"%s\"%s: if it is always this one, add this to \"handledAccessNet\" and a rule",
				     port, first, last,
				     json_string_value(json_array_get(names, 0)),
				     json_array_size(names) > 1 ? " and the like" : "");
			proposal->handled_net &= ~access;
			json_decref(names);
		}
	}
	json_object_foreach(proposal->observed->ports, port, rights) {
		const __u64 access = json_integer_value(rights) &
				     proposal->handled_net;

		if (access)
			json_array_append_new(list,
					      json_pack("{s:o, s:[I]}",
							"allowedAccess",
							list_rights(RIGHTS_NET,
								    access),
							"port",
							(json_int_t)atoi(port)));
	}
	return list;
}

/* Another process of the program is in another domain of the same policy. */
static bool is_daemon(const struct observed *observed)
{
	return observed->listens || observed->pid_file || observed->outlives ||
	       observed->running;
}

static json_t *make_ruleset(const struct proposal *proposal, int abi)
{
	const struct observed *const observed = proposal->observed;
	json_t *const ruleset = json_pack("{s:[s]}", "handledAccessFs",
					  "abi.all");
	__u64 scopes = 0;

	if (proposal->handled_net == rights_of_abi(RIGHTS_NET, abi))
		json_object_set_new(ruleset, "handledAccessNet",
				    json_pack("[s]", "abi.all"));
	else if (proposal->handled_net)
		json_object_set_new(ruleset, "handledAccessNet",
				    list_rights(RIGHTS_NET,
						proposal->handled_net));
	if (!observed->abstract)
		scopes |= LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
	if (!observed->signal && !is_daemon(observed))
		scopes |= LANDLOCK_SCOPE_SIGNAL;
	if (scopes)
		json_object_set_new(ruleset, "scoped",
				    list_rights(RIGHTS_SCOPE, scopes));
	return ruleset;
}

/* Whatever a name cannot have becomes a "_". */
static json_t *make_name(const char *executable)
{
	char name[EXECLOCK_NAME_SIZE];
	char *c;

	snprintf(name, sizeof(name), "%s", strrchr(executable, '/') + 1);
	/* These have a meaning elsewhere. */
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	for (c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
		    !(isalnum((unsigned char)*c) || strchr("._+-", *c)))
			*c = '_';
	return json_string(name);
}

static const char *list_text(json_t *list, char *text, size_t size)
{
	size_t i, used = 0;
	json_t *name;

	text[0] = '\0';
	json_array_foreach(list, i, name)
		if (used < size)
			used += snprintf(text + used, size - used, "%s%s",
					 i ? ", " : "",
					 json_string_value(name));
	json_decref(list);
	return text;
}

/* Directories with more than the command may be meant to have. */
static void note_wide(const struct proposal *proposal)
{
	const char *path, *reason;
	char rights[512];
	json_t *value;

	json_object_foreach(proposal->rules, path, value) {
		const __u64 access = json_integer_value(value);

		reason = json_string_value(json_object_get(proposal->reasons,
							   path));
		if (!reason || find_above(path, packages) ||
		    (depth_of(path) > 1 && !is_mixed(path)))
			continue;
		/* Nothing but this is in there that files of others depend on. */
		if (strcmp(path, "/proc") == 0 && !(access & ~LOOKING))
			continue;
		list_text(list_rights(RIGHTS_FS, access), rights,
			  sizeof(rights));
		propose_note(proposal->notes, "%s as a whole has %s, because of %s: a rule for this alone ends when the file is replaced or made anew%s",
			     path, rights, reason,
			     strcmp(path, "/etc") == 0 &&
			     access & LANDLOCK_ACCESS_FS_READ_FILE ?
			     "; of /etc/shadow and the like, only file permissions keep it away" :
			     "");
	}
	json_object_foreach(proposal->rules, path, value)
		if (find_above(path, packages) &&
		    json_integer_value(value) & ~READING)
			propose_note(proposal->notes, "%s is changed, where packages have programs: whoever takes it over could change them",
				     path);
}

static void note_single(const struct proposal *proposal)
{
	const json_t *path;
	size_t i;

	json_array_foreach(proposal->single, i, path)
		if (json_object_get(proposal->rules, json_string_value(path)))
			propose_note(proposal->notes, "%s has a rule of its own, which ends when it is replaced (load the policies again then), as the directory has other files that should not be read",
				     json_string_value(path));
}

static void note_more(const struct proposal *proposal)
{
	const struct observed *const observed = proposal->observed;

	if (observed->no_path)
		propose_note(proposal->notes, "%lu accesses were to what has no path that could be told, or in another mount namespace",
			     observed->no_path);
	if (observed->lost)
		propose_note(proposal->notes, "%llu accesses came too fast and were lost: what they need may be missing",
			     (unsigned long long)observed->lost);
	if (observed->running)
		propose_note(proposal->notes, "processes of the command still run, and are no longer observed");
	if (observed->abstract)
		propose_note(proposal->notes, "an abstract UNIX socket was used, so these are not scoped");
	if (observed->signal)
		propose_note(proposal->notes, "a signal was sent to another process, so signals are not scoped");
	else if (is_daemon(observed))
		propose_note(proposal->notes, "this seems to be a daemon, to which another process of the same program may send signals (to reload or to stop it) from a domain of its own, so signals are not scoped: add \"signal\" to \"scoped\" if there is none");
}

/* Adds the directory from which on users decide what a path leads to. */
static void add_users(struct proposal *proposal, json_t *users,
		      const char *path)
{
	char *const place = resolve_users_place(path);
	const json_t *known;
	size_t i;

	if (!place)
		return;
	json_array_foreach(users, i, known)
		if (strcmp(place, json_string_value(known)) == 0)
			break;
	if (i == json_array_size(users)) {
		json_array_append_new(users, json_string(place));
		propose_note(proposal->notes, "others than root may write %s, and put something else where %s is, so it is in \"userPaths\"",
			     place, path);
	}
	free(place);
}

static json_t *list_users(struct proposal *proposal,
			  const char *executable)
{
	json_t *const users = json_array();
	json_t *rights;
	const char *path;

	add_users(proposal, users, executable);
	json_object_foreach(proposal->rules, path, rights)
		add_users(proposal, users, path);
	return users;
}

static json_t *make_policy(struct proposal *proposal, const char *executable,
			   int abi)
{
	json_t *ports, *landlock, *policy, *users;

	ports = list_ports(proposal);
	landlock = json_pack("{s:i, s:[o]}", "abi", abi, "ruleset",
			     make_ruleset(proposal, abi));
	/* An empty array is an error. */
	if (json_object_size(proposal->rules))
		json_object_set_new(landlock, "pathBeneath",
				    list_paths(proposal->rules));
	if (json_array_size(ports))
		json_object_set(landlock, "netPort", ports);
	json_decref(ports);
	policy = json_pack("{s:o, s:{s:s}, s:o}", "name", make_name(executable),
			   "match", "executable", executable, "landlock",
			   landlock);
	users = list_users(proposal, executable);
	if (policy && json_array_size(users))
		json_object_set_new(policy, "enforce",
				    json_pack("{s:O}", "userPaths", users));
	json_decref(users);
	return policy;
}

json_t *propose(const struct observed *observed, const char *executable,
		int abi, json_t *notes)
{
	struct proposal proposal = {
		.observed = observed,
		.rules = json_object(),
		.reasons = json_object(),
		.single = json_array(),
		.handled_net = rights_of_abi(RIGHTS_NET, abi),
		.notes = notes,
	};
	json_t *policy;

	if (!can_be_written(executable)) {
		p_err("cannot make a policy for %s: its path has what a policy cannot have",
		      executable);
		return NULL;
	}
	collect(&proposal);
	merge(&proposal);
	even_out(&proposal);
	drop_implied(proposal.rules);
	policy = make_policy(&proposal, executable, abi);
	note_wide(&proposal);
	note_single(&proposal);
	note_more(&proposal);
	json_decref(proposal.rules);
	json_decref(proposal.reasons);
	json_decref(proposal.single);
	if (!policy)
		p_err("out of memory");
	return policy;
}
