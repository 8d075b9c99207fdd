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
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/kconfig.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "access.h"
#include "ruleset.h"

/**
 * struct landlock_frozen_rule - Slot of a &struct landlock_frozen_table
 */
struct landlock_frozen_rule {
	/**
	 * @key: The inode's object or the port of the rule, cf.
	 * &landlock_rule.key, or %LANDLOCK_NO_KEY for an empty slot.
	 */
	union landlock_key key;
	/**
	 * @access: The access rights that the rule grants, cf.
	 * &landlock_rule.access.
	 */
	access_mask_t access;
	/**
	 * @quiet: Cf. &landlock_rule.quiet.
	 */
	bool quiet;
};

/* Neither the address of an object nor a port. */
#define LANDLOCK_NO_KEY (~(uintptr_t)0)

/**
 * struct landlock_frozen_table - Rules for one type of keys
 *
 * Hash table with open addressing and linear probing: a lookup ends at the rule
 * or at an empty slot, and at least half of the slots are empty.  The time of
 * a lookup does not depend on the number of rules, and the memory is about that
 * of a tree.
 */
struct landlock_frozen_table {
	/**
	 * @slots: 2 to the power of @bits slots.
	 */
	struct landlock_frozen_rule *slots;
	/**
	 * @multiplier: Random odd number, which gives each table its own order
	 * of slots.  Objects are freed in the order of the slots, and soon
	 * allocated again, as neighbours: with the same multiplier, they would
	 * be neighbours in the next table too, or all in the same slot.
	 */
	u64 multiplier;
	/**
	 * @mask: Bits of an index.
	 */
	unsigned long mask;
	/**
	 * @bits: Number of bits of an index, at least 1.
	 */
	u32 bits;
};

/**
 * struct landlock_frozen - Frozen ruleset
 *
 * Immutable snapshot of a ruleset.  A domain has one for each of its layers,
 * and a stage has one for each layer to come.
 *
 * Readers may look it up from an RCU read-side critical section, see
 * landlock_tryget_frozen().
 */
struct landlock_frozen {
	/**
	 * @inodes: Rules for inodes.
	 */
	struct landlock_frozen_table inodes;

#if IS_ENABLED(CONFIG_INET)
	/**
	 * @net_ports: Rules for network ports.
	 */
	struct landlock_frozen_table net_ports;
#endif /* IS_ENABLED(CONFIG_INET) */

	/**
	 * @enforced_masks: Restricted filesystem and network actions, including
	 * the actions that are always restricted.
	 */
	struct access_masks enforced_masks;
	/**
	 * @handled_masks: Cf. &landlock_ruleset.handled_masks.
	 */
	struct access_masks handled_masks;
	/**
	 * @quiet_masks: Cf. &landlock_ruleset.quiet_masks.
	 */
	struct access_masks quiet_masks;
	/**
	 * @usage: Number of references to this object.
	 */
	refcount_t usage;
	/**
	 * @num_rules: Cf. &landlock_rules.num_rules.
	 */
	u32 num_rules;

#ifdef CONFIG_TRACEPOINTS
	/**
	 * @version: The version of the ruleset that was frozen, cf.
	 * &landlock_ruleset.version.
	 */
	u64 version;
	/**
	 * @id: Cf. &landlock_ruleset.id.
	 */
	u64 id;
#endif /* CONFIG_TRACEPOINTS */

	/**
	 * @work_free: Frees this object after an RCU grace period, from
	 * a context that can sleep.
	 */
	struct rcu_work work_free;
	/**
	 * @irq_free: Leaves a context in which @work_free cannot be queued.
	 * Not in a union with @work_free: the kernel still writes to an IRQ
	 * work after its function returned.
	 */
	struct irq_work irq_free;
	/**
	 * @slots: The slots of all tables.
	 */
	struct landlock_frozen_rule slots[];
};

struct landlock_frozen *
landlock_freeze_ruleset(struct landlock_ruleset *const ruleset);

struct landlock_frozen *landlock_freeze_fd(const int fd);

void landlock_forget_frozen(struct landlock_ruleset *const ruleset);

void landlock_put_frozen(struct landlock_frozen *const frozen);

DEFINE_FREE(landlock_put_frozen, struct landlock_frozen *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_frozen(_T))

static inline void landlock_get_frozen(struct landlock_frozen *const frozen)
{
	if (frozen)
		refcount_inc(&frozen->usage);
}

/**
 * landlock_tryget_frozen - Get a reference to a ruleset found under RCU
 *
 * @frozen: The frozen ruleset.
 *
 * Return: True if @frozen is now referenced, false if it is being freed.
 */
static inline bool landlock_tryget_frozen(struct landlock_frozen *const frozen)
{
	return refcount_inc_not_zero(&frozen->usage);
}

/*
 * One multiplication would map addresses at some of the possible distances,
 * e.g. those of objects that were allocated in a row, to a few slots.
 */
static inline unsigned long
landlock_hash_key(const union landlock_key key,
		  const struct landlock_frozen_table *const table)
{
	const u64 hash = key.data * table->multiplier;

	return hash_64(hash ^ (hash >> 32), table->bits);
}

/**
 * landlock_find_rule - Find the rule of a frozen ruleset for a key
 *
 * @frozen: The frozen ruleset.
 * @id: The key and its type.
 *
 * Return: The rule, with the same lifetime as @frozen, or NULL if there is
 * none.
 */
static inline const struct landlock_frozen_rule *
landlock_find_rule(const struct landlock_frozen *const frozen,
		   const struct landlock_id id)
{
	const struct landlock_frozen_table *table;
	unsigned long i;

	switch (id.type) {
	case LANDLOCK_KEY_INODE:
		table = &frozen->inodes;
		break;

#if IS_ENABLED(CONFIG_INET)
	case LANDLOCK_KEY_NET_PORT:
		table = &frozen->net_ports;
		break;
#endif /* IS_ENABLED(CONFIG_INET) */

	default:
		WARN_ON_ONCE(1);
		return NULL;
	}

	for (i = landlock_hash_key(id.key, table);; i = (i + 1) & table->mask) {
		const struct landlock_frozen_rule *const rule =
			&table->slots[i];

		if (rule->key.data == id.key.data)
			return rule;
		if (rule->key.data == LANDLOCK_NO_KEY)
			return NULL;
	}
}

#endif /* _SECURITY_LANDLOCK_FROZEN_H */
