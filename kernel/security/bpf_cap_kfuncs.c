// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions for BPF LSM programs that bound capabilities in user
 * namespaces
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/user_namespace.h>

/**
 * cap_userns_bprm_drop - Drop the capabilities that an exec shall not have in
 *                        user namespaces
 *
 * @bprm: The exec, with its final credentials.
 */
void cap_userns_bprm_drop(struct linux_binprm *bprm)
{
	const kernel_cap_t drop = bprm->userns_caps_dropped;
	struct cred *const new = bprm->cred;

	if (cap_isclear(drop))
		return;

	new->cap_userns = cap_drop(new->cap_userns, drop);
	if (new->user_ns == &init_user_ns)
		return;

	new->cap_inheritable = cap_drop(new->cap_inheritable, drop);
	new->cap_permitted = cap_drop(new->cap_permitted, drop);
	new->cap_effective = cap_drop(new->cap_effective, drop);
	new->cap_bset = cap_drop(new->cap_bset, drop);
	new->cap_ambient = cap_drop(new->cap_ambient, drop);
}

__bpf_kfunc_start_defs();

/**
 * bpf_userns_drop_caps - Drop capabilities from a user namespace that is made
 *
 * @cred: The credentials that the BPF program was called for: those of the
 *        creator, which become those of the first task in the namespace.
 * @caps: The capabilities, one bit each (1 << CAP_*).  Bits that are no
 *        capability are ignored.
 *
 * Neither the tasks in the namespace, nor its owner, nor the namespaces in it
 * can then have these capabilities; a task that has them in an ancestor of the
 * namespace still has them over this namespace.  The credentials of the task
 * that calls clone(2) or unshare(2) do not change if the call fails.
 *
 * Each BPF program can only drop: the order of programs does not matter, and
 * no program can give a capability back.
 *
 * Only BPF LSM programs attached to userns_create can call this kfunc.
 *
 * Return: 0.
 */
__bpf_kfunc int bpf_userns_drop_caps(const struct cred *cred, u64 caps)
{
	/* Before the hook's caller commits them, nobody else uses these. */
	struct cred *const new = (struct cred *)cred;

	new->cap_userns = cap_drop(new->cap_userns, (kernel_cap_t) { caps });
	return 0;
}

/**
 * bpf_bprm_drop_userns_caps - Drop capabilities of a program in user namespaces
 *
 * @bprm: The exec that the BPF program was called for.
 * @caps: The capabilities, one bit each (1 << CAP_*).  Bits that are no
 *        capability are ignored.
 *
 * The executed program, and all that it executes, cannot have these
 * capabilities in user namespaces that it creates, joins or owns, until an exec
 * of a set-user-ID program makes it root.  If the task is in a user namespace
 * already, and not in the initial one, it also loses them there: in all of its
 * capability sets, the bounding set included, so for good.
 *
 * The capabilities are dropped after the exec got those of the file.  If the
 * exec fails, nothing changes.  Each BPF program can only drop: the order of
 * programs does not matter.
 *
 * Only BPF LSM programs attached to bprm_creds_for_exec, bprm_check_security or
 * bprm_creds_from_file can call this kfunc.
 *
 * Return: 0.
 */
__bpf_kfunc int bpf_bprm_drop_userns_caps(struct linux_binprm *bprm, u64 caps)
{
	bprm->userns_caps_dropped.val |= caps;
	return 0;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(bpf_cap_kfunc_ids)
BTF_ID_FLAGS(func, bpf_userns_drop_caps)
BTF_ID_FLAGS(func, bpf_bprm_drop_userns_caps)
BTF_KFUNCS_END(bpf_cap_kfunc_ids)

BTF_SET_START(bpf_userns_hook_ids)
BTF_ID(func, bpf_lsm_userns_create)
BTF_SET_END(bpf_userns_hook_ids)

BTF_SET_START(bpf_bprm_hook_ids)
BTF_ID(func, bpf_lsm_bprm_creds_for_exec)
BTF_ID(func, bpf_lsm_bprm_check_security)
BTF_ID(func, bpf_lsm_bprm_creds_from_file)
BTF_SET_END(bpf_bprm_hook_ids)

BTF_ID_LIST_SINGLE(bpf_userns_drop_caps_id, func, bpf_userns_drop_caps)

static int bpf_cap_kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	const struct btf_id_set *hooks = &bpf_bprm_hook_ids;

	if (!btf_id_set8_contains(&bpf_cap_kfunc_ids, kfunc_id))
		return 0;

	if (kfunc_id == bpf_userns_drop_caps_id[0])
		hooks = &bpf_userns_hook_ids;

	/* A cgroup's program only sees the tasks of that cgroup. */
	if (prog->type == BPF_PROG_TYPE_LSM &&
	    prog->expected_attach_type == BPF_LSM_MAC &&
	    btf_id_set_contains(hooks, prog->aux->attach_btf_id))
		return 0;

	return -EACCES;
}

static const struct btf_kfunc_id_set bpf_cap_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &bpf_cap_kfunc_ids,
	.filter = bpf_cap_kfunc_filter,
};

static int __init bpf_cap_kfuncs_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM,
					 &bpf_cap_kfunc_set);
}
late_initcall(bpf_cap_kfuncs_init);
