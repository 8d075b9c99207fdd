// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that use LSM policy objects: some to be refused by the verifier, and
 * some that look like them but are right.  Each of them is loaded on its own.
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/lsm_policy.h"

__ksym void bpf_task_release(struct task_struct *p);

char _license[] SEC("license") = "GPL";

struct kptr_value {
	struct lsm_policy_object __kptr *policy;
};

struct task_value {
	struct task_struct __kptr *task;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kptr_value);
} values SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct task_value);
} tasks SEC(".maps");

static const u32 slot;

static __always_inline struct kptr_value *lookup(void)
{
	return bpf_map_lookup_elem(&values, &slot);
}

/* A reference to the stored object, or NULL. */
static __always_inline struct lsm_policy_object *acquire(void)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return NULL;

	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		policy = bpf_lsm_policy_acquire(policy);
	bpf_rcu_read_unlock();
	return policy;
}

/* Right */

static __always_inline int apply(struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();
	int ret;

	if (!policy)
		return 0;

	ret = bpf_lsm_policy_apply_bprm(policy, bprm, 0);
	bpf_lsm_policy_release(policy);
	return ret ? -1 : 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_for_exec, struct linux_binprm *bprm)
{
	return apply(bprm);
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(ok_check, struct linux_binprm *bprm)
{
	return apply(bprm);
}

SEC("?lsm.s/bprm_creds_from_file")
int BPF_PROG(ok_from_file, struct linux_binprm *bprm, const struct file *file)
{
	return apply(bprm);
}

/* A program that cannot sleep is such a section as a whole. */
SEC("?lsm/file_open")
int BPF_PROG(ok_acquire_atomic, struct file *file)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	policy = value->policy;
	if (!policy)
		return 0;
	policy = bpf_lsm_policy_acquire(policy);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?syscall")
int ok_acquire_syscall(void *ctx)
{
	struct lsm_policy_object *policy = acquire();

	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

/* Read by the program itself, without a helper. */
SEC("?syscall")
int ok_read_fields(void *ctx)
{
	struct lsm_policy_object *policy;
	int ret;

	policy = bpf_lsm_policy_from_fd(0, 0);
	if (!policy)
		return 0;
	ret = policy->lsmid + policy->type;
	bpf_lsm_policy_release(policy);
	return ret;
}

static __always_inline void exchange(struct kptr_value *value,
				     struct lsm_policy_object *policy)
{
	struct lsm_policy_object *old;

	old = bpf_kptr_xchg(&value->policy, policy);
	if (old)
		bpf_lsm_policy_release(old);
}

/* Wrong place to use a file descriptor */

static __always_inline int use_fd(void)
{
	struct lsm_policy_object *policy;

	policy = bpf_lsm_policy_from_fd(0, 0);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(fd_for_exec, struct linux_binprm *bprm)
{
	return use_fd();
}

SEC("?lsm.s/file_open")
int BPF_PROG(fd_file_open, struct file *file)
{
	return use_fd();
}

static __always_inline int use_replace(void)
{
	struct lsm_policy_object *policy = acquire();
	int err = 0;

	if (policy) {
		err = bpf_lsm_policy_replace(policy, 0, 0);
		bpf_lsm_policy_release(policy);
	}
	return !!err;
}

SEC("?syscall")
int ok_replace(void *ctx)
{
	return use_replace();
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(replace_for_exec, struct linux_binprm *bprm)
{
	use_replace();
	return 0;
}

SEC("?lsm.s/file_open")
int BPF_PROG(replace_file_open, struct file *file)
{
	use_replace();
	return 0;
}

SEC("?syscall")
int replace_unacquired(void *ctx)
{
	struct kptr_value *value = lookup();

	if (value && value->policy)
		bpf_lsm_policy_replace(value->policy, 0, 0);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(fd_tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	return use_fd();
}

SEC("?fentry/bpf_lsm_bprm_creds_for_exec")
int BPF_PROG(fd_fentry, struct linux_binprm *bprm)
{
	return use_fd();
}

SEC("?syscall")
int fd_rcu_locked(void *ctx)
{
	bpf_rcu_read_lock();
	use_fd();
	bpf_rcu_read_unlock();
	return 0;
}

/* Wrong place to apply something */

SEC("?lsm/bprm_creds_for_exec")
int BPF_PROG(apply_not_sleepable, struct linux_binprm *bprm)
{
	return apply(bprm);
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(apply_rcu_locked, struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();

	if (!policy)
		return 0;
	bpf_rcu_read_lock();
	bpf_lsm_policy_apply_bprm(policy, bprm, 0);
	bpf_rcu_read_unlock();
	bpf_lsm_policy_release(policy);
	return 0;
}

/* Past the point of no return. */
SEC("?lsm.s/bprm_committing_creds")
int BPF_PROG(apply_committing, const struct linux_binprm *bprm)
{
	apply((struct linux_binprm *)bprm);
	return 0;
}

/* Nothing is executed there. */
SEC("?lsm.s/file_open")
int BPF_PROG(apply_file_open, struct file *file)
{
	return apply((void *)file);
}

SEC("?lsm_cgroup/bprm_creds_for_exec")
int BPF_PROG(apply_cgroup, struct linux_binprm *bprm)
{
	apply(bprm);
	return 1;
}

SEC("?fentry/bpf_lsm_bprm_creds_for_exec")
int BPF_PROG(apply_fentry, struct linux_binprm *bprm)
{
	/* It cannot have an object either, see below. */
	bpf_lsm_policy_apply_bprm((void *)bprm, bprm, 0);
	return 0;
}

SEC("?syscall")
int apply_syscall(void *ctx)
{
	return apply(ctx);
}

/* Wrong place for references */

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(acquire_tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();

	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(release_tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();

	if (value)
		exchange(value, NULL);
	return 0;
}

SEC("?fentry/bpf_lsm_bprm_creds_for_exec")
int BPF_PROG(release_fentry, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();

	if (value)
		exchange(value, NULL);
	return 0;
}

/* Hooks of the kernel's own LSMs only. */

SEC("?lsm/policy_object_from_fd")
int BPF_PROG(hook_from_fd, int fd, struct lsm_policy_object **object)
{
	return 0;
}

SEC("?lsm/policy_object_get")
int BPF_PROG(hook_get, struct lsm_policy_object *object)
{
	return 0;
}

SEC("?lsm/policy_object_put")
int BPF_PROG(hook_put, struct lsm_policy_object *object)
{
	return 0;
}

SEC("?lsm/bprm_apply_policy_object")
int BPF_PROG(hook_apply, struct linux_binprm *bprm,
	     struct lsm_policy_object *object, u32 flags)
{
	return 0;
}

/* Wrong lifetime */

SEC("?syscall")
int fd_missing_release(void *ctx)
{
	return !!bpf_lsm_policy_from_fd(0, 0);
}

SEC("?syscall")
int fd_unchecked_release(void *ctx)
{
	bpf_lsm_policy_release(bpf_lsm_policy_from_fd(0, 0));
	return 0;
}

SEC("?syscall")
int xchg_unchecked(void *ctx)
{
	struct kptr_value *value = lookup();

	if (value)
		exchange(value, bpf_lsm_policy_from_fd(0, 0));
	return 0;
}

SEC("?syscall")
int xchg_missing_release(void *ctx)
{
	struct kptr_value *value = lookup();

	if (value)
		bpf_kptr_xchg(&value->policy, NULL);
	return 0;
}

SEC("?syscall")
int xchg_then_release(void *ctx)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	policy = bpf_lsm_policy_from_fd(0, 0);
	if (!policy)
		return 0;
	exchange(value, policy);
	bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_missing_release, struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();

	if (policy)
		bpf_lsm_policy_apply_bprm(policy, bprm, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_double_release, struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();

	if (!policy)
		return 0;
	bpf_lsm_policy_release(policy);
	bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_use_after_release, struct linux_binprm *bprm)
{
	struct lsm_policy_object *policy = acquire();

	if (!policy)
		return 0;
	bpf_lsm_policy_release(policy);
	bpf_lsm_policy_apply_bprm(policy, bprm, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_unlocked, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	policy = value->policy;
	if (!policy)
		return 0;
	policy = bpf_lsm_policy_acquire(policy);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_after_unlock, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	policy = value->policy;
	bpf_rcu_read_unlock();
	if (!policy)
		return 0;
	policy = bpf_lsm_policy_acquire(policy);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(acquire_unchecked, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	policy = bpf_lsm_policy_acquire(value->policy);
	if (policy)
		bpf_lsm_policy_release(policy);
	bpf_rcu_read_unlock();
	return 0;
}

/* A stored object belongs to the map. */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_apply, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	policy = value->policy;
	if (policy)
		bpf_lsm_policy_apply_bprm(policy, bprm, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_release, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		bpf_lsm_policy_release(policy);
	bpf_rcu_read_unlock();
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_xchg, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		exchange(value, policy);
	bpf_rcu_read_unlock();
	return 0;
}

/* Memory on the stack is no object, with any content. */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(forged_apply, struct linux_binprm *bprm)
{
	struct lsm_policy_object forged = { .lsmid = 110, .type = 1 };

	bpf_lsm_policy_apply_bprm(&forged, bprm, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(forged_acquire, struct linux_binprm *bprm)
{
	struct lsm_policy_object forged = { .lsmid = 110, .type = 1 };
	struct lsm_policy_object *policy;

	policy = bpf_lsm_policy_acquire(&forged);
	if (policy)
		bpf_lsm_policy_release(policy);
	return 0;
}

SEC("?syscall")
int forged_release(void *ctx)
{
	struct lsm_policy_object forged = { .lsmid = 110, .type = 1 };

	bpf_lsm_policy_release(&forged);
	return 0;
}

/* Wrong kind of access */

SEC("?syscall")
int plain_store(void *ctx)
{
	struct kptr_value *value = lookup();
	struct lsm_policy_object *policy;

	if (!value)
		return 0;
	policy = bpf_lsm_policy_from_fd(0, 0);
	if (!policy)
		return 0;
	value->policy = policy;
	return 0;
}

SEC("?syscall")
int other_type(void *ctx)
{
	struct task_value *value = bpf_map_lookup_elem(&tasks, &slot);
	struct lsm_policy_object *policy;
	struct task_struct *task;

	if (!value)
		return 0;
	policy = bpf_lsm_policy_from_fd(0, 0);
	if (!policy)
		return 0;
	task = bpf_kptr_xchg(&value->task, (void *)policy);
	if (task)
		bpf_task_release(task);
	return 0;
}

SEC("?syscall")
int write_policy(void *ctx)
{
	struct lsm_policy_object *policy;

	policy = bpf_lsm_policy_from_fd(0, 0);
	if (!policy)
		return 0;
	*(u64 *)policy = 0;
	bpf_lsm_policy_release(policy);
	return 0;
}
