// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Frozen rulesets
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "access.h"
#include "frozen.h"
#include "object.h"
#include "ruleset.h"

static u32 count_rules(const struct rb_root *const root)
{
	const struct rb_node *node;
	u32 count = 0;

	for (node = rb_first(root); node; node = rb_next(node))
		count++;

	return count;
}

/* Returns how many bits leave at least half of the slots empty. */
static u32 get_table_bits(const u32 num_rules)
{
	return num_rules > 1 ? order_base_2(num_rules) + 1 : 1;
}

static void insert_rule(struct landlock_frozen_table *const table,
			const struct landlock_rule *const rule)
{
	unsigned long i = landlock_hash_key(rule->key, table);

	while (table->slots[i].key.data != LANDLOCK_NO_KEY)
		i = (i + 1) & table->mask;

	table->slots[i] = (struct landlock_frozen_rule){
		.key = rule->key,
		.access = rule->access,
		.quiet = rule->quiet,
	};
}

static void init_table(struct landlock_frozen_table *const table,
		       struct landlock_frozen_rule *const slots, const u32 bits,
		       const u64 multiplier, const struct rb_root *const root)
{
	const struct rb_node *node;

	table->slots = slots;
	table->multiplier = multiplier;
	table->bits = bits;
	table->mask = BIT(bits) - 1;
	for (unsigned long i = 0; i <= table->mask; i++)
		slots[i].key.data = LANDLOCK_NO_KEY;

	for (node = rb_first(root); node; node = rb_next(node))
		insert_rule(table, rb_entry(node, struct landlock_rule, node));
}

/* Keeps the address of an object from being reused for another one. */
static void get_objects(const struct landlock_frozen_table *const table)
{
	for (unsigned long i = 0; i <= table->mask; i++) {
		if (table->slots[i].key.data != LANDLOCK_NO_KEY)
			landlock_get_object(table->slots[i].key.object);
	}
}

static void put_objects(const struct landlock_frozen_table *const table)
{
	for (unsigned long i = 0; i <= table->mask; i++) {
		if (table->slots[i].key.data != LANDLOCK_NO_KEY)
			landlock_put_object(table->slots[i].key.object);
	}
}

static struct landlock_frozen *
create_frozen(const struct landlock_rules *const rules)
{
	const u32 num_inodes = count_rules(&rules->root_inode);
	const u32 inode_bits = get_table_bits(num_inodes);
	const u64 multiplier = get_random_u64() | 1;
	size_t num_slots = BIT(inode_bits);
	struct landlock_frozen *frozen;

#if IS_ENABLED(CONFIG_INET)
	const u32 port_bits = get_table_bits(rules->num_rules - num_inodes);

	num_slots += BIT(port_bits);
#endif /* IS_ENABLED(CONFIG_INET) */

	/* Too many rules for one allocation are no reason for a warning. */
	frozen = kvzalloc_flex(*frozen, slots, num_slots,
			       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!frozen)
		return NULL;

	refcount_set(&frozen->usage, 1);
	init_table(&frozen->inodes, frozen->slots, inode_bits, multiplier,
		   &rules->root_inode);
	get_objects(&frozen->inodes);

#if IS_ENABLED(CONFIG_INET)
	init_table(&frozen->net_ports, frozen->slots + BIT(inode_bits),
		   port_bits, multiplier, &rules->root_net_port);
#endif /* IS_ENABLED(CONFIG_INET) */

	frozen->num_rules = rules->num_rules;
	return frozen;
}

/**
 * landlock_freeze_ruleset - Take a snapshot of a ruleset
 *
 * @ruleset: The ruleset to copy.  Changing it afterwards does not change the
 *           snapshot.
 *
 * As long as @ruleset does not change, this returns the same snapshot:
 * enforcing one ruleset on each of many processes only copies it once, and
 * their domains share its rules.
 *
 * Return: A frozen ruleset with a reference owned by the caller, or
 * ERR_PTR(-ENOMEM).
 */
