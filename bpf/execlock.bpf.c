// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put programs into their Landlock domain as they are executed
 *
 * An exec goes through a chain of files: the named file and, for a "#!" script
 * or a binfmt_misc format, an interpreter, which may have an interpreter of its
 * own.  For each of these files, the policies whose
 * conditions all hold are staged, in their order, unless they are staged
 * already.  Staging only adds: no policy ever takes the place of another one.
 *
 * Several sets of policies can be loaded, each with a number, its generation.
 * An exec looks once which one is in force, and stays with it.  It looks at its
 * first file, or if there was no set then, or these programs were not attached
 * yet, at the next one.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "environment.h"
#include "execlock.h"
#include "layers.h"
#include "mask.h"
#include "matching.h"
#include "notes.h"
#include "sets.h"
#include "tasks.h"
#include "userns.h"
#include "userns_events.h"

/* As in the kernel. */
#define LSM_UNSAFE_SHARE 1
#define LSM_UNSAFE_PTRACE 2

/* How often memory is asked for. */
#define MAX_TRIES 16

char LICENSE[] SEC("license") = "GPL";

/*
 * The rulesets of all sets.  A policy that did not change keeps its slot from
 * one set to the next: the layer that a task has from it is then the same, and
 * it gets no other one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, EXECLOCK_RULESETS);
	__type(key, __u32);
	__type(value, struct execlock_ruleset);
} rulesets SEC(".maps");

/*
 * Where the rulesets of live policies are, by the ID of the policy.  The programs
 * do not use this.  It is here so that it lasts as long as they, and as the
 * processes that have these rulesets: also another build finds it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EXECLOCK_RULESETS);
	__type(key, __u32);
	__type(value, __u32);
} live_slots SEC(".maps");

struct confined_map confined SEC(".maps");

/* Only for its type, which the loader gives the map of a set. */
const struct execlock_policy policy_layout;

static __always_inline struct execlock_task *get_task(void)
{
	return find_task(bpf_get_current_task_btf());
}

/*
 * It is the root memory cgroup that pays, so no limit can make this fail.  The
 * kernel does not wait for memory here, but that can be done: no user can make
 * it fail by using up the free memory.
 */
