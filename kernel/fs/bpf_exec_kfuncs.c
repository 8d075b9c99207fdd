// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions for BPF LSM programs that are called for an exec
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/security.h>

__bpf_kfunc_start_defs();

/**
 * bpf_bprm_set_no_new_privs - Make an exec gain no privileges
 *
 * @bprm: The exec that the BPF program was called for.
 *
 * This exec is then treated as if its task had no_new_privs: set-user-ID and
 * set-group-ID bits and file capabilities are ignored.  It ends with the
 * effective IDs of its caller, and with no capability that the caller was not
 * permitted.  This is stricter than the attribute of the task, with which an
 * exec that would gain capabilities (e.g. those of real user 0) gets the real
 * IDs as its effective IDs.  For a task that has the attribute, the attribute
 * decides.
 *
 * Other LSMs are told through %LSM_UNSAFE_NO_NEW_PRIVS.  In bprm_limit_privs,
 * this is before any of them decides on a transition.  In bprm_creds_for_exec,
 * it is too late for LSMs that come before "bpf" in the "lsm=" order, and in
 * bprm_check_security for all of them.  The no_new_privs attribute of the task
 * does not change, so later execs are decided anew.
 *
 * This cannot be undone: no BPF program can give the privileges back, neither
 * after this call nor to a task with the no_new_privs attribute.
 *
 * Only BPF LSM programs attached to bprm_limit_privs, bprm_creds_for_exec or
 * bprm_check_security can call this kfunc: these hooks run before the
 * privileges are computed.
 *
 * Return: 0.
 */
__bpf_kfunc int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm)
{
	bprm->unsafe |= LSM_UNSAFE_NO_NEW_PRIVS;
	return 0;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(bpf_exec_kfunc_ids)
BTF_ID_FLAGS(func, bpf_bprm_set_no_new_privs)
BTF_KFUNCS_END(bpf_exec_kfunc_ids)

BTF_SET_START(bpf_exec_hook_ids)
BTF_ID(func, bpf_lsm_bprm_limit_privs)
BTF_ID(func, bpf_lsm_bprm_creds_for_exec)
BTF_ID(func, bpf_lsm_bprm_check_security)
BTF_SET_END(bpf_exec_hook_ids)

static int bpf_exec_kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (!btf_id_set8_contains(&bpf_exec_kfunc_ids, kfunc_id))
		return 0;

	/* A cgroup's program only sees the execs of that cgroup's tasks. */
	if (prog->type == BPF_PROG_TYPE_LSM &&
	    prog->expected_attach_type == BPF_LSM_MAC &&
	    btf_id_set_contains(&bpf_exec_hook_ids, prog->aux->attach_btf_id))
		return 0;

	return -EACCES;
}

static const struct btf_kfunc_id_set bpf_exec_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &bpf_exec_kfunc_ids,
	.filter = bpf_exec_kfunc_filter,
};

static int __init bpf_exec_kfuncs_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM,
					 &bpf_exec_kfunc_set);
}
late_initcall(bpf_exec_kfuncs_init);
