// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Rules shared between domains
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "domain.h"
#include "log.h"
#include "ruleset.h"
#include "shared.h"

/**
 * struct merged_rules - Remembers the merge of two sets of rules
 *
 * Executing the same program again from the same domain is the common case
 * (e.g. a service that spawns workers).  The merge then only has to be done
 * once: this entry lives, and keeps @merged alive, as long as both of its
 * parts live and no room has to be made for others, see remember_merged().
 */
struct merged_rules {
	/** @hash: Node in merged_table. */
	struct hlist_node hash;
	/** @lru_node: Node in merged_lru. */
	struct list_head lru_node;
	/** @parent_node: Node in @parent's merged_below. */
	struct list_head parent_node;
	/** @added_node: Node in @added's merged_above. */
	struct list_head added_node;
	/** @parent: First part of the key.  Not a counted reference. */
	const struct landlock_shared_rules *parent;
	/** @added: Second part of the key.  Not a counted reference. */
	const struct landlock_shared_rules *added;
	/** @merged: The result, with a counted reference. */
	struct landlock_shared_rules *merged;
};

#define MERGED_TABLE_BITS 8

static DEFINE_HASHTABLE(merged_table, MERGED_TABLE_BITS);

/* All entries, from the one that was needed last the longest time ago. */
static LIST_HEAD(merged_lru);

/* Number of entries, and of rules in all of them. */
static u32 merged_num_entries, merged_num_rules;

/*
 * Protects merged_table, merged_lru and their size, and all merged_below and
 * merged_above lists.  Only taken from contexts that can sleep, and nothing is
 * allocated or freed under it.  How long it is held is bounded by
 * LANDLOCK_MAX_MERGED_ENTRIES.
 */
static DEFINE_SPINLOCK(merged_lock);

static u32 hash_merged(const struct landlock_shared_rules *const parent,
		       const struct landlock_shared_rules *const added)
{
	/* The order matters, and both may be the same. */
	return hash_ptr(parent, 32) * 31 + hash_ptr(added, 32);
}

static void free_merged(struct merged_rules *const entry)
{
	landlock_put_shared_rules(entry->merged);
	kfree(entry);
}

static void free_all_merged(struct list_head *const freeme)
{
	struct merged_rules *entry, *next;

	list_for_each_entry_safe(entry, next, freeme, parent_node)
		free_merged(entry);
}

/* Makes @entry known to all that will look for it. */
static void link_merged(struct merged_rules *const entry,
			struct landlock_shared_rules *const parent,
			struct landlock_shared_rules *const added)
{
	lockdep_assert_held(&merged_lock);
	entry->parent = parent;
	entry->added = added;
	list_add(&entry->parent_node, &parent->merged_below);
	list_add(&entry->added_node, &added->merged_above);
	list_add_tail(&entry->lru_node, &merged_lru);
	hash_add(merged_table, &entry->hash, hash_merged(parent, added));
	merged_num_entries++;
	merged_num_rules += entry->merged->rules.num_rules;
}

/* Moves @entry from all that can find it to @freeme. */
static void unlink_merged(struct merged_rules *const entry,
			  struct list_head *const freeme)
{
	lockdep_assert_held(&merged_lock);
	merged_num_entries--;
	merged_num_rules -= entry->merged->rules.num_rules;
	hash_del(&entry->hash);
	list_del(&entry->lru_node);
	list_del(&entry->added_node);
	list_move(&entry->parent_node, freeme);
}

/*
 * Makes @entry known, and moves those that there is no room for any more to
 * @freeme, or @entry itself if there never will be.
 *
 * What was merged can be merged with something else in turn, so the entries can
 * keep one another alive: rulesets that live for long (e.g. in a BPF map) would
 * otherwise be kept merged in any order in which programs were ever executed
 * one within the other, and whoever executes them has a say in that.  Nothing
 * but time is lost with an entry: domains hold references of their own.
 */
static void remember_merged(struct merged_rules *const entry,
			    struct landlock_shared_rules *const parent,
			    struct landlock_shared_rules *const added,
			    struct list_head *const freeme)
{
	lockdep_assert_held(&merged_lock);
	if (entry->merged->rules.num_rules > LANDLOCK_MAX_MERGED_RULES) {
		list_add(&entry->parent_node, freeme);
		return;
	}

	link_merged(entry, parent, added);
	while (merged_num_entries > LANDLOCK_MAX_MERGED_ENTRIES ||
	       merged_num_rules > LANDLOCK_MAX_MERGED_RULES)
		unlink_merged(list_first_entry(&merged_lru, struct merged_rules,
					       lru_node),
			      freeme);
}

/* Forgets all merged rules of which the dying @shared is a part. */
static void forget_merged(struct landlock_shared_rules *const shared)
{
	struct merged_rules *entry, *next;
	LIST_HEAD(freeme);

	scoped_guard(spinlock, &merged_lock) {
		list_for_each_entry_safe(entry, next, &shared->merged_below,
					 parent_node)
			unlink_merged(entry, &freeme);

		list_for_each_entry_safe(entry, next, &shared->merged_above,
					 added_node)
			unlink_merged(entry, &freeme);
	}
	free_all_merged(&freeme);
}

