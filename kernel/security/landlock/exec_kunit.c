// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - KUnit tests of staging: order, limits, replacement, sharing
 *
 * The credentials of these tests belong to nobody, and the rules to no inode,
 * so they check what staging makes of its inputs and not how it is enforced.
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <uapi/linux/landlock.h>

#include "access.h"
#include "cred.h"
#include "domain.h"
#include "exec.h"
#include "frozen.h"
#include "limits.h"
#include "ruleset.h"
#include "shared.h"

/* Rulesets that can be told from one another by what they handle. */
#define ACCESS_A LANDLOCK_ACCESS_FS_EXECUTE
#define ACCESS_B LANDLOCK_ACCESS_FS_READ_FILE
#define ACCESS_C LANDLOCK_ACCESS_FS_WRITE_FILE

static void put_ruleset(void *const ruleset)
{
	landlock_put_ruleset(ruleset);
}

static void put_frozen(void *const frozen)
{
	landlock_put_frozen(frozen);
}

static void put_blob(void *const data)
{
	const struct landlock_cred_blob *const blob = data;

	landlock_put_exec(blob->exec);
	landlock_put_domain(blob->security.domain);
}

static struct landlock_ruleset *new_ruleset(struct kunit *const test,
					    const access_mask_t access_fs)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(access_fs, 0, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_ruleset, ruleset));
	return ruleset;
}

static struct bpf_landlock_ruleset *freeze(struct kunit *const test,
					   struct landlock_ruleset *const ruleset)
{
	struct bpf_landlock_ruleset *const frozen =
		landlock_freeze_ruleset(ruleset);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_frozen, frozen));
	return frozen;
}

static struct bpf_landlock_ruleset *new_frozen(struct kunit *const test,
					       const access_mask_t access_fs)
{
	return freeze(test, new_ruleset(test, access_fs));
}

static struct landlock_cred_blob *new_cred(struct kunit *const test)
{
	struct landlock_cred_blob *const blob =
		kunit_kzalloc(test, sizeof(*blob), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, blob);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_blob, blob));
	return blob;
}

/* What an execution would enforce. */
static const struct landlock_domain *
result(const struct landlock_cred_blob *const blob)
{
	const struct landlock_exec *const exec = blob->exec;

	return exec ? exec->stages[exec->num_stages - 1].domain :
		      blob->security.domain;
}

/* What was asked for, without what is handled in any case. */
static access_mask_t get_layer(const struct landlock_domain *const domain,
			       const u32 layer)
{
	return domain->handled_masks[layer].fs &
	       ~_LANDLOCK_ACCESS_FS_INITIALLY_DENIED;
}

static void expect_layers(struct kunit *const test,
			  const struct landlock_cred_blob *const blob,
			  const access_mask_t *const layers, const u32 num)
{
	const struct landlock_domain *const domain = result(blob);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, num, domain->num_layers);
	for (u32 i = 0; i < num; i++)
		KUNIT_EXPECT_EQ(test, layers[i], get_layer(domain, i));
}

#define EXPECT_LAYERS(test, blob, ...)                                   \
	do {                                                               \
		const access_mask_t layers[] = { __VA_ARGS__ };            \
									   \
		expect_layers(test, blob, layers, ARRAY_SIZE(layers));   \
	} while (0)

static void test_order(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct bpf_landlock_ruleset *const b = new_frozen(test, ACCESS_B);
	struct bpf_landlock_ruleset *const c = new_frozen(test, ACCESS_C);
	struct landlock_cred_blob *const first = new_cred(test);
	struct landlock_cred_blob *const last = new_cred(test);

	/* The owners' numbers do not matter. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(first, 2, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(first, 1, b, 0));
	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(first, LANDLOCK_STAGE_SELF, c, 0));
	EXPECT_LAYERS(test, first, ACCESS_A, ACCESS_B, ACCESS_C);

	/* Neither does the time at which the task stages for itself. */
	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(last, LANDLOCK_STAGE_SELF, c, 0));
	EXPECT_LAYERS(test, last, ACCESS_C);
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(last, 2, a, 0));
	EXPECT_LAYERS(test, last, ACCESS_A, ACCESS_C);
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(last, 1, b, 0));
	EXPECT_LAYERS(test, last, ACCESS_A, ACCESS_B, ACCESS_C);
}

