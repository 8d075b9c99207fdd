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

#include "execs.h"
#include "message.h"
#include "pins.h"
#include "util.h"

#define BPF_FS "/sys/fs/bpf"
#define LOCK_FILE "/run/execlock.lock"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

/* Enough for a path in a set. */
#define PATH_SIZE 128

/* More sets than can be in force at once. */
#define MAX_SETS 8

/* How long to wait without a word, and what is in between, in milliseconds. */
#define QUIET 1000
#define PAUSE 20

const struct pins pins_policies = {
	.dir = PINS_DIR,
	.new_dir = PINS_NEW_DIR,
	.program = "confine",
	.map = "current",
	.what = "policies",
};

const struct pins pins_nnp = {
	.dir = PINS_DIR "-nnp",
	.new_dir = PINS_DIR "-nnp-new",
	.program = "decide",
	.map = "levels",
	.what = "no_new_privs policy",
};

const struct pins pins_cgroups = {
	.dir = PINS_DIR "-cgroups",
	.new_dir = PINS_DIR "-cgroups-new",
	.program = "confine",
	.map = "cgroups",
	.what = "policies of cgroups",
};

/* What is to be added to a message about an error. */
static const char *advice(int err)
{
	if (err != EACCES && err != EPERM)
		return "";
	if (geteuid())
		return " (this needs root)";
	/* See guard.bpf.c. */
	return err == EPERM ? " (this needs CAP_SYS_ADMIN and, under a policy, that the policy says \"managesPolicies\": true)" :
			      "";
}

static bool is_mounted(void)
{
	struct statfs st;

	return !statfs(BPF_FS, &st) &&
	       (unsigned int)st.f_type == BPF_FS_MAGIC;
}

/*
 * Who else may change a directory could replace what is pinned in it.  In a
 * sticky directory above, it is only possible to add something.
 */
static int check_directory(const char *path, bool above)
{
	struct stat st;

	if (lstat(path, &st))
		return p_err("cannot access %s: %s%s", path, strerror(errno),
			     advice(errno));
	if (!S_ISDIR(st.st_mode))
		return p_err("%s is not a directory: remove it", path);
	if (st.st_uid)
		return p_err("%s belongs to user %u, but nobody except root may change what execlock pins: \"chown 0:0 %s\", or remove it",
			     path, st.st_uid, path);
	if (st.st_mode & (S_IWGRP | S_IWOTH) &&
	    !(above && st.st_mode & S_ISVTX))
		return p_err("others than root may write %s, but nobody except root may change what execlock pins: \"chmod go-w %s\"",
			     path, path);
	return 0;
}

static int fail_obstacle(const char *path, const char *name)
{
	return p_err("%s/%s is a directory, which execlock did not make: remove it with \"rm -r\"",
		     path, name);
}

/*
 * Checks a directory that need not be there.  What would keep it from being
 * removed is found before anything is put in force in its place.
 */
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
			     advice(errno));
	while (!err && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    !fstatat(dirfd(dir), entry->d_name, &st,
			     AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode))
			err = fail_obstacle(path, entry->d_name);
	closedir(dir);
	return err;
}

static int check_place(const struct pins *pins)
{
	static const char *const above[] = { "/", "/sys", "/sys/fs" };
	size_t i;

	if (!is_mounted())
		return p_err("there is no BPF file system on " BPF_FS
			     ": mount one with \"mount -t bpf -o mode=0700 none " BPF_FS "\"");
	for (i = 0; i < ARRAY_SIZE(above); i++)
		if (check_directory(above[i], true))
			return -1;
	return check_directory(BPF_FS, false) || check_own(pins->dir) ||
	       check_own(pins->new_dir) ? -1 : 0;
}

/* Finds the process that has the lock: the kernel's list has its inode. */
static pid_t find_holder(const struct stat *file)
{
	FILE *const locks = fopen("/proc/locks", "re");
	unsigned long inode;
	char line[256];
	pid_t pid, holder = 0;

	while (locks && !holder && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*u: FLOCK %*s %*s %d %*x:%*x:%lu", &pid,
			   &inode) == 2 && inode == file->st_ino)
			holder = pid;
	if (locks)
		fclose(locks);
	return holder;
}

static void say_wait(int fd)
{
	struct stat st;
	pid_t holder;

	if (fstat(fd, &st))
		return;
	holder = find_holder(&st);
	/* In another PID namespace, it has no number here. */
	if (holder > 0)
		p_note("waiting for process %d, which holds " LOCK_FILE,
		       holder);
	else
		p_note("waiting for another process, which holds " LOCK_FILE);
}

static int take_lock(int fd)
{
	int waited;

	for (waited = 0; waited < QUIET; waited += PAUSE) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return -1;
		usleep(PAUSE * 1000);
	}
	say_wait(fd);
	return flock(fd, LOCK_EX);
}

