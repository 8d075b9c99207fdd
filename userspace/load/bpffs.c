// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Directories of pinned objects in the BPF file system
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bpffs.h"
#include "message.h"
#include "util.h"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

const char *bpffs_advice(int err)
{
	if (err != EACCES && err != EPERM)
		return "";
	if (geteuid())
		return " (this needs root)";
	/* See guard.bpf.c. */
	return err == EPERM ? " (this needs CAP_SYS_ADMIN and, under a policy, that the policy says \"managesPolicies\": true)" :
			      "";
}

bool bpffs_is_mounted(void)
{
	struct statfs st;

	return !statfs(BPFFS, &st) && (unsigned int)st.f_type == BPF_FS_MAGIC;
}

/*
 * A user who may change a directory could replace the objects that are pinned
 * in it.  In a sticky directory above, such a user can only add files.
 */
static int check_directory(const char *path, bool above)
{
	struct stat st;

	if (lstat(path, &st))
		return p_err("cannot access %s: %s%s", path, strerror(errno),
			     bpffs_advice(errno));
	if (!S_ISDIR(st.st_mode))
		return p_err("%s is not a directory: remove it", path);
	if (st.st_uid)
		return p_err("%s belongs to user %u, who could replace the policies in force: \"chown 0:0 %s\", or remove it",
			     path, st.st_uid, path);
	if (st.st_mode & (S_IWGRP | S_IWOTH) &&
	    !(above && st.st_mode & S_ISVTX))
		return p_err("users other than root may write %s, and could replace the policies in force: \"chmod go-w %s\"",
			     path, path);
	return 0;
}

static int fail_obstacle(const char *path, const char *name)
{
	return p_err("%s/%s is a directory, which execlock did not create: remove it with \"rm -r\"",
		     path, name);
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Checks a directory of pinned objects, which may be missing. */
static int check_own(const char *path)
{
	const struct dirent *entry;
	struct stat st;
	int err = 0;
	DIR *dir;

	if (lstat(path, &st) && errno == ENOENT)
		return 0;
	if (check_directory(path, false))
		return -1;
	dir = opendir(path);
	if (!dir)
		return p_err("cannot open %s: %s%s", path, strerror(errno),
			     bpffs_advice(errno));
	while (!err && (entry = readdir(dir)))
		if (!is_dot(entry->d_name) &&
		    !fstatat(dirfd(dir), entry->d_name, &st,
			     AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode))
			err = fail_obstacle(path, entry->d_name);
	closedir(dir);
	return err;
}

int bpffs_check(const char *const *dirs)
{
	static const char *const above[] = { "/", "/sys", "/sys/fs" };
	size_t i;

	if (!bpffs_is_mounted())
		return p_err("there is no BPF file system on " BPFFS
			     ": mount one with \"mount -t bpf -o mode=0700 none " BPFFS "\"");
	for (i = 0; i < ARRAY_SIZE(above); i++)
		if (check_directory(above[i], true))
			return -1;
	if (check_directory(BPFFS, false))
		return -1;
	for (; *dirs; dirs++)
		if (check_own(*dirs))
			return -1;
	return 0;
}

int bpffs_create(const char *path)
{
	if (mkdir(path, 0700))
		return p_err("cannot create %s: %s", path, strerror(errno));
	return 0;
}

bool bpffs_is_own(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && !st.st_uid;
}

static int unlink_all(DIR *dir, const char *path)
{
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (is_dot(entry->d_name) ||
		    !unlinkat(dirfd(dir), entry->d_name, 0))
			continue;
		if (errno == EISDIR)
			return fail_obstacle(path, entry->d_name);
		return p_err("cannot remove %s/%s: %s", path, entry->d_name,
			     strerror(errno));
	}
	return 0;
}

int bpffs_remove(const char *path)
{
	/* A link that took its place would lead out of the file system. */
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			    O_CLOEXEC);
	DIR *const dir = fd < 0 ? NULL : fdopendir(fd);
	int err;

	if (!dir) {
		if (fd < 0 && errno == ENOENT)
			return 0;
		err = p_err("cannot open %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = unlink_all(dir, path);
	closedir(dir);
	if (err)
		return -1;
	if (rmdir(path))
		return p_err("cannot remove %s: %s", path, strerror(errno));
	return 0;
}