static void test_replace(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct bpf_landlock_ruleset *const b = new_frozen(test, ACCESS_B);
	struct bpf_landlock_ruleset *const c = new_frozen(test, ACCESS_C);
	struct landlock_cred_blob *const blob = new_cred(test);
	const struct landlock_exec *exec;

	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 2, b, 0));

	/* A replaced stage keeps its place. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, c, 0));
	EXPECT_LAYERS(test, blob, ACCESS_C, ACCESS_B);
	KUNIT_EXPECT_EQ(test, 2, blob->exec->num_stages);

	/* The same again changes nothing at all. */
	exec = blob->exec;
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 2, b, 0));
	KUNIT_EXPECT_PTR_EQ(test, exec, blob->exec);

	/* Programs without an ID never replace one another. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 0, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 0, b, 0));
	EXPECT_LAYERS(test, blob, ACCESS_C, ACCESS_B, ACCESS_A);
	KUNIT_EXPECT_EQ(test, 4, blob->exec->num_stages);
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 0, a, 0));
	KUNIT_EXPECT_EQ(test, 4, blob->exec->num_stages);
}

/* A task that stages the same again, e.g. for each of its children. */
static void test_stage_self_again(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const parent = new_cred(test);
	struct landlock_cred_blob *const child = new_cred(test);

	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(parent, LANDLOCK_STAGE_SELF, a, 0));
	landlock_cred_copy(child, parent);
	KUNIT_EXPECT_PTR_EQ(test, result(parent), result(child));

	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(parent, LANDLOCK_STAGE_SELF, a, 0));
	EXPECT_LAYERS(test, parent, ACCESS_A);
	KUNIT_EXPECT_PTR_NE(test, result(parent), result(child));
	KUNIT_EXPECT_PTR_EQ(test, result(parent)->shared,
			    result(child)->shared);
}

static void test_repeated_layer(struct kunit *const test)
{
	const u32 log_flag = LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;
	const u32 nnp_flag = LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct bpf_landlock_ruleset *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const blob = new_cred(test);

	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 2, a, nnp_flag));
	EXPECT_LAYERS(test, blob, ACCESS_A);

	/* The layer of 2 must not depend on what 1 does next. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, b, 0));
	EXPECT_LAYERS(test, blob, ACCESS_B, ACCESS_A);

	/* A layer with other logs is another layer. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, a, log_flag));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_A);
}

static void test_no_new_privs_only(struct kunit *const test)
{
	const u32 flag = LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const blob = new_cred(test);

	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 1, NULL, flag));
	KUNIT_ASSERT_NOT_NULL(test, blob->exec);
	KUNIT_EXPECT_NULL(test, result(blob));

	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 2, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(blob, 3, NULL, flag));
	EXPECT_LAYERS(test, blob, ACCESS_A);
	KUNIT_EXPECT_EQ(test, flag, blob->exec->stages[2].flags);
}

static void test_layer_limit(struct kunit *const test)
{
	struct landlock_cred_blob *const blob = new_cred(test);
	const struct landlock_exec *exec;

	for (u32 i = 1; i <= LANDLOCK_MAX_NUM_LAYERS; i++)
		KUNIT_ASSERT_EQ(test, 0,
				landlock_stage_exec(blob, i,
						    new_frozen(test, ACCESS_A),
						    0));

	exec = blob->exec;
	KUNIT_EXPECT_EQ(test, LANDLOCK_MAX_NUM_LAYERS,
			result(blob)->num_layers);
	KUNIT_EXPECT_EQ(test, -E2BIG,
			landlock_stage_exec(blob, LANDLOCK_MAX_NUM_LAYERS + 1,
					    new_frozen(test, ACCESS_B), 0));
	KUNIT_EXPECT_EQ(test, -E2BIG,
			landlock_stage_exec(blob, LANDLOCK_STAGE_SELF,
					    new_frozen(test, ACCESS_B), 0));
	KUNIT_EXPECT_PTR_EQ(test, exec, blob->exec);

	/* There is always room for a replacement. */
	KUNIT_EXPECT_EQ(test, 0,
			landlock_stage_exec(blob, LANDLOCK_MAX_NUM_LAYERS,
					    new_frozen(test, ACCESS_B), 0));
	KUNIT_EXPECT_EQ(test, ACCESS_B,
			get_layer(result(blob), LANDLOCK_MAX_NUM_LAYERS - 1));
}

