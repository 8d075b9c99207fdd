/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Rules shared between domains
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_SHARED_H
#define _SECURITY_LANDLOCK_SHARED_H

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "ruleset.h"

struct landlock_domain;

/**
 * LANDLOCK_MAX_MERGED_ENTRIES - Merged sets of rules that are remembered
 *
 * See landlock_merge_shared_rules().  This bounds the time for which those who
 * need another one can have to wait.
 */
#define LANDLOCK_MAX_MERGED_ENTRIES 1024

/**
 * LANDLOCK_MAX_MERGED_RULES - Rules in all merged sets that are remembered
 *
 * This bounds the memory that is used although nobody might ever need it again:
 * a rule takes 64 bytes with two layers, and 192 with sixteen.
 */
#define LANDLOCK_MAX_MERGED_RULES 262144

/**
 * struct landlock_shared_rules - Immutable rules owned by several domains
 *
 * A domain only reads its rules, through the roots in
 * &landlock_domain.rules.  This object makes it possible for many domains to
 * hold copies of the same roots: it owns the nodes, and each domain holds a
 * reference to it (&landlock_domain.shared) instead of nodes of its own.
 */
struct landlock_shared_rules {
	/**
	 * @rules: The trees.  Each &landlock_layer.level is the one of a
	 * domain, starting from 1.  Never modified once shared.
	 */
	struct landlock_rules rules;
	/**
	 * @usage: Number of domains, frozen rulesets and &struct merged_rules
	 * that refer to this object.
	 */
	refcount_t usage;
	/**
	 * @merged_below: Merged rules of which this object is the parent's
	 * part.  Protected by merged_lock.
	 */
	struct list_head merged_below;
	/**
	 * @merged_above: Merged rules of which this object is the added part.
	 * Protected by merged_lock.
	 */
	struct list_head merged_above;
	/**
	 * @work_free: Frees this object from a context that can sleep.
	 */
	struct work_struct work_free;
};

struct landlock_shared_rules *
landlock_share_ruleset(struct landlock_ruleset *const ruleset);

struct landlock_shared_rules *
landlock_merge_shared_rules(struct landlock_domain *const parent,
			    struct landlock_shared_rules *const added);

void landlock_put_shared_rules(struct landlock_shared_rules *const shared);

DEFINE_FREE(landlock_put_shared_rules, struct landlock_shared_rules *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_shared_rules(_T))

void landlock_free_domain_rules(struct landlock_domain *const domain);

bool landlock_free_shared_domain(struct landlock_domain *const domain);

#endif /* _SECURITY_LANDLOCK_SHARED_H */
