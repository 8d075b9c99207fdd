/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Permissive layers report exactly what they would deny
 *
 * Each operation is tried without layers, below a layer that enforces a ruleset,
 * and below the same layer as a permissive one.  The latter must end like the
 * first, and report like the second.
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_EQUAL_H
#define _LANDLOCK_PERMISSIVE_EQUAL_H

#include "permissive_case.h"

FIXTURE(equal)
{
	struct observer observer;
};

FIXTURE_VARIANT(equal)
{
	const struct layer_rules rules;
};

#define FS(_right) LANDLOCK_ACCESS_FS_##_right
#define NET(_right) LANDLOCK_ACCESS_NET_##_right

#define FS_READ (FS(EXECUTE) | FS(READ_FILE) | FS(READ_DIR))
#define FS_MAKE                                                        \
	(FS(MAKE_CHAR) | FS(MAKE_DIR) | FS(MAKE_REG) | FS(MAKE_SOCK) | \
	 FS(MAKE_FIFO) | FS(MAKE_BLOCK) | FS(MAKE_SYM))
#define FS_CHANGE (FS_MAKE | FS(REMOVE_DIR) | FS(REMOVE_FILE) | FS(REFER))

/* Enforced below the permissive layer. */
static const struct layer_rules denies_some = {
	.attr.handled_access_fs = FS(READ_FILE) | FS(TRUNCATE) | FS(REFER) |
				  FS(REMOVE_FILE) | FS(MAKE_DIR),
	.attr.handled_access_net = NET(BIND_TCP) | NET(BIND_UDP),
	.paths = {
		{ "a", FS(REFER) | FS(READ_FILE) },
		{ "b", FS(REFER) | FS(REMOVE_FILE) },
	},
	.ports = { { 0, NET(BIND_UDP) } },
};

/* Enforced above it, to no effect but that on mounts. */
static const struct layer_rules denies_none = {
	.attr.handled_access_fs = ACCESS_ALL,
	.paths = { { "/", ACCESS_ALL } },
};

FIXTURE_SETUP(equal)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	set_up_loopback(_metadata);
}

FIXTURE_TEARDOWN(equal)
{
	observe_no_more(_metadata, &self->observer);
}

static void add_layer(struct stack *const stack,
		      const struct layer_rules *const rules, const __u32 flags)
{
	stack->rules[stack->num] = *rules;
	stack->flags[stack->num] = flags;
	stack->num++;
}

static void run_alone(struct __test_metadata *const _metadata,
		      struct observer *const observer,
		      const struct operation *const op,
		      const struct layer_rules *const rules, const __u32 flags,
		      struct outcome *const outcome)
{
	struct stack stack = {};

	if (rules)
		add_layer(&stack, rules, flags);
	run_operation(_metadata, observer, op, &stack, outcome);
}

/*
 * Whether a permissive layer says what the same layer denied.  If the denial ended
 * an operation of several checks, it may say more.
 *
 * Landlock refuses some addresses that are not for the socket, and reports no
 * denial.  A permissive layer must report those that are good enough without it,
 * and may report others.
 */
static bool says_same(const struct operation *const op,
		      const struct reports *const permissive, const int layer,
		      const struct outcome *const enforced,
		      const int free_result)
{
	const struct reports *const denied = &enforced->reports;
	const bool differs = enforced->result != free_result;
	const bool bad_address = op->refused || free_result == -EINVAL ||
				 free_result == -EAFNOSUPPORT;
	int num = 0;

	if (differs != !!permissive->num && !bad_address)
		return false;

	if (!differs && denied->num)
		return false;

	if (!op->several && denied->num && denied->num != permissive->num)
		return false;

	for (int i = 0; i < permissive->num; i++) {
		const struct report *const report = &permissive->list[i];

		if (report->layer != layer || !report->permissive ||
		    !report->logged)
			return false;
		if (num < denied->num && !denied->list[num].permissive &&
		    !strcmp(denied->list[num].blockers, report->blockers))
			num++;
	}
	return num == denied->num;
}

/*
 * A rename that gives a file more rights in one layer is denied for both of its
 * directories, of which one may be reported for a layer that allows it.
 */
static void keep_layer(struct reports *const reports, const int layer)
{
	int num = 0;

	for (int i = 0; i < reports->num; i++)
		if (reports->list[i].layer == layer)
			reports->list[num++] = reports->list[i];
	reports->num = num;
}

