// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Names and numbers of cgroups
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroupfs.h"
#include "message.h"
#include "resolve.h"
#include "util.h"

#ifndef CGROUP2_SUPER_MAGIC
#define CGROUP2_SUPER_MAGIC 0x63677270
#endif

/* Type of the file handles of kernfs, from the kernel's <linux/exportfs.h>. */
#define FILEID_KERNFS 0xfe

/* A file handle of kernfs contains the number of the cgroup. */
union handle {
	struct file_handle handle;
	struct {
		unsigned int bytes;
		int type;
		unsigned char number[sizeof(__u64)];
	};
};

/* Mounts of version 2 on systems without and with version 1. */
static const char *const mounts[] = {
	"/sys/fs/cgroup",
	"/sys/fs/cgroup/unified",
};

static bool is_cgroup2(const char *path)
{
	struct statfs st;

	return !statfs(path, &st) &&
	       (unsigned int)st.f_type == CGROUP2_SUPER_MAGIC;
}

static const char *find_mount(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		if (is_cgroup2(mounts[i]))
			return mounts[i];
	errno = ENOENT;
	return NULL;
}

/* Returns the part of @path after @prefix, or NULL. */
static const char *skip_prefix(const char *path, const char *prefix)
{
	const size_t length = strlen(prefix);

	if (strncmp(path, prefix, length) ||
	    (path[length] && path[length] != '/'))
		return NULL;
	return path + length;
}

int cgroupfs_open(const char *name)
{
	const char *const mount = find_mount();
	const char *rest;
	int dir, fd, err;

	if (!mount) {
		errno = ENODEV;
		return -1;
	}
	rest = skip_prefix(name, mount) ?: name;
	rest += strspn(rest, "/");
	dir = open(mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	/* Only directories: a file in one is not a cgroup. */
	fd = resolve_beneath(dir, *rest ? rest : ".", O_PATH | O_DIRECTORY);
	err = errno;
	close(dir);
	errno = err;
	return fd;
}

int cgroupfs_number(const char *name, __u64 *number)
{
	union handle handle = { .bytes = sizeof(handle.number) };
	int fd, id, err;

	fd = cgroupfs_open(name);
	if (fd < 0 && errno == ENODEV)
		return p_err("there is no cgroup file system (version 2) on %s",
			     mounts[0]);
	if (fd < 0 && errno == ENOTDIR)
		return p_err("%s is not a cgroup", name);
	if (fd < 0 && errno == EXDEV)
		return p_err("%s is not a cgroup: it is not below the cgroup file system",
			     name);
	if (fd < 0)
		return p_err("there is no cgroup %s: %s", name,
			     strerror(errno));
	err = name_to_handle_at(fd, "", &handle.handle, &id, AT_EMPTY_PATH);
	if (err || handle.type != FILEID_KERNFS)
		err = p_err("cannot determine the number of cgroup %s: %s", name,
			    strerror(errno));
	else
		memcpy(number, handle.number, sizeof(handle.number));
	close(fd);
	return err;
}

/* Begins to go through the cgroups at and below a directory. */
static FTS *begin_walk(char *directory)
{
	char *const paths[] = { directory, NULL };

	return fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
}

/* Calls for each number in a file, which may be gone. */
static void call_for_numbers(const char *path,
			     void (*call)(int thread, void *data), void *data)
{
	FILE *const file = fopen(path, "re");
	int number;

	while (file && fscanf(file, "%d", &number) == 1)
		call(number, data);
	if (file)
		fclose(file);
}

void cgroupfs_threads(const char *name, void (*call)(int thread, void *data),
		      void *data)
{
	const char *const mount = find_mount();
	char path[PATH_MAX + 16], directory[PATH_MAX];
	FTSENT *entry;
	FTS *walk;

	if (!mount)
		return;
	snprintf(directory, sizeof(directory), "%s%s", mount,
		 skip_prefix(name, mount) ?: name);
	walk = begin_walk(directory);
	while (walk && (entry = fts_read(walk))) {
		if (entry->fts_info != FTS_D)
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.threads",
			 entry->fts_path);
		call_for_numbers(path, call, data);
	}
	if (walk)
		fts_close(walk);
}

static int open_number(const char *mount, __u64 number)
{
	union handle handle = {
		.bytes = sizeof(handle.number),
		.type = FILEID_KERNFS,
	};
	int dir, fd, err;

	dir = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	memcpy(handle.number, &number, sizeof(handle.number));
	fd = open_by_handle_at(dir, &handle.handle, O_PATH | O_CLOEXEC);
	err = errno;
	close(dir);
	errno = err;
	return fd;
}

char *cgroupfs_name(__u64 number)
{
	const char *const mount = find_mount();
	char link[32], path[PATH_MAX];
	const char *name;
	ssize_t length;
	int fd;

	if (!mount)
		return NULL;
	fd = open_number(mount, number);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	close(fd);
	if (length < 0)
		return NULL;
	path[length] = '\0';
	name = skip_prefix(path, mount) ?: path;
	return strdup(*name ? name : "/");
}

int cgroupfs_check_level(const char *name, __u64 number)
{
	char *const path = cgroupfs_name(number);
	const char *c;
	int level = 0;

	/* It was just removed. */
	if (!path)
		return 0;
	/* The root cgroup "/" has level 0. */
	for (c = path; *c; c++)
		level += *c == '/' && c[1];
	free(path);
	if (level < CGROUPFS_LEVELS)
		return 0;
	return p_err("cgroup %s is too deep, at level %d: the level must be less than %d",
		     name, level, CGROUPFS_LEVELS);
}

/* Whether a file, which may be missing, has a word in it. */
static bool file_has(const char *path, const char *word)
{
	FILE *const file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, word);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/*
 * Only the root cgroup has no type.  The root of a cgroup namespace has one.
 */
static bool is_root(const char *mount)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/cgroup.type", mount);
	return access(path, F_OK);
}

bool cgroupfs_is_root(void)
{
	const char *const mount = find_mount();
	char path[64];

	if (!mount)
		return file_has("/proc/self/cgroup", "0::/\n");
	snprintf(path, sizeof(path), "%s/cgroup.controllers", mount);
	if (!file_has(path, "memory"))
		return is_root(mount);
	return is_root(mount) && file_has("/proc/self/cgroup", "0::/\n");
}

int cgroupfs_join_root(void)
{
	const char *const mount = find_mount();
	char path[64];
	int fd, err;

	if (!mount)
		return -1;
	if (!is_root(mount)) {
		/* The root is outside of this process's cgroup namespace. */
		errno = EXDEV;
		return -1;
	}
	snprintf(path, sizeof(path), "%s/cgroup.procs", mount);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	err = write(fd, "0", 1) == 1 ? 0 : errno;
	close(fd);
	errno = err;
	return err ? -1 : 0;
}

void cgroupfs_prune(int map)
{
	__u64 number, next;
	bool more;

	more = !bpf_map_get_next_key(map, NULL, &next);
	while (more) {
		char *name;

		number = next;
		/*
		 * Find the next one before deleting, which restarts the list.
		 */
		more = !bpf_map_get_next_key(map, &number, &next);
		name = cgroupfs_name(number);
		if (!name && errno == ESTALE)
			bpf_map_delete_elem(map, &number);
		free(name);
	}
}
