// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that deny new privileges to an exec, which the verifier must
 * refuse, and some that look like them but are right.  Each of them is loaded
 * on its own.
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"

#ifndef ENOMEM
#define ENOMEM 12
#endif

char _license[] SEC("license") = "GPL";

/* Only the kind of program, the hook and the result differ. */
#define SETS_NNP(_kind, _hook, _section, _result)			\
	SEC("?" _section)						\
	int BPF_PROG(_kind##_##_hook, struct linux_binprm *bprm)	\
	{								\
		bpf_bprm_set_no_new_privs(bprm);			\
		return _result;						\
	}

/* Right */

SETS_NNP(ok, limit, "lsm.s/bprm_limit_privs", 0)
SETS_NNP(ok, limit_atomic, "lsm/bprm_limit_privs", 0)
SETS_NNP(ok, for_exec, "lsm.s/bprm_creds_for_exec", 0)
SETS_NNP(ok, for_exec_atomic, "lsm/bprm_creds_for_exec", 0)
SETS_NNP(ok, check, "lsm.s/bprm_check_security", 0)
SETS_NNP(ok, check_atomic, "lsm/bprm_check_security", 0)

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_rcu_locked, struct linux_binprm *bprm)
{
	bpf_rcu_read_lock();
	bpf_bprm_set_no_new_privs(bprm);
	bpf_rcu_read_unlock();
	return 0;
}

/* Too late: privileges are being computed, or given. */

SETS_NNP(hook, from_file, "lsm.s/bprm_creds_from_file", 0)
SETS_NNP(hook, committing, "lsm.s/bprm_committing_creds", 0)
SETS_NNP(hook, committed, "lsm.s/bprm_committed_creds", 0)

/* Nothing is executed there. */
SEC("?lsm.s/file_open")
int BPF_PROG(hook_file_open, struct file *file)
{
	bpf_bprm_set_no_new_privs((void *)file);
	return 0;
}

/* Not for programs of a cgroup, nor for tracing programs. */

SETS_NNP(cgroup, limit, "lsm_cgroup/bprm_limit_privs", 1)
SETS_NNP(cgroup, for_exec, "lsm_cgroup/bprm_creds_for_exec", 1)
SETS_NNP(cgroup, check, "lsm_cgroup/bprm_check_security", 1)
SETS_NNP(fentry, limit, "fentry/bpf_lsm_bprm_limit_privs", 0)
SETS_NNP(fentry, for_exec, "fentry/bpf_lsm_bprm_creds_for_exec", 0)
SETS_NNP(fentry, check, "fentry/bpf_lsm_bprm_check_security", 0)
SETS_NNP(fexit, for_exec, "fexit/bpf_lsm_bprm_creds_for_exec", 0)
SETS_NNP(fmod_ret, for_exec, "fmod_ret/security_bprm_creds_for_exec", 0)

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	bpf_bprm_set_no_new_privs(bprm);
	return 0;
}

SEC("?syscall")
int syscall_prog(void *ctx)
{
	bpf_bprm_set_no_new_privs(ctx);
	return 0;
}

/* Wrong arguments */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(null_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_set_no_new_privs(NULL);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(other_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_set_no_new_privs((void *)bprm->file);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(number_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_set_no_new_privs((void *)42);
	return 0;
}

/* Landlock stages where credentials are made, which comes later. */
SEC("?lsm.s/bprm_limit_privs")
int BPF_PROG(stage_limit, struct linux_binprm *bprm)
{
	bpf_landlock_restrict_binprm(bprm, NULL,
				     LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS);
	return 0;
}

/* There is no way back. */
SEC("?lsm.s/bprm_limit_privs")
int BPF_PROG(write_unsafe_limit, struct linux_binprm *bprm)
{
	bprm->unsafe = 0;
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(write_unsafe, struct linux_binprm *bprm)
{
	bprm->unsafe = 0;
	return 0;
}

/* Waiting for memory, in any hook where it is possible to wait. */

SEC("?lsm.s/task_alloc")
int BPF_PROG(ok_wait_task, struct task_struct *task)
{
	return bpf_wait_for_memory() ? -ENOMEM : 0;
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(ok_wait_check, struct linux_binprm *bprm)
{
	return bpf_wait_for_memory() ? -ENOMEM : 0;
}

SEC("?lsm/task_alloc")
int BPF_PROG(wait_atomic, struct task_struct *task)
{
	return bpf_wait_for_memory() ? -ENOMEM : 0;
}

SEC("?lsm.s/task_alloc")
int BPF_PROG(wait_rcu_locked, struct task_struct *task)
{
	int err;

	bpf_rcu_read_lock();
	err = bpf_wait_for_memory();
	bpf_rcu_read_unlock();
	return err ? -ENOMEM : 0;
}

SEC("?syscall")
int wait_syscall(void *ctx)
{
	return bpf_wait_for_memory();
}
