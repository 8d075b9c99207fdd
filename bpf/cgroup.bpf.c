// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Apply the policy of a cgroup to the programs executed in it
 *
 * A map of rulesets is an array.  To find rulesets by another key, a map of any
 * type can hold references to them in its values.  This one is a hash whose
 * keys are the numbers of cgroups, which are never used again.
 *
 * User space cannot store a reference itself: it runs a program that takes the
 * reference from a file descriptor and stores it.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "ancestors.h"
#include "cgroup.h"
#include "gain.h"
#include "limit.h"

/* Binary logarithm of the number of notes. */
#define NOTE_BITS 10

/*
 * How often an exec looks for the policy again that was replaced meanwhile.
 * Each time, somebody has to replace it: the limit is for the verifier.
 */
#define MAX_TRIES (1 << 16)

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CGROUP_MAX);
	__type(key, __u64);
	__type(value, struct cgroup_policy);
} cgroups SEC(".maps");

/*
 * The verifier must know where a reference is: there is one path through the
 * code for each slot, and the compiler must not turn them into a
 * multiplication.
 */
static __always_inline struct cgroup_slot *
get_slot(struct cgroup_policy *policy, bool second)
{
	struct cgroup_slot *slot = &policy->slots[0];

	if (second) {
		slot = &policy->slots[1];
		barrier_var(slot);
	}
	return slot;
}

/* Zero if the kernel has no tracepoints. */
static __always_inline __u64 id_of(const struct lsm_policy_object *ruleset)
{
	const struct landlock_frozen *const frozen = (const void *)ruleset;

	if (!bpf_core_field_exists(frozen->id))
		return 0;
	return BPF_CORE_READ(frozen, id);
}

/*
 * Sets or replaces the policy of a cgroup.  User space holds a lock, so that
 * only one of these runs.
 */
SEC("syscall")
int store_policy(struct cgroup_request *request)
{
	const struct cgroup_policy empty = {};
	const __u64 cgroup = request->cgroup;
	struct lsm_policy_object *ruleset = NULL;
	struct cgroup_policy *policy;
	struct cgroup_slot *slot;
	__u32 version;
	int err;

	if (request->ruleset_fd >= 0) {
		ruleset = bpf_lsm_policy_from_fd(request->ruleset_fd, 0);
		if (!ruleset)
			return -EBADF;
	}

	/* No exec uses it before it has a version. */
	err = bpf_map_update_elem(&cgroups, &cgroup, &empty, BPF_NOEXIST);
	policy = bpf_map_lookup_elem(&cgroups, &cgroup);
	if (!policy) {
		if (ruleset)
			bpf_lsm_policy_release(ruleset);
		return err ?: -ENOENT;
	}

	policy->cgroup = cgroup;
	/* An exec that is reading the slot that is not current reads again. */
	version = policy->version + 1;
	if (!version)
		version = 2;
	slot = get_slot(policy, version & 1);
	slot->id = ruleset ? id_of(ruleset) : 0;
	slot->userns_lost = request->userns_lost;
	slot->flags = request->flags;
	slot->no_new_privs = request->no_new_privs;
	slot->on_error = request->on_error;
	slot->no_ruleset = !ruleset;
	__builtin_memcpy(slot->name, request->name, sizeof(slot->name));
	ruleset = bpf_kptr_xchg(&slot->ruleset, ruleset);
	if (ruleset)
		bpf_lsm_policy_release(ruleset);

	policy->hits = 0;
	policy->errors = 0;
	/* With a barrier: the slot is filled first. */
	__sync_lock_test_and_set(&policy->version, version);
	return 0;
}

/* The policy that applies to an exec. */
struct choice {
	struct cgroup_policy *policy;
	struct lsm_policy_object *ruleset;
	__u64 id;
	__u64 userns_lost;
	__u32 flags;
	__u32 no_new_privs;
	__u32 on_error;
	__u32 no_ruleset;
};

/* With a barrier: later reads stay later. */
static __always_inline __u32 version_of(struct cgroup_policy *policy)
{
	return __sync_fetch_and_add(&policy->version, 0);
}

/* Until a policy is complete, that of a cgroup above applies. */
static __always_inline bool is_set(const void *value)
{
	const struct cgroup_policy *const policy = value;

	return policy->version;
}

/*
 * Returns false if the cgroup has no policy.  If there is neither a ruleset nor
 * no_ruleset, the policy was replaced or removed since it was looked up.  The
 * memory of a removed policy may become that of another cgroup's at once.
 */
