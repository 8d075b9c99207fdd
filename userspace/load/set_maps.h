/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The BPF maps of a policy set
 */

#ifndef EXECLOCK_SET_MAPS_H
#define EXECLOCK_SET_MAPS_H

#include "bpf/execlock.h"
#include "carry.h"
#include "verify.h"

struct bpf_object;

/**
 * enum set_part - The maps of a set, in the order in which they come and go
 *
 * @SET_HEADER: A struct execlock_header.
 * @SET_MATCHES: From keys to struct execlock_match.
 * @SET_POLICIES: An array of struct execlock_policy.
 * @SET_PARTS: Their number.
 */
enum set_part {
	SET_HEADER,
	SET_MATCHES,
	SET_POLICIES,
	SET_PARTS,
};

/** set_part_names - Names of the maps of them: in BPF file systems and messages */
extern const char *const set_part_names[SET_PARTS];

/**
 * struct set_maps - A set that is being made
 *
 * @fds: Its maps, or -1.
 * @header: Its header, before it is in its map.
 */
struct set_maps {
	int fds[SET_PARTS];
	struct execlock_header header;
};

/**
 * struct set_plan - The policies of a set
 *
 * Enforcing ones come first: if there is no room for all layers of a process, a
 * trial must not be at the cost of the enforcement.
 *
 * @set: New policies.
 * @slots: For each of them, where its ruleset is.
 * @live: Whether this kernel can replace rulesets.
 * @first: Index of the first of them in the set.
 * @carried: Policies of the set in force that this one has, too.
 * @first_carried: Index of the first of these.
 */
struct set_plan {
	const struct verified *set;
	const __u32 *slots;
	bool live;
	__u32 first;
	const struct carried *carried;
	__u32 first_carried;
};

/**
 * set_maps_create - Create a map of a set
 *
 * @object: The BPF programs.  If they are loaded, the map has the type of its
 *          values, for tools that print it.
 * @part: Which one.
 * @entries: For so many entries.
 *
 * Return: a file descriptor, or -1 with the error reported.
 */
int set_maps_create(const struct bpf_object *object, enum set_part part,
		    __u32 entries);

/**
 * set_maps_fill - Create all maps of a set, and fill them
 *
 * @maps: Where to put them.  Of the header, the build, the generation, and
 *        whether the set is settled are set before.
 * @object: As for set_maps_create().
 * @plan: The policies.
 *
 * Return: 0, or -1 with the error reported.
 */
int set_maps_fill(struct set_maps *maps, const struct bpf_object *object,
		  const struct set_plan *plan);

/**
 * set_maps_close - Close the maps of a set
 *
 * @fds: The maps, or -1.
 */
void set_maps_close(int fds[SET_PARTS]);

#endif /* EXECLOCK_SET_MAPS_H */
