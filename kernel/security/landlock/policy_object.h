/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Rulesets as LSM policy objects
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_POLICY_OBJECT_H
#define _SECURITY_LANDLOCK_POLICY_OBJECT_H

#include <linux/init.h>

#ifdef CONFIG_BPF_LSM

__init void landlock_add_policy_object_hooks(void);

#else /* CONFIG_BPF_LSM */

static inline __init void landlock_add_policy_object_hooks(void)
{
}

#endif /* CONFIG_BPF_LSM */

#endif /* _SECURITY_LANDLOCK_POLICY_OBJECT_H */
