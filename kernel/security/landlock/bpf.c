// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - BPF programs and maps that pick rulesets
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/bpf_landlock.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/init.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/landlock.h>

#include "exec.h"
#include "frozen.h"
#include "setup.h"

/**
 * struct bpf_landlock_ruleset - Frozen ruleset, as BPF programs know it
 */
struct bpf_landlock_ruleset {
	/** @frozen: The frozen ruleset, which is all there is. */
	struct landlock_frozen frozen;
};

static struct bpf_landlock_ruleset *
from_frozen(struct landlock_frozen *const frozen)
{
	return container_of(frozen, struct bpf_landlock_ruleset, frozen);
}

/* The reference counter is all that will change. */
static struct landlock_frozen *
to_frozen(const struct bpf_landlock_ruleset *const ruleset)
{
	return ruleset ? (struct landlock_frozen *)&ruleset->frozen : NULL;
}

/* Map interface, see kernel/bpf/landlock_map.c */

/**
 * landlock_bpf_enabled - Tell if Landlock was enabled at boot time
 *
 * Return: True if rulesets can exist.
 */
bool landlock_bpf_enabled(void)
{
	return landlock_initialized;
}

/**
 * landlock_bpf_freeze_fd - Take a snapshot of the ruleset behind a FD
 *
 * @fd: Ruleset file descriptor of the current task.
 *
 * Return: A frozen ruleset with a reference owned by the caller, or ERR_PTR()
 * on failure:
 *
 * - %-EBADF: @fd is not a file descriptor;
 * - %-EBADFD: @fd is not a ruleset file descriptor;
 * - %-EPERM: @fd has no read access to the ruleset;
 * - %-ENOMEM.
 */
struct bpf_landlock_ruleset *landlock_bpf_freeze_fd(const int fd)
{
	struct landlock_frozen *const frozen = landlock_freeze_fd(fd);

	return IS_ERR(frozen) ? ERR_CAST(frozen) : from_frozen(frozen);
}

/**
 * landlock_bpf_tryget - Get a reference to a ruleset found in a map
 *
 * @ruleset: Frozen ruleset read in an RCU read-side critical section.
 *
 * Return: True on success, false if @ruleset is being freed.
 */
bool landlock_bpf_tryget(struct bpf_landlock_ruleset *const ruleset)
{
	return landlock_tryget_frozen(to_frozen(ruleset));
}

/**
 * landlock_bpf_put - Drop a reference to a frozen ruleset
 *
 * @ruleset: Frozen ruleset, or NULL.
 *
 * Can be called from any context.
 */
void landlock_bpf_put(const struct bpf_landlock_ruleset *const ruleset)
{
	landlock_put_frozen(to_frozen(ruleset));
}

/**
 * landlock_bpf_fill_info - Describe a frozen ruleset
 *
 * @ruleset: Frozen ruleset.
 * @info: Description to fill.
 */
void landlock_bpf_fill_info(const struct bpf_landlock_ruleset *const ruleset,
			    struct bpf_landlock_ruleset_info *const info)
{
	const struct landlock_frozen *const frozen = to_frozen(ruleset);

	*info = (struct bpf_landlock_ruleset_info){
		.num_rules = frozen->num_rules,
#ifdef CONFIG_TRACEPOINTS
		.id = frozen->id,
#endif /* CONFIG_TRACEPOINTS */
		.handled_access_fs = frozen->handled_masks.fs,
		.handled_access_net = frozen->handled_masks.net,
		.scoped = frozen->handled_masks.scope,
	};
}

/* Kernel functions */

__bpf_kfunc_start_defs();

/**
 * bpf_landlock_restrict_binprm - Stage a ruleset for an execution
 *
 * @bprm: The execution that the program was called for.
 * @ruleset__nullable: The ruleset to enforce, or NULL to only set
 *                     no_new_privs.  The caller keeps its reference.
 * @flags: Any of %LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF,
 *         %LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON,
 *         %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF, and
 *         %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS, with the same meaning as for
 *         landlock_restrict_self(2) with %LANDLOCK_RESTRICT_SELF_EXECTIME.
 *
 * If the execution succeeds, the new program starts in a domain made of its
 * task's current domain, a layer for each ruleset that BPF programs staged (in
 * this order), and what the task staged for itself.  If it fails, nothing
 * happened.
 *
 * This only adds: no call takes back what this or another program staged.
 * Staging a ruleset that is a layer of the result already, with the same log
 * flags, adds no layer.  A ruleset with scopes only is that if it is the
 * youngest layer, because scopes are about the domain.  So a program that
 * executes itself stays in its domain, however often it does.
 *
 * With %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS, no_new_privs is set at the point of
 * no return, whatever the capabilities of the task: this execution may still
 * gain privileges, later ones cannot.
 *
 * This kfunc can only be called by sleepable BPF LSM programs attached to
 * bprm_creds_for_exec, bprm_check_security, or bprm_creds_from_file.
 *
 * Return: 0 on success.  On error, nothing of this call is staged and what was
 * staged is unchanged.  It is for the program to let the execution fail, or
 * not.  Possible returned errors are:
 *
 * - %-EOPNOTSUPP: Landlock is supported by the kernel but disabled at boot
 *   time;
 * - %-EINVAL: unknown or unsupported flag in @flags, or no ruleset and no
 *   %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
 * - %-E2BIG: the maximum number of layers would be exceeded;
 * - %-ENOMEM.
 */
