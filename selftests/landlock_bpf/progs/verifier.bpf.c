// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that the verifier must refuse, and some that look like them but are
 * right.  Each of them is loaded on its own.
 */

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"
#include "progs/lsm_policy.h"

#define NNP LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct bpf_landlock_ruleset_info);
} rulesets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, u32);
	__type(value, u32);
} rdonly_rulesets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} numbers SEC(".maps");

static const u32 slot;

static __always_inline const struct bpf_landlock_ruleset *lookup(void)
{
	return bpf_map_lookup_elem(&rulesets, &slot);
}

/* Right */

static int stage(struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();
	int ret;

	if (!ruleset)
		return 0;

	ret = bpf_landlock_restrict_binprm(bprm, ruleset, NNP);
	bpf_landlock_put_ruleset(ruleset);
	return ret ? -1 : 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_for_exec, struct linux_binprm *bprm)
{
	return stage(bprm);
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(ok_check, struct linux_binprm *bprm)
{
	return stage(bprm);
}

SEC("?lsm.s/bprm_creds_from_file")
int BPF_PROG(ok_from_file, struct linux_binprm *bprm, const struct file *file)
{
	return stage(bprm);
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_null_ruleset, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 0;
}

/* Not sleepable, and elsewhere, but they only look. */
SEC("?lsm/file_open")
int BPF_PROG(ok_lookup_elsewhere, struct file *file)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(ok_lookup_tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_delete, struct linux_binprm *bprm)
{
	bpf_map_delete_elem(&rulesets, &slot);
	return 0;
}

/* A ruleset of a map is an LSM policy object */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_apply, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (!ruleset)
		return 0;
	bpf_lsm_policy_apply_bprm((void *)ruleset, bprm, 0);
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_acquire, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();
	struct lsm_policy_object *policy;

	if (!ruleset)
		return 0;
	policy = bpf_lsm_policy_acquire((void *)ruleset);
	bpf_landlock_put_ruleset(ruleset);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

/* But each reference is released with the function of its type. */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(other_release, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (ruleset)
		bpf_lsm_policy_release((void *)ruleset);
	return 0;
}

SEC("?syscall")
int object_put(void *ctx)
{
	struct lsm_policy_object *policy = bpf_lsm_policy_from_fd(0, 0);

	if (policy)
		bpf_landlock_put_ruleset((void *)policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(object_restrict, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();
	struct lsm_policy_object *policy;

	if (!ruleset)
		return 0;
	policy = bpf_lsm_policy_acquire((void *)ruleset);
	bpf_landlock_put_ruleset(ruleset);
	if (!policy)
		return 0;
	bpf_landlock_restrict_binprm(bprm, (void *)policy, 0);
	bpf_lsm_policy_release(policy);
	return 0;
}

/* Wrong lifetime */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(missing_put, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (ruleset)
		bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(missing_put_on_error, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (!ruleset)
		return 0;
	if (bpf_landlock_restrict_binprm(bprm, ruleset, 0))
		return -1;
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ignored_lookup, struct linux_binprm *bprm)
{
	bpf_map_lookup_elem(&rulesets, &slot);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(use_after_put, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (!ruleset)
		return 0;
	bpf_landlock_put_ruleset(ruleset);
	bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(double_put, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	if (!ruleset)
		return 0;
	bpf_landlock_put_ruleset(ruleset);
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

/* NULL is for programs that mean it. */
SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(unchecked_ruleset, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();

	bpf_landlock_restrict_binprm(bprm, ruleset, NNP);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(unchecked_put, struct linux_binprm *bprm)
{
	bpf_landlock_put_ruleset(lookup());
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(null_put, struct linux_binprm *bprm)
{
	bpf_landlock_put_ruleset(NULL);
	return 0;
}

/* Wrong arguments */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(null_bprm, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(NULL, NULL, NNP);
	return 0;
}

/* Something else that the program got from the kernel. */
SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(other_bprm, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm((void *)bprm->file, NULL, NNP);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(other_ruleset, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, (void *)bprm, NNP);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_put, struct linux_binprm *bprm)
{
	bpf_landlock_put_ruleset((void *)bprm);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(number_ruleset, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, (void *)42, NNP);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(write_ruleset, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset =
		bpf_map_lookup_elem(&rulesets, &slot);

	if (!ruleset)
		return 0;
	*(u64 *)ruleset = 0;
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

/* A ruleset cannot be copied as if it were data. */
SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(store_ruleset, struct linux_binprm *bprm)
{
	const struct bpf_landlock_ruleset *ruleset = lookup();
	u64 *number;

	if (!ruleset)
		return 0;
	number = bpf_map_lookup_elem(&numbers, &slot);
	if (number)
		bpf_map_update_elem(&numbers, &slot, ruleset, BPF_ANY);
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

/* Wrong map operations */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(map_update, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset_info info = {};

	bpf_map_update_elem(&rulesets, &slot, &info, BPF_ANY);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(map_push, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset_info info = {};

	bpf_map_push_elem(&rulesets, &info, BPF_ANY);
	return 0;
}

static long each(void *map, u32 *key, u64 *value, void *data)
{
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(map_for_each, struct linux_binprm *bprm)
{
	bpf_for_each_map_elem(&rulesets, each, NULL, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(map_lookup_percpu, struct linux_binprm *bprm)
{
	bpf_map_lookup_percpu_elem(&rulesets, &slot, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(rdonly_delete, struct linux_binprm *bprm)
{
	bpf_map_delete_elem(&rdonly_rulesets, &slot);
	return 0;
}

/* Wrong place */

SEC("?lsm/bprm_creds_for_exec")
int BPF_PROG(not_sleepable, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(rcu_locked, struct linux_binprm *bprm)
{
	bpf_rcu_read_lock();
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	bpf_rcu_read_unlock();
	return 0;
}

/* Past the point of no return. */
SEC("?lsm.s/bprm_committing_creds")
int BPF_PROG(hook_committing, const struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm((struct linux_binprm *)bprm, NULL, NNP);
	return 0;
}

SEC("?lsm.s/bprm_committed_creds")
int BPF_PROG(hook_committed, const struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm((struct linux_binprm *)bprm, NULL, NNP);
	return 0;
}

/* Nothing is executed there. */
SEC("?lsm.s/file_open")
int BPF_PROG(hook_file_open, struct file *file)
{
	bpf_landlock_restrict_binprm((void *)file, NULL, NNP);
	return 0;
}

SEC("?lsm_cgroup/bprm_creds_for_exec")
int BPF_PROG(cgroup_for_exec, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 1;
}

SEC("?lsm_cgroup/bprm_check_security")
int BPF_PROG(cgroup_check, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 1;
}

SEC("?fentry/bpf_lsm_bprm_creds_for_exec")
int BPF_PROG(fentry_for_exec, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 0;
}

SEC("?fmod_ret/security_bprm_creds_for_exec")
int BPF_PROG(fmod_ret_for_exec, struct linux_binprm *bprm, int ret)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL, NNP);
	return 0;
}

SEC("?syscall")
int syscall_prog(void *ctx)
{
	bpf_landlock_restrict_binprm(ctx, NULL, NNP);
	return 0;
}