static __always_inline struct execlock_task *make_task(struct task_struct *task)
{
	struct execlock_task *made;
	int i;

	for (i = 0; i < MAX_TRIES; i++) {
		made = bpf_task_storage_get(&confined, task, NULL,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (made)
			return made;
		if (bpf_ksym_exists(bpf_wait_for_memory))
			bpf_wait_for_memory();
	}
	return NULL;
}

/*
 * The result of an exec whose set is gone: success and no policy at all if the
 * policies were unloaded meanwhile, else the advice to try again.  It never gets
 * a part of its policies.
 */
static __always_inline int set_is_gone(const struct execlock_task *task)
{
	if (task && task->exec.num_staged)
		return -EAGAIN;
	return find_current() ? -EAGAIN : 0;
}

/*
 * Remembers the state of an exec for its next file: the policies of this file
 * are eligible no more.  Returns false if there is no memory: an exec that is
 * not remembered could not be completed.
 */
static __always_inline bool remember(struct execlock_task **task,
				     __u32 generation,
				     const struct execlock_mask *eligible,
				     const struct execlock_mask *found)
{
	struct execlock_exec *exec;

	if (!*task)
		*task = make_task(bpf_get_current_task_btf());
	if (!*task)
		return false;
	exec = &(*task)->exec;
	exec->generation = generation;
	mask_without(&exec->eligible, eligible, found);
	return true;
}

/* The task's last exec may have failed half-way. */
static __always_inline void reset_exec(struct execlock_task *task)
{
	drop_note();
	if (!task)
		return;
	reset_staged(&task->under);
	__builtin_memset(&task->exec, 0, sizeof(task->exec));
}

/*
 * The first file of an exec that is subject to a set: finds out which policies
 * are in question, and which are those of this file.
 */
static __always_inline int begin_exec(struct linux_binprm *bprm,
				      struct execlock_task **task,
				      struct execlock_mask *found)
{
	const struct subject subject = {
		.task = bpf_get_current_task_btf(),
		.cred = bprm->cred,
	};
	struct execlock_mask eligible;
	struct policy_set set;
	int err;

	reset_exec(*task);
	if (!open_set(&set, find_current()))
		return 0;
	err = match_first_file(&set, &subject, bprm->file, &eligible, found,
			       NULL);
	if (set.gone)
		return set_is_gone(*task);
	if (err)
		return err;
	/* Also an exec without any policy so far stays with its set. */
	if (!*task && mask_empty(found) &&
	    take_note(set.header->generation, &eligible))
		return 0;
	return remember(task, set.header->generation, &eligible, found) ?
	       0 : -ENOMEM;
}

/*
 * Whether an exec of which this is not the first file is subject to a set yet.
 *
 * The state is not left from a former exec of the task: these programs were
 * attached then, so they were called for the first file of this exec, and
 * begin_exec() forgot the former one.
 */
static __always_inline bool has_begun(const struct execlock_task *task)
{
	return task ? task->exec.generation : !!exec_note();
}

/* Any file after that. */
static __always_inline int continue_exec(struct linux_binprm *bprm,
					 struct execlock_task **task,
					 struct execlock_mask *found)
{
	struct execlock_mask eligible;
	__u32 generation;
	struct policy_set set;
	int err;

	if (*task) {
		generation = (*task)->exec.generation;
		eligible = (*task)->exec.eligible;
	} else {
		const struct note *const note = exec_note();

		if (!note)
			return 0;
		generation = note->generation;
		eligible = note->eligible;
	}
	if (mask_empty(&eligible))
		return 0;
	if (!open_set(&set, find_header(generation)))
		return set_is_gone(*task);
	err = match_next_file(&set, bprm->file, &eligible, found, NULL);
	if (set.gone)
		return set_is_gone(*task);
	if (err || mask_empty(found))
		return err;
	return remember(task, generation, &eligible, found) ? 0 : -ENOMEM;
}

/*
 * Stages a policy, and remembers it.  Nothing is remembered of a failure.  If
 * the task has this layer already, the kernel does not add it again.
 */
static __always_inline int
stage_next(struct linux_binprm *bprm, struct execlock_task *task,
	   const struct execlock_policy *policy,
	   const struct bpf_landlock_ruleset *ruleset, __u32 index)
{
	struct next_layer next;
	int err;

	err = plan_layer(&task->under, policy, index, bprm->cred, &next);
	if (err)
		return err;
	err = bpf_landlock_restrict_binprm(bprm, ruleset, next.flags);
	if (err)
		return err;
	remember_layer(task, bpf_get_current_task_btf(), policy, &next);
	return 0;
}

/*
 * Stages a policy without a ruleset, of which the task only remembers that it
 * is under it.
 */
static __always_inline int
stage_without_ruleset(struct linux_binprm *bprm, struct execlock_task *task,
		      const struct execlock_policy *policy, __u32 index)
{
	struct next_layer next;
	int err;

	err = plan_layer(&task->under, policy, index, bprm->cred, &next);
	if (!err && next.flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS)
		err = bpf_landlock_restrict_binprm(bprm, NULL, next.flags);
	if (err)
		return err;
	remember_layer(task, bpf_get_current_task_btf(), policy, &next);
	return 0;
}

static __always_inline int fail(struct execlock_policy *policy)
{
	/*
	 * The caller of execve(2) could not make sense of the real error, for
	 * example E2BIG.
	 */
	__sync_fetch_and_add(&policy->errors, 1);
	return policy->on_error == EXECLOCK_ALLOW ? 0 : -EACCES;
}

/*
 * Puts the exec under the policy at @index.  A function of its own, so that the
 * verifier does not look at it once more for each way to it.
 */
__noinline int confine_by(struct linux_binprm *bprm __arg_trusted,
			  struct execlock_task *task __arg_nonnull,
			  __u32 index)
{
	void *const policies = find_policies(task->exec.generation);
	struct bpf_landlock_ruleset *ruleset;
	struct execlock_policy *policy;
	__u32 slot;
	int err;

	policy = policies ? bpf_map_lookup_elem(policies, &index) : NULL;
	if (!policy)
		return set_is_gone(task);
	slot = policy->ruleset;
	/* Of no ruleset, the slot is none. */
	ruleset = bpf_map_lookup_elem(&rulesets, &slot);
	/* Of a set that is gone, the slots may be those of another one. */
	if (!set_is_kept(task->exec.generation)) {
		if (ruleset)
			bpf_landlock_put_ruleset(ruleset);
		return set_is_gone(task);
	}
	/* These do not fail, so they come before the steps that can. */
	if (policy->exec_no_new_privs && !is_permissive(policy))
		bpf_bprm_set_no_new_privs(bprm);
	stage_userns(&task->under, policy, bpf_get_current_task_btf());
	if (!ruleset) {
		/* An empty slot is an error like any other. */
		err = slot == EXECLOCK_NO_RULESET ?
		      stage_without_ruleset(bprm, task, policy, index) :
		      -ENOENT;
		return err ? fail(policy) : 0;
	}
	err = stage_next(bprm, task, policy, ruleset, index);
	bpf_landlock_put_ruleset(ruleset);
	return err ? fail(policy) : 0;
}

/* Puts the exec under the policies in @found. */
static __always_inline int confine_by_all(struct linux_binprm *bprm,
					  struct execlock_task *task,
					  struct execlock_mask *found)
{
	__u32 index;
	int i, err;

	bpf_for(i, 0, EXECLOCK_POLICIES) {
		if (!mask_take(found, &index))
			break;
		err = confine_by(bprm, task, index);
		/* To the verifier, it can be anything. */
		if (err)
			return err == -EAGAIN ? -EAGAIN : -EACCES;
	}
	return 0;
}

/* Counts the policies that are enforced now, unless their set is gone. */
static __always_inline void count_hits(const struct execlock_exec *exec)
{
	void *const policies = find_policies(exec->generation);
	struct execlock_policy *policy;
	__u32 index;
	int i;

	if (!policies || !set_is_kept(exec->generation))
		return;
	for (i = 0; i < EXECLOCK_LAYERS && i < exec->num_staged; i++) {
		index = exec->staged[i];
		policy = bpf_map_lookup_elem(policies, &index);
		if (policy)
			__sync_fetch_and_add(&policy->hits, 1);
	}
}

/*
 * Drops the capabilities in user namespaces that the program must not have: by
 * its policies, and by those of the programs that led to it, whether or not a
 * policy matches this one, or a set is in force.  An exec that makes its task
 * root by a set-user-ID file gives them back, and this comes after that.
 */
static __always_inline void limit_userns(struct linux_binprm *bprm,
					 struct execlock_task *task)
{
	const __u64 lost = settle_userns(&task->under);

	if (lost && bpf_ksym_exists(bpf_bprm_drop_userns_caps))
		bpf_bprm_drop_userns_caps(bprm, lost);
}

/* Called for each file of the chain, one after the other. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(confine, struct linux_binprm *bprm)
{
	struct execlock_task *task = get_task();
	struct execlock_mask found = {};
	int err;

	/* Only an interpreter has another name than the executed file. */
	err = bprm->interp != bprm->filename && has_begun(task) ?
	      continue_exec(bprm, &task, &found) :
	      begin_exec(bprm, &task, &found);
	if (err || !task)
		return err;
	if (!mask_empty(&found))
		err = confine_by_all(bprm, task, &found);
	if (!err)
		limit_userns(bprm, task);
	return err;
}

