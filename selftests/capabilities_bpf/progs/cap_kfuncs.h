/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions for BPF programs that bound capabilities
 *
 * Requires vmlinux.h to be included first, which may be that of a kernel
 * without these functions.
 */

#ifndef _CAP_KFUNCS_H
#define _CAP_KFUNCS_H

extern int
bpf_userns_drop_caps(const struct cred *cred, u64 caps) __ksym;
extern int
bpf_bprm_drop_userns_caps(struct linux_binprm *bprm, u64 caps) __ksym;

__ksym struct file *bpf_get_task_exe_file(struct task_struct *task);
__ksym void bpf_put_file(struct file *file);
__ksym void bpf_rcu_read_lock(void);
__ksym void bpf_rcu_read_unlock(void);

#endif /* _CAP_KFUNCS_H */
