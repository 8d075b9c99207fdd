// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The loaded policy set in the BPF file system
 */

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../bpf/execlock.h"
#include "message.h"
#include "pins.h"

#define BPF_FS "/sys/fs/bpf"
#define LOCK_FILE "/run/execlock.lock"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

int pins_lock(void)
{
	struct statfs st;
	int fd;

	if (statfs(BPF_FS, &st))
		return p_err("cannot stat " BPF_FS ": %s", strerror(errno));
	if ((unsigned int)st.f_type != BPF_FS_MAGIC)
		return p_err("there is no BPF file system on " BPF_FS
			     ": mount one with \"mount -t bpf none " BPF_FS
			     "\"");
	fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return p_err("cannot open " LOCK_FILE ": %s", strerror(errno));
	if (flock(fd, LOCK_EX))
		return p_err("cannot lock " LOCK_FILE ": %s", strerror(errno));
	return 0;
}

/*
 * Makes the programs of a set do nothing.  When their links are unpinned, the
 * kernel detaches them some time later.  Who is told that a set is no longer in
 * force can rely on it.
 */
static int retire(const char *path)
{
	char map[sizeof(PINS_NEW_DIR) + 16];
	struct execlock_file file;
	int fd;

	snprintf(map, sizeof(map), "%s/executables", path);
	fd = bpf_obj_get(map);
	if (fd < 0) {
		/* A load that was killed did not come that far. */
		if (errno == ENOENT)
			return 0;
		return p_err("cannot open %s: %s", map, strerror(errno));
	}
	while (!bpf_map_get_next_key(fd, NULL, &file))
		if (bpf_map_delete_elem(fd, &file))
			break;
	close(fd);
	return 0;
}

static int unlink_all(DIR *dir, const char *path)
{
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0))
			return p_err("cannot remove %s/%s: %s", path,
				     entry->d_name, strerror(errno));
	}
	return 0;
}

static int remove_dir(const char *path)
{
	DIR *dir;
	int err;

	dir = opendir(path);
	if (!dir) {
		if (errno == ENOENT)
			return 0;
		return p_err("cannot open %s: %s", path, strerror(errno));
	}
	err = retire(path) || unlink_all(dir, path);
	closedir(dir);
	if (err)
		return -1;
	if (rmdir(path))
		return p_err("cannot remove %s: %s", path, strerror(errno));
	return 1;
}

int pins_prepare(void)
{
	/* A load that was killed may have left one. */
	if (pins_discard())
		return -1;
	if (mkdir(PINS_NEW_DIR, 0700))
		return p_err("cannot make " PINS_NEW_DIR ": %s",
			     strerror(errno));
	return 0;
}

int pins_commit(void)
{
	if (renameat2(AT_FDCWD, PINS_NEW_DIR, AT_FDCWD, PINS_DIR,
		      RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != ENOENT)
		return p_err("cannot exchange " PINS_NEW_DIR " and " PINS_DIR ": %s",
			     strerror(errno));
	if (rename(PINS_NEW_DIR, PINS_DIR))
		return p_err("cannot rename " PINS_NEW_DIR " to " PINS_DIR ": %s",
			     strerror(errno));
	return 0;
}

int pins_discard(void)
{
	return remove_dir(PINS_NEW_DIR) < 0 ? -1 : 0;
}

int pins_remove(void)
{
	if (pins_discard())
		return -1;
	return remove_dir(PINS_DIR);
}