static void test_restage(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct bpf_landlock_ruleset *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const blob = new_cred(test);
	struct landlock_exec *exec;

	KUNIT_ASSERT_EQ(test, 0, landlock_restage_exec(blob));
	KUNIT_EXPECT_NULL(test, blob->exec);

	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(blob, LANDLOCK_STAGE_SELF, a, 0));

	/* As landlock_restrict_self(2) does, without EXECTIME. */
	for (u32 i = 1; i < LANDLOCK_MAX_NUM_LAYERS; i++) {
		struct landlock_domain *const domain =
			landlock_merge_frozen(blob->security.domain, b, 0, false);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
		landlock_put_domain(blob->security.domain);
		blob->security.domain = domain;
		KUNIT_ASSERT_EQ(test, 0, landlock_restage_exec(blob));
		KUNIT_EXPECT_EQ(test, i + 1, result(blob)->num_layers);
		KUNIT_EXPECT_EQ(test, ACCESS_A, get_layer(result(blob), i));
	}

	/* There is no room for one more below what is staged. */
	exec = blob->exec;
	landlock_put_domain(blob->security.domain);
	blob->security.domain = exec->stages[0].domain;
	landlock_get_domain(blob->security.domain);
	KUNIT_EXPECT_EQ(test, -E2BIG, landlock_restage_exec(blob));
	KUNIT_EXPECT_PTR_EQ(test, exec, blob->exec);
}

/* The last reference may be the ruleset's, or not. */
static void test_frozen_outlives(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_ruleset(test, ACCESS_A);
	struct bpf_landlock_ruleset *const frozen = freeze(test, ruleset);

	KUNIT_EXPECT_EQ(test, 2, refcount_read(&frozen->ruleset.usage));
	kunit_release_action(test, put_ruleset, ruleset);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&frozen->ruleset.usage));
	KUNIT_EXPECT_TRUE(test, frozen->ruleset.handled_masks.fs == ACCESS_A);
}

/* Gets the staged rules merged with those of @added, without a domain. */
static struct landlock_shared_rules *
merge_staged(struct kunit *const test,
	     const struct landlock_cred_blob *const blob,
	     const struct bpf_landlock_ruleset *const added)
{
	struct landlock_shared_rules *const merged =
		landlock_merge_shared_rules(blob->exec->stages[0].domain,
					    added->shared);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, merged);
	return merged;
}

#if IS_ENABLED(CONFIG_INET)

static void add_port(struct kunit *const test,
		     struct landlock_ruleset *const ruleset, const u16 port)
{
	const struct landlock_id id = {
		.key.data = port,
		.type = LANDLOCK_KEY_NET_PORT,
	};
	int err;

	scoped_guard(mutex, &ruleset->lock)
		err = landlock_insert_rule(ruleset, id,
					   LANDLOCK_ACCESS_NET_BIND_TCP, 0);
	KUNIT_ASSERT_EQ(test, 0, err);
}

static struct landlock_ruleset *new_net_ruleset(struct kunit *const test,
						const u16 num_ports)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(0, LANDLOCK_ACCESS_NET_BIND_TCP, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_ruleset, ruleset));
	for (u32 port = 1; port <= num_ports; port++)
		add_port(test, ruleset, port);
	return ruleset;
}

static void test_frozen(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_net_ruleset(test, 3);
	struct bpf_landlock_ruleset *const frozen = freeze(test, ruleset);

	add_port(test, ruleset, 4);
	KUNIT_EXPECT_EQ(test, 4, ruleset->rules.num_rules);
	KUNIT_EXPECT_EQ(test, 3, frozen->ruleset.rules.num_rules);
	KUNIT_EXPECT_EQ(test, 3, frozen->shared->rules.num_rules);
}

