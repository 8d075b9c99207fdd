// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Policies that can be replaced
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kconfig.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/stddef.h>

#include "cred.h"
#include "domain.h"
#include "frozen.h"
#include "id.h"
#include "limits.h"
#include "policy.h"
#include "ruleset.h"
#include "setup.h"

#include <trace/events/landlock.h>

/*
 * An access check may sleep between its first look at a layer and its last one,
 * and has to see the same version all the time.
 */
DEFINE_STATIC_SRCU(landlock_policy_srcu);

int landlock_lock_policies(void)
{
	return srcu_read_lock(&landlock_policy_srcu);
}

void landlock_unlock_policies(const int lock)
{
	srcu_read_unlock(&landlock_policy_srcu, lock);
}

/**
 * landlock_get_version - Get the current version of a policy
 *
 * @policy: The policy.
 *
 * The caller must hold landlock_lock_policies(), which keeps the result.  Another
 * call may return another version.
 *
 * Return: The version.
 */
const struct landlock_policy_version *
landlock_get_version(const struct landlock_policy *const policy)
{
	return srcu_dereference(policy->version, &landlock_policy_srcu);
}

static struct landlock_policy_version *
create_version(struct landlock_frozen *const frozen, const bool permissive)
{
	struct landlock_policy_version *const version =
		kzalloc_obj(*version, GFP_KERNEL_ACCOUNT);

	if (!version)
		return NULL;

	landlock_get_frozen(frozen);
	version->frozen = frozen;
	version->permissive = permissive;
	return version;
}

static void free_version(struct landlock_policy_version *const version)
{
	landlock_put_frozen(version->frozen);
	kfree(version);
}

static void free_version_rcu(struct rcu_head *const rcu)
{
	free_version(container_of(rcu, struct landlock_policy_version, rcu));
}

/**
 * landlock_create_policy - Make a policy that can be replaced
 *
 * @frozen: The frozen ruleset of its first version.  The caller keeps its
 *          reference.
 * @permissive: Whether its layers only report.
 *
 * Return: A policy with a reference owned by the caller, or ERR_PTR(-ENOMEM).
 */
struct landlock_policy *
landlock_create_policy(struct landlock_frozen *const frozen,
		       const bool permissive)
{
	struct landlock_policy *policy __free(kfree) =
		kzalloc_obj(*policy, GFP_KERNEL_ACCOUNT);
	struct landlock_policy_version *version;

	if (!policy)
		return ERR_PTR(-ENOMEM);

	version = create_version(frozen, permissive);
	if (!version)
		return ERR_PTR(-ENOMEM);

	policy->object.lsm = &landlock_lsmid;
	policy->object.lsmid = landlock_lsmid.id;
	policy->object.type = LANDLOCK_POLICY_VERSIONED;
	refcount_set(&policy->usage, 1);
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	policy->id = landlock_get_id_range(1);
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	RCU_INIT_POINTER(policy->version, version);
	return no_free_ptr(policy);
}

/**
 * landlock_replace_policy - Replace what a policy is
 *
 * @policy: The policy, held by the caller.
 * @frozen: The frozen ruleset of the new version.  The caller keeps its
 *          reference.
 * @permissive: Whether layers of @policy only report from now on.
 *
 * This reaches all layers that refer to @policy.  An access check that is going
 * on is decided by the version with which it began, and one that begins after
 * this function returned by the new version.
 *
 * Return: 0 on success, or %-ENOMEM, on which nothing changed.
 */
int landlock_replace_policy(struct landlock_policy *const policy,
			    struct landlock_frozen *const frozen,
			    const bool permissive)
{
	struct landlock_policy_version *const new =
		create_version(frozen, permissive);
	struct landlock_policy_version *old;

	if (!new)
		return -ENOMEM;

	trace_landlock_replace_policy(policy, new);
	old = unrcu_pointer(xchg(&policy->version, RCU_INITIALIZER(new)));
	call_srcu(&landlock_policy_srcu, &old->rcu, free_version_rcu);
	return 0;
}

