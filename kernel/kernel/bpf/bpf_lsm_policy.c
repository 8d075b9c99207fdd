// SPDX-License-Identifier: GPL-2.0-only
/*
 * LSM policy objects for BPF programs
 *
 * LSMs export no kfuncs of their own: these kfuncs are for the objects of all
 * LSMs.
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cfi.h>
#include <linux/init.h>
#include <linux/lsm_policy.h>
#include <linux/module.h>

__bpf_kfunc_start_defs();

/**
 * bpf_lsm_policy_from_fd - Get the policy object of a file descriptor
 *
 * @fd: File descriptor of the current task, e.g. of a Landlock ruleset.
 * @flags: Flags of the LSM that knows @fd, or 0.  For Landlock, those of
 *         %LANDLOCK_POLICY_LIVE.
 *
 * The program can store the result in a map value with bpf_kptr_xchg().
 * Otherwise, it must release the result with bpf_lsm_policy_release().
 *
 * The LSM decides whether later changes of the policy reach the object.
 * Landlock takes a snapshot of the ruleset: rules that are added later are not
 * part of it.  With %LANDLOCK_POLICY_LIVE, bpf_lsm_policy_replace() can replace
 * this snapshot by another one.
 *
 * Only syscall programs can call this kfunc.
 *
 * Return: A reference to a policy object, or NULL if no LSM has policy objects
 * for @fd, if the current task may not use @fd, if the LSM does not know a flag
 * in @flags, or if there is not enough memory.
 */
__bpf_kfunc struct lsm_policy_object *bpf_lsm_policy_from_fd(int fd, u32 flags)
{
	struct lsm_policy_object *obj;

	return security_policy_object_from_fd(fd, flags, &obj) ? NULL : obj;
}

/**
 * bpf_lsm_policy_replace - Replace what a policy object is
 *
 * @obj: The policy object.  The caller keeps its reference.
 * @fd: File descriptor of the current task, for the new policy, e.g. of
 *      a Landlock ruleset.
 * @flags: Flags of the object's LSM.  For Landlock, %LANDLOCK_POLICY_PERMISSIVE
 *         or 0.
 *
 * All programs that are subject to @obj are subject to the new policy when this
 * function returns.  An access that is checked meanwhile is decided by the old
 * policy or by the new one, and not by parts of both.  What a program already
 * gained by an access, e.g. an open file, stays.
 *
 * Only syscall programs can call this kfunc.
 *
 * Return: 0 on success, and a negative error otherwise, on which nothing
 * changed.  Possible returned errors are:
 *
 * - %-EOPNOTSUPP: the LSM cannot replace its policies;
 * - %-EINVAL: unknown or unsupported flag in @flags, or for Landlock an object
 *   that was not made with %LANDLOCK_POLICY_LIVE;
 * - %-EBADF, %-EBADFD, %-EPERM: for Landlock, @fd is no ruleset of which the
 *   current task may make a policy;
 * - %-ENOMEM.
 */
__bpf_kfunc int bpf_lsm_policy_replace(struct lsm_policy_object *obj, int fd,
				       u32 flags)
{
	return security_policy_object_replace(obj, fd, flags);
}

/**
 * bpf_lsm_policy_acquire - Get a reference to a policy object
 *
 * @obj: A policy object, e.g. read from a map value in an RCU read-side critical
 *       section.
 *
 * With this reference, the program can use the object outside of the critical
 * section, even if the map value changes.
 *
 * Only LSM and syscall programs can call this kfunc.
 *
 * Return: @obj, or NULL if it is being freed.
 */
__bpf_kfunc struct lsm_policy_object *
bpf_lsm_policy_acquire(struct lsm_policy_object *obj)
{
	return security_policy_object_get(obj) ? NULL : obj;
}

/**
 * bpf_lsm_policy_release - Release a reference to a policy object
 *
 * @obj: A policy object returned by bpf_lsm_policy_from_fd(),
 *       bpf_lsm_policy_acquire(), or bpf_kptr_xchg().
 *
 * Only LSM and syscall programs can call this kfunc.
 */
__bpf_kfunc void bpf_lsm_policy_release(struct lsm_policy_object *obj)
{
	security_policy_object_put(obj);
}

__bpf_kfunc void bpf_lsm_policy_release_dtor(void *obj)
{
	security_policy_object_put(obj);
}

CFI_NOSEAL(bpf_lsm_policy_release_dtor);

