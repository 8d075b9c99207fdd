/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Rulesets as LSM policy objects
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_POLICY_OBJECT_H
#define _SECURITY_LANDLOCK_POLICY_OBJECT_H

#include <linux/init.h>
#include <linux/types.h>

struct linux_binprm;
struct lsm_policy_object;

#ifdef CONFIG_BPF_LSM

struct lsm_policy_object *landlock_policy_object_from_fd(const int fd,
							 const u32 flags);

int landlock_replace_policy_object(struct lsm_policy_object *const object,
				   const int fd, const u32 flags);

bool landlock_tryget_policy_object(struct lsm_policy_object *const object);

void landlock_put_policy_object(struct lsm_policy_object *const object);

int landlock_stage_policy_object(struct linux_binprm *const bprm,
				 struct lsm_policy_object *const object,
				 const u32 flags);

__init void landlock_add_policy_object_hooks(void);

#else /* CONFIG_BPF_LSM */

static inline __init void landlock_add_policy_object_hooks(void)
{
}

#endif /* CONFIG_BPF_LSM */

#endif /* _SECURITY_LANDLOCK_POLICY_OBJECT_H */