/* Drops the reports of permissive layers. */
static void drop_permissive(struct reports *const reports)
{
	int num = 0;

	for (int i = 0; i < reports->num; i++)
		if (!reports->list[i].permissive)
			reports->list[num++] = reports->list[i];
	reports->num = num;
}

/* Whether only the other layer of two is reported, and as if it was alone. */
static bool says_nothing(const struct operation *const op,
			 struct reports *const both, const int layer,
			 const struct reports *const alone)
{
	/* It may have reported an earlier check. */
	if (op->several)
		drop_permissive(both);
	if (both->num != alone->num)
		return false;

	for (int i = 0; i < both->num; i++)
		if (both->list[i].layer != layer || both->list[i].permissive ||
		    strcmp(both->list[i].blockers, alone->list[i].blockers))
			return false;
	return true;
}

/*
 * Tries a permissive layer below or above a layer that enforces something else.
 * If the other one denies the operation, nothing else is reported.  If it allows
 * it, the permissive layer is compared with the same layer enforced, in the same
 * place.
 */
static bool same_in_pair(struct __test_metadata *const _metadata,
			 struct observer *const observer,
			 const struct operation *const op,
			 const struct layer_rules *const rules,
			 const int free_result, const struct outcome *const alone,
			 const struct layer_rules *const other, const bool below)
{
	struct outcome enforced = {}, both;
	struct stack stack = {};
	bool same;

	if (below)
		add_layer(&stack, rules, PERMISSIVE);
	add_layer(&stack, other, 0);
	if (!below)
		add_layer(&stack, rules, PERMISSIVE);
	run_operation(_metadata, observer, op, &stack, &both);

	if (alone->result != free_result) {
		same = says_nothing(op, &both.reports, below, &alone->reports);
	} else {
		stack.flags[!below] = 0;
		run_operation(_metadata, observer, op, &stack, &enforced);
		keep_layer(&enforced.reports, !below);
		same = says_same(op, &both.reports, !below, &enforced,
				 free_result);
	}
	if (same && both.recorded && both.result == alone->result)
		return true;

	TH_LOG("%s: below=%d free=%d other=%d enforced=%d permissive=%d recorded=%d",
	       op->name, below, free_result, alone->result, enforced.result,
	       both.result, both.recorded);
	log_reports(_metadata, "other", &alone->reports);
	log_reports(_metadata, "enforced", &enforced.reports);
	log_reports(_metadata, "permissive", &both.reports);
	return false;
}

static bool same_alone(struct __test_metadata *const _metadata,
		       struct observer *const observer,
		       const struct operation *const op,
		       const struct layer_rules *const rules, int *free_result)
{
	struct outcome free, denied, permissive;

	run_alone(_metadata, observer, op, NULL, 0, &free);
	run_alone(_metadata, observer, op, rules, 0, &denied);
	run_alone(_metadata, observer, op, rules, PERMISSIVE, &permissive);
	*free_result = free.result;

	if (permissive.result == free.result && denied.recorded &&
	    permissive.recorded &&
	    says_same(op, &permissive.reports, 0, &denied, free.result))
		return true;

	TH_LOG("%s: free=%d denied=%d permissive=%d recorded=%d,%d", op->name,
	       free.result, denied.result, permissive.result, denied.recorded,
	       permissive.recorded);
	log_reports(_metadata, "denied", &denied.reports);
	log_reports(_metadata, "permissive", &permissive.reports);
	return false;
}

static void try_equal(struct __test_metadata *const _metadata,
		      struct observer *const observer,
		      const struct operation *const op,
		      const struct layer_rules *const rules)
{
	struct outcome alone;
	int free_result;
	bool same;

	same = same_alone(_metadata, observer, op, rules, &free_result);
	if (same) {
		run_alone(_metadata, observer, op, &denies_some, 0, &alone);
		same = same_in_pair(_metadata, observer, op, rules, free_result,
				    &alone, &denies_some, false);
	}
	if (same) {
		alone = (struct outcome){ .result = free_result };
		if (op->topology)
			run_alone(_metadata, observer, op, &denies_none, 0,
				  &alone);
		same = same_in_pair(_metadata, observer, op, rules, free_result,
				    &alone, &denies_none, true);
	}
	EXPECT_TRUE(same);
}

static void __maybe_unused
try_all_equal(struct __test_metadata *const _metadata,
	      struct observer *const observer,
	      const struct operation *const ops, const size_t num,
	      const struct layer_rules *const rules)
{
	for (size_t i = 0; i < num; i++)
		try_equal(_metadata, observer, &ops[i], rules);
}

#endif /* _LANDLOCK_PERMISSIVE_EQUAL_H */
