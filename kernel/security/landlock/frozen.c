// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Frozen rulesets
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/preempt.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <uapi/linux/landlock.h>

#include "access.h"
#include "domain.h"
#include "frozen.h"
#include "limits.h"
#include "ruleset.h"
#include "shared.h"

#include <trace/events/landlock.h>

/* Copies a ruleset with nothing but what a domain needs of it. */
static struct bpf_landlock_ruleset *
copy_ruleset(struct landlock_ruleset *const ruleset)
{
	struct bpf_landlock_ruleset *frozen __free(kfree) =
		kzalloc_obj(*frozen, GFP_KERNEL_ACCOUNT);
	struct landlock_shared_rules *shared;

	lockdep_assert_held(&ruleset->lock);
	if (!frozen)
		return ERR_PTR(-ENOMEM);

	shared = landlock_share_ruleset(ruleset);
	if (IS_ERR(shared))
		return ERR_CAST(shared);

	frozen->shared = shared;
	frozen->ruleset.rules = shared->rules;
	mutex_init(&frozen->ruleset.lock);
	refcount_set(&frozen->ruleset.usage, 1);
	frozen->ruleset.quiet_masks = ruleset->quiet_masks;
	frozen->ruleset.handled_masks = ruleset->handled_masks;

#ifdef CONFIG_TRACEPOINTS
	frozen->ruleset.version = ruleset->version;
	frozen->ruleset.id = ruleset->id;
#endif /* CONFIG_TRACEPOINTS */

	return no_free_ptr(frozen);
}

/**
 * landlock_freeze_ruleset - Take a snapshot of a ruleset
 *
 * @ruleset: The ruleset to copy.  Changing it afterwards does not change the
 *           snapshot.
 *
 * As long as @ruleset does not change, this is the same snapshot again: whoever
 * stages one ruleset for each of many processes only copies it once, and their
 * domains share its rules.
 *
 * Return: A frozen ruleset with a reference owned by the caller, or
 * ERR_PTR(-ENOMEM).
 */
struct bpf_landlock_ruleset *
landlock_freeze_ruleset(struct landlock_ruleset *const ruleset)
{
	might_sleep();
	guard(mutex)(&ruleset->lock);

	if (!ruleset->frozen) {
		struct bpf_landlock_ruleset *const frozen =
			copy_ruleset(ruleset);

		if (IS_ERR(frozen))
			return frozen;

		ruleset->frozen = frozen;
	}
	landlock_get_frozen(ruleset->frozen);
	return ruleset->frozen;
}

/**
 * landlock_forget_frozen - Forget the snapshot of a ruleset
 *
 * @ruleset: The ruleset, which is about to change or to be freed.  The caller
 *           must hold its lock, or the last reference to it.
 */
void landlock_forget_frozen(struct landlock_ruleset *const ruleset)
{
	landlock_put_frozen(ruleset->frozen);
	ruleset->frozen = NULL;
}

static void free_frozen_work(struct work_struct *const work)
{
	struct bpf_landlock_ruleset *const frozen =
		container_of(to_rcu_work(work), struct bpf_landlock_ruleset,
			     work_free);

	landlock_put_shared_rules(frozen->shared);
	mutex_destroy(&frozen->ruleset.lock);
	kfree(frozen);
}

static void queue_free_frozen(struct bpf_landlock_ruleset *const frozen)
{
	INIT_RCU_WORK(&frozen->work_free, free_frozen_work);
	queue_rcu_work(system_dfl_wq, &frozen->work_free);
}

static void free_frozen_irq(struct irq_work *const work)
{
	struct bpf_landlock_ruleset *const frozen =
		container_of(work, struct bpf_landlock_ruleset, irq_free);

	queue_free_frozen(frozen);
}

/**
 * landlock_put_frozen - Drop a reference to a frozen ruleset
 *
 * @frozen: The frozen ruleset, or NULL.
 *
 * Can be called from any context: a BPF program of any type may delete a map
 * element, also one that traces the inside of RCU or of a scheduler.
 */
