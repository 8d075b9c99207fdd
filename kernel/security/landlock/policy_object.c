// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Rulesets as LSM policy objects
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/lsm_hooks.h>
#include <linux/lsm_policy.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "exec.h"
#include "frozen.h"
#include "policy_object.h"
#include "setup.h"

/* BPF programs may read beyond the object, at their own risk. */
static_assert(offsetof(struct landlock_frozen, object) == 0);

static struct landlock_frozen *
to_frozen(struct lsm_policy_object *const object)
{
	return container_of(object, struct landlock_frozen, object);
}

static int hook_policy_object_from_fd(const int fd,
				      struct lsm_policy_object **const object)
{
	struct landlock_frozen *const frozen = landlock_freeze_fd(fd);

	if (IS_ERR(frozen)) {
		/* The file descriptor may be for another LSM. */
		if (PTR_ERR(frozen) == -EBADFD)
			return -EOPNOTSUPP;

		return PTR_ERR(frozen);
	}

	*object = &frozen->object;
	return 0;
}

static int hook_policy_object_get(struct lsm_policy_object *const object)
{
	return landlock_tryget_frozen(to_frozen(object)) ? 0 : -ENOENT;
}

static void hook_policy_object_put(struct lsm_policy_object *const object)
{
	landlock_put_frozen(to_frozen(object));
}

static int
hook_bprm_apply_policy_object(struct linux_binprm *const bprm,
			      struct lsm_policy_object *const object,
			      const u32 flags)
{
	return landlock_stage_bprm(bprm, to_frozen(object), flags);
}

static struct security_hook_list landlock_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(policy_object_from_fd, hook_policy_object_from_fd),
	LSM_HOOK_INIT(policy_object_get, hook_policy_object_get),
	LSM_HOOK_INIT(policy_object_put, hook_policy_object_put),
	LSM_HOOK_INIT(bprm_apply_policy_object, hook_bprm_apply_policy_object),
};

__init void landlock_add_policy_object_hooks(void)
{
	security_add_hooks(landlock_hooks, ARRAY_SIZE(landlock_hooks),
			   &landlock_lsmid);
}