/* Whether the lock is the one that others will take, too. */
static bool is_lock_file(int fd)
{
	struct stat opened, named;

	return !fstat(fd, &opened) && !lstat(LOCK_FILE, &named) &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Returns -1 and sets errno on error.  Nothing is reported. */
static int lock(void)
{
	static bool locked;
	struct stat st;
	int fd;

	while (!locked) {
		fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			  O_NONBLOCK, 0600);
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
			close(fd);
			errno = EISDIR;
			return -1;
		}
		if (take_lock(fd)) {
			close(fd);
			return -1;
		}
		/* Someone may have removed it meanwhile. */
		locked = is_lock_file(fd);
		if (!locked)
			close(fd);
	}
	return 0;
}

int pins_lock(void)
{
	if (!lock())
		return 0;
	/* What open(2) says of links, directories and sockets. */
	if (errno == ELOOP || errno == EISDIR || errno == ENXIO)
		return p_err(LOCK_FILE " is not a regular file: remove it");
	return p_err("cannot lock " LOCK_FILE ": %s%s", strerror(errno),
		     advice(errno));
}

void pins_lock_early(void)
{
	/* Elsewhere, nothing can be changed, and no lock file should stay. */
	if (is_mounted())
		lock();
}

/* Finds the sets that are attached.  Nothing is reported. */
static int find_all(const struct pins *pins, struct attached *sets)
{
	return attached_find(pins->program, pins->map, sets, MAX_SETS);
}

static void close_all(struct attached *sets, int count)
{
	while (count > 0)
		attached_close(&sets[--count]);
}

/* Moves the set that is the current one to the front. */
static void choose(struct attached *sets, int count)
{
	struct attached set;
	int i, best = count - 1;

	for (i = count - 1; i >= 0 && !sets[best].in_force; i--)
		if (sets[i].in_force)
			best = i;
	set = sets[best];
	sets[best] = sets[0];
	sets[0] = set;
}

static int find(const struct pins *pins, struct attached *set)
{
	struct attached sets[MAX_SETS];
	const int count = find_all(pins, sets);

	if (count <= 0)
		return count;
	choose(sets, count);
	*set = sets[0];
	close_all(sets + 1, count - 1);
	return 1;
}

static int fail_find(void)
{
	return p_err("cannot ask the kernel what is attached: %s%s",
		     strerror(errno), advice(errno));
}

int pins_find(const struct pins *pins, struct attached *set)
{
	const int found = find(pins, set);

	return found < 0 ? fail_find() : found;
}

bool pins_several(const struct pins *pins)
{
	struct attached sets[MAX_SETS];
	const int count = find_all(pins, sets);
	int i, in_force = 0;

	for (i = 0; i < count; i++)
		in_force += sets[i].in_force;
	close_all(sets, count);
	return in_force > 1;
}

int pins_try(const struct pins *pins, const char *name)
{
	struct attached set;
	int fd, found;

	found = find(pins, &set);
	if (found <= 0) {
		if (!found)
			errno = ENOENT;
		return -1;
	}
	fd = attached_map(&set, name);
	if (fd >= 0)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	attached_close(&set);
	return fd;
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
		return p_err("cannot open the BPF map \"%s\" of the %s: %s%s",
			     name, pins->what, strerror(errno), advice(errno));
	return fd;
}

/*
 * Makes the programs of a set do nothing.  When their links are unpinned, the
 * kernel detaches them some time later.  Who is told that a set is no longer in
 * force can rely on it.
 */
static int empty(int map, const char *name)
{
	/* The longest of the keys. */
	__u64 key, *previous = NULL;
	int err = 0;

	/* A hash begins anew after a key that it has no more. */
	while (!err && !bpf_map_get_next_key(map, previous, &key)) {
		err = bpf_map_delete_elem(map, &key);
		/* An array has keys of what is not there, too. */
		if (err == -ENOENT)
			err = 0;
		previous = &key;
	}
	if (err)
		return p_err("cannot empty the BPF map \"%s\": %s", name,
			     strerror(-err));
	return 0;
}

static int retire(const struct pins *pins, const struct attached *set)
{
	return empty(attached_map(set, pins->map), pins->map);
}

static int unlink_all(DIR *dir, const char *path)
{
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (!unlinkat(dirfd(dir), entry->d_name, 0))
			continue;
		if (errno == EISDIR)
			return fail_obstacle(path, entry->d_name);
		return p_err("cannot remove %s/%s: %s", path, entry->d_name,
			     strerror(errno));
	}
	return 0;
}

/*
 * Removes a directory that may have parts of a set, or may not be there.  It is
 * no link by now either, which would lead to what is somewhere else.
 */