void landlock_put_frozen(const struct bpf_landlock_ruleset *const frozen)
{
	struct bpf_landlock_ruleset *const freeme =
		(struct bpf_landlock_ruleset *)frozen;

	if (!freeme || !refcount_dec_and_test(&freeme->ruleset.usage))
		return;

	/* Without BPF, which selects IRQ_WORK, no caller masks interrupts. */
	if (IS_ENABLED(CONFIG_IRQ_WORK) && (in_nmi() || irqs_disabled())) {
		freeme->irq_free = IRQ_WORK_INIT_HARD(free_frozen_irq);
		irq_work_queue(&freeme->irq_free);
	} else {
		queue_free_frozen(freeme);
	}
}

/* Emits the same event as landlock_restrict_self(2) for a new domain. */
static void trace_create(const struct landlock_domain *const domain,
			 struct bpf_landlock_ruleset *const frozen)
{
	if (trace_landlock_create_domain_enabled()) {
		/* The ruleset cannot change, but the event asks for the lock. */
		guard(mutex)(&frozen->ruleset.lock);
		trace_landlock_create_domain(domain, &frozen->ruleset);
	}
}

static void init_log(struct landlock_hierarchy *const hierarchy,
		     const struct bpf_landlock_ruleset *const frozen,
		     const u32 flags, const bool muted)
{
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	const bool same = !(flags & LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF);
	const bool new = flags & LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;

	hierarchy->quiet_masks = frozen->ruleset.quiet_masks;
	hierarchy->log_same_exec = same;
	hierarchy->log_new_exec = new;
	hierarchy->log_status = muted || (!same && !new) ?
					LANDLOCK_LOG_DISABLED :
					LANDLOCK_LOG_PENDING;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
}

/**
 * landlock_merge_frozen - Make a domain from a frozen ruleset
 *
 * @parent: Parent domain, or NULL.
 * @frozen: Frozen ruleset to be merged with @parent.
 * @flags: The %LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF and
 *         %LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON flags configure the logs of
 *         the new domain.  Others are ignored.
 * @muted: Whether the logs of the new domain are off, whatever the flags.
 *
 * This is the counterpart of landlock_merge_ruleset(), which duplicates the
 * rules of @parent and of the ruleset for each new domain.  Here, only what
 * identifies the new domain is allocated, except the first time that these
 * rules meet (cf. landlock_merge_shared_rules()).
 *
 * The current task is requesting to be restricted.  The subjective credentials
 * must not be in an overridden state.  cf. landlock_init_hierarchy_log().
 *
 * Return: A new domain on success, or ERR_PTR() on failure: %-E2BIG if @parent
 * has the maximum number of layers, or %-ENOMEM.
 */
struct landlock_domain *
landlock_merge_frozen(struct landlock_domain *const parent,
		      struct bpf_landlock_ruleset *const frozen,
		      const u32 flags, const bool muted)
{
	const struct access_masks masks =
		landlock_upgrade_handled_access_masks(frozen->ruleset.handled_masks);
	const u32 num_layers = parent ? parent->num_layers + 1 : 1;
	struct landlock_domain *domain __free(landlock_put_domain) = NULL;
	struct landlock_shared_rules *shared;
	int err;

	might_sleep();
	if (num_layers > LANDLOCK_MAX_NUM_LAYERS)
		return ERR_PTR(-E2BIG);

	domain = landlock_create_domain(num_layers);
	if (IS_ERR(domain))
		return domain;

	domain->hierarchy =
		kzalloc_obj(*domain->hierarchy, GFP_KERNEL_ACCOUNT);
	if (!domain->hierarchy)
		return ERR_PTR(-ENOMEM);

	refcount_set(&domain->hierarchy->usage, 1);

	shared = landlock_merge_shared_rules(parent, frozen->shared);
	if (IS_ERR(shared))
		return ERR_CAST(shared);

	domain->shared = shared;
	domain->rules = shared->rules;
	domain->handled_masks[num_layers - 1] = masks;

	if (parent) {
		memcpy(domain->handled_masks, parent->handled_masks,
		       flex_array_size(parent, handled_masks,
				       parent->num_layers));
		landlock_get_hierarchy(parent->hierarchy);
		domain->hierarchy->parent = parent->hierarchy;
	}

	err = landlock_init_hierarchy_log(domain->hierarchy);
	if (err)
		return ERR_PTR(err);

	init_log(domain->hierarchy, frozen, flags, muted);
	/* From now on, the hierarchy is observable and its end is too. */
	trace_create(domain, frozen);
	return no_free_ptr(domain);
}
