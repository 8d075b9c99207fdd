// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What is loaded, in the BPF file system
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
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

#include "message.h"
#include "pins.h"

#define BPF_FS "/sys/fs/bpf"
#define LOCK_FILE "/run/execlock.lock"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

/* Enough for a path in a set. */
#define PATH_SIZE 128

const struct pins pins_policies = {
	.dir = PINS_DIR,
	.new_dir = PINS_NEW_DIR,
	.map = "current",
};

const struct pins pins_nnp = {
	.dir = PINS_DIR "-nnp",
	.new_dir = PINS_DIR "-nnp-new",
	.map = "levels",
};

const struct pins pins_cgroups = {
	.dir = PINS_DIR "-cgroups",
	.new_dir = PINS_DIR "-cgroups-new",
	.map = "cgroups",
};

/* What is to be added to a message about an error. */
static const char *advice(int err)
{
	return (err == EACCES || err == EPERM) && geteuid() ?
	       " (this needs root)" : "";
}

static bool is_mounted(void)
{
	struct statfs st;

	return !statfs(BPF_FS, &st) &&
	       (unsigned int)st.f_type == BPF_FS_MAGIC;
}

static int check_mount(void)
{
	if (is_mounted())
		return 0;
	return p_err("there is no BPF file system on " BPF_FS
		     ": mount one with \"mount -t bpf none " BPF_FS "\"");
}

/* Returns -1 and sets errno on error.  Nothing is reported. */
static int lock(void)
{
	static bool locked;
	int fd;

	if (locked)
		return 0;
	fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	locked = !flock(fd, LOCK_EX);
	return locked ? 0 : -1;
}

int pins_lock(void)
{
	if (check_mount())
		return -1;
	if (lock())
		return p_err("cannot lock " LOCK_FILE ": %s%s",
			     strerror(errno), advice(errno));
	return 0;
}

void pins_lock_early(void)
{
	/* Elsewhere, nothing can be changed, and no lock file should stay. */
	if (is_mounted())
		lock();
}

int pins_exist(const struct pins *pins)
{
	struct stat st;

	/* What is mounted elsewhere, or hidden, may be in force. */
	if (check_mount())
		return -1;
	if (!stat(pins->dir, &st))
		return 1;
	if (errno == ENOENT)
		return 0;
	return p_err("cannot access %s: %s%s", pins->dir, strerror(errno),
		     advice(errno));
}

int pins_try(const struct pins *pins, const char *name)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", pins->dir, name);
	return bpf_obj_get(path);
}

bool pins_fits(int map, __u32 key_size, __u32 value_size)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return !bpf_map_get_info_by_fd(map, &info, &size) &&
	       info.key_size == key_size && info.value_size == value_size;
}

int pins_open(const struct pins *pins, const char *name)
{
	const int fd = pins_try(pins, name);

	if (fd < 0)
		return p_err("cannot open %s/%s: %s%s", pins->dir, name,
			     strerror(errno), advice(errno));
	return fd;
}

/*
 * Makes the programs of a set do nothing.  When their links are unpinned, the
 * kernel detaches them some time later.  Who is told that a set is no longer in
 * force can rely on it.
 */
static int retire(const char *dir, const char *map)
{
	char path[PATH_SIZE];
	/* The longest of the keys. */
	__u64 key, *previous = NULL;
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, map);
	fd = bpf_obj_get(path);
	if (fd < 0) {
		/* A load that was killed did not come that far. */
		if (errno == ENOENT)
			return 0;
		return p_err("cannot open %s: %s", path, strerror(errno));
	}
	/* A hash begins anew after a key that it has no more. */
	while (!err && !bpf_map_get_next_key(fd, previous, &key)) {
		err = bpf_map_delete_elem(fd, &key);
		/* An array has keys of what is not there, too. */
		if (err == -ENOENT)
			err = 0;
		previous = &key;
	}
	close(fd);
	if (err)
		return p_err("cannot empty %s: %s", path, strerror(-err));
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

/* Removes a directory that may have parts of a set, or may not be there. */
static int remove_dir(const char *path, const char *map)
{
	DIR *dir;
	int err;

	dir = opendir(path);
	if (!dir) {
		if (errno == ENOENT)
			return 0;
		return p_err("cannot open %s: %s", path, strerror(errno));
	}
	err = retire(path, map) || unlink_all(dir, path);
	closedir(dir);
	if (err)
		return -1;
	if (rmdir(path))
		return p_err("cannot remove %s: %s", path, strerror(errno));
	return 0;
}

int pins_prepare(const struct pins *pins)
{
	/* A load that was killed may have left one. */
	if (pins_discard(pins))
		return -1;
	if (mkdir(pins->new_dir, 0700))
		return p_err("cannot make %s: %s", pins->new_dir,
			     strerror(errno));
	return 0;
}

int pins_attach(const struct pins *pins, const struct bpf_object *object)
{
	struct bpf_program *program;
	char path[PATH_SIZE];

	bpf_object__for_each_program(program, object) {
		const char *const name = bpf_program__name(program);
		struct bpf_link *link;
		int err;

		if (bpf_program__type(program) != BPF_PROG_TYPE_LSM ||
		    !bpf_program__autoattach(program))
			continue;
		link = bpf_program__attach_lsm(program);
		if (!link)
			return p_err("cannot attach BPF program \"%s\": %s",
				     name, strerror(errno));
		snprintf(path, sizeof(path), "%s/%s", pins->new_dir, name);
		err = bpf_link__pin(link, path);
		if (err)
			p_err("cannot pin %s: %s", path, strerror(-err));
		/* From now on, it lives by its pin. */
		bpf_link__destroy(link);
		if (err)
			return -1;
	}
	return 0;
}

int pins_commit(const struct pins *pins)
{
	if (renameat2(AT_FDCWD, pins->new_dir, AT_FDCWD, pins->dir,
		      RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != ENOENT)
		return p_err("cannot exchange %s and %s: %s", pins->new_dir,
			     pins->dir, strerror(errno));
	if (rename(pins->new_dir, pins->dir))
		return p_err("cannot rename %s to %s: %s", pins->new_dir,
			     pins->dir, strerror(errno));
	return 0;
}

int pins_discard(const struct pins *pins)
{
	return remove_dir(pins->new_dir, pins->map);
}

int pins_remove(const struct pins *pins)
{
	const int exists = pins_exist(pins);

	if (exists < 0 || pins_discard(pins))
		return -1;
	if (!exists)
		return 0;
	/*
	 * If this is interrupted, the set is either there as a whole, and does
	 * nothing until it is put in force again, or not.
	 */
	if (retire(pins->dir, pins->map))
		return -1;
	if (rename(pins->dir, pins->new_dir))
		return p_err("cannot rename %s to %s: %s", pins->dir,
			     pins->new_dir, strerror(errno));
	return pins_discard(pins) ? -1 : 1;
}
