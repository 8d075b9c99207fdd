// SPDX-License-Identifier: GPL-2.0-only
/*
 * Map of Landlock rulesets
 *
 * An array of references to frozen Landlock rulesets, and to policies that each
 * have one of them at a time.  User space stores rulesets through their file
 * descriptors, and BPF programs look them up.
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/bpf.h>
#include <linux/bpf_landlock.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/landlock.h>

struct bpf_landlock_map {
	struct bpf_map map;
	struct bpf_landlock_ruleset __rcu *slots[];
};

BTF_ID_LIST_GLOBAL_SINGLE(bpf_landlock_ruleset_btf_ids, struct,
			  bpf_landlock_ruleset)

#define LANDLOCK_MAP_FLAGS \
	(BPF_F_NUMA_NODE | BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG)

/* Values are either a file descriptor, or descriptions that begin with one. */
#define FD_SIZE sizeof_field(struct bpf_landlock_ruleset_info, ruleset_fd)
#define MIN_INFO_SIZE \
	offsetofend(struct bpf_landlock_ruleset_info, num_rules)

static struct bpf_landlock_map *to_landlock_map(const struct bpf_map *map)
{
	return container_of(map, struct bpf_landlock_map, map);
}

static u64 landlock_map_size(const u32 max_entries)
{
	return struct_size_t(struct bpf_landlock_map, slots, max_entries);
}

/* Returns the slot for @key, or NULL if the map is not that large. */
static struct bpf_landlock_ruleset __rcu **get_slot(struct bpf_map *map,
						    const void *key)
{
	const u32 index = *(const u32 *)key;

	if (unlikely(index >= map->max_entries))
		return NULL;

	return &to_landlock_map(map)
			->slots[array_index_nospec(index, map->max_entries)];
}

static int landlock_map_alloc_check(union bpf_attr *attr)
{
	/* No hole, and the same layout for all architectures. */
	BUILD_BUG_ON(sizeof(struct bpf_landlock_ruleset_info) != 88);
	BUILD_BUG_ON(offsetof(struct bpf_landlock_ruleset_info, ruleset_fd));

	if (!landlock_bpf_enabled())
		return -EOPNOTSUPP;

	if (!attr->max_entries || attr->key_size != sizeof(u32))
		return -EINVAL;

	/*
	 * User space may know less or more of the description than this kernel.
	 */
	if (attr->value_size != FD_SIZE && attr->value_size < MIN_INFO_SIZE)
		return -EINVAL;

	if (attr->value_size > PAGE_SIZE)
		return -E2BIG;

	if (attr->map_flags & ~LANDLOCK_MAP_FLAGS ||
	    !bpf_map_flags_access_ok(attr->map_flags))
		return -EINVAL;

	return 0;
}

static struct bpf_map *landlock_map_alloc(union bpf_attr *attr)
{
	struct bpf_landlock_map *lmap;

	lmap = bpf_map_area_alloc(landlock_map_size(attr->max_entries),
				  bpf_map_attr_numa_node(attr));
	if (!lmap)
		return ERR_PTR(-ENOMEM);

	bpf_map_init_from_attr(&lmap->map, attr);
	return &lmap->map;
}

/* No program, task or outer map can access the map any more. */
static void landlock_map_free(struct bpf_map *map)
{
	struct bpf_landlock_map *const lmap = to_landlock_map(map);

	for (u32 i = 0; i < map->max_entries; i++)
		landlock_bpf_put(rcu_access_pointer(lmap->slots[i]));

	bpf_map_area_free(lmap);
}

/* Returns the ruleset in @slot with a reference, or NULL if it is empty. */
static struct bpf_landlock_ruleset *
get_ruleset(struct bpf_landlock_ruleset __rcu **const slot)
{
	struct bpf_landlock_ruleset *ruleset;

	guard(rcu)();

	/*
	 * A ruleset without reference was replaced or deleted since it was
	 * read: the slot already holds its successor or is empty.
	 */
	do {
		ruleset = rcu_dereference(*slot);
	} while (ruleset && !landlock_bpf_tryget(ruleset));

	return ruleset;
}

/*
 * Called by BPF programs.  The verifier knows the result as a referenced
 * struct bpf_landlock_ruleset, cf. refine_map_lookup_value().
 */
static void *landlock_map_lookup_elem(struct bpf_map *map, void *key)
{
	struct bpf_landlock_ruleset __rcu **const slot = get_slot(map, key);

	return slot ? get_ruleset(slot) : NULL;
}

/* The verifier refuses this to BPF programs. */
static long landlock_map_update_elem(struct bpf_map *map, void *key,
				     void *value, u64 flags)
{
	return -EOPNOTSUPP;
}

static long landlock_map_delete_elem(struct bpf_map *map, void *key)
{
	struct bpf_landlock_ruleset __rcu **const slot = get_slot(map, key);
	struct bpf_landlock_ruleset *old;

	if (!slot)
		return -E2BIG;

	old = unrcu_pointer(xchg(slot, NULL));
	if (!old)
		return -ENOENT;

	landlock_bpf_put(old);
	return 0;
}

/*
 * Reads the fields of a value that user space may set.  Returns -EINVAL if others
 * are set, which this kernel might not know.
 */
static int read_value(const struct bpf_map *const map, const void *const value,
		      int *const fd, u32 *const flags)
{
	struct bpf_landlock_ruleset_info info = {};
	const size_t size = min(map->value_size, sizeof(info));

	memcpy(&info, value, size);
	*fd = info.ruleset_fd;
	*flags = info.flags;
	info.ruleset_fd = 0;
	info.flags = 0;
	if (memchr_inv(&info, 0, sizeof(info)) ||
	    memchr_inv(value + size, 0, map->value_size - size))
		return -EINVAL;

	return 0;
}

