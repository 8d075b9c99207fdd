// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a policy's conditions to the keys that BPF programs compare
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts.h"
#include "hash.h"
#include "identify.h"
#include "keys.h"
#include "message.h"
#include "resolve.h"
#include "stable_inode.h"

/* A look-up of a policy's conditions. */
struct lookup {
	struct policy *policy;
	const struct keys_options *options;
	enum execlock_condition condition;
	keys_add add;
	void *data;
	/* Whether something was wrong, if all of it is to be reported. */
	bool failed;
};

/* Where packages and administrators put programs. */
static const char *const program_directories[] = {
	"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin",
	"/usr/games", "/usr/libexec", "/bin", "/sbin",
};

/* A named file must still be known when the kernel dropped it from memory. */
static int check_inode_is_stable(const struct node *value, const char *path,
				 int fd)
{
	switch (stable_inode_check(fd)) {
	case STABLE_INODE:
		return 0;
	case STABLE_INODE_FAT:
		node_err(value, "%s is on a FAT file system, which has no inode numbers: the kernel forgets which file it is when it was not used for a while",
			 path);
		return POLICY_UNUSABLE;
	case STABLE_INODE_OVERLAY:
		node_warn(value, "the kernel forgets which directory %s is when it was not used for a while, since it is on an overlayfs over several file systems without \"xino=on\"",
			  path);
		return 0;
	default:
		return p_err("cannot determine on which file system %s is: %s",
			     path, strerror(errno));
	}
}

static int identify_fd(const struct lookup *lookup, const char *path, int fd,
		       struct execlock_file *file)
{
	struct execlock_fd answer = {};

	/* Without BPF, all files are the same. */
	if (lookup->options->identify &&
	    identify(lookup->options->identify, fd, &answer))
		return p_err("cannot read the inode number of %s: %s", path,
			     strerror(errno));
	*file = answer.file;
	return 0;
}

struct execlock_key keys_of_file(enum execlock_condition condition,
				 const struct execlock_file *file)
{
	return (struct execlock_key) {
		.condition = condition,
		.device = file->device,
		.inode = file->inode,
		.generation = file->generation,
	};
}

static int add_inode(const struct lookup *lookup, const char *path, int fd,
		     struct execlock_file *file)
{
	struct execlock_key key;

	if (identify_fd(lookup, path, fd, file))
		return -1;
	key = keys_of_file(lookup->condition, file);
	return lookup->add(&key, NULL, lookup->data);
}

/* Adds a name in a directory, which is that of @file, or NULL if of none. */
static int add_name(const struct lookup *lookup, const struct execlock_file *dir,
		    const char *name, const struct execlock_file *file)
{
	const struct execlock_key key = {
		.condition = lookup->condition,
		.by_name = 1,
		.device = dir->device,
		.parent_inode = dir->inode,
		.name = hash_name(EXECLOCK_HASH_INIT, name, strlen(name)),
	};

	return lookup->add(&key, file, lookup->data);
}

/* An executable that may have several names. */
struct executable {
	const char *path;
	struct stat st;
	struct execlock_file file;
	/* How many of its names were found. */
	unsigned int names;
};

static bool is_link_of(const struct executable *executable, int dir,
		       const char *name)
{
	struct stat st;

	return !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) &&
	       st.st_dev == executable->st.st_dev &&
	       st.st_ino == executable->st.st_ino;
}

/* Adds the names that an executable has in a directory. */
static int add_names_in(const struct lookup *lookup,
			struct executable *executable, int path_fd)
{
	const struct dirent *entry;
	struct execlock_file dir;
	DIR *files;
	int fd, err;

	err = identify_fd(lookup, executable->path, path_fd, &dir);
	if (err)
		return err;
	fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	files = fd < 0 ? NULL : fdopendir(fd);
	if (!files) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!err && executable->names < executable->st.st_nlink &&
	       (entry = readdir(files)))
		if (is_link_of(executable, fd, entry->d_name)) {
			executable->names++;
			err = add_name(lookup, &dir, entry->d_name,
				       &executable->file);
		}
	closedir(files);
	return err;
}

