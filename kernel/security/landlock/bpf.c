// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Maps of rulesets that BPF programs pick
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/bpf.h>
#include <linux/bpf_landlock.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/init.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/landlock.h>

#include "exec.h"
#include "frozen.h"
#include "setup.h"

/**
 * struct bpf_landlock_ruleset - Frozen ruleset, as BPF programs know it
 *
 * BPF programs look up this type in a %BPF_MAP_TYPE_LANDLOCK_RULESET map.  It
 * begins with a &struct lsm_policy_object, so programs can also pass it to the
 * kfuncs that borrow one.
 */
struct bpf_landlock_ruleset {
	/**
	 * @frozen: The frozen ruleset.
	 */
	struct landlock_frozen frozen;
};

static struct bpf_landlock_ruleset *
to_ruleset(struct landlock_frozen *const frozen)
{
	return container_of(frozen, struct bpf_landlock_ruleset, frozen);
}

/* Only the reference counter of a frozen ruleset ever changes. */
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
 * on failure, cf. landlock_freeze_fd().
 */
struct bpf_landlock_ruleset *landlock_bpf_freeze_fd(const int fd)
{
	struct landlock_frozen *const frozen = landlock_freeze_fd(fd);

	return IS_ERR(frozen) ? ERR_CAST(frozen) : to_ruleset(frozen);
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
	return landlock_tryget_frozen(&ruleset->frozen);
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
	const struct landlock_frozen *const frozen = &ruleset->frozen;

	*info = (struct bpf_landlock_ruleset_info){
		.num_rules = frozen->num_rules,
#ifdef CONFIG_TRACEPOINTS
		.id = frozen->id,
		.version = frozen->version,
#endif /* CONFIG_TRACEPOINTS */
		.handled_access_fs = frozen->handled_masks.fs,
		.handled_access_net = frozen->handled_masks.net,
		.scoped = frozen->handled_masks.scope,
		.quiet_access_fs = frozen->quiet_masks.fs,
		.quiet_access_net = frozen->quiet_masks.net,
		.quiet_scoped = frozen->quiet_masks.scope,
	};
}

/* Kernel functions */

__bpf_kfunc_start_defs();

/**
 * bpf_landlock_restrict_binprm - Stage a ruleset for an exec
 *
 * @bprm: The exec that the program was called for.
 * @ruleset__nullable: The ruleset to enforce, or NULL to only set
 *                     no_new_privs.  The caller keeps its reference.
 * @flags: Any of %LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF,
 *         %LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON,
 *         %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF, and
 *         %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS, with the same meaning as for
 *         landlock_restrict_self(2) with %LANDLOCK_RESTRICT_SELF_EXECTIME.
 *
 * If the exec succeeds, the new program starts in a domain made of its task's
 * current domain, a layer for each ruleset that BPF programs staged, in the
 * order in which they staged them, and the layer that the task staged for
 * itself.  If the exec fails, nothing changes.
 *
 * No call takes back or replaces a staged ruleset: another call for the same
 * exec, from any program, adds another layer.  Only a ruleset that is already
 * one of the layers, staged or enforced, with the same log flags, adds no other
 * layer.  As scopes separate a domain from its parent, this only holds if the
 * youngest layer has all scopes of the ruleset.
 *
 * With %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS, no_new_privs is set at the point
 * of no return, with any capabilities of the task: this exec may still gain
 * privileges, later execs cannot.
 *
 * Only sleepable BPF LSM programs attached to bprm_creds_for_exec,
 * bprm_check_security, or bprm_creds_from_file can call this kfunc.
 *
 * Return: 0 on success.  On error, this call stages nothing and leaves the
 * stage unchanged.  The program decides whether the exec then fails.  Possible
 * returned errors are:
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
 * bpf_landlock_put_ruleset - Release a reference to a ruleset
 *
 * @ruleset: A ruleset looked up in a %BPF_MAP_TYPE_LANDLOCK_RULESET map.
 */
__bpf_kfunc void
bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset)
{
	landlock_put_frozen(to_frozen(ruleset));
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(landlock_kfunc_ids)
BTF_ID_FLAGS(func, bpf_landlock_restrict_binprm, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_landlock_put_ruleset, KF_RELEASE)
BTF_KFUNCS_END(landlock_kfunc_ids)

BTF_SET_START(landlock_stage_kfunc_ids)
BTF_ID(func, bpf_landlock_restrict_binprm)
BTF_SET_END(landlock_stage_kfunc_ids)

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

/* Every program that can look up a ruleset can release it. */
static int filter_kfunc(const struct bpf_prog *const prog, const u32 kfunc_id)
{
	if (btf_id_set_contains(&landlock_stage_kfunc_ids, kfunc_id))
		return is_stage_hook(prog) ? 0 : -EACCES;

	return 0;
}

static const struct btf_kfunc_id_set landlock_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &landlock_kfunc_ids,
	.filter = filter_kfunc,
};

static int __init landlock_bpf_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM,
					 &landlock_kfunc_set) ?:
	       register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					 &landlock_kfunc_set);
}
late_initcall(landlock_bpf_init);
