// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that store rulesets in map values: some to be refused by the
 * verifier, and some that look like them but are right.  Each of them is loaded
 * on its own.
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"

__ksym void bpf_task_release(struct task_struct *p);

char _license[] SEC("license") = "GPL";

struct kptr_value {
	struct bpf_landlock_ruleset __kptr *ruleset;
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

struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} rulesets SEC(".maps");

static const u32 slot;

static __always_inline struct kptr_value *lookup(void)
{
	return bpf_map_lookup_elem(&values, &slot);
}

/* A reference to what is stored, or NULL. */
static __always_inline struct bpf_landlock_ruleset *get(void)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return NULL;

	bpf_rcu_read_lock();
	ruleset = value->ruleset;
	if (ruleset)
		ruleset = bpf_landlock_get_ruleset(ruleset);
	bpf_rcu_read_unlock();
	return ruleset;
}

/* Right */

static __always_inline int stage(struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset = get();
	int ret;

	if (!ruleset)
		return 0;

	ret = bpf_landlock_restrict_binprm(bprm, ruleset, 0);
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

/* A program that cannot sleep is such a section as a whole. */
SEC("?lsm/file_open")
int BPF_PROG(ok_get_atomic, struct file *file)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = value->ruleset;
	if (!ruleset)
		return 0;
	ruleset = bpf_landlock_get_ruleset(ruleset);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

/* Whatever the hook, they are only references. */
SEC("?tp_btf/sched_process_exec")
int BPF_PROG(ok_get_tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset = get();

	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?syscall")
int ok_get_syscall(void *ctx)
{
	struct bpf_landlock_ruleset *ruleset = get();

	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

static __always_inline void exchange(struct kptr_value *value,
				     struct bpf_landlock_ruleset *ruleset)
{
	struct bpf_landlock_ruleset *old;

	old = bpf_kptr_xchg(&value->ruleset, ruleset);
	if (old)
		bpf_landlock_put_ruleset(old);
}

/* What comes from a map of rulesets can be stored elsewhere. */
SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_xchg_from_map, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = bpf_map_lookup_elem(&rulesets, &slot);
	if (ruleset)
		exchange(value, ruleset);
	return 0;
}

/* Wrong place to use a file descriptor */

static __always_inline int use_fd(void)
{
	struct bpf_landlock_ruleset *ruleset;

	ruleset = bpf_landlock_get_ruleset_from_fd(0);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
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

/* Wrong lifetime */

SEC("?syscall")
int fd_missing_put(void *ctx)
{
	return !!bpf_landlock_get_ruleset_from_fd(0);
}

SEC("?syscall")
int fd_unchecked_put(void *ctx)
{
	bpf_landlock_put_ruleset(bpf_landlock_get_ruleset_from_fd(0));
	return 0;
}

SEC("?syscall")
int xchg_unchecked(void *ctx)
{
	struct kptr_value *value = lookup();

	if (value)
		exchange(value, bpf_landlock_get_ruleset_from_fd(0));
	return 0;
}

SEC("?syscall")
int xchg_missing_put(void *ctx)
{
	struct kptr_value *value = lookup();

	if (value)
		bpf_kptr_xchg(&value->ruleset, NULL);
	return 0;
}

SEC("?syscall")
int xchg_then_put(void *ctx)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = bpf_landlock_get_ruleset_from_fd(0);
	if (!ruleset)
		return 0;
	exchange(value, ruleset);
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_missing_put, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset = get();

	if (ruleset)
		bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_double_put, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset = get();

	if (!ruleset)
		return 0;
	bpf_landlock_put_ruleset(ruleset);
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_use_after_put, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset = get();

	if (!ruleset)
		return 0;
	bpf_landlock_put_ruleset(ruleset);
	bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_unlocked, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = value->ruleset;
	if (!ruleset)
		return 0;
	ruleset = bpf_landlock_get_ruleset(ruleset);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_after_unlock, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	ruleset = value->ruleset;
	bpf_rcu_read_unlock();
	if (!ruleset)
		return 0;
	ruleset = bpf_landlock_get_ruleset(ruleset);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(get_unchecked, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	ruleset = bpf_landlock_get_ruleset(value->ruleset);
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	bpf_rcu_read_unlock();
	return 0;
}

/* What is stored belongs to the map. */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_restrict, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = value->ruleset;
	if (ruleset)
		bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_put, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	ruleset = value->ruleset;
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
	bpf_rcu_read_unlock();
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(borrowed_xchg, struct linux_binprm *bprm)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	bpf_rcu_read_lock();
	ruleset = value->ruleset;
	if (ruleset)
		exchange(value, ruleset);
	bpf_rcu_read_unlock();
	return 0;
}

/* Wrong kind of access */

SEC("?syscall")
int plain_store(void *ctx)
{
	struct kptr_value *value = lookup();
	struct bpf_landlock_ruleset *ruleset;

	if (!value)
		return 0;
	ruleset = bpf_landlock_get_ruleset_from_fd(0);
	if (!ruleset)
		return 0;
	value->ruleset = ruleset;
	return 0;
}

SEC("?syscall")
int other_type(void *ctx)
{
	struct task_value *value = bpf_map_lookup_elem(&tasks, &slot);
	struct bpf_landlock_ruleset *ruleset;
	struct task_struct *task;

	if (!value)
		return 0;
	ruleset = bpf_landlock_get_ruleset_from_fd(0);
	if (!ruleset)
		return 0;
	task = bpf_kptr_xchg(&value->task, (void *)ruleset);
	if (task)
		bpf_task_release(task);
	return 0;
}

SEC("?syscall")
int write_ruleset(void *ctx)
{
	struct bpf_landlock_ruleset *ruleset;

	ruleset = bpf_landlock_get_ruleset_from_fd(0);
	if (!ruleset)
		return 0;
	*(u64 *)ruleset = 0;
	bpf_landlock_put_ruleset(ruleset);
	return 0;
}
