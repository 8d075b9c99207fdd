// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that drop capabilities, which the verifier must refuse, and some
 * that look like them but are right.  Each of them is loaded on its own.
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/cap_kfuncs.h"

char _license[] SEC("license") = "GPL";

/* Right */

SEC("?lsm.s/userns_create")
int BPF_PROG(ok_create, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?lsm/userns_create")
int BPF_PROG(ok_create_atomic, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_for_exec, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm/bprm_creds_for_exec")
int BPF_PROG(ok_for_exec_atomic, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(ok_check, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm/bprm_check_security")
int BPF_PROG(ok_check_atomic, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_from_file")
int BPF_PROG(ok_from_file, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm/bprm_creds_from_file")
int BPF_PROG(ok_from_file_atomic, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(ok_create_rcu_locked, const struct cred *cred)
{
	bpf_rcu_read_lock();
	bpf_userns_drop_caps(cred, 1);
	bpf_rcu_read_unlock();
	return 0;
}

/* Any set may be dropped. */
SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(ok_any_caps, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, ~0ULL);
	bpf_bprm_drop_userns_caps(bprm, bpf_ktime_get_ns());
	return 0;
}

/* The hooks of the other function. */

SEC("?lsm.s/userns_create")
int BPF_PROG(create_drops_exec, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec_drops_create, struct linux_binprm *bprm)
{
	bpf_userns_drop_caps((void *)bprm->cred, 1);
	return 0;
}

SEC("?lsm/bprm_creds_from_file")
int BPF_PROG(from_file_drops_create, struct linux_binprm *bprm)
{
	bpf_userns_drop_caps((void *)bprm->cred, 1);
	return 0;
}

/* Hooks with credentials, which are not those of a new user namespace. */

SEC("?lsm/cred_prepare")
int BPF_PROG(hook_cred_prepare, struct cred *new, const struct cred *old,
	     gfp_t gfp)
{
	bpf_userns_drop_caps(new, 1);
	return 0;
}

SEC("?lsm/capable")
int BPF_PROG(hook_capable, const struct cred *cred, struct user_namespace *ns,
	     int cap, unsigned int opts)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?lsm/capset")
int BPF_PROG(hook_capset, struct cred *new, const struct cred *old)
{
	bpf_userns_drop_caps(new, 1);
	return 0;
}

SEC("?lsm/task_fix_setuid")
int BPF_PROG(hook_fix_setuid, struct cred *new, const struct cred *old,
	     int flags)
{
	bpf_userns_drop_caps(new, 1);
	return 0;
}

/* Hooks with an exec, in which it is too late. */

SEC("?lsm.s/bprm_committing_creds")
int BPF_PROG(hook_committing, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?lsm.s/bprm_committed_creds")
int BPF_PROG(hook_committed, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

/* Nothing is executed there. */
SEC("?lsm.s/file_open")
int BPF_PROG(hook_file_open, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

/* Neither programs of cgroups, nor those of other types. */

SEC("?lsm_cgroup/userns_create")
int BPF_PROG(cgroup_create, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 1;
}

SEC("?lsm_cgroup/bprm_creds_for_exec")
int BPF_PROG(cgroup_for_exec, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 1;
}

SEC("?lsm_cgroup/bprm_creds_from_file")
int BPF_PROG(cgroup_from_file, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 1;
}

SEC("?fentry/bpf_lsm_userns_create")
int BPF_PROG(fentry_create, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?fexit/bpf_lsm_userns_create")
int BPF_PROG(fexit_create, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?fmod_ret/security_create_user_ns")
int BPF_PROG(fmod_ret_create, const struct cred *cred)
{
	bpf_userns_drop_caps(cred, 1);
	return 0;
}

SEC("?fentry/bpf_lsm_bprm_creds_for_exec")
int BPF_PROG(fentry_for_exec, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?fexit/bpf_lsm_bprm_check_security")
int BPF_PROG(fexit_check, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?fmod_ret/security_bprm_creds_for_exec")
int BPF_PROG(fmod_ret_for_exec, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(tracepoint, struct task_struct *task, pid_t old_pid,
	     struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(bprm, 1);
	return 0;
}

SEC("?syscall")
int syscall_create(void *ctx)
{
	bpf_userns_drop_caps(ctx, 1);
	return 0;
}

SEC("?syscall")
int syscall_exec(void *ctx)
{
	bpf_bprm_drop_userns_caps(ctx, 1);
	return 0;
}

/* Other credentials than the new ones. */

SEC("?lsm.s/userns_create")
int BPF_PROG(null_cred, const struct cred *cred)
{
	bpf_userns_drop_caps(NULL, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(number_cred, const struct cred *cred)
{
	bpf_userns_drop_caps((void *)42, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(current_cred, const struct cred *cred)
{
	bpf_userns_drop_caps(bpf_get_current_task_btf()->cred, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(current_cred_rcu_locked, const struct cred *cred)
{
	bpf_rcu_read_lock();
	bpf_userns_drop_caps(bpf_get_current_task_btf()->cred, 1);
	bpf_rcu_read_unlock();
	return 0;
}

SEC("?lsm/userns_create")
int BPF_PROG(parent_cred_atomic, const struct cred *cred)
{
	bpf_userns_drop_caps(bpf_get_current_task_btf()->real_parent->cred, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(file_cred, const struct cred *cred)
{
	struct file *file = bpf_get_task_exe_file(bpf_get_current_task_btf());

	if (!file)
		return 0;

	bpf_userns_drop_caps(file->f_cred, 1);
	bpf_put_file(file);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(other_cred, const struct cred *cred)
{
	bpf_userns_drop_caps((void *)cred->user_ns, 1);
	return 0;
}

SEC("?lsm.s/userns_create")
int BPF_PROG(task_cred, const struct cred *cred)
{
	bpf_userns_drop_caps((void *)bpf_get_current_task_btf(), 1);
	return 0;
}

/* No other exec. */

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(null_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps(NULL, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(number_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps((void *)42, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(other_bprm, struct linux_binprm *bprm)
{
	bpf_bprm_drop_userns_caps((void *)bprm->file, 1);
	return 0;
}

SEC("?lsm.s/bprm_creds_from_file")
int BPF_PROG(file_bprm, struct linux_binprm *bprm, const struct file *file)
{
	bpf_bprm_drop_userns_caps((void *)file, 1);
	return 0;
}

/* There is no way around. */

SEC("?lsm.s/userns_create")
int BPF_PROG(write_cred, struct cred *cred)
{
	cred->uid.val = 0;
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(write_bprm_cred, struct linux_binprm *bprm)
{
	bprm->cred->uid.val = 0;
	return 0;
}