static void free_policy_rcu(struct rcu_head *const rcu)
{
	struct landlock_policy *const policy =
		container_of(rcu, struct landlock_policy, rcu);

	/* Without a layer, no access check looks at it. */
	free_version(rcu_dereference_protected(policy->version, true));
	kfree(policy);
}

static void free_policy_irq(struct irq_work *const work)
{
	struct landlock_policy *const policy =
		container_of(work, struct landlock_policy, irq_free);

	call_rcu(&policy->rcu, free_policy_rcu);
}

/**
 * landlock_put_policy - Drop a reference to a policy
 *
 * @policy: The policy, or NULL.
 *
 * Can be called from any context, cf. landlock_put_frozen().
 */
void landlock_put_policy(struct landlock_policy *const policy)
{
	if (!policy || !refcount_dec_and_test(&policy->usage))
		return;

	if (IS_ENABLED(CONFIG_IRQ_WORK) && (in_nmi() || irqs_disabled())) {
		policy->irq_free = IRQ_WORK_INIT_HARD(free_policy_irq);
		irq_work_queue(&policy->irq_free);
	} else {
		call_rcu(&policy->rcu, free_policy_rcu);
	}
}

/**
 * landlock_fill_view - Look at a domain with layers that can change
 *
 * @view: The view to fill, cf. landlock_open_view().
 * @subject: The credential with the domain, which must stay until the view is
 *           closed.
 *
 * The layers of the view are those of the domain, with the current version of
 * each policy.
 *
 * Return: The subject to check accesses with, which is part of @view.
 */
const struct landlock_cred_security *
landlock_fill_view(struct landlock_view *const view,
		   const struct landlock_cred_security *const subject)
{
	const struct landlock_domain *const from = subject->domain;
	struct landlock_domain *const to = &view->domain;
	const struct landlock_hierarchy *node = from->hierarchy;

	BUILD_BUG_ON(offsetof(struct landlock_domain, layers) +
			     LANDLOCK_MAX_NUM_LAYERS * sizeof(*to->layers) >
		     sizeof(view->storage));

	view->lock = landlock_lock_policies();
	view->subject = *subject;
	view->subject.domain = to;
	/* Nobody refers to this domain, nor looks at it as a live one. */
	to->hierarchy = from->hierarchy;
	to->num_layers = from->num_layers;
	to->permissive_layers = from->permissive_layers;
	to->has_places = from->has_places;
	to->is_live = false;

	for (int i = from->num_layers - 1; i >= 0; i--, node = node->parent) {
		const struct landlock_policy_version *version;

		if (!node->policy) {
			to->layers[i] = from->layers[i];
			continue;
		}

		version = landlock_get_version(node->policy);
		to->layers[i] = version->frozen;
		to->has_places |= !!version->frozen->num_places;
		if (version->permissive)
			to->permissive_layers |= BIT(i);
	}
	return &view->subject;
}

#ifdef CONFIG_SECURITY_LANDLOCK_KUNIT_TEST

static void put_frozen_action(void *const frozen)
{
	landlock_put_frozen(frozen);
}

static void put_policy_action(void *const policy)
{
	landlock_put_policy(policy);
}

static void put_domain_action(void *const domain)
{
	landlock_put_domain(domain);
}

static struct landlock_frozen *new_frozen(struct kunit *const test,
					  const access_mask_t access_fs,
					  const access_mask_t scope)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(access_fs, 0, scope);
	struct landlock_frozen *frozen;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	frozen = landlock_freeze_ruleset(ruleset);
	landlock_put_ruleset(ruleset);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_frozen_action,
						  frozen));
	return frozen;
}

static struct landlock_policy *new_policy(struct kunit *const test,
					  struct landlock_frozen *const frozen)
{
	struct landlock_policy *const policy =
		landlock_create_policy(frozen, false);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, policy);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_policy_action,
						  policy));
	return policy;
}

