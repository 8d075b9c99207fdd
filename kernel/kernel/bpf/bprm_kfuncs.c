// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions for BPF LSM programs that see executions
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/security.h>

__bpf_kfunc_start_defs();

/**
 * bpf_bprm_set_no_new_privs - Make an execution gain no privileges
 *
 * @bprm: The execution that the program was called for.
 *
 * This execution is then treated as if its task had no_new_privs: set-user-ID
 * and set-group-ID bits and file capabilities are ignored.  It ends with the
 * effective IDs of its caller, and with no capability that the caller was not
 * permitted.  This is stricter than the attribute of the task, with which an
 * execution that would gain capabilities (e.g. those of real user 0) gets the
 * real IDs as its effective ones; a task that has the attribute gets what the
 * attribute gives.
 *
 * Other LSMs are told through %LSM_UNSAFE_NO_NEW_PRIVS, which is too late for
 * those that decide on a transition in bprm_creds_for_exec and come before
 * "bpf" in the "lsm=" order.  The no_new_privs attribute of the task does not
 * change, so later executions are decided anew.
 *
 * There is no way back: a program cannot undo what another one called for, nor
 * the no_new_privs attribute of the task.
 *
 * This kfunc can only be called by BPF LSM programs attached to
 * bprm_creds_for_exec or bprm_check_security, which run before the privileges
 * are computed.
 *
 * Return: 0.
 */
__bpf_kfunc int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm)
{
	bprm->unsafe |= LSM_UNSAFE_NO_NEW_PRIVS;
	return 0;
}

/**
 * bpf_wait_for_memory - Wait until there is free memory
 *
 * The elements of maps are allocated without waiting, and so are the storages
 * of tasks, because most programs cannot sleep.  When other tasks leave little
 * memory free, this fails, and so may what depends on it, e.g. an execution
 * that a program has to remember.  A program that can sleep calls this function
 * and then tries again, a few times.  Memory that is in use for caches is
 * reclaimed meanwhile, as it is for any other allocation of the kernel.
 *
 * The limits of memory cgroups play no part.  A map is charged to the one in
 * which it was created.
 *
 * Return: 0, or -ENOMEM.
 */
__bpf_kfunc int bpf_wait_for_memory(void)
{
	const unsigned long page = __get_free_page(GFP_KERNEL | __GFP_NOWARN);

	if (!page)
		return -ENOMEM;

	free_page(page);
	return 0;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(bprm_kfunc_ids)
BTF_ID_FLAGS(func, bpf_bprm_set_no_new_privs)
BTF_KFUNCS_END(bprm_kfunc_ids)

BTF_KFUNCS_START(memory_kfunc_ids)
BTF_ID_FLAGS(func, bpf_wait_for_memory, KF_SLEEPABLE)
BTF_KFUNCS_END(memory_kfunc_ids)

BTF_SET_START(bprm_hook_ids)
BTF_ID(func, bpf_lsm_bprm_creds_for_exec)
BTF_ID(func, bpf_lsm_bprm_check_security)
BTF_SET_END(bprm_hook_ids)

static int bprm_kfunc_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (!btf_id_set8_contains(&bprm_kfunc_ids, kfunc_id))
		return 0;

	/* A cgroup's program only sees the executions of that cgroup's tasks. */
	if (prog->type == BPF_PROG_TYPE_LSM &&
	    prog->expected_attach_type == BPF_LSM_MAC &&
	    btf_id_set_contains(&bprm_hook_ids, prog->aux->attach_btf_id))
		return 0;

	return -EACCES;
}

static const struct btf_kfunc_id_set bprm_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &bprm_kfunc_ids,
	.filter = bprm_kfunc_filter,
};

static const struct btf_kfunc_id_set memory_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &memory_kfunc_ids,
};

static int __init bprm_kfuncs_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &bprm_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &memory_kfunc_set);
}
late_initcall(bprm_kfuncs_init);