static __always_inline bool choose(struct choice *choice)
{
	struct lsm_policy_object *ruleset;
	struct cgroup_policy *policy;
	struct cgroup_slot *slot;
	__u64 cgroup = 0;
	__u32 version;

	policy = lookup_cgroup(&cgroups, is_set, &cgroup);
	if (!policy)
		return false;
	version = version_of(policy);
	slot = get_slot(policy, version & 1);

	bpf_rcu_read_lock();
	ruleset = slot->ruleset;
	if (ruleset)
		ruleset = bpf_lsm_policy_acquire(ruleset);
	choice->id = slot->id;
	choice->userns_lost = slot->userns_lost;
	choice->flags = slot->flags;
	choice->no_new_privs = slot->no_new_privs;
	choice->on_error = slot->on_error;
	choice->no_ruleset = slot->no_ruleset;
	bpf_rcu_read_unlock();

	choice->policy = policy;
	if (version_of(policy) != version || policy->cgroup != cgroup) {
		if (ruleset)
			bpf_lsm_policy_release(ruleset);
		ruleset = NULL;
		choice->no_ruleset = 0;
	}
	choice->ruleset = ruleset;
	return true;
}

/**
 * struct note - An exec for which a policy is staged
 *
 * @task: The task, or zero.  Only to be compared.
 * @cgroup: The cgroup that has the policy.
 * @limit: ID of the policy's ruleset if the task gets no_new_privs from it, or
 *         zero.
 */
struct note {
	__u64 task;
	__u64 cgroup;
	__u64 limit;
};

/*
 * Each task has one note, which it may share with others.  The last task has
 * it; the exec of another one is then not counted as a hit, and nothing else.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << NOTE_BITS);
	__type(key, __u32);
	__type(value, struct note);
} notes SEC(".maps");

/*
 * For the monitor: IDs of the rulesets of the policies that tasks have
 * no_new_privs from.  Tasks that set it themselves have none.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} limited SEC(".maps");

static __always_inline struct note *find_note(void)
{
	/* Knuth's multiplicative hash. */
	const __u32 slot = bpf_get_current_task() * 0x9e3779b97f4a7c15ULL >>
			   (64 - NOTE_BITS);

	return bpf_map_lookup_elem(&notes, &slot);
}

/* Forgets the last exec, which may have failed. */
static __always_inline void drop_note(void)
{
	struct note *const note = find_note();

	if (note && note->task == bpf_get_current_task())
		note->task = 0;
}

static __always_inline void take_note(const struct choice *choice, __u32 flags)
{
	const bool limits = flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS &&
			    !never_gains(bpf_get_current_task_btf());
	struct note *const note = find_note();

	if (!note)
		return;
	note->cgroup = choice->policy->cgroup;
	note->limit = limits ? choice->id : 0;
	note->task = bpf_get_current_task();
}

/* Takes the reference to the ruleset. */
static __always_inline int stage(struct linux_binprm *bprm,
				 struct lsm_policy_object *ruleset, __u32 flags)
{
	int err;

	if (!ruleset)
		return flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS ?
		       bpf_landlock_restrict_binprm(bprm, NULL, flags) : 0;
	err = bpf_lsm_policy_apply_bprm(ruleset, bprm, flags);
	bpf_lsm_policy_release(ruleset);
	return err;
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(confine, struct linux_binprm *bprm)
{
	struct choice choice = {};
	__u32 flags;
	int err, i;

	drop_note();
	bpf_for(i, 0, MAX_TRIES) {
		if (!choose(&choice))
			return 0;
		if (choice.ruleset || choice.no_ruleset)
			break;
	}
	/* Neither the former policy nor the next one can be staged. */
	if (!choice.ruleset && !choice.no_ruleset)
		return -EAGAIN;

	/* This does not fail, so it comes before the step that can. */
	if (choice.userns_lost && bpf_ksym_exists(bpf_bprm_drop_userns_caps))
		bpf_bprm_drop_userns_caps(bprm, choice.userns_lost);
	flags = limit_flags(choice.flags, choice.no_new_privs, bprm->cred);
	err = stage(bprm, choice.ruleset, flags);
	if (!err) {
		take_note(&choice, flags);
		return 0;
	}

	/* As in execlock.bpf.c: the error would not help the caller. */
	__sync_fetch_and_add(&choice.policy->errors, 1);
	return choice.on_error == EXECLOCK_ALLOW ? 0 : -EACCES;
}

/* Without memory, the monitor is told nothing. */
static __always_inline void set_limit(struct task_struct *task, __u64 limit)
{
	__u64 *const value =
		bpf_task_storage_get(&limited, task, NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (value)
		*value = limit;
}

/* The exec succeeded: the policy is enforced now. */
SEC("lsm/bprm_committed_creds")
int BPF_PROG(committed, const struct linux_binprm *bprm)
{
	const struct note *const note = find_note();
	struct cgroup_policy *policy;
	__u64 cgroup;

	if (!note || note->task != bpf_get_current_task())
		return 0;
	cgroup = note->cgroup;
	if (note->limit)
		set_limit(bpf_get_current_task_btf(), note->limit);
	drop_note();
	policy = bpf_map_lookup_elem(&cgroups, &cgroup);
	if (policy)
		__sync_fetch_and_add(&policy->hits, 1);
	return 0;
}

/* A new task has the attribute of its parent. */
SEC("lsm/task_alloc")
int BPF_PROG(forked, struct task_struct *task)
{
	const __u64 *const limit =
		bpf_task_storage_get(&limited, bpf_get_current_task_btf(), NULL,
				     0);

	if (limit)
		set_limit(task, *limit);
	return 0;
}