struct landlock_frozen *
landlock_freeze_ruleset(struct landlock_ruleset *const ruleset)
{
	struct landlock_frozen *frozen;

	might_sleep();
	guard(mutex)(&ruleset->lock);

	if (!ruleset->frozen) {
		frozen = create_frozen(&ruleset->rules);
		if (!frozen)
			return ERR_PTR(-ENOMEM);

		frozen->handled_masks = ruleset->handled_masks;
		frozen->enforced_masks = landlock_upgrade_handled_access_masks(
			ruleset->handled_masks);
		frozen->quiet_masks = ruleset->quiet_masks;

#ifdef CONFIG_TRACEPOINTS
		frozen->version = ruleset->version;
		frozen->id = ruleset->id;
#endif /* CONFIG_TRACEPOINTS */

		ruleset->frozen = frozen;
	}
	landlock_get_frozen(ruleset->frozen);
	return ruleset->frozen;
}

/**
 * landlock_forget_frozen - Forget the snapshot of a ruleset
 *
 * @ruleset: The ruleset, which changed or is about to be freed.  The caller must
 *           hold its lock, or the last reference to it.
 */
void landlock_forget_frozen(struct landlock_ruleset *const ruleset)
{
	landlock_put_frozen(ruleset->frozen);
	ruleset->frozen = NULL;
}

static void free_frozen_work(struct work_struct *const work)
{
	struct landlock_frozen *const frozen = container_of(
		to_rcu_work(work), struct landlock_frozen, work_free);

	put_objects(&frozen->inodes);
	kvfree(frozen);
}

static void queue_free_frozen(struct landlock_frozen *const frozen)
{
	INIT_RCU_WORK(&frozen->work_free, free_frozen_work);
	queue_rcu_work(system_dfl_wq, &frozen->work_free);
}

static void free_frozen_irq(struct irq_work *const work)
{
	queue_free_frozen(container_of(work, struct landlock_frozen, irq_free));
}

/**
 * landlock_put_frozen - Drop a reference to a frozen ruleset
 *
 * @frozen: The frozen ruleset, or NULL.
 *
 * Can be called from any context: credentials are freed by RCU, and a BPF
 * program of any type may delete a map element, including a program that traces
 * the inside of RCU or of a scheduler.
 */
void landlock_put_frozen(struct landlock_frozen *const frozen)
{
	if (!frozen || !refcount_dec_and_test(&frozen->usage))
		return;

	/*
	 * Without BPF, which selects IRQ_WORK, no caller is in NMI or within
	 * RCU or a scheduler: queuing is then safe with interrupts off as well.
	 */
	if (IS_ENABLED(CONFIG_IRQ_WORK) && (in_nmi() || irqs_disabled())) {
		frozen->irq_free = IRQ_WORK_INIT_HARD(free_frozen_irq);
		irq_work_queue(&frozen->irq_free);
	} else {
		queue_free_frozen(frozen);
	}
}

#ifdef CONFIG_SECURITY_LANDLOCK_KUNIT_TEST

static void put_ruleset_action(void *const ruleset)
{
	landlock_put_ruleset(ruleset);
}

static void put_frozen_action(void *const frozen)
{
	landlock_put_frozen(frozen);
}

static struct landlock_ruleset *new_ruleset(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(LANDLOCK_ACCESS_FS_EXECUTE,
					LANDLOCK_ACCESS_NET_BIND_TCP, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_ruleset_action,
						  ruleset));
	return ruleset;
}

static struct landlock_frozen *freeze(struct kunit *const test,
				      struct landlock_ruleset *const ruleset)
{
	struct landlock_frozen *const frozen = landlock_freeze_ruleset(ruleset);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_frozen_action,
						  frozen));
	return frozen;
}

static void add_rule(struct kunit *const test,
		     struct landlock_ruleset *const ruleset,
		     const struct landlock_id id, const u32 flags)
{
	int err;

	scoped_guard(mutex, &ruleset->lock)
		err = landlock_insert_rule(ruleset, id, 1, flags);
	KUNIT_ASSERT_EQ(test, 0, err);
}

/* The last reference may be the ruleset's, or not. */
static void test_frozen_outlives(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	struct landlock_frozen *const frozen = freeze(test, ruleset);

	KUNIT_EXPECT_EQ(test, 2, refcount_read(&frozen->usage));
	kunit_release_action(test, put_ruleset_action, ruleset);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&frozen->usage));
	KUNIT_EXPECT_TRUE(test, frozen->handled_masks.fs ==
					LANDLOCK_ACCESS_FS_EXECUTE);
	KUNIT_EXPECT_TRUE(test, frozen->enforced_masks.fs ==
					(LANDLOCK_ACCESS_FS_EXECUTE |
					 LANDLOCK_ACCESS_FS_REFER));
}