static void free_shared_rules_work(struct work_struct *const work)
{
	struct landlock_shared_rules *const shared =
		container_of(work, struct landlock_shared_rules, work_free);

	forget_merged(shared);
	landlock_free_rules(&shared->rules);
	kfree(shared);
}

/**
 * landlock_put_shared_rules - Drop a reference to shared rules
 *
 * @shared: The shared rules, or NULL.
 *
 * Releasing a rule might sleep (cf. landlock_put_object()), and releasing
 * merged rules leads to this function again.  Leaving both to a work queue
 * makes it possible to call this function from any context but NMI, and bounds
 * the use of the stack.
 */
void landlock_put_shared_rules(struct landlock_shared_rules *const shared)
{
	if (shared && refcount_dec_and_test(&shared->usage)) {
		INIT_WORK(&shared->work_free, free_shared_rules_work);
		queue_work(system_dfl_wq, &shared->work_free);
	}
}

static struct landlock_shared_rules *create_shared_rules(void)
{
	struct landlock_shared_rules *shared;

	shared = kzalloc_obj(*shared, GFP_KERNEL_ACCOUNT);
	if (!shared)
		return ERR_PTR(-ENOMEM);

	refcount_set(&shared->usage, 1);
	INIT_LIST_HEAD(&shared->merged_below);
	INIT_LIST_HEAD(&shared->merged_above);
	return shared;
}

/*
 * Copies the rules of a tree as they are in a domain.  With a non-zero @level,
 * all the rules of @src have only one layer, which becomes the layer @level of
 * @dst.  Otherwise, the layers are copied as they are.
 */
static int copy_tree(struct landlock_rules *const dst,
		     struct landlock_rules *const src,
		     const enum landlock_key_type key_type, const u8 level)
{
	struct landlock_rule *rule, *next;
	struct rb_root *const root = landlock_get_rule_root(src, key_type);

	if (IS_ERR(root))
		return PTR_ERR(root);

	rbtree_postorder_for_each_entry_safe(rule, next, root, node) {
		const struct landlock_id id = {
			.key = rule->key,
			.type = key_type,
		};
		struct landlock_layer layers[] = { rule->layers[0] };
		int err;

		if (!level) {
			err = landlock_store_rule(dst, id, &rule->layers,
						  rule->num_layers);
		} else {
			if (WARN_ON_ONCE(rule->num_layers != 1))
				return -EINVAL;

			layers[0].level = level;
			err = landlock_store_rule(dst, id, &layers,
						  ARRAY_SIZE(layers));
		}
		if (err)
			return err;
	}
	return 0;
}

static int copy_rules(struct landlock_rules *const dst,
		      struct landlock_rules *const src, const u8 level)
{
	int err;

	err = copy_tree(dst, src, LANDLOCK_KEY_INODE, level);
#if IS_ENABLED(CONFIG_INET)
	if (!err)
		err = copy_tree(dst, src, LANDLOCK_KEY_NET_PORT, level);
#endif /* IS_ENABLED(CONFIG_INET) */

	return err;
}

/**
 * landlock_share_ruleset - Copy a ruleset's rules to shared rules
 *
 * @ruleset: The ruleset to copy from.  The caller must hold its lock.
 *
 * Return: The rules of a domain made of @ruleset alone, or ERR_PTR(-ENOMEM).
 */
struct landlock_shared_rules *
landlock_share_ruleset(struct landlock_ruleset *const ruleset)
{
	struct landlock_shared_rules *shared __free(landlock_put_shared_rules) =
		create_shared_rules();
	int err;

	lockdep_assert_held(&ruleset->lock);
	if (IS_ERR(shared))
		return shared;

	err = copy_rules(&shared->rules, &ruleset->rules, 1);
	if (err)
		return ERR_PTR(err);

	return no_free_ptr(shared);
}

/*
 * Makes the rules of @domain sharable, whoever made them, without touching
 * what its readers see: only the ownership of the nodes changes.
 */
static struct landlock_shared_rules *
share_domain_rules(struct landlock_domain *const domain)
{
	/* Pairs with cmpxchg_release() below. */
	struct landlock_shared_rules *shared = smp_load_acquire(&domain->shared);
	struct landlock_shared_rules *winner;

	if (shared)
		return shared;

	shared = create_shared_rules();
	if (IS_ERR(shared))
		return shared;

	shared->rules = domain->rules;
	winner = cmpxchg_release(&domain->shared, NULL, shared);
	if (!winner)
		return shared;

	/*
	 * Someone else was faster, and owns the nodes now.  A failed cmpxchg
	 * orders nothing, but all that is read of the winner is behind the
	 * pointer that it returned.
	 */
	kfree(shared);
	return winner;
}

