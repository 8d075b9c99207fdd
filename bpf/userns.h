/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which capabilities a task has, and gets, in user namespaces
 *
 * The program that an exec starts has what its policies say, and no more than
 * the program could pass on that executed it.  What a policy lets its programs
 * pass on holds for all that they execute, except for programs of the same
 * policy: these hand over to each other, or execute themselves.
 */

#ifndef EXECLOCK_USERNS_H
#define EXECLOCK_USERNS_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "execlock.h"

/* Adds what a policy of the program says. */
static __always_inline void add_bounds(struct execlock_userns *staged,
				       const struct execlock_policy *policy)
{
	if (!policy->bounds_userns)
		return;
	staged->lost |= policy->userns_lost;
	staged->lost_executed |= policy->userns_lost_executed;
	/* Of several, the first one tells which programs hand over. */
	if (!staged->bounded)
		staged->policy = policy->id;
	staged->bounded = 1;
}

/* Returns what the task will have if its exec succeeds. */
static __always_inline struct execlock_userns
next_userns(const struct execlock_under *under)
{
	const struct execlock_userns *const now = &under->userns;
	const struct execlock_userns *const staged = &under->staged_userns;
	struct execlock_userns next = *staged;

	if (!now->bounded)
		return next;
	if (now->policy && now->policy == staged->policy) {
		next.lost |= now->lost;
		next.lost_executed |= now->lost_executed;
	} else {
		next.lost |= now->lost_executed;
		next.lost_executed |= now->lost_executed;
	}
	next.bounded = 1;
	return next;
}

/*
 * Returns the capabilities that the exec must drop, once more for each file of
 * it.  A drop cannot be undone, so it is remembered: else a later file of a
 * script could change what the task is thought to have.
 */
static __always_inline __u64 settle_userns(struct execlock_under *under)
{
	const __u64 lost = next_userns(under).lost;

	under->staged_userns.lost |= lost;
	return lost;
}

#endif /* EXECLOCK_USERNS_H */
