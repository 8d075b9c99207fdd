// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a policy's conditions to what BPF programs compare
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "hash.h"
#include "identify.h"
#include "match.h"
#include "message.h"

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

/* What is being looked up. */
struct lookup {
	const struct bpf_program *identify;
	enum execlock_condition condition;
	match_add add;
	void *data;
};

static int unusable(const struct node *node, const char *path)
{
	node_err(node, "cannot open %s: %s", path, strerror(errno));
	return POLICY_UNUSABLE;
}

static bool is_from_elsewhere(int dir, const struct dirent *entry,
			      const struct statx *self)
{
	struct statx file;

	/* What is mounted on a file is from elsewhere on any file system. */
	return entry->d_type != DT_DIR &&
	       !statx(dir, entry->d_name,
		      AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE,
		      &file) &&
	       !S_ISDIR(file.stx_mode) &&
	       !(file.stx_attributes & STATX_ATTR_MOUNT_ROOT) &&
	       (file.stx_dev_major != self->stx_dev_major ||
		file.stx_dev_minor != self->stx_dev_minor);
}

/*
 * On an overlayfs over several file systems and without "xino", a directory gets
 * a new number each time that it comes into memory.  This shows in its files:
 * they have the device number of the file system that they are from.  Without
 * files, or if it is none, nothing is known.
 */
static bool has_files_from_elsewhere(int path_fd)
{
	const struct dirent *entry;
	bool elsewhere = false;
	struct statx self;
	DIR *files;
	int fd;

	fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	files = fdopendir(fd);
	if (!files) {
		close(fd);
		return false;
	}
	if (!statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &self))
		while (!elsewhere && (entry = readdir(files)))
			elsewhere = is_from_elsewhere(fd, entry, &self);
	closedir(files);
	return elsewhere;
}

int match_lasts(const struct node *value, const char *path, int fd, bool warn)
{
	struct statfs st;

	if (fstatfs(fd, &st))
		return p_err("cannot learn on which file system %s is: %s",
			     path, strerror(errno));
	switch ((unsigned int)st.f_type) {
	case MSDOS_SUPER_MAGIC:
	case EXFAT_SUPER_MAGIC:
		node_err(value, "%s is on a FAT file system, which has no inode numbers: the kernel forgets which file it is when it was not used for a while",
			 path);
		return POLICY_UNUSABLE;
	case OVERLAYFS_SUPER_MAGIC:
		if (warn && has_files_from_elsewhere(fd))
			node_warn(value, "the kernel forgets which directory %s is when it was not used for a while, since it is on an overlayfs over several file systems without \"xino=on\"",
				  path);
		return 0;
	default:
		return 0;
	}
}

/* With --json, there is one document, for what was done. */
static int check_lasts(const struct node *node, const char *path, int fd)
{
	return match_lasts(node, path, fd, !json_output);
}

static int identify_fd(const struct lookup *lookup, const char *path, int fd,
		       struct execlock_file *file)
{
	if (identify(lookup->identify, fd, file))
		return p_err("cannot learn the inode number of %s: %s", path,
			     strerror(errno));
	return 0;
}

struct execlock_key match_file_key(enum execlock_condition condition,
				   const struct execlock_file *file)
{
	return (struct execlock_key) {
		.condition = condition,
		.device = file->device,
		.number = file->inode,
		.name = file->generation,
	};
}

static int add_inode(const struct lookup *lookup, const char *path, int fd,
		     struct execlock_file *file)
{
	struct execlock_key key;

	if (identify_fd(lookup, path, fd, file))
		return -1;
	key = match_file_key(lookup->condition, file);
	return lookup->add(&key, NULL, lookup->data);
}

/* Whether the file at @path, which has no symbolic links, is the open one. */
static bool is_at(const char *path, const struct stat *opened)
{
	struct stat st;

	return !lstat(path, &st) && st.st_dev == opened->st_dev &&
	       st.st_ino == opened->st_ino;
}

/* @path is what symbolic links led to: to @file. */
static int add_name(const struct lookup *lookup, const struct node *node,
		    char *path, const struct execlock_file *file)
{
	struct execlock_key key = {
		.condition = lookup->condition,
		.by_name = 1,
	};
	char *const slash = strrchr(path, '/');
	struct execlock_file dir;
	int fd, err;

	key.name = hash_name(EXECLOCK_HASH_INIT, slash + 1, strlen(slash + 1));
	slash[slash == path] = '\0';
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return p_err("cannot open %s: %s", path, strerror(errno));
	err = check_lasts(node, path, fd);
	if (!err)
		err = identify_fd(lookup, path, fd, &dir);
	close(fd);
	if (err)
		return err;
	key.device = dir.device;
	key.number = dir.inode;
	return lookup->add(&key, file, lookup->data);
}

