/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Frozen rulesets
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_FROZEN_H
#define _SECURITY_LANDLOCK_FROZEN_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "ruleset.h"
#include "shared.h"

struct landlock_domain;

/**
 * struct bpf_landlock_ruleset - Frozen ruleset
 *
 * Immutable snapshot of a ruleset, taken when it is stored in a BPF map or
 * staged for an execution.  Its rules are in the form of a domain's, so that
 * domains can share them.  The type is named for the BPF programs that get
 * pointers to it; landlock_restrict_self(2) stages the same object.
 *
 * Readers may look it up from an RCU read-side critical section, see
 * landlock_tryget_frozen().
 */
struct bpf_landlock_ruleset {
	/**
	 * @ruleset: The attributes of the original ruleset, including its ID
	 * and the version that was frozen.  &landlock_ruleset.rules is
	 * a copy of @shared's roots.  &landlock_ruleset.usage is this object's
	 * reference counter.
	 */
	struct landlock_ruleset ruleset;
	/**
	 * @shared: Owner of the rules.
	 */
	struct landlock_shared_rules *shared;
	/**
	 * @work_free: Frees this object after an RCU grace period, from
	 * a context that can sleep.
	 */
	struct rcu_work work_free;
	/**
	 * @irq_free: Leaves a context where @work_free cannot be queued.  Not
	 * in a union with it: an IRQ work is still written to after its
	 * function returned.
	 */
	struct irq_work irq_free;
};

struct bpf_landlock_ruleset *
landlock_freeze_ruleset(struct landlock_ruleset *const ruleset);

void landlock_forget_frozen(struct landlock_ruleset *const ruleset);

void landlock_put_frozen(const struct bpf_landlock_ruleset *const frozen);

DEFINE_FREE(landlock_put_frozen, struct bpf_landlock_ruleset *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_frozen(_T))

struct landlock_domain *
landlock_merge_frozen(struct landlock_domain *const parent,
		      struct bpf_landlock_ruleset *const frozen,
		      const u32 flags, const bool muted);

static inline void
landlock_get_frozen(struct bpf_landlock_ruleset *const frozen)
{
	if (frozen)
		refcount_inc(&frozen->ruleset.usage);
}

/**
 * landlock_tryget_frozen - Get a reference to a ruleset found under RCU
 *
 * @frozen: The frozen ruleset.
 *
 * Return: True if @frozen is now referenced, false if it is being freed.
 */
static inline bool
landlock_tryget_frozen(struct bpf_landlock_ruleset *const frozen)
{
	return refcount_inc_not_zero(&frozen->ruleset.usage);
}

#endif /* _SECURITY_LANDLOCK_FROZEN_H */