/*
 * Replaces the policy that is in a slot.  Returns -ENOENT if there is none: the
 * slot may have a ruleset that never changes.
 */
static int replace_policy(struct bpf_landlock_ruleset __rcu **const slot,
			  const int fd, const u32 flags)
{
	struct bpf_landlock_ruleset *const ruleset = get_ruleset(slot);
	int err = -ENOENT;

	if (ruleset && landlock_bpf_is_live(ruleset))
		err = landlock_bpf_replace(ruleset, fd, flags);

	landlock_bpf_put(ruleset);
	return err;
}

/**
 * bpf_landlock_map_update_elem_sys - Store a ruleset from user space
 *
 * @map: The map.
 * @key: Index of the slot.
 * @value: A ruleset file descriptor (u32), or a &struct
 *         bpf_landlock_ruleset_info, according to the value size of @map.  Of
 *         the latter, only ruleset_fd and flags can be set.
 * @flags: Must be %BPF_ANY.
 *
 * With %LANDLOCK_POLICY_LIVE in the description's flags, a slot gets a policy
 * that can be replaced, and a policy that is there is replaced, which reaches the
 * tasks that are subject to it.  Without, the slot gets a ruleset that never
 * changes, and tasks keep the ruleset or the policy that was there.
 *
 * Return: 0 on success, or -errno on failure, on which nothing changed:
 *
 * - %-EINVAL: unsupported @flags, an unknown flag or
 *   %LANDLOCK_POLICY_PERMISSIVE alone in the description's flags, or anything
 *   but zero in another field of @value;
 * - %-E2BIG: @key is out of range;
 * - %-EBADF, %-EBADFD, %-EPERM, %-ENOMEM: cf. landlock_bpf_from_fd().
 */
int bpf_landlock_map_update_elem_sys(struct bpf_map *map, void *key,
				     void *value, u64 flags)
{
	struct bpf_landlock_ruleset __rcu **const slot = get_slot(map, key);
	struct bpf_landlock_ruleset *new, *old;
	u32 policy_flags;
	int fd, err;

	if (flags != BPF_ANY)
		return -EINVAL;

	if (!slot)
		return -E2BIG;

	err = read_value(map, value, &fd, &policy_flags);
	if (err)
		return err;

	if (policy_flags & LANDLOCK_POLICY_LIVE) {
		err = replace_policy(slot, fd,
				     policy_flags & ~LANDLOCK_POLICY_LIVE);
		if (err != -ENOENT)
			return err;
	}

	new = landlock_bpf_from_fd(fd, policy_flags);
	if (IS_ERR(new))
		return PTR_ERR(new);

	old = unrcu_pointer(xchg(slot, RCU_INITIALIZER(new)));
	landlock_bpf_put(old);
	return 0;
}

/**
 * bpf_landlock_map_lookup_elem_sys - Describe a stored ruleset to user space
 *
 * @map: The map.
 * @key: Index of the slot.
 * @value: The &struct bpf_landlock_ruleset_info to fill, according to the value
 *         size of @map: fields that do not fit are left out, and the part that
 *         this kernel does not know is zero.
 *
 * Return: 0 on success, or -errno on failure:
 *
 * - %-EOPNOTSUPP: the values of @map are file descriptors, which only make
 *   sense for the task that stored them;
 * - %-ENOENT: the slot is empty, or @key is out of range.
 */
int bpf_landlock_map_lookup_elem_sys(struct bpf_map *map, void *key,
				     void *value)
{
	struct bpf_landlock_ruleset __rcu **const slot = get_slot(map, key);
	struct bpf_landlock_ruleset_info info;
	const size_t size = min(map->value_size, sizeof(info));
	struct bpf_landlock_ruleset *ruleset;

	if (map->value_size == FD_SIZE)
		return -EOPNOTSUPP;

	ruleset = slot ? get_ruleset(slot) : NULL;
	if (!ruleset)
		return -ENOENT;

	landlock_bpf_fill_info(ruleset, &info);
	landlock_bpf_put(ruleset);
	memcpy(value, &info, size);
	memset(value + size, 0, map->value_size - size);
	return 0;
}

static int landlock_map_check_btf(struct bpf_map *map, const struct btf *btf,
				  const struct btf_type *key_type,
				  const struct btf_type *value_type)
{
	/* The core already checked the size of the value's type. */
	return btf_type_is_i32(key_type) ? 0 : -EINVAL;
}

static u64 landlock_map_mem_usage(const struct bpf_map *map)
{
	return landlock_map_size(map->max_entries);
}

BTF_ID_LIST_SINGLE(landlock_map_btf_ids, struct, bpf_landlock_map)

const struct bpf_map_ops landlock_map_ops = {
	.map_meta_equal = bpf_map_meta_equal,
	.map_alloc_check = landlock_map_alloc_check,
	.map_alloc = landlock_map_alloc,
	.map_free = landlock_map_free,
	.map_get_next_key = bpf_array_get_next_key,
	.map_lookup_elem = landlock_map_lookup_elem,
	.map_update_elem = landlock_map_update_elem,
	.map_delete_elem = landlock_map_delete_elem,
	.map_lookup_batch = generic_map_lookup_batch,
	.map_update_batch = generic_map_update_batch,
	.map_delete_batch = generic_map_delete_batch,
	.map_check_btf = landlock_map_check_btf,
	.map_mem_usage = landlock_map_mem_usage,
	.map_btf_id = &landlock_map_btf_ids[0],
};
