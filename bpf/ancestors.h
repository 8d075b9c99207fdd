/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Look up the cgroup of a task, and the cgroups above it
 */

#ifndef EXECLOCK_ANCESTORS_H
#define EXECLOCK_ANCESTORS_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

/**
 * MAX_ANCESTORS - Depth to which cgroups are searched
 *
 * A deeper cgroup belongs to the one at this depth.
 */
#define MAX_ANCESTORS 32

/*
 * Returns the value for the current task's cgroup in a hash map whose keys are
 * the numbers of cgroups (v2).  The value of a cgroup also applies to the
 * cgroups below it that have none.
 *
 * Values for which @counts, if given, is false are ignored.
 * @number, if given, is set to the cgroup that the value is for.
 */
static __always_inline void *
lookup_cgroup(void *map, bool (*counts)(const void *value), __u64 *number)
{
	void *value, *nearest = NULL;
	__u64 id;
	int i;

	for (i = 0; i < MAX_ANCESTORS; i++) {
		id = bpf_get_current_ancestor_cgroup_id(i);
		if (!id)
			break;
		value = bpf_map_lookup_elem(map, &id);
		if (!value || (counts && !counts(value)))
			continue;
		nearest = value;
		if (number)
			*number = id;
	}
	return nearest;
}

#endif /* EXECLOCK_ANCESTORS_H */
