// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Rulesets as LSM policy objects
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/lsm_hooks.h>
#include <linux/lsm_policy.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <uapi/linux/landlock.h>

#include "exec.h"
#include "frozen.h"
#include "policy.h"
#include "policy_object.h"
#include "setup.h"

/* BPF programs may read beyond the object, at their own risk. */
static_assert(offsetof(struct landlock_frozen, object) == 0);
static_assert(offsetof(struct landlock_policy, object) == 0);

static struct landlock_frozen *
to_frozen(struct lsm_policy_object *const object)
{
	return container_of(object, struct landlock_frozen, object);
}

static struct landlock_policy *
to_policy(struct lsm_policy_object *const object)
{
	return container_of(object, struct landlock_policy, object);
}

static bool is_live(const struct lsm_policy_object *const object)
{
	return object->type == LANDLOCK_POLICY_VERSIONED;
}

/**
 * landlock_policy_object_from_fd - Get the policy object of a ruleset
 *
 * @fd: Ruleset file descriptor of the current task.
 * @flags: With %LANDLOCK_POLICY_LIVE, the object is a policy that can be
 *         replaced, of which the ruleset is the first version, and which is
 *         permissive with %LANDLOCK_POLICY_PERMISSIVE.  Without, it is the
 *         ruleset, for ever.
 *
 * Return: An object with a reference owned by the caller, or ERR_PTR() on
 * failure: %-EINVAL for other @flags, or those of landlock_freeze_fd().
 */
struct lsm_policy_object *landlock_policy_object_from_fd(const int fd,
							 const u32 flags)
{
	struct landlock_frozen *frozen __free(landlock_put_frozen) = NULL;
	struct landlock_policy *policy;

	if (flags && (flags | LANDLOCK_POLICY_PERMISSIVE) !=
			     (LANDLOCK_POLICY_LIVE | LANDLOCK_POLICY_PERMISSIVE))
		return ERR_PTR(-EINVAL);

	frozen = landlock_freeze_fd(fd);
	if (IS_ERR(frozen))
		return ERR_CAST(frozen);

	if (!flags)
		return &no_free_ptr(frozen)->object;

	policy = landlock_create_policy(frozen,
					flags & LANDLOCK_POLICY_PERMISSIVE);
	return IS_ERR(policy) ? ERR_CAST(policy) : &policy->object;
}

/**
 * landlock_replace_policy_object - Replace what a policy object is
 *
 * @object: The policy object, held by the caller.
 * @fd: File descriptor of the current task, for the ruleset of the new version.
 * @flags: %LANDLOCK_POLICY_PERMISSIVE or 0.
 *
 * Return: 0 on success.  On failure, nothing changed:
 *
 * - %-EINVAL: unknown flag in @flags, or an object that was not made with
 *   %LANDLOCK_POLICY_LIVE;
 * - those of landlock_freeze_fd().
 */
int landlock_replace_policy_object(struct lsm_policy_object *const object,
				   const int fd, const u32 flags)
{
	struct landlock_frozen *frozen __free(landlock_put_frozen) = NULL;

	if (!is_live(object) || flags & ~LANDLOCK_POLICY_PERMISSIVE)
		return -EINVAL;

	frozen = landlock_freeze_fd(fd);
	if (IS_ERR(frozen))
		return PTR_ERR(frozen);

	return landlock_replace_policy(to_policy(object), frozen,
				       flags & LANDLOCK_POLICY_PERMISSIVE);
}

/**
 * landlock_tryget_policy_object - Get a reference to an object found under RCU
 *
 * @object: The policy object.
 *
 * Return: True if @object is now referenced, false if it is being freed.
 */
bool landlock_tryget_policy_object(struct lsm_policy_object *const object)
{
	return is_live(object) ? landlock_tryget_policy(to_policy(object)) :
				 landlock_tryget_frozen(to_frozen(object));
}

/**
 * landlock_put_policy_object - Drop a reference to a policy object
 *
 * @object: The policy object, or NULL.
 *
 * Can be called from any context.
 */
void landlock_put_policy_object(struct lsm_policy_object *const object)
{
	if (!object)
		return;

	if (is_live(object))
		landlock_put_policy(to_policy(object));
	else
		landlock_put_frozen(to_frozen(object));
}

/**
 * landlock_stage_policy_object - Stage a policy object for an exec
 *
 * @bprm: Cf. landlock_stage_bprm().
 * @object: The policy object, or NULL.  The caller keeps its reference.
 * @flags: Cf. landlock_stage_bprm() and landlock_stage_policy().
 *
 * Return: Cf. landlock_stage_bprm().
 */
int landlock_stage_policy_object(struct linux_binprm *const bprm,
				 struct lsm_policy_object *const object,
				 const u32 flags)
{
	if (object && is_live(object))
		return landlock_stage_policy(bprm, to_policy(object), flags);

	return landlock_stage_bprm(bprm, object ? to_frozen(object) : NULL,
				   flags);
}

static int hook_policy_object_from_fd(const int fd, const u32 flags,
				      struct lsm_policy_object **const object)
{
	struct lsm_policy_object *const found =
		landlock_policy_object_from_fd(fd, flags);

	if (IS_ERR(found)) {
		/* The file descriptor may be for another LSM. */
		if (PTR_ERR(found) == -EBADFD)
			return -EOPNOTSUPP;

		return PTR_ERR(found);
	}

	*object = found;
	return 0;
}

static int hook_policy_object_get(struct lsm_policy_object *const object)
{
	return landlock_tryget_policy_object(object) ? 0 : -ENOENT;
}

static struct security_hook_list landlock_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(policy_object_from_fd, hook_policy_object_from_fd),
	LSM_HOOK_INIT(policy_object_get, hook_policy_object_get),
	LSM_HOOK_INIT(policy_object_put, landlock_put_policy_object),
	LSM_HOOK_INIT(policy_object_replace, landlock_replace_policy_object),
	LSM_HOOK_INIT(bprm_apply_policy_object, landlock_stage_policy_object),
};

__init void landlock_add_policy_object_hooks(void)
{
	security_add_hooks(landlock_hooks, ARRAY_SIZE(landlock_hooks),
			   &landlock_lsmid);
}
