// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From accesses to rules that last
 */

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "compare.h"
#include "proposal.h"
#include "propose.h"
#include "sanitize.h"

/* Number of rules in a directory from which on it gets a rule itself. */
#define MANY 3

/* With one of these rights for a directory, files in it come and go. */
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

/* Cuts the last name off a path. */
static void go_up(char *path)
{
	char *const slash = strrchr(path, '/');

	slash[slash == path] = '\0';
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

/* Whether a directory that was not accessed may get a rule for files in it. */
static bool may_stand(const char *directory)
{
	return proposal_depth(directory) > 1 &&
	       !compare_beneath(directory, "/root") && !proposal_is_mixed(directory);
}

/*
 * Directories whose files have other names, or are other files, in the next run
 * or after the next boot.
 */
static const char *const fleeting[] = {
	"/proc", "/dev/pts", "/dev/shm", "/run/systemd", "/run", "/sys/fs/cgroup",
	"/tmp", "/var/tmp", NULL
};

/* Whether an argument is this path, absolute or from the working directory. */
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

/* Strips the mark of deleted files, unless a file has such a name. */
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
 * Cuts a path off before the first name that may be missing, or be another
 * file, in the next run; and before a mount of a user's, as far as that can be
 * seen.
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
		    lstat(path, &st) || !proposal_can_name(path) ||
		    (users && st.st_dev != above.st_dev)) {
			go_up(path);
			return;
		}
		above = st;
		*end = kept;
	}
}

/*
 * In the place of some directories, a service has others of its own, which are
 * made when it starts.  A rule for their name reaches these, or else one for
 * a directory above.
 */
static bool leave_private(const struct proposal *proposal, char *path)
{
	const json_t *place;
	size_t i;

	json_array_foreach(proposal->observed->private, i, place) {
		const char *const private = json_string_value(place);

		if (!compare_beneath(path, private))
			continue;
		snprintf(path, PATH_MAX, "%s", private);
		if (!proposal->places)
			go_up(path);
		return true;
	}
	return false;
}

/*
 * Changes a path to that of a file or directory for which a rule lasts.
 * Returns false if there is none.
 */
static bool generalise(struct proposal *proposal, char *path, __u32 mode)
{
	const char *const above = proposal_above(path, fleeting);
	char directory[PATH_MAX];
	struct stat st;

	strip_deleted(path);
	if (strcmp(path, "/") == 0 ||
	    leave_private(proposal, path))
		return true;
	if (above) {
		snprintf(path, PATH_MAX, "%s", above);
		return !lstat(path, &st);
	}
	snprintf(directory, sizeof(directory), "%s", path);
	cut(proposal->observed, path);
	if (strcmp(path, directory)) {
		/* A directory further up may be too much. */
		go_up(directory);
		return strcmp(path, "/") || strcmp(directory, "/") == 0;
	}
	if (S_ISDIR(mode) || S_ISCHR(mode) || S_ISBLK(mode))
		return true;
	/* A rule ends when the file is replaced by another one of its name. */
	go_up(directory);
	if (!proposal_is_mixed(directory) ||
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

/* Makes rules for files with a path: not for pipes, sockets and the like. */
static void collect(struct proposal *proposal)
{
	char path[PATH_MAX];
	const char *name, *above;
	json_t *value;

	json_object_foreach(proposal->observed->paths, name, value) {
		struct observed_path seen = observed_get(value);

		if (name[0] != '/' || strlen(name) >= sizeof(path))
			continue;
		/*
		 * A device that was not opened needs no right: it was
		 * inherited.
		 */
		if (seen.access == LANDLOCK_ACCESS_FS_IOCTL_DEV)
			continue;
		above = proposal_above(name, proposal_packages);
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
			propose_note(proposal->notes, "%s is left out, because neither it nor a directory above it exists any more: add a rule for it",
				     name);
	}
}

/* Counts rules at @depth that only allow to read, by directory. */
static json_t *count_reading(json_t *rules, int depth)
{
	json_t *const counts = json_object();
	char directory[PATH_MAX];
	const char *name;
	json_t *rights;

	json_object_foreach(rules, name, rights) {
		if (proposal_depth(name) != depth ||
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
 * Whether the program listed a directory, or got it as an argument, so that it
 * may access other files there in the next run.
 */
static bool is_listed(const struct proposal *proposal, const char *directory,
		      __u64 rights)
{
	if (strcmp(directory, "/") == 0 || compare_beneath(directory, "/dev"))
		return false;
	if (!is_argument(proposal, directory) &&
	    (proposal_is_mixed(directory) || !(get(proposal->rules, directory) &
				      LANDLOCK_ACCESS_FS_READ_DIR)))
		return false;
	/* Programs and their configuration are not to be changed. */
	return !(rights & ~LOOKING) ||
	       !(proposal_above(directory, proposal_packages) ||
		 compare_beneath(directory, "/etc"));
}

/* Whether the rule for @path becomes one for its directory. */
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
		if (proposal_depth(name) != depth)
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
	/* An object must not grow while it is iterated. */
	json_object_foreach(merged, name, rights)
		add(rules, name, json_integer_value(rights));
	json_decref(merged);
	json_decref(counts);
}

/* From the deepest on: a rule that went up may go up further. */
static void merge(struct proposal *proposal)
{
	json_t *const rules = proposal->rules;
	const char *name;
	json_t *rights;
	int depth = 0;

	json_object_foreach(rules, name, rights)
		if (proposal_depth(name) > depth)
			depth = proposal_depth(name);
	for (; depth; depth--)
		merge_depth(proposal, depth);
}

/* The rights that the rules give for a path, also from directories above. */
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

/* Cuts a path off to the nearest one that has a rule. */
static void find_rule(const json_t *rules, char *path)
{
	while (strcmp(path, "/") && !json_object_get(rules, path))
		go_up(path);
}

/*
 * The kernel refuses to move a file to a directory with more rights.  So the
 * directory from which it moves gets these rights as well; files from elsewhere
 * may move there, in turn.
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

/* Drops the rights that a rule for a directory above gives already. */
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

void proposal_make_rules(struct proposal *proposal)
{
	collect(proposal);
	merge(proposal);
	even_out(proposal);
	drop_implied(proposal->rules);
}