static struct landlock_domain *new_domain(struct kunit *const test,
					  struct landlock_domain *const parent,
					  struct landlock_frozen *const frozen,
					  struct landlock_policy *const policy)
{
	struct landlock_domain *const domain = landlock_create_domain(
		parent, frozen, policy, 0, false, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_domain_action,
						  domain));
	return domain;
}

/* Frozen rulesets that nobody uses any more are freed by a worker. */
static bool becomes(const struct landlock_frozen *const frozen, const int usage)
{
	srcu_barrier(&landlock_policy_srcu);
	return refcount_read(&frozen->usage) == usage;
}

static void test_view_static(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	const struct landlock_cred_security subject = {
		.domain = new_domain(test, NULL, a, NULL),
	};
	const struct landlock_cred_security none = {};
	struct landlock_view view;

	KUNIT_EXPECT_PTR_EQ(test, &none, landlock_open_view(&view, &none));
	landlock_close_view(&view);
	KUNIT_EXPECT_FALSE(test, subject.domain->is_live);
	KUNIT_EXPECT_PTR_EQ(test, &subject, landlock_open_view(&view, &subject));
	KUNIT_EXPECT_EQ(test, -1, view.lock);
	landlock_close_view(&view);
}

/* A view keeps its version, and the next view has the next version. */
static void test_replace(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_frozen *const b =
		new_frozen(test, LANDLOCK_ACCESS_FS_READ_FILE,
			   LANDLOCK_SCOPE_SIGNAL);
	struct landlock_policy *const policy = new_policy(test, a);
	struct landlock_domain *const below = new_domain(test, NULL, b, NULL);
	struct landlock_domain *const domain =
		new_domain(test, below, a, policy);
	const struct landlock_cred_security subject = {
		.domain = domain,
	};
	const struct landlock_cred_security *one, *two;
	struct landlock_view first, second;

	KUNIT_EXPECT_TRUE(test, domain->is_live);
	one = landlock_open_view(&first, &subject);
	KUNIT_ASSERT_PTR_EQ(test, &first.subject, one);
	KUNIT_EXPECT_PTR_EQ(test, domain->hierarchy, one->domain->hierarchy);
	KUNIT_EXPECT_EQ(test, 2, one->domain->num_layers);
	KUNIT_EXPECT_PTR_EQ(test, b, one->domain->layers[0]);
	KUNIT_EXPECT_PTR_EQ(test, a, one->domain->layers[1]);
	KUNIT_EXPECT_EQ(test, 0, one->domain->permissive_layers);

	/* That of this test, and that of the policy. */
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&a->usage));
	KUNIT_ASSERT_EQ(test, 0, landlock_replace_policy(policy, b, true));
	KUNIT_EXPECT_PTR_EQ(test, a, one->domain->layers[1]);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&a->usage));

	two = landlock_open_view(&second, &subject);
	KUNIT_EXPECT_PTR_EQ(test, b, two->domain->layers[0]);
	KUNIT_EXPECT_PTR_EQ(test, b, two->domain->layers[1]);
	KUNIT_EXPECT_EQ(test, BIT(1), two->domain->permissive_layers);
	KUNIT_EXPECT_EQ(test, LANDLOCK_SCOPE_SIGNAL,
			landlock_get_scope_mask(two->domain, 1));
	KUNIT_EXPECT_EQ(test, 0, landlock_get_scope_mask(one->domain, 1));
	landlock_close_view(&second);
	landlock_close_view(&first);
	KUNIT_EXPECT_TRUE(test, becomes(a, 1));

	KUNIT_ASSERT_EQ(test, 0, landlock_replace_policy(policy, a, false));
	one = landlock_open_view(&first, &subject);
	KUNIT_EXPECT_PTR_EQ(test, a, one->domain->layers[1]);
	KUNIT_EXPECT_EQ(test, 0, one->domain->permissive_layers);
	landlock_close_view(&first);
}

