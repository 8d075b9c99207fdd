/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Policies that can be replaced
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_POLICY_H
#define _SECURITY_LANDLOCK_POLICY_H

#include <linux/cleanup.h>
#include <linux/irq_work.h>
#include <linux/lsm_policy.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

/* These declare the functions that they call themselves. */
#include "cred.h"
#include "domain.h"
#include "frozen.h"

/**
 * struct landlock_policy_version - What a policy is at one time
 *
 * Immutable.  Readers find it in a read-side critical section of
 * landlock_policy_srcu.
 */
struct landlock_policy_version {
	/**
	 * @frozen: The frozen ruleset, with a reference.
	 */
	struct landlock_frozen *frozen;
	/**
	 * @permissive: Whether layers of the policy deny nothing, and only
	 * report.
	 */
	bool permissive;
	/**
	 * @rcu: Frees this version when nobody looks at it any more.
	 */
	struct rcu_head rcu;
};

/**
 * struct landlock_policy - Policy that can be replaced
 *
 * A layer that refers to a policy enforces the policy's current version,
 * whatever it was when the layer was made.  Replacing the policy takes a
 * reference to the policy object, which a task that is subject to it lacks.
 */
struct landlock_policy {
	/**
	 * @object: This policy, as other parts of the kernel hold it.  It comes
	 * first, cf. policy_object.c.
	 */
	struct lsm_policy_object object;
	/**
	 * @version: The current version, never NULL.
	 */
	struct landlock_policy_version __rcu *version;
	/**
	 * @usage: Number of references: of those who hold the object, and of
	 * layers.
	 */
	refcount_t usage;

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/**
	 * @id: Identifies the policy, with any version.  Not the ID of a ruleset
	 * or a domain.
	 */
	u64 id;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	/**
	 * @rcu: Frees this object after an RCU grace period.
	 */
	struct rcu_head rcu;
	/**
	 * @irq_free: Leaves a context in which @rcu cannot be used, cf.
	 * &landlock_frozen.irq_free.
	 */
	struct irq_work irq_free;
};

struct landlock_policy *
landlock_create_policy(struct landlock_frozen *const frozen,
		       const bool permissive);

int landlock_replace_policy(struct landlock_policy *const policy,
			    struct landlock_frozen *const frozen,
			    const bool permissive);

static inline void landlock_get_policy(struct landlock_policy *const policy)
{
	if (policy)
		refcount_inc(&policy->usage);
}

/**
 * landlock_tryget_policy - Get a reference to a policy found under RCU
 *
 * @policy: The policy.
 *
 * Return: True if @policy is now referenced, false if it is being freed.
 */
static inline bool landlock_tryget_policy(struct landlock_policy *const policy)
{
	return refcount_inc_not_zero(&policy->usage);
}

int landlock_lock_policies(void);

DEFINE_LOCK_GUARD_0(landlock_policies, _T->index = landlock_lock_policies(),
		    landlock_unlock_policies(_T->index), int index)

const struct landlock_policy_version *
landlock_get_version(const struct landlock_policy *const policy);

#endif /* _SECURITY_LANDLOCK_POLICY_H */
