/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock's interface for BPF programs
 *
 * Requires vmlinux.h to be included first, which may be that of a kernel
 * without this feature: these declarations are resolved when the programs are
 * loaded.
 */

#ifndef _LANDLOCK_KFUNCS_H
#define _LANDLOCK_KFUNCS_H

#ifdef NO_LANDLOCK_BPF_TYPES

#define BPF_MAP_TYPE_LANDLOCK_RULESET 36

struct bpf_landlock_ruleset {
};

struct bpf_landlock_ruleset_info {
	u32 ruleset_fd;
	u32 num_rules;
	u64 id;
	u64 handled_access_fs;
	u64 handled_access_net;
	u64 scoped;
	u64 version;
	u64 quiet_access_fs;
	u64 quiet_access_net;
	u64 quiet_scoped;
	u64 policy_id;
	u32 flags;
	u32 reserved;
};

#endif /* NO_LANDLOCK_BPF_TYPES */

struct bpf_landlock_ruleset;

extern int
bpf_landlock_restrict_binprm(struct linux_binprm *bprm,
			     const struct bpf_landlock_ruleset *ruleset__nullable,
			     u32 flags) __ksym;
extern void
bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset) __ksym;

extern int
bpf_bprm_set_no_new_privs(struct linux_binprm *bprm) __ksym;

__ksym void bpf_rcu_read_lock(void);
__ksym void bpf_rcu_read_unlock(void);

#define LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS 0x10

#endif /* _LANDLOCK_KFUNCS_H */