/* Whether two directories are the same one. */
static bool is_same(const struct stat *a, int fd)
{
	struct stat b;

	return !fstat(fd, &b) && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/*
 * An upgrade replaces all names of an executable, and then each of them is the
 * program's: those in its directory, and where programs usually are.
 */
static int add_other_names(const struct lookup *lookup, const struct node *node,
			   struct executable *executable, int path_fd)
{
	struct stat seen[ARRAY_SIZE(program_directories) + 1];
	const size_t max = ARRAY_SIZE(program_directories);
	size_t i, j, count = 0;
	int err;

	if (fstat(path_fd, &seen[count++]))
		return 0;
	err = add_names_in(lookup, executable, path_fd);
	for (i = 0; !err && i < max; i++) {
		struct resolved dir;

		if (executable->names >= executable->st.st_nlink)
			break;
		if (resolve(program_directories[i], &lookup->policy->trust,
			    RESOLVE_DIRECTORY, &dir) == RESOLVED) {
			for (j = 0; j < count; j++)
				if (is_same(&seen[j], dir.fd))
					break;
			if (j == count && !fstat(dir.fd, &seen[count])) {
				count++;
				err = add_names_in(lookup, executable, dir.fd);
			}
		}
		resolve_release(&dir);
	}
	if (!err && executable->names < executable->st.st_nlink)
		node_warn(node, "%s has %lu names (hard links), and only %u of them are in its directory and where programs usually are: after an upgrade, the program is free under the others until the policies are loaded again; name them, too",
			  executable->path,
			  (unsigned long)executable->st.st_nlink,
			  executable->names);
	return err;
}

/* Adds the executable's name, and others if it has several. */
static int add_names(const struct lookup *lookup, const struct node *node,
		     const struct resolved *resolved,
		     struct executable *executable)
{
	struct execlock_file dir;
	char path[PATH_MAX];
	int err;

	if (resolved->dir < 0 || !*resolved->name)
		return p_err("%s is not below the root directory",
			     executable->path);
	snprintf(path, sizeof(path), "%.*s",
		 (int)(resolved->name - resolved->real), resolved->real);
	/* Without the slash, unless it is the root. */
	if (path[1])
		path[strlen(path) - 1] = '\0';
	err = check_inode_is_stable(node, path, resolved->dir);
	if (!err)
		err = identify_fd(lookup, executable->path, resolved->dir,
				  &dir);
	if (!err)
		err = add_name(lookup, &dir, resolved->name,
			       &executable->file);
	if (err || executable->st.st_nlink < 2 || resolved->place[0])
		return err;
	return add_other_names(lookup, node, executable, resolved->dir);
}

/* It is not there, but where it would be: it will have this name. */
static int add_future_name(const struct lookup *lookup, const char *path,
			   const struct resolved *resolved)
{
	struct execlock_file dir;

	if (resolved->dir < 0 || !*resolved->name)
		return 0;
	if (identify_fd(lookup, path, resolved->dir, &dir))
		return -1;
	return add_name(lookup, &dir, resolved->name, NULL);
}

/* Reports that a path was not resolved; @why is freed. */
static int leave_out(const struct lookup *lookup, const struct node *node,
		     char *why, bool by_name)
{
	char *text = NULL;
	int err;

	if (why && by_name &&
	    asprintf(&text, "%s; what gets this name will be under the policy",
		     why) < 0)
		text = NULL;
	err = policy_leave_out(lookup->policy, node, text ?: why);
	free(text);
	free(why);
	return err;
}

static int not_resolved(const struct lookup *lookup, const struct node *node,
			const struct resolved *resolved,
			enum resolve_result result, bool by_name)
{
	char *const why = resolve_why(resolved, json_string_value(node->json),
				      result);

	if (result == RESOLVE_MISSING || result == RESOLVE_REFUSED)
		return leave_out(lookup, node, why, by_name);
	node_err(node, "%s", why ?: "out of memory");
	free(why);
	return result == RESOLVE_INVALID ? POLICY_UNUSABLE : -1;
}

/*
 * To leave out a path of a condition denies less.  So the path is taken without
 * links, and cannot lead to a file that is not the user's.
 */
static int check_users(const struct lookup *lookup, const struct node *node,
		       const struct resolved *resolved)
{
	const bool strict = lookup->policy->if_missing == POLICY_MISSING_ERROR;
	char *whose;

	if (!resolved->place[0])
		return 0;
	whose = resolve_whose(resolved);
	if (resolved->covered || !strict)
		node_warn(node, "is a user's path: %s; it is followed without links%s",
			  whose ?: "others may write it", resolved->covered ?
			  "" : ", and belongs in \"userPaths\" of \"enforce\" if it is meant");
	else
		node_err(node, "is a user's path: %s; put it in \"userPaths\" of \"enforce\" if it is meant",
			 whose ?: "others may write it");
	free(whose);
	return resolved->covered || !strict ? 0 : POLICY_UNUSABLE;
}

/* @resolved is open. */
static int add_found_executable(const struct lookup *lookup,
				const struct node *node,
				const struct resolved *resolved)
{
	struct executable executable = {
		.path = json_string_value(node->json),
	};
	char *why;
	int err;

	if (fstat(resolved->fd, &executable.st))
		return p_err("cannot stat %s: %s", executable.path,
			     strerror(errno));
	if (!S_ISREG(executable.st.st_mode) ||
	    !(executable.st.st_mode & 0111)) {
		if (!resolved->place[0]) {
			node_err(node, "%s is not an executable file",
				 executable.path);
			return POLICY_UNUSABLE;
		}
		/* The user will change this again. */
		if (asprintf(&why, "%s is not an executable file",
			     executable.path) < 0)
			why = NULL;
		err = leave_out(lookup, node, why, true);
		return err ?: add_future_name(lookup, executable.path,
					      resolved);
	}
	err = check_inode_is_stable(node, executable.path, resolved->fd);
	if (!err)
		err = add_inode(lookup, executable.path, resolved->fd,
				&executable.file);
	return err ?: add_names(lookup, node, resolved, &executable);
}

static int add_executable(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	struct resolved resolved;
	enum resolve_result result;
	int err;

	result = resolve(path, &lookup->policy->trust, RESOLVE_ANYWAY,
			 &resolved);
	if (result == RESOLVED) {
		err = check_users(lookup, node, &resolved);
		if (!err)
			err = add_found_executable(lookup, node, &resolved);
	} else {
		err = not_resolved(lookup, node, &resolved, result,
				   resolved.dir >= 0);
		if (!err)
			err = add_future_name(lookup, path, &resolved);
	}
	resolve_release(&resolved);
	return err;
}

static int add_directory(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	struct execlock_file file;
	struct resolved resolved;
	enum resolve_result result;
	int err;

	result = resolve(path, &lookup->policy->trust,
			 RESOLVE_DIRECTORY | RESOLVE_ANYWAY, &resolved);
	if (result == RESOLVED) {
		err = check_users(lookup, node, &resolved);
		if (!err)
			err = check_inode_is_stable(node, path, resolved.fd);
		if (!err)
			err = add_inode(lookup, path, resolved.fd, &file);
	} else {
		err = not_resolved(lookup, node, &resolved, result, false);
	}
	resolve_release(&resolved);
	return err;
}

static int add_account(const struct lookup *lookup, const struct node *node)
{
	struct execlock_key key = { .condition = lookup->condition };
	__u32 id = 0;
	char *why;

	if (lookup->condition == EXECLOCK_LOGIN && policy_login_unset(node)) {
		id = EXECLOCK_UNSET;
	} else if (json_is_string(node->json)) {
		const char *const name = json_string_value(node->json);
		const bool others = lookup->policy->trust.for_others;

		why = lookup->condition == EXECLOCK_GROUP ?
		      accounts_find_group(name, others, &id) :
		      accounts_find_user(name, others, &id);
		if (why)
			return leave_out(lookup, node, why, false);
	} else {
		id = json_integer_value(node->json);
	}
	key.first = id;
	return lookup->add(&key, NULL, lookup->data);
}

static int add_cgroup(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	const struct execlock_key key = {
		.condition = EXECLOCK_CGROUP,
		.cgroup = hash_path(path, strlen(path)),
	};

	return lookup->add(&key, NULL, lookup->data);
}

/* A trial may be that of the parent, too, enforced or not. */
static int add_parent(const struct lookup *lookup, const struct node *node)
{
	const char *const name = json_string_value(node->json);
	struct execlock_key key = {
		.condition = EXECLOCK_PARENT,
		.policy = hash_policy(name),
	};
	int err;

	err = lookup->add(&key, NULL, lookup->data);
	if (err || !lookup->policy->trial)
		return err;
	key.policy = hash_trial(name);
	return lookup->add(&key, NULL, lookup->data);
}

static int add_namespace(const struct lookup *lookup, const struct node *node)
{
	const char *const which = json_string_value(node->json);
	const struct execlock_key key = {
		.condition = EXECLOCK_NAMESPACE,
		.namespace_level = strcmp(which, "initial") != 0,
	};

	return lookup->add(&key, NULL, lookup->data);
}

static int add_value(const struct node *node, void *data)
{
	static int (*const add[EXECLOCK_CONDITIONS])(const struct lookup *lookup,
						     const struct node *node) = {
		[EXECLOCK_EXECUTABLE] = add_executable,
		[EXECLOCK_DIRECTORY] = add_directory,
		[EXECLOCK_USER] = add_account,
		[EXECLOCK_GROUP] = add_account,
		[EXECLOCK_CGROUP] = add_cgroup,
		[EXECLOCK_NAMESPACE] = add_namespace,
		[EXECLOCK_PARENT] = add_parent,
		[EXECLOCK_LOGIN] = add_account,
	};
	struct lookup *const lookup = data;
	const int err = add[lookup->condition](lookup, node);

	if (err != POLICY_UNUSABLE || !lookup->options->all)
		return err;
	lookup->failed = true;
	return 0;
}

int keys_find(struct policy *policy, const struct keys_options *options,
	      keys_add add, void *data)
{
	struct lookup lookup = {
		.policy = policy,
		.options = options,
		.add = add,
		.data = data,
	};
	int i, err;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		lookup.condition = i;
		err = policy_values(policy, i, add_value, &lookup);
		if (err)
			return err;
	}
	return lookup.failed ? POLICY_UNUSABLE : 0;
}