static int remove_dir(const char *path)
{
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

/* Whether this directory is where a set is pinned. */
static bool is_pinned(const struct pins *pins, const struct attached *set,
		      const char *dir)
{
	struct bpf_map_info pinned = {}, known = {};
	__u32 size = sizeof(pinned);
	char path[PATH_SIZE];
	bool same;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, pins->map);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return false;
	same = !bpf_map_get_info_by_fd(fd, &pinned, &size) &&
	       !bpf_map_get_info_by_fd(attached_map(set, pins->map), &known,
				       &size) && pinned.id == known.id;
	close(fd);
	return same;
}

/* Pins those of the parts that are not pinned there yet. */
static int pin_parts(const char *dir, const struct attached_part *parts,
		     size_t count)
{
	char path[PATH_SIZE];
	struct stat st;
	size_t i;

	for (i = 0; i < count; i++) {
		/* What the compiler made needs no name. */
		if (strchr(parts[i].name, '.'))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i].name);
		if (!lstat(path, &st))
			continue;
		if (bpf_obj_pin(parts[i].fd, path))
			return p_err("cannot pin %s: %s", path,
				     strerror(errno));
	}
	return 0;
}

static int pin_set(const struct attached *set, const char *dir)
{
	return pin_parts(dir, set->links, set->num_links) ||
	       pin_parts(dir, set->maps, set->num_maps) ? -1 : 0;
}

/* Sees to it that a set is pinned where it should be. */
static int repair(const struct pins *pins, const struct attached *set)
{
	if (check_place(pins))
		return -1;
	if (is_pinned(pins, set, pins->dir))
		return pin_set(set, pins->dir);
	/* A load was killed, or it is pinned elsewhere. */
	if (!is_pinned(pins, set, pins->new_dir) && pins_prepare(pins))
		return -1;
	return pin_set(set, pins->new_dir) || pins_commit(pins) ? -1 : 0;
}

/*
 * Removes former sets.  First, nobody may be inside their programs without
 * having come by the current one's; then, nobody may go on under them.
 *
 * Returns 1 if an exec stays inside.
 */
static int drop(const struct pins *pins, const struct attached *sets, int count)
{
	bool any = false;
	int i, err;

	for (i = 0; i < count; i++)
		any = any || sets[i].in_force;
	if (!any)
		return remove_dir(pins->new_dir);
	err = execs_wait();
	if (err)
		return err;
	for (i = 0; i < count; i++)
		if (retire(pins, &sets[i]))
			return -1;
	if (execs_wait() < 0)
		return -1;
	return remove_dir(pins->new_dir);
}

int pins_settle(const struct pins *pins, struct attached *set)
{
	struct attached sets[MAX_SETS];
	const int count = find_all(pins, sets);
	int err;

	if (count < 0)
		return fail_find();
	if (count)
		choose(sets, count);
	if (!count || !sets[0].in_force) {
		close_all(sets, count);
		return PINS_NONE;
	}
	err = repair(pins, &sets[0]);
	if (!err)
		err = drop(pins, sets + 1, count - 1);
	close_all(sets + 1, count - 1);
	if (err < 0) {
		attached_close(&sets[0]);
		return -1;
	}
	*set = sets[0];
	if (!err)
		return PINS_ONE;
	p_warn("an exec is inside a BPF program: until a later command finds it over, what was in force before stays in force, too (%s)",
	       pins->what);
	return PINS_STUCK;
}

int pins_prepare(const struct pins *pins)
{
	/* A load that was killed may have left one. */
	if (check_place(pins) || remove_dir(pins->new_dir))
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
	char path[PATH_SIZE];
	int map, err = 0;

	snprintf(path, sizeof(path), "%s/%s", pins->new_dir, pins->map);
	map = bpf_obj_get(path);
	if (map >= 0) {
		err = empty(map, pins->map);
		close(map);
	}
	return err || remove_dir(pins->new_dir) ? -1 : 0;
}

/* What others made in the place of a set is not ours to remove. */
static bool is_own(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) && !st.st_uid;
}

static int remove_dirs(const struct pins *pins)
{
	/* What is attached is empty: parts that are left do nothing. */
	if (is_own(pins->new_dir) && remove_dir(pins->new_dir))
		return -1;
	return is_own(pins->dir) ? remove_dir(pins->dir) : 0;
}

int pins_remove(const struct pins *pins)
{
	struct attached sets[MAX_SETS];
	const int count = find_all(pins, sets);
	int i, in_force = 0, err = 0;

	if (count < 0)
		return fail_find();
	/*
	 * If this is interrupted, what is left does nothing until it is put in
	 * force again.
	 */
	for (i = 0; !err && i < count; i++) {
		in_force |= sets[i].in_force;
		err = retire(pins, &sets[i]);
	}
	close_all(sets, count);
	return err || remove_dirs(pins) ? -1 : in_force;
}