static void release_nothing(struct landlock_object *const object)
	__releases(object->lock)
{
	spin_unlock(&object->lock);
}

static const struct landlock_object_underops test_underops = {
	.release = release_nothing,
};

static void put_object_action(void *const object)
{
	landlock_put_object(object);
}

/* A snapshot has references of its own, and finds only its objects. */
static void test_objects(struct kunit *const test)
{
	struct landlock_object *objects[40];
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	struct landlock_frozen *frozen;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = landlock_create_object(&test_underops, test);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, objects[i]);
		KUNIT_ASSERT_EQ(test, 0,
				kunit_add_action_or_reset(test,
							  put_object_action,
							  objects[i]));
		if (i % 2) {
			const struct landlock_id id = {
				.key.object = objects[i],
				.type = LANDLOCK_KEY_INODE,
			};

			add_rule(test, ruleset, id, 0);
		}
	}

	frozen = freeze(test, ruleset);
	kunit_release_action(test, put_ruleset_action, ruleset);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		const struct landlock_id id = {
			.key.object = objects[i],
			.type = LANDLOCK_KEY_INODE,
		};
		const struct landlock_frozen_rule *const rule =
			landlock_find_rule(frozen, id);

		KUNIT_EXPECT_EQ(test, i % 2 ? 2 : 1,
				refcount_read(&objects[i]->usage));
		KUNIT_EXPECT_EQ(test, i % 2, !!rule);
		if (rule)
			KUNIT_EXPECT_PTR_EQ(test, objects[i],
					    rule->key.object);
	}
}

static void test_table_bits(struct kunit *const test)
{
	KUNIT_EXPECT_EQ(test, 1, get_table_bits(0));
	KUNIT_EXPECT_EQ(test, 1, get_table_bits(1));
	KUNIT_EXPECT_EQ(test, 33, get_table_bits(U32_MAX));
	for (u32 num = 1; num < 10000; num++) {
		const u32 slots = BIT(get_table_bits(num));

		KUNIT_ASSERT_GE(test, slots, 2 * num);
		KUNIT_ASSERT_LT(test, slots, 4 * num);
	}
}

/* Returns how many slots away from its own one the key is stored. */
static u32 insert_key(struct landlock_frozen_table *const table,
		      const uintptr_t key)
{
	const struct landlock_rule rule = {
		.key.data = key,
	};
	unsigned long slot = landlock_hash_key(rule.key, table);
	u32 away = 0;

	insert_rule(table, &rule);
	for (; table->slots[slot].key.data != key; away++)
		slot = (slot + 1) & table->mask;

	return away;
}

static struct landlock_frozen_rule *new_slots(struct kunit *const test,
					      const u32 bits)
{
	struct landlock_frozen_rule *const slots =
		kunit_kcalloc(test, BIT(bits), sizeof(*slots), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slots);
	return slots;
}

/*
 * Arbitrary odd numbers, always the same, so that no test fails only at times.
 */
static const u64 multipliers[] = {
	0x9ddfea08eb382d69, 0xc6a4a7935bd1e995, 0xbf58476d1ce4e5b9,
	0x2545f4914f6cdd1d, 0x100000001b3,
};

/* Keys with any distance between them are found after a few slots. */
static void test_table_spread(struct kunit *const test)
{
	const u32 num = 100, bits = get_table_bits(num);
	struct landlock_frozen_rule *const slots = new_slots(test, bits);
	struct landlock_frozen_table table;

	for (size_t m = 0; m < ARRAY_SIZE(multipliers); m++) {
		for (uintptr_t distance = 1; distance < 1024; distance++) {
			u32 away = 0;

			init_table(&table, slots, bits, multipliers[m],
				   &RB_ROOT);
			for (u32 i = 0; i < num; i++)
				away += insert_key(&table, (uintptr_t)slots +
								   i * distance);
			KUNIT_ASSERT_LT(test, away, 2 * num);
		}
	}
}

