/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LSM policy objects' interface for BPF programs
 *
 * Requires vmlinux.h to be included first, which may be that of a kernel
 * without this feature: these declarations are resolved when the programs are
 * loaded.
 */

#ifndef _LSM_POLICY_H
#define _LSM_POLICY_H

#ifdef NO_LSM_POLICY_TYPES

struct lsm_policy_object {
	u64 lsmid;
	u32 type;
	const void *lsm;
} __attribute__((preserve_access_index));

#endif /* NO_LSM_POLICY_TYPES */

extern struct lsm_policy_object *
bpf_lsm_policy_from_fd(int fd, u32 flags) __ksym;
extern int
bpf_lsm_policy_replace(struct lsm_policy_object *obj, int fd, u32 flags) __ksym;
extern struct lsm_policy_object *
bpf_lsm_policy_acquire(struct lsm_policy_object *obj) __ksym;
extern void
bpf_lsm_policy_release(struct lsm_policy_object *obj) __ksym;
extern int
bpf_lsm_policy_apply_bprm(struct lsm_policy_object *obj,
			  struct linux_binprm *bprm, u32 flags) __ksym;

/* An object in a map value can only be referenced in this section. */
__ksym void bpf_rcu_read_lock(void);
__ksym void bpf_rcu_read_unlock(void);

#endif /* _LSM_POLICY_H */
