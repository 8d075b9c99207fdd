/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The policy sets that are loaded, as BPF programs read them
 *
 * Each has a number, its generation, and consists of a header, a map from keys
 * to policies, and an array of policies.
 */

#ifndef EXECLOCK_SETS_H
#define EXECLOCK_SETS_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>
#include <stddef.h>

#include "execlock.h"

/*
 * The set in force: its header, in an array of one.  Without it, no exec begins
 * to be subject to a policy.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} current SEC(".maps");

/*
 * The sets: maps by the slot of their generation.  The loader makes the inner
 * ones, it knows their sizes.  Not a hash, which would take longer to search
 * than anything else that is done for an exec here.
 */
#define SETS								\
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);			\
	__uint(max_entries, EXECLOCK_SLOTS);				\
	__type(key, __u32);						\
	__type(value, __u32)

/*
 * As in "current".  It tells which generation has a slot: before the loader
 * takes the other maps of a set away or puts them there, it does so with this.
 */
struct {
	SETS;
} header_sets SEC(".maps");

/* Hash from struct execlock_key to struct execlock_match. */
struct {
	SETS;
} match_sets SEC(".maps");

/* Array of struct execlock_policy. */
struct {
	SETS;
} policy_sets SEC(".maps");

/*
 * Finds the header of a set.  Generations are never used again, so a set that
 * an exec began with is either there or not, but never another one.
 */
static __always_inline const struct execlock_header *
find_header(__u32 generation)
{
	const __u32 slot = execlock_slot(generation);
	void *const map = bpf_map_lookup_elem(&header_sets, &slot);
	const __u32 zero = 0;
	const struct execlock_header *const header =
		map ? bpf_map_lookup_elem(map, &zero) : NULL;

	return header && header->generation == generation ? header : NULL;
}

/* The header of the set in force. */
static __always_inline const struct execlock_header *find_current(void)
{
	const __u32 zero = 0;
	void *const map = bpf_map_lookup_elem(&current, &zero);

	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

/*
 * Whether the other maps that were found in the slot of a set are its own: they
 * are if its header is still there.
 */
static __always_inline bool set_is_kept(__u32 generation)
{
	__u64 nothing = 0;

	/* Atomic operations that return a value are full barriers. */
	__sync_lock_test_and_set(&nothing, 1);
	return find_header(generation);
}

/* Finds the policies of a set, which are its own if set_is_kept() afterwards. */
static __always_inline void *find_policies(__u32 generation)
{
	const __u32 slot = execlock_slot(generation);

	return bpf_map_lookup_elem(&policy_sets, &slot);
}

/**
 * struct policy_set - A set of policies, opened
 *
 * @header: Its header.
 * @matches: Its map from keys to policies, or NULL as long as none is sought.
 * @gone: Whether it was removed before all of it was looked at: then the
 *        policies that were found do not count.
 */
struct policy_set {
	const struct execlock_header *header;
	void *matches;
	bool gone;
};

/* Opens a set by its header, and returns whether there is one. */
static __always_inline bool open_set(struct policy_set *set,
				     const struct execlock_header *header)
{
	set->header = header;
	set->matches = NULL;
	set->gone = false;
	return set->header;
}

static __always_inline bool depends_on(const struct policy_set *set,
				       enum execlock_condition condition)
{
	return set->header->conditions & (1U << condition);
}

/* Finds the keys of a set, and returns whether they are there. */
static __always_inline bool find_keys(struct policy_set *set)
{
	const __u32 generation = set->header->generation;
	const __u32 slot = execlock_slot(generation);

	set->matches = bpf_map_lookup_elem(&match_sets, &slot);
	set->gone = !set->matches || !set_is_kept(generation);
	return !set->gone;
}

/* Finds the policies that name @key, NULL if there are none. */
static __always_inline const struct execlock_match *
find_match(struct policy_set *set, const struct execlock_key *key)
{
	const __u32 bit = execlock_filter_bit(key);

	if (!(set->header->filter[bit / 64] & (1ULL << bit % 64)))
		return NULL;
	if (!set->matches)
		find_keys(set);
	if (set->gone)
		return NULL;
	return bpf_map_lookup_elem(set->matches, key);
}

#endif /* EXECLOCK_SETS_H */