/* Takes a reference to the result, if any. */
static struct landlock_shared_rules *
find_merged(const struct landlock_shared_rules *const parent,
	    const struct landlock_shared_rules *const added)
{
	struct merged_rules *entry;

	lockdep_assert_held(&merged_lock);
	hash_for_each_possible(merged_table, entry, hash,
			       hash_merged(parent, added)) {
		if (entry->parent == parent && entry->added == added) {
			list_move_tail(&entry->lru_node, &merged_lru);
			refcount_inc(&entry->merged->usage);
			return entry->merged;
		}
	}
	return NULL;
}

static struct merged_rules *create_merged(struct landlock_rules *const parent,
					  struct landlock_rules *const added,
					  const u8 level)
{
	struct merged_rules *entry __free(kfree) =
		kzalloc_obj(*entry, GFP_KERNEL_ACCOUNT);
	struct landlock_shared_rules *merged __free(landlock_put_shared_rules) =
		create_shared_rules();
	int err;

	if (!entry)
		return ERR_PTR(-ENOMEM);

	if (IS_ERR(merged))
		return ERR_CAST(merged);

	err = copy_rules(&merged->rules, parent, 0);
	if (err)
		return ERR_PTR(err);

	err = copy_rules(&merged->rules, added, level);
	if (err)
		return ERR_PTR(err);

	entry->merged = no_free_ptr(merged);
	return no_free_ptr(entry);
}

/**
 * landlock_merge_shared_rules - Get the rules of a domain plus a layer
 *
 * @parent: The parent domain, or NULL.  It must have less than
 *          %LANDLOCK_MAX_NUM_LAYERS layers.  The caller holds a reference.
 * @added: The rules of the new layer, as returned by landlock_share_ruleset().
 *         The caller holds a reference.
 *
 * With a @parent, the merge is done once for as long as the rules of @parent
 * and @added live, unless many others are needed in the meantime (cf.
 * %LANDLOCK_MAX_MERGED_ENTRIES and %LANDLOCK_MAX_MERGED_RULES).  Otherwise, this
 * only takes a reference.
 *
 * Return: Shared rules with a reference owned by the caller, or
 * ERR_PTR(-ENOMEM).
 */
struct landlock_shared_rules *
landlock_merge_shared_rules(struct landlock_domain *const parent,
			    struct landlock_shared_rules *const added)
{
	struct landlock_shared_rules *below, *merged;
	struct merged_rules *entry;
	LIST_HEAD(freeme);

	might_sleep();
	if (!parent) {
		refcount_inc(&added->usage);
		return added;
	}

	below = share_domain_rules(parent);
	if (IS_ERR(below))
		return below;

	scoped_guard(spinlock, &merged_lock) {
		merged = find_merged(below, added);
		if (merged)
			return merged;
	}

	entry = create_merged(&below->rules, &added->rules,
			      parent->num_layers + 1);
	if (IS_ERR(entry))
		return ERR_CAST(entry);

	scoped_guard(spinlock, &merged_lock) {
		merged = find_merged(below, added);
		if (merged) {
			/* Someone else made the same merge in the meantime. */
			list_add(&entry->parent_node, &freeme);
		} else {
			merged = entry->merged;
			refcount_inc(&merged->usage);
			remember_merged(entry, below, added, &freeme);
		}
	}
	free_all_merged(&freeme);
	return merged;
}

/**
 * landlock_free_domain_rules - Release the rules of a dying domain
 *
 * @domain: The domain, which must not have any user left.
 */
void landlock_free_domain_rules(struct landlock_domain *const domain)
{
	if (domain->shared)
		landlock_put_shared_rules(domain->shared);
	else
		landlock_free_rules(&domain->rules);
}

/* Whether the end of the domain is for the audit log, which might sleep. */
static bool is_end_logged(const struct landlock_hierarchy *const hierarchy)
{
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	return READ_ONCE(hierarchy->log_status) == LANDLOCK_LOG_RECORDED;
#else /* CONFIG_SECURITY_LANDLOCK_LOG */
	return false;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
}

/**
 * landlock_free_shared_domain - Free a dying domain without sleeping
 *
 * @domain: The domain, which must not have any user left.
 *
 * A domain that owns no rules, and that is not in the audit log, can be freed
 * from any context but NMI.  This is the common case for domains that are
 * staged: waking up a worker for each of them would cost more than all the rest
 * of their life.
 *
 * Return: True if @domain is freed, false if there is something left to free
 * from a context that can sleep.
 */
bool landlock_free_shared_domain(struct landlock_domain *const domain)
{
	if (!domain->shared)
		return false;

	while (domain->hierarchy &&
	       !refcount_dec_not_one(&domain->hierarchy->usage)) {
		struct landlock_hierarchy *const freeme = domain->hierarchy;

		/*
		 * The last reference is ours, and sees what the others did:
		 * nobody else can change the log's status now.
		 */
		smp_acquire__after_ctrl_dep();
		if (is_end_logged(freeme))
			return false;

		domain->hierarchy = freeme->parent;
		landlock_log_free_domain(freeme);
		landlock_free_hierarchy_details(freeme);
		kfree(freeme);
	}

	landlock_put_shared_rules(domain->shared);
	kfree(domain);
	return true;
}
