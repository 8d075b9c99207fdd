// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Sets of BPF programs and maps, pinned and in force
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpffs.h"
#include "execs.h"
#include "message.h"
#include "pins.h"

/* More sets than can be attached at once. */
#define MAX_SETS 8

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
	.what = "no_new_privs rule",
};

const struct pins pins_cgroups = {
	.dir = PINS_DIR "-cgroups",
	.new_dir = PINS_DIR "-cgroups-new",
	.program = "confine",
	.map = "cgroups",
	.what = "policies of cgroups",
};

const struct pins pins_userns = {
	.dir = PINS_DIR "-userns",
	.new_dir = PINS_DIR "-userns-new",
	.program = "limit_creation",
	.map = "userns_rule",
	.what = "default of user namespaces",
};

int pins_check(const struct pins *pins)
{
	const char *const dirs[] = { pins->dir, pins->new_dir, NULL };

	return bpffs_check(dirs);
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

/* Moves the current set to the front. */
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
	return p_err("cannot find the BPF programs that are attached: %s%s",
		     strerror(errno), bpffs_advice(errno));
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
			     name, pins->what, strerror(errno), bpffs_advice(errno));
	return fd;
}

/*
 * Makes the programs of a set do nothing, at once: the kernel detaches them
 * some time after their links are unpinned, and a user who reads that a set is
 * no longer in force must be able to rely on it.
 */
static int empty(int map, const char *name)
{
	/* The longest of the keys. */
	__u64 key, *previous = NULL;
	int err = 0;

	/* After a key that was deleted, a hash begins again. */
	while (!err && !bpf_map_get_next_key(map, previous, &key)) {
		err = bpf_map_delete_elem(map, &key);
		/* An array also has keys without an element. */
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

/* Whether a set is pinned in this directory. */
static bool is_pinned_in(const struct pins *pins, const struct attached *set,
			 const char *dir)
{
	struct bpf_map_info pinned = {}, known = {};
	__u32 size = sizeof(pinned);
	char path[BPFFS_PATH_SIZE];
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

/* Pins the parts that are not pinned in this directory yet. */
static int pin_parts(const char *dir, const struct attached_part *parts,
		     size_t count)
{
	char path[BPFFS_PATH_SIZE];
	struct stat st;
	size_t i;

	for (i = 0; i < count; i++) {
		/* Maps of the compiler, such as .rodata, need no name. */
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

/* Makes sure that a set is pinned in its directory. */
static int repair(const struct pins *pins, const struct attached *set)
{
	if (pins_check(pins))
		return -1;
	if (is_pinned_in(pins, set, pins->dir))
		return pin_set(set, pins->dir);
	/* A load was killed, or it is pinned elsewhere. */
	if (!is_pinned_in(pins, set, pins->new_dir) && pins_prepare(pins))
		return -1;
	return pin_set(set, pins->new_dir) || pins_commit(pins) ? -1 : 0;
}

/*
 * Removes former sets.  Before they are emptied, each exec inside their
 * programs must have passed those of the current set; before they are removed,
 * no exec may be inside them.
 *
 * Returns 1 if an exec stays inside for too long.
 */
static int drop(const struct pins *pins, const struct attached *sets, int count)
{
	bool any = false;
	int i, err;

	for (i = 0; i < count; i++)
		any = any || sets[i].in_force;
	if (!any)
		return bpffs_remove(pins->new_dir);
	err = execs_wait();
	if (err)
		return err;
	for (i = 0; i < count; i++)
		if (retire(pins, &sets[i]))
			return -1;
	if (execs_wait() < 0)
		return -1;
	return bpffs_remove(pins->new_dir);
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
	p_warn("an exec is still inside a former BPF program: until a later command removes it, it is in force beside the new one (%s)",
	       pins->what);
	return PINS_STUCK;
}

int pins_prepare(const struct pins *pins)
{
	/* A load that was killed may have left one. */
	if (pins_check(pins) || bpffs_remove(pins->new_dir))
		return -1;
	return bpffs_create(pins->new_dir);
}

int pins_attach(const struct pins *pins, const struct bpf_object *object)
{
	struct bpf_program *program;
	char path[BPFFS_PATH_SIZE];

	bpf_object__for_each_program(program, object) {
		const char *const name = bpf_program__name(program);
		struct bpf_link *link;
		int err;

		if (!attached_is_part(program))
			continue;
		link = bpf_program__attach(program);
		if (!link)
			return p_err("cannot attach BPF program \"%s\": %s",
				     name, strerror(errno));
		snprintf(path, sizeof(path), "%s/%s", pins->new_dir, name);
		err = bpf_link__pin(link, path);
		if (err)
			p_err("cannot pin %s: %s", path, strerror(-err));
		/* The pin keeps it attached. */
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

void pins_drop_former(const struct pins *pins)
{
	struct attached set = {};
	int state;

	p_err_is_warning(true);
	state = pins_settle(pins, &set);
	p_err_is_warning(false);
	if (state < 0)
		p_warn("until a later command removes them, the former %s may be in force beside the new one",
		       pins->what);
	else
		attached_close(&set);
}

int pins_discard(const struct pins *pins)
{
	char path[BPFFS_PATH_SIZE];
	int map, err = 0;

	snprintf(path, sizeof(path), "%s/%s", pins->new_dir, pins->map);
	map = bpf_obj_get(path);
	if (map >= 0) {
		err = empty(map, pins->map);
		close(map);
	}
	return err || bpffs_remove(pins->new_dir) ? -1 : 0;
}

static int remove_dirs(const struct pins *pins)
{
	/* The attached programs do nothing, even if parts of them are left. */
	if (bpffs_is_own(pins->new_dir) && bpffs_remove(pins->new_dir))
		return -1;
	return bpffs_is_own(pins->dir) ? bpffs_remove(pins->dir) : 0;
}

int pins_remove(const struct pins *pins)
{
	struct attached sets[MAX_SETS];
	const int count = find_all(pins, sets);
	int i, in_force = 0, err = 0;

	if (count < 0)
		return fail_find();
	/* If this is interrupted, programs that are left do nothing. */
	for (i = 0; !err && i < count; i++) {
		in_force |= sets[i].in_force;
		err = retire(pins, &sets[i]);
	}
	close_all(sets, count);
	return err || remove_dirs(pins) ? -1 : in_force;
}