static void test_view_places(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_frozen *const b =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_policy *const policy = new_policy(test, a);
	const struct landlock_cred_security subject = {
		.domain = new_domain(test, NULL, a, policy),
	};
	struct landlock_view view;

	/* As if it had one. */
	b->num_places = 1;
	KUNIT_EXPECT_FALSE(test, landlock_open_view(&view, &subject)
					 ->domain->has_places);
	landlock_close_view(&view);
	KUNIT_ASSERT_EQ(test, 0, landlock_replace_policy(policy, b, false));
	KUNIT_EXPECT_TRUE(test, landlock_open_view(&view, &subject)
					->domain->has_places);
	landlock_close_view(&view);
}

/* A view has what other layers of the domain are, too. */
static void test_view_below(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_frozen *const b =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_policy *const policy = new_policy(test, a);
	struct landlock_cred_security subject = {};
	struct landlock_domain *below;
	struct landlock_view view;

	/* As if it had one, and as if the layer were permissive. */
	b->num_places = 1;
	below = new_domain(test, NULL, b, NULL);
	below->permissive_layers = BIT(0);

	subject.domain = new_domain(test, below, a, policy);
	KUNIT_EXPECT_TRUE(test, landlock_open_view(&view, &subject)
					->domain->has_places);
	KUNIT_EXPECT_EQ(test, BIT(0), view.subject.domain->permissive_layers);
	landlock_close_view(&view);
	KUNIT_ASSERT_EQ(test, 0, landlock_replace_policy(policy, a, true));
	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(1),
			landlock_open_view(&view, &subject)
				->domain->permissive_layers);
	landlock_close_view(&view);
}

/* Layers keep their policy, and the policy its ruleset. */
static void test_lifetimes(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0);
	struct landlock_policy *const policy = new_policy(test, a);
	struct landlock_domain *const one = new_domain(test, NULL, a, policy);
	struct landlock_domain *const two = new_domain(test, one, a, NULL);
	const struct landlock_cred_security subject = {
		.domain = two,
	};
	struct landlock_domain *const three = new_domain(test, NULL, a, policy);
	struct landlock_view view;

	/* Also where putting a domain cannot sleep. */
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&policy->usage));
	kunit_remove_action(test, put_domain_action, three);
	landlock_put_domain_deferred(three);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&policy->usage));
	kunit_release_action(test, put_policy_action, policy);
	kunit_release_action(test, put_domain_action, one);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&policy->usage));
	KUNIT_EXPECT_TRUE(test, two->is_live);
	KUNIT_EXPECT_PTR_EQ(test, a, landlock_open_view(&view, &subject)
					     ->domain->layers[0]);
	landlock_close_view(&view);

	/* Those of this test, of the policy, and of the younger layer. */
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&a->usage));
	kunit_release_action(test, put_domain_action, two);
	rcu_barrier();
	KUNIT_EXPECT_TRUE(test, becomes(a, 1));
}

static void test_tryget(struct kunit *const test)
{
	struct landlock_policy *const policy = new_policy(
		test, new_frozen(test, LANDLOCK_ACCESS_FS_EXECUTE, 0));

	KUNIT_EXPECT_TRUE(test, landlock_tryget_policy(policy));
	landlock_put_policy(policy);
	rcu_read_lock();
	kunit_release_action(test, put_policy_action, policy);
	KUNIT_EXPECT_FALSE(test, landlock_tryget_policy(policy));
	rcu_read_unlock();
}

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_view_static),
	KUNIT_CASE(test_replace),
	KUNIT_CASE(test_view_places),
	KUNIT_CASE(test_view_below),
	KUNIT_CASE(test_lifetimes),
	KUNIT_CASE(test_tryget),
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_policy",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);

#endif /* CONFIG_SECURITY_LANDLOCK_KUNIT_TEST */