/**
 * bpf_lsm_policy_apply_bprm - Apply a policy object to an exec
 *
 * @obj: The policy to apply.  The caller keeps its reference.
 * @bprm: The exec that the program was called for.
 * @flags: Flags of the object's LSM.  For Landlock, those of
 *         landlock_restrict_self(2) except %LANDLOCK_RESTRICT_SELF_TSYNC and
 *         %LANDLOCK_RESTRICT_SELF_EXECTIME.
 *
 * If the exec succeeds, the program that it starts is subject to the policy.
 * If the exec fails, nothing changes.
 *
 * A Landlock ruleset is staged for the exec, and no call takes back a staged
 * ruleset: another call for the same exec, from any program, adds another
 * layer.  A ruleset that is a layer already, with the same log flags, is not
 * added again if the youngest layer has all its scopes.
 *
 * Only sleepable BPF LSM programs attached to bprm_creds_for_exec,
 * bprm_check_security, or bprm_creds_from_file can call this kfunc.
 *
 * Return: 0 on success, and a negative error otherwise, in which case the
 * policy is not applied.  The program decides whether the exec then fails.
 * Possible returned errors are:
 *
 * - %-EOPNOTSUPP: the LSM does not apply such objects to execs;
 * - %-EINVAL: unknown or unsupported flag in @flags;
 * - %-E2BIG: for Landlock, the maximum number of layers would be exceeded;
 * - %-ENOMEM.
 */
__bpf_kfunc int bpf_lsm_policy_apply_bprm(struct lsm_policy_object *obj,
					  struct linux_binprm *bprm, u32 flags)
{
	return security_bprm_apply_policy_object(bprm, obj, flags);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(lsm_policy_kfunc_ids)
BTF_ID_FLAGS(func, bpf_lsm_policy_from_fd,
	     KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_lsm_policy_replace, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_lsm_policy_acquire, KF_ACQUIRE | KF_RCU | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_lsm_policy_release, KF_RELEASE)
BTF_ID_FLAGS(func, bpf_lsm_policy_apply_bprm, KF_SLEEPABLE)
BTF_KFUNCS_END(lsm_policy_kfunc_ids)

BTF_SET_START(fd_kfunc_ids)
BTF_ID(func, bpf_lsm_policy_from_fd)
BTF_ID(func, bpf_lsm_policy_replace)
BTF_SET_END(fd_kfunc_ids)

BTF_SET_START(apply_kfunc_ids)
BTF_ID(func, bpf_lsm_policy_apply_bprm)
BTF_SET_END(apply_kfunc_ids)

/* Hooks that own linux_binprm.cred, before the point of no return. */
BTF_SET_START(apply_hook_ids)
BTF_ID(func, bpf_lsm_bprm_creds_for_exec)
BTF_ID(func, bpf_lsm_bprm_check_security)
BTF_ID(func, bpf_lsm_bprm_creds_from_file)
BTF_SET_END(apply_hook_ids)

static bool is_allowed(const struct bpf_prog *const prog, const u32 kfunc_id)
{
	if (btf_id_set_contains(&fd_kfunc_ids, kfunc_id))
		return prog->type == BPF_PROG_TYPE_SYSCALL;

	/* A cgroup's program (lsm_cgroup) could not sleep. */
	if (btf_id_set_contains(&apply_kfunc_ids, kfunc_id))
		return prog->type == BPF_PROG_TYPE_LSM &&
		       prog->expected_attach_type == BPF_LSM_MAC &&
		       btf_id_set_contains(&apply_hook_ids,
					   prog->aux->attach_btf_id);

	/* Tracing programs have the kfuncs of LSM programs. */
	return prog->type == BPF_PROG_TYPE_SYSCALL ||
	       prog->type == BPF_PROG_TYPE_LSM;
}

static int filter_kfunc(const struct bpf_prog *const prog, const u32 kfunc_id)
{
	if (!btf_id_set8_contains(&lsm_policy_kfunc_ids, kfunc_id))
		return 0;

	return is_allowed(prog, kfunc_id) ? 0 : -EACCES;
}

static const struct btf_kfunc_id_set lsm_policy_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &lsm_policy_kfunc_ids,
	.filter = filter_kfunc,
};

BTF_ID_LIST(lsm_policy_dtor_ids)
BTF_ID(struct, lsm_policy_object)
BTF_ID(func, bpf_lsm_policy_release_dtor)

static int __init bpf_lsm_policy_init(void)
{
	const struct btf_id_dtor_kfunc dtors[] = {
		{
			.btf_id = lsm_policy_dtor_ids[0],
			.kfunc_btf_id = lsm_policy_dtor_ids[1],
		},
	};
	int err;

	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM,
					&lsm_policy_kfunc_set);
	if (!err)
		err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
						&lsm_policy_kfunc_set);
	if (!err)
		err = register_btf_id_dtor_kfuncs(dtors, ARRAY_SIZE(dtors),
						  THIS_MODULE);
	return err;
}
late_initcall(bpf_lsm_policy_init);
