/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which layers a task has, and gets by an exec
 */

#ifndef EXECLOCK_LAYERS_H
#define EXECLOCK_LAYERS_H

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "execlock.h"
#include "gain.h"
#include "limit.h"

/**
 * struct next_layer - How a policy is staged
 *
 * @index: The policy, in its set.
 * @slot: Its slot in &execlock_under.ids.
 * @known: Whether the task has this layer, or gets it by this exec, already.
 * @limits: Whether it says that no_new_privs is set.
 * @flags: For bpf_landlock_restrict_binprm().
 */
struct next_layer {
	__u32 index;
	__u32 slot;
	bool known;
	bool limits;
	__u32 flags;
};

static __always_inline bool is_permissive(const struct execlock_policy *policy)
{
	return policy->flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE;
}

/*
 * Finds the slot of a policy among those that the task is under, or will be if
 * its exec succeeds.  Returns EXECLOCK_LAYERS if it is none of them.
 *
 * The verifier knows no more of the slot than its bounds, or it would look at all
 * that follows once for each.
 */
static __always_inline __u32 find_under(const struct execlock_under *under,
					__u32 id)
{
	const __u32 count = under->count + under->staged;
	__u32 slot = EXECLOCK_LAYERS;
	__u32 i;

	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= count)
			break;
		if (under->ids[i & (EXECLOCK_LAYERS - 1)] == id) {
			slot = i;
			break;
		}
	}
	return slot;
}

/*
 * Finds out how the policy at @index is to be staged.  Returns -E2BIG if the
 * task has no room for its layer.
 */
static __always_inline int plan_layer(const struct execlock_under *under,
				      const struct execlock_policy *policy,
				      __u32 index, const struct cred *cred,
				      struct next_layer *next)
{
	next->index = index;
	next->limits = limits(policy->no_new_privs, cred);
	next->flags = limit_flags(policy->flags, policy->no_new_privs, cred);
	/* In its slot, it is permissive itself. */
	if (policy->live)
		next->flags &= ~LANDLOCK_RESTRICT_SELF_PERMISSIVE;
	next->slot = find_under(under, policy->id);
	next->known = next->slot < EXECLOCK_LAYERS;
	if (!next->known)
		next->slot = under->count + under->staged;
	return next->slot < EXECLOCK_LAYERS ? 0 : -E2BIG;
}

/* There are at most as many as the task can be under. */
static __always_inline void remember_staged(struct execlock_exec *exec,
					    const struct next_layer *next)
{
	const __u32 last = exec->num_staged;

	exec->staged[last & (EXECLOCK_LAYERS - 1)] = next->index;
	exec->num_staged = last + 1;
	exec->staged_ids |= 1U << (next->slot & (EXECLOCK_LAYERS - 1));
}

/*
 * Remembers the policy from which the task has no_new_privs: the first one, but
 * an enforcing one rather than a permissive one.
 */
static __always_inline void remember_limit(struct execlock_under *under,
					   const struct execlock_policy *policy)
{
	const bool tried = under->staged_effects & EXECLOCK_NNP_TRIED;

	if (under->staged_no_new_privs && (!tried || is_permissive(policy)))
		return;
	under->staged_no_new_privs = policy->id;
	under->staged_effects &= ~EXECLOCK_NNP_TRIED;
	if (is_permissive(policy))
		under->staged_effects |= EXECLOCK_NNP_TRIED;
}

/* Remembers that a policy is staged for the exec of @task. */
static __always_inline void
remember_layer(struct execlock_task *known, const struct task_struct *task,
	       const struct execlock_policy *policy,
	       const struct next_layer *next)
{
	struct execlock_under *const under = &known->under;

	if (!policy->manages_policies)
		under->staged_effects |= is_permissive(policy) ?
					 EXECLOCK_GUARD_TRIED :
					 EXECLOCK_GUARDED;
	if (policy->only_tcp)
		under->staged_effects |= is_permissive(policy) ?
					 EXECLOCK_ONLY_TCP_TRIED :
					 EXECLOCK_ONLY_TCP;
	/* Not if the task has it already. */
	if (next->limits && !never_gains(task))
		remember_limit(under, policy);
	if (policy->exec_no_new_privs && is_permissive(policy))
		known->exec.tried_limit = next->slot + 1;
	if (!next->known) {
		under->ids[next->slot & (EXECLOCK_LAYERS - 1)] = policy->id;
		under->staged++;
	}
	remember_staged(&known->exec, next);
}

#endif /* EXECLOCK_LAYERS_H */