/* A snapshot is kept until the ruleset changes, and does not change with it. */
static void test_kept_frozen(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_net_ruleset(test, 3);
	struct bpf_landlock_ruleset *const first = freeze(test, ruleset);
	const struct bpf_landlock_ruleset *second, *third;

	KUNIT_EXPECT_PTR_EQ(test, first, freeze(test, ruleset));

	add_port(test, ruleset, 4);
	second = freeze(test, ruleset);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_PTR_NE(test, first->shared, second->shared);
	KUNIT_EXPECT_EQ(test, 4, second->ruleset.rules.num_rules);
	KUNIT_EXPECT_PTR_EQ(test, second, freeze(test, ruleset));

	/* A rule that is there already may get more access rights. */
	add_port(test, ruleset, 4);
	third = freeze(test, ruleset);
	KUNIT_EXPECT_PTR_NE(test, second, third);
	KUNIT_EXPECT_EQ(test, 4, third->ruleset.rules.num_rules);
	KUNIT_EXPECT_EQ(test, 3, first->ruleset.rules.num_rules);
}

static void test_shared_rules(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a =
		freeze(test, new_net_ruleset(test, 3));
	struct bpf_landlock_ruleset *const b =
		freeze(test, new_net_ruleset(test, 5));
	struct landlock_cred_blob *const one = new_cred(test);
	struct landlock_cred_blob *const two = new_cred(test);

	/* Without parent, the rules are those of the frozen ruleset. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(one, 1, a, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(two, 1, a, 0));
	KUNIT_EXPECT_PTR_EQ(test, a->shared, result(one)->shared);
	KUNIT_EXPECT_PTR_EQ(test, a->shared, result(two)->shared);
	KUNIT_EXPECT_PTR_NE(test, result(one), result(two));

	/* Otherwise, both sets of rules are merged once. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(one, 2, b, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(two, 2, b, 0));
	KUNIT_EXPECT_EQ(test, 5, result(one)->rules.num_rules);
	KUNIT_EXPECT_PTR_NE(test, a->shared, result(one)->shared);
	KUNIT_EXPECT_PTR_NE(test, b->shared, result(one)->shared);
	KUNIT_EXPECT_PTR_EQ(test, result(one)->shared, result(two)->shared);

	/* The order matters. */
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(two, 1, b, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(two, 2, a, 0));
	KUNIT_EXPECT_PTR_NE(test, result(one)->shared, result(two)->shared);
}

/* The rules of any domain can be shared, also those it made for itself. */
static void test_shared_parent(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_net_ruleset(test, 3);
	struct bpf_landlock_ruleset *const frozen = freeze(test, ruleset);
	struct landlock_cred_blob *const one = new_cred(test);
	struct landlock_cred_blob *const two = new_cred(test);
	struct landlock_domain *domain;

	scoped_guard(mutex, &ruleset->lock)
		domain = landlock_merge_ruleset(NULL, ruleset);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	one->security.domain = domain;
	KUNIT_EXPECT_NULL(test, one->security.domain->shared);
	landlock_get_domain(one->security.domain);
	two->security.domain = one->security.domain;

	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(one, 1, frozen, 0));
	KUNIT_ASSERT_EQ(test, 0, landlock_stage_exec(two, 1, frozen, 0));
	KUNIT_EXPECT_NOT_NULL(test, one->security.domain->shared);
	KUNIT_EXPECT_PTR_EQ(test, result(one)->shared, result(two)->shared);
	KUNIT_EXPECT_EQ(test, 2, result(one)->num_layers);
	KUNIT_EXPECT_EQ(test, 3, result(one)->rules.num_rules);
}