static int add_executable_fd(const struct lookup *lookup,
			     const struct node *node, int fd)
{
	const char *const path = json_string_value(node->json);
	char link[64], real[PATH_MAX];
	struct execlock_file file;
	struct stat st;
	ssize_t size;
	int err;

	if (fstat(fd, &st))
		return p_err("cannot stat %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		node_err(node, "%s is not an executable file", path);
		return POLICY_UNUSABLE;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, real, sizeof(real) - 1);
	if (size < 0)
		return p_err("cannot read %s: %s", link, strerror(errno));
	real[size] = '\0';
	if (real[0] != '/')
		return p_err("%s is not below the root directory", path);
	/* Of a file that was removed, the kernel makes up a name. */
	if (!is_at(real, &st)) {
		node_err(node, "%s was removed or replaced just now: load again",
			 path);
		return POLICY_UNUSABLE;
	}
	err = check_lasts(node, path, fd);
	if (!err)
		err = add_inode(lookup, path, fd, &file);
	return err ? err : add_name(lookup, node, real, &file);
}

static int add_executable(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	int fd, err;

	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return unusable(node, path);
	err = add_executable_fd(lookup, node, fd);
	close(fd);
	return err;
}

static int add_directory(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	struct execlock_file file;
	int fd, err;

	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return unusable(node, path);
	err = check_lasts(node, path, fd);
	if (!err)
		err = add_inode(lookup, path, fd, &file);
	close(fd);
	return err;
}

static bool find_user(FILE *file, const char *name, __u32 *id)
{
	const struct passwd *entry;

	while ((entry = fgetpwent(file)))
		if (strcmp(entry->pw_name, name) == 0) {
			*id = entry->pw_uid;
			return true;
		}
	return false;
}

static bool find_group(FILE *file, const char *name, __u32 *id)
{
	const struct group *entry;

	while ((entry = fgetgrent(file)))
		if (strcmp(entry->gr_name, name) == 0) {
			*id = entry->gr_gid;
			return true;
		}
	return false;
}

int match_account(const struct node *value, enum execlock_condition condition,
		  __u32 *id)
{
	const bool user = condition == EXECLOCK_USER;
	const char *const name = json_string_value(value->json);
	const char *const list = user ? USERS : GROUPS;
	FILE *file;
	bool found;

	if (!name) {
		*id = json_integer_value(value->json);
		return 0;
	}
	file = fopen(list, "re");
	if (!file)
		return unusable(value, list);
	found = user ? find_user(file, name, id) : find_group(file, name, id);
	fclose(file);
	if (found)
		return 0;
	node_err(value, "there is no %s \"%s\" in %s", user ? "user" : "group",
		 name, list);
	return POLICY_UNUSABLE;
}

static int add_account(const struct lookup *lookup, const struct node *node)
{
	struct execlock_key key = { .condition = lookup->condition };
	__u32 id;
	int err;

	err = match_account(node, lookup->condition, &id);
	if (err)
		return err;
	key.number = id;
	return lookup->add(&key, NULL, lookup->data);
}

static int add_cgroup(const struct lookup *lookup, const struct node *node)
{
	const char *const path = json_string_value(node->json);
	const struct execlock_key key = {
		.condition = EXECLOCK_CGROUP,
		.number = hash_path(path, strlen(path)),
	};

	return lookup->add(&key, NULL, lookup->data);
}

static int add_parent(const struct lookup *lookup, const struct node *node)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_PARENT,
		.number = hash_policy(json_string_value(node->json)),
	};

	return lookup->add(&key, NULL, lookup->data);
}

static int add_namespace(const struct lookup *lookup, const struct node *node)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_NAMESPACE,
		.number = strcmp(json_string_value(node->json), "initial") != 0,
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
	};
	const struct lookup *const lookup = data;

	return add[lookup->condition](lookup, node);
}

int match_keys(const struct policy *policy, const struct bpf_program *identify,
	       match_add add, void *data)
{
	struct lookup lookup = {
		.identify = identify,
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
	return 0;
}

static int count_one(const struct node *node, void *data)
{
	unsigned int *const count = data;

	(*count)++;
	return 0;
}

unsigned int match_key_count(const struct policy *policy)
{
	unsigned int count = 0;
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		policy_values(policy, i, count_one, &count);
	/* By inode and by name. */
	policy_values(policy, EXECLOCK_EXECUTABLE, count_one, &count);
	return count;
}
