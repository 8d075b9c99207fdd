// SPDX-License-Identifier: GPL-2.0
/*
 * Stages rulesets for the execs of one process's children, and counts domains
 */

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"
#include "progs/lsm_policy.h"

#define NUM_SLOTS 4

char _license[] SEC("license") = "GPL";

struct ruleset_map {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, NUM_SLOTS);
	__type(key, u32);
	__type(value, u32);
};

struct ruleset_map inner SEC(".maps");

/* These are rulesets or policies. */
struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, NUM_SLOTS);
	__type(key, u32);
	__type(value, struct bpf_landlock_ruleset_info);
} rulesets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, u32);
	__array(values, struct ruleset_map);
} outer SEC(".maps") = {
	.values = { &inner },
};

/* Rulesets found in the slots of @rulesets at times. */
struct held {
	struct lsm_policy_object __kptr *policy;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NUM_SLOTS);
	__type(key, u32);
	__type(value, struct held);
} held SEC(".maps");

/* The session of the processes to act upon. */
int target_session;

__u64 num_staged;
__u64 num_applied;
__u64 num_empty;
__u64 num_errors;
__u64 num_created;
__u64 num_freed;

static bool is_target(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pid *session = BPF_CORE_READ(task, signal, pids[PIDTYPE_SID]);

	return target_session &&
	       BPF_CORE_READ(session, numbers[0].nr) == target_session;
}

static void stage(struct linux_binprm *bprm,
		  const struct bpf_landlock_ruleset *ruleset)
{
	if (!ruleset) {
		__sync_fetch_and_add(&num_empty, 1);
		return;
	}

	if (bpf_landlock_restrict_binprm(bprm, ruleset, 0))
		__sync_fetch_and_add(&num_errors, 1);
	else
		__sync_fetch_and_add(&num_staged, 1);
	bpf_landlock_put_ruleset(ruleset);
}

static void hold(const struct bpf_landlock_ruleset *ruleset, u32 slot)
{
	struct held *value = bpf_map_lookup_elem(&held, &slot);
	struct lsm_policy_object *policy;

	if (!value)
		return;

	policy = bpf_lsm_policy_acquire((void *)ruleset);
	if (!policy) {
		/* The caller has a reference. */
		__sync_fetch_and_add(&num_errors, 1);
		return;
	}
	policy = bpf_kptr_xchg(&value->policy, policy);
	if (policy)
		bpf_lsm_policy_release(policy);
}

static void apply_held(struct linux_binprm *bprm, u32 slot)
{
	struct held *value = bpf_map_lookup_elem(&held, &slot);
	struct lsm_policy_object *policy;

	if (!value)
		return;

	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		policy = bpf_lsm_policy_acquire(policy);
	bpf_rcu_read_unlock();
	if (!policy) {
		__sync_fetch_and_add(&num_empty, 1);
		return;
	}

	if (bpf_lsm_policy_apply_bprm(policy, bprm, 0))
		__sync_fetch_and_add(&num_errors, 1);
	else
		__sync_fetch_and_add(&num_applied, 1);
	bpf_lsm_policy_release(policy);
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset;
	u32 slot = bpf_get_prandom_u32() % NUM_SLOTS;

	if (!is_target())
		return 0;

	ruleset = bpf_map_lookup_elem(&rulesets, &slot);
	if (ruleset)
		hold(ruleset, bpf_get_prandom_u32() % NUM_SLOTS);
	stage(bprm, ruleset);
	if (slot == 0)
		bpf_map_delete_elem(&rulesets, &slot);
	return 0;
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check, struct linux_binprm *bprm)
{
	u32 slot = bpf_get_prandom_u32() % NUM_SLOTS, zero = 0;
	void *map;

	if (!is_target())
		return 0;

	map = bpf_map_lookup_elem(&outer, &zero);
	if (map)
		stage(bprm, bpf_map_lookup_elem(map, &slot));
	apply_held(bprm, bpf_get_prandom_u32() % NUM_SLOTS);
	/* From time to time, too late for nothing to be staged. */
	return slot == 1 ? -1 : 0;
}

SEC("tp_btf/landlock_create_domain")
int BPF_PROG(created)
{
	__sync_fetch_and_add(&num_created, 1);
	return 0;
}

SEC("tp_btf/landlock_free_domain")
int BPF_PROG(freed)
{
	__sync_fetch_and_add(&num_freed, 1);
	return 0;
}