/* As test_merged_limit, with few but large sets of rules. */
static void test_merged_rules_limit(struct kunit *const test)
{
	const u32 room = LANDLOCK_MAX_MERGED_RULES / U16_MAX;
	struct landlock_cred_blob *const blob = new_cred(test);
	struct bpf_landlock_ruleset *large;
	struct landlock_shared_rules *first;

	/* Who waits for this test would be reported as a hung task. */
	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "half a million rules take minutes with KASAN");

	large = freeze(test, new_net_ruleset(test, U16_MAX));
	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(blob, 1,
					    new_frozen(test, ACCESS_A), 0));
	first = merge_staged(test, blob, large);
	KUNIT_EXPECT_EQ(test, U16_MAX, first->rules.num_rules);

	for (u32 i = 0; i < room; i++) {
		KUNIT_EXPECT_EQ(test, 2, refcount_read(&first->usage));
		KUNIT_ASSERT_EQ(test, 0,
				landlock_stage_exec(blob, 1,
						    new_frozen(test, ACCESS_B),
						    0));
		landlock_put_shared_rules(merge_staged(test, blob, large));
	}
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&first->usage));
	landlock_put_shared_rules(first);
}

#endif /* IS_ENABLED(CONFIG_INET) */

/* What is merged is found again as long as there is room for it. */
static void test_merged_limit(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const a = new_frozen(test, ACCESS_A);
	struct bpf_landlock_ruleset *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const blob = new_cred(test);
	struct landlock_shared_rules *first, *second, *again;

	KUNIT_ASSERT_EQ(test, 0,
			landlock_stage_exec(blob, LANDLOCK_STAGE_SELF, a, 0));
	first = merge_staged(test, blob, a);
	second = merge_staged(test, blob, b);

	/* The second one is needed again and again, and the first one is not. */
	for (u32 i = 0; i < LANDLOCK_MAX_MERGED_ENTRIES; i++) {
		struct bpf_landlock_ruleset *const other =
			new_frozen(test, ACCESS_C);

		landlock_put_shared_rules(merge_staged(test, blob, other));
		again = merge_staged(test, blob, b);
		KUNIT_EXPECT_PTR_EQ(test, second, again);
		landlock_put_shared_rules(again);
	}
	again = merge_staged(test, blob, a);
	KUNIT_EXPECT_PTR_NE(test, first, again);
	landlock_put_shared_rules(again);

	/* Nobody else has a reference to it any more. */
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&first->usage));
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&second->usage));
	landlock_put_shared_rules(first);
	landlock_put_shared_rules(second);
}

static void test_free_shared(struct kunit *const test)
{
	struct bpf_landlock_ruleset *const frozen = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const blob = new_cred(test);
	struct landlock_hierarchy *below;
	struct landlock_domain *domain;

	domain = landlock_merge_frozen(NULL, frozen, 0, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	blob->security.domain = domain;
	below = domain->hierarchy;

	/* Nothing is left to a work queue. */
	domain = landlock_merge_frozen(blob->security.domain, frozen, 0, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&below->usage));
	landlock_put_domain_deferred(domain);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&below->usage));

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/* The audit log must be told, which might sleep. */
	domain = landlock_merge_frozen(blob->security.domain, frozen, 0, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->hierarchy->log_status = LANDLOCK_LOG_RECORDED;
	KUNIT_EXPECT_FALSE(test, landlock_free_shared_domain(domain));
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&below->usage));
	domain->hierarchy->log_status = LANDLOCK_LOG_PENDING;
	landlock_put_domain(domain);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&below->usage));
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
}

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_order),
	KUNIT_CASE(test_replace),
	KUNIT_CASE(test_stage_self_again),
	KUNIT_CASE(test_repeated_layer),
	KUNIT_CASE(test_no_new_privs_only),
	KUNIT_CASE(test_layer_limit),
	KUNIT_CASE(test_restage),
	KUNIT_CASE(test_merged_limit),
	KUNIT_CASE(test_free_shared),
	KUNIT_CASE(test_frozen_outlives),
#if IS_ENABLED(CONFIG_INET)
	KUNIT_CASE(test_frozen),
	KUNIT_CASE(test_kept_frozen),
	KUNIT_CASE(test_shared_rules),
	KUNIT_CASE(test_shared_parent),
	KUNIT_CASE_SLOW(test_merged_rules_limit),
#endif /* IS_ENABLED(CONFIG_INET) */
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_exec",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);