__bpf_kfunc int
bpf_landlock_restrict_binprm(struct linux_binprm *bprm,
			     const struct bpf_landlock_ruleset *ruleset__nullable,
			     u32 flags)
{
	return landlock_stage_bprm(bprm, to_frozen(ruleset__nullable), flags);
}

/**
 * bpf_landlock_get_ruleset_from_fd - Take a snapshot of a ruleset
 *
 * @fd: Ruleset file descriptor of the current task.
 *
 * The result can be stored in a map value, with bpf_kptr_xchg(), to key
 * policies by anything that a BPF map can be keyed by.  Otherwise, it must be
 * released with bpf_landlock_put_ruleset().
 *
 * This kfunc can only be called by syscall programs.
 *
 * Return: A reference to a frozen ruleset, or NULL if @fd is not a ruleset file
 * descriptor that can be read, or if there is not enough memory.
 */
__bpf_kfunc struct bpf_landlock_ruleset *
bpf_landlock_get_ruleset_from_fd(int fd)
{
	struct bpf_landlock_ruleset *ruleset;

	if (!landlock_initialized)
		return NULL;

	ruleset = landlock_bpf_freeze_fd(fd);
	return IS_ERR(ruleset) ? NULL : ruleset;
}

/**
 * bpf_landlock_get_ruleset - Get a reference to a ruleset stored in a map value
 *
 * @ruleset: A ruleset read from a map value, in an RCU read-side critical
 *           section.
 *
 * With this reference, the ruleset can be used by
 * bpf_landlock_restrict_binprm(), outside of the critical section and whatever
 * happens to the map value.
 *
 * Return: @ruleset, or NULL if it is being freed.
 */
__bpf_kfunc struct bpf_landlock_ruleset *
bpf_landlock_get_ruleset(struct bpf_landlock_ruleset *ruleset)
{
	return landlock_tryget_frozen(to_frozen(ruleset)) ? ruleset : NULL;
}

/**
 * bpf_landlock_put_ruleset - Release a reference to a ruleset
 *
 * @ruleset: A ruleset looked up in a %BPF_MAP_TYPE_LANDLOCK_RULESET map, or
 *           returned by bpf_landlock_get_ruleset_from_fd() or
 *           bpf_landlock_get_ruleset().
 */
__bpf_kfunc void
bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset)
{
	landlock_put_frozen(to_frozen(ruleset));
}

__bpf_kfunc void bpf_landlock_put_ruleset_dtor(void *ruleset)
{
	landlock_put_frozen(to_frozen(ruleset));
}

CFI_NOSEAL(bpf_landlock_put_ruleset_dtor);

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(landlock_kfunc_ids)
BTF_ID_FLAGS(func, bpf_landlock_restrict_binprm, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_landlock_get_ruleset_from_fd,
	     KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_landlock_get_ruleset, KF_ACQUIRE | KF_RET_NULL | KF_RCU)
BTF_ID_FLAGS(func, bpf_landlock_put_ruleset, KF_RELEASE)
BTF_KFUNCS_END(landlock_kfunc_ids)

BTF_SET_START(landlock_stage_kfunc_ids)
BTF_ID(func, bpf_landlock_restrict_binprm)
BTF_SET_END(landlock_stage_kfunc_ids)

BTF_SET_START(landlock_fd_kfunc_ids)
BTF_ID(func, bpf_landlock_get_ruleset_from_fd)
BTF_SET_END(landlock_fd_kfunc_ids)

/* Hooks that own linux_binprm.cred, before the point of no return. */
BTF_SET_START(landlock_stage_hook_ids)
BTF_ID(func, bpf_lsm_bprm_creds_for_exec)
BTF_ID(func, bpf_lsm_bprm_check_security)
BTF_ID(func, bpf_lsm_bprm_creds_from_file)
BTF_SET_END(landlock_stage_hook_ids)

/*
 * The attach type excludes programs that are attached to a cgroup (lsm_cgroup),
 * which could not sleep.
 */
static bool is_stage_hook(const struct bpf_prog *const prog)
{
	return prog->type == BPF_PROG_TYPE_LSM &&
	       prog->expected_attach_type == BPF_LSM_MAC &&
	       btf_id_set_contains(&landlock_stage_hook_ids,
				   prog->aux->attach_btf_id);
}

/* The reference kfuncs are for all programs that these are registered for. */
static int filter_kfunc(const struct bpf_prog *const prog, const u32 kfunc_id)
{
	if (btf_id_set_contains(&landlock_stage_kfunc_ids, kfunc_id))
		return is_stage_hook(prog) ? 0 : -EACCES;

	if (btf_id_set_contains(&landlock_fd_kfunc_ids, kfunc_id))
		return prog->type == BPF_PROG_TYPE_SYSCALL ? 0 : -EACCES;

	return 0;
}

static const struct btf_kfunc_id_set landlock_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &landlock_kfunc_ids,
	.filter = filter_kfunc,
};

BTF_ID_LIST(landlock_dtor_ids)
BTF_ID(struct, bpf_landlock_ruleset)
BTF_ID(func, bpf_landlock_put_ruleset_dtor)

static int __init landlock_bpf_init(void)
{
	const struct btf_id_dtor_kfunc dtors[] = {
		{
			.btf_id = landlock_dtor_ids[0],
			.kfunc_btf_id = landlock_dtor_ids[1],
		},
	};
	int err;

	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM,
					&landlock_kfunc_set);
	if (!err)
		err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
						&landlock_kfunc_set);
	if (!err)
		err = register_btf_id_dtor_kfuncs(dtors, ARRAY_SIZE(dtors),
						  THIS_MODULE);
	return err;
}
late_initcall(landlock_bpf_init);
