/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which capabilities a task has, and gets, in user namespaces
 *
 * The program that an exec starts has what its policies say, and no more than
 * the program could pass on that executed it.  What a policy lets its programs
 * pass on holds for all that they execute, unless they hand over: to programs of
 * the same policy, or themselves, and to their helpers.
 */

#ifndef EXECLOCK_USERNS_H
#define EXECLOCK_USERNS_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
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
	if (!staged->bounded)
		staged->policy = policy->id;
	staged->bounded = 1;
}

/* Whether a task has the root directory of the system. */
static __always_inline bool is_at_home(struct task_struct *task)
{
	struct task_struct *const init = bpf_task_from_pid(1);
	bool home;

	if (!init)
		return false;
	/* A mount is in one mount namespace. */
	home = BPF_CORE_READ(task, fs, root.mnt) ==
	       BPF_CORE_READ(init, fs, root.mnt) &&
	       BPF_CORE_READ(task, fs, root.dentry) ==
	       BPF_CORE_READ(init, fs, root.dentry);
	bpf_task_release(init);
	return home;
}

/*
 * Whether the root directory of a task is the mount that the program is on which
 * it runs.  The program cannot have made this mount for what it executes: the
 * mount was there before, and a copy of it in a new mount namespace is another.
 */
static __always_inline bool is_below_own_root(struct task_struct *task)
{
	struct vfsmount *const mnt = BPF_CORE_READ(task, fs, root.mnt);

	return BPF_CORE_READ(task, fs, root.dentry) ==
	       BPF_CORE_READ(mnt, mnt_root) &&
	       BPF_CORE_READ(task, mm, exe_file, f_path.mnt) == mnt;
}

static __always_inline bool is_helper_of(const struct execlock_policy *policy,
					 __u32 id)
{
	int i;

	for (i = 0; i < EXECLOCK_HELPER_OF; i++)
		if (policy->helper_of[i] == id)
			return true;
	return false;
}

/*
 * Whether a program of a policy hands over to one of another or the same policy.
 * Some programs execute what they are told to, below a root directory that they
 * made of files of their callers: there, their own file runs with the libraries
 * of somebody else.
 */
static __always_inline bool hands_over(struct task_struct *task, __u32 id,
				       const struct execlock_policy *policy)
{
	return is_helper_of(policy, id) ||
	       (policy->id == id &&
		(is_at_home(task) || is_below_own_root(task)));
}

/* Adds what a policy of the program says that @task executes. */
static __always_inline void stage_userns(struct execlock_under *under,
					 const struct execlock_policy *policy,
					 struct task_struct *task)
{
	struct execlock_userns *const staged = &under->staged_userns;
	const __u32 now = under->userns.policy;

	/* Of several, the first one tells to which programs it hands over. */
	if (policy->bounds_userns && !staged->bounded && now)
		staged->handed = hands_over(task, now, policy);
	add_bounds(staged, policy);
}

/* Returns what the task will have if its exec succeeds. */
static __always_inline struct execlock_userns
next_userns(const struct execlock_under *under)
{
	const struct execlock_userns *const now = &under->userns;
	const struct execlock_userns *const staged = &under->staged_userns;
	struct execlock_userns next = *staged;

	next.handed = 0;
	if (!now->bounded)
		return next;
	if (staged->handed) {
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