/* So are keys that are neighbours in another table. */
static void test_table_order(struct kunit *const test)
{
	const u32 num = 100, num_all = 4000;
	const u32 bits = get_table_bits(num), all_bits = get_table_bits(num_all);
	struct landlock_frozen_table all, table;
	u32 found = 0, away = 0;

	init_table(&all, new_slots(test, all_bits), all_bits, multipliers[0],
		   &RB_ROOT);
	for (u32 i = 0; i < num_all; i++)
		insert_key(&all, (uintptr_t)test + 96 * i);

	init_table(&table, new_slots(test, bits), bits, multipliers[1],
		   &RB_ROOT);
	for (u32 i = 0; found < num; i++) {
		if (all.slots[i].key.data == LANDLOCK_NO_KEY)
			continue;
		away += insert_key(&table, all.slots[i].key.data);
		found++;
	}
	KUNIT_EXPECT_LT(test, away, 2 * num);
}

#if IS_ENABLED(CONFIG_INET)

static void add_port(struct kunit *const test,
		     struct landlock_ruleset *const ruleset, const u16 port,
		     const u32 flags)
{
	const struct landlock_id id = {
		.key.data = port,
		.type = LANDLOCK_KEY_NET_PORT,
	};

	add_rule(test, ruleset, id, flags);
}

static const struct landlock_frozen_rule *
find_port(const struct landlock_frozen *const frozen, const u16 port)
{
	const struct landlock_id id = {
		.key.data = port,
		.type = LANDLOCK_KEY_NET_PORT,
	};

	return landlock_find_rule(frozen, id);
}

/* A snapshot is kept until the ruleset changes, and does not change with it. */
static void test_kept_frozen(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	struct landlock_frozen *first, *second, *third;

	first = freeze(test, ruleset);
	KUNIT_EXPECT_PTR_EQ(test, first, freeze(test, ruleset));
	KUNIT_EXPECT_NULL(test, find_port(first, 0));

	add_port(test, ruleset, 0, 0);
	second = freeze(test, ruleset);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_PTR_EQ(test, second, freeze(test, ruleset));
	KUNIT_EXPECT_EQ(test, 1, second->num_rules);
	KUNIT_ASSERT_NOT_NULL(test, find_port(second, 0));
	KUNIT_EXPECT_FALSE(test, find_port(second, 0)->quiet);

	/* A rule that is there already may get more. */
	add_port(test, ruleset, 0, LANDLOCK_ADD_RULE_QUIET);
	third = freeze(test, ruleset);
	KUNIT_EXPECT_PTR_NE(test, second, third);
	KUNIT_EXPECT_EQ(test, 1, third->num_rules);
	KUNIT_EXPECT_TRUE(test, find_port(third, 0)->quiet);
	KUNIT_EXPECT_FALSE(test, find_port(second, 0)->quiet);
	KUNIT_EXPECT_EQ(test, 0, first->num_rules);
}

/* Every port is found, or not, with each number of rules. */
static void test_ports(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset = new_ruleset(test);

	for (u32 num = 0; num < 200; num++) {
		struct landlock_frozen *const frozen =
			landlock_freeze_ruleset(ruleset);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
		for (u32 port = 0; port <= 3 * num; port++) {
			const struct landlock_frozen_rule *const rule =
				find_port(frozen, port);
			const bool has = !(port % 3) && port / 3 < num;

			KUNIT_ASSERT_EQ(test, has, !!rule);
			if (rule)
				KUNIT_ASSERT_EQ(test, port, rule->key.data);
		}
		landlock_put_frozen(frozen);
		add_port(test, ruleset, 3 * num, 0);
	}
}

#endif /* IS_ENABLED(CONFIG_INET) */

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_frozen_outlives),
	KUNIT_CASE(test_objects),
	KUNIT_CASE(test_table_bits),
	KUNIT_CASE(test_table_spread),
	KUNIT_CASE(test_table_order),
#if IS_ENABLED(CONFIG_INET)
	KUNIT_CASE(test_kept_frozen),
	KUNIT_CASE(test_ports),
#endif /* IS_ENABLED(CONFIG_INET) */
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_frozen",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);

#endif /* CONFIG_SECURITY_LANDLOCK_KUNIT_TEST */