/* Returns in which way a caller controls the program, USERNS_KINDS if in none. */
static __always_inline enum userns_kind
find_control(const struct linux_binprm *bprm, bool handed)
{
	struct task_struct *const task = bpf_get_current_task_btf();

	if (bprm->unsafe & (LSM_UNSAFE_SHARE | LSM_UNSAFE_PTRACE) ||
	    bprm->interp != bprm->filename)
		return USERNS_UNSAFE;
	/* Who may mount there has other libraries. */
	if (!handed && bprm->cred->user_ns->level && !is_at_home(task))
		return USERNS_UNSAFE;
	if (!BPF_CORE_READ_BITFIELD(bprm, secureexec) &&
	    environment_loads_code(bprm))
		return USERNS_ENVIRONMENT;
	return USERNS_KINDS;
}

/*
 * A program that may do more than the default does what it does, and not what
 * its caller would like to do.  If the caller controls it, the default holds as
 * well, also for what it executes.
 */
static __always_inline void limit_exempt(const struct linux_binprm *bprm,
					 struct execlock_userns *userns,
					 bool handed)
{
	const struct execlock_header *const header = find_current();
	enum userns_kind kind;
	__u64 more;

	if (!header || !header->has_default)
		return;
	more = header->default_lost & ~userns->lost;
	if (!more)
		return;
	kind = find_control(bprm, handed);
	if (kind == USERNS_KINDS)
		return;
	note_userns(kind, more, 0);
	userns->lost |= header->default_lost;
	userns->lost_executed |= header->default_lost;
	userns->policy = 0;
}

static __always_inline void enforce_staged(struct execlock_under *under)
{
	under->count += under->staged;
	if (under->staged_no_new_privs) {
		under->no_new_privs = under->staged_no_new_privs;
		under->effects &= ~EXECLOCK_NNP_TRIED;
	}
	under->effects |= under->staged_effects;
}

/* The exec succeeded: the task is now under the policies. */
SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(committed, const struct linux_binprm *bprm)
{
	struct execlock_task *const task = get_task();
	struct execlock_userns userns;

	drop_note();
	if (!task)
		return 0;
	if (task->exec.num_staged)
		count_hits(&task->exec);
	enforce_staged(&task->under);
	userns = next_userns(&task->under);
	if (userns.policy)
		limit_exempt(bprm, &userns,
			     task->under.staged_userns.handed);
	task->under.userns = userns;
	reset_staged(&task->under);
	return 0;
}

/* A child is under the policies that its parent is under. */
SEC("lsm.s/task_alloc")
int BPF_PROG(forked, struct task_struct *child)
{
	const struct execlock_task *const task = get_task();
	struct execlock_task *copy;

	if (!task || !is_under_any(&task->under))
		return 0;
	copy = make_task(child);
	if (!copy)
		return -ENOMEM;
	copy->under = task->under;
	/* By an exec that failed. */
	reset_staged(&copy->under);
	return 0;
}
