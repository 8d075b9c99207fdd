/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Mixes of enforcing and permissive layers
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_MIX_H
#define _LANDLOCK_PERMISSIVE_MIX_H

#include "permissive_case.h"

FIXTURE(mix)
{
	struct observer observer;
};

FIXTURE_VARIANT(mix)
{
	/* A letter for each layer, the oldest first. */
	const char *const layers;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, none) {
	/* clang-format on */
	.layers = "",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, permissive) {
	/* clang-format on */
	.layers = "p",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, enforcing) {
	/* clang-format on */
	.layers = "e",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, permissive_below_enforcing) {
	/* clang-format on */
	.layers = "pe",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, enforcing_below_permissive) {
	/* clang-format on */
	.layers = "ep",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, two_permissive) {
	/* clang-format on */
	.layers = "pp",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, two_enforcing) {
	/* clang-format on */
	.layers = "ee",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, permissive_enforcing_permissive) {
	/* clang-format on */
	.layers = "pep",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(mix, enforcing_permissive_enforcing) {
	/* clang-format on */
	.layers = "epe",
};

FIXTURE_SETUP(mix)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	set_up_loopback(_metadata);
}

FIXTURE_TEARDOWN(mix)
{
	observe_no_more(_metadata, &self->observer);
}

#define SCOPES \
	(LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL)

/* A layer that denies all that the operation needs, or one that allows it. */
static void make_layer(const struct operation *const op, const bool denies,
		       struct layer_rules *const rules)
{
	/* A right that no operation needs, for layers that only are there. */
	static const struct layer_rules other = {
		.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	};

	*rules = (struct layer_rules){
		.attr.handled_access_fs = op->fs,
		.attr.handled_access_net = op->net,
		.attr.scoped = op->scoped,
	};
	if (op->every_layer ||
	    (!denies && (op->topology || op->no_rule || op->scoped))) {
		*rules = other;
		/* Nor another scope. */
		if (op->scoped)
			rules->attr.scoped = SCOPES & ~op->scoped;
		return;
	}
	if (denies)
		return;

	rules->paths[0].path = "/";
	rules->paths[0].access = ACCESS_ALL;
	if (!op->net)
		return;
	/* Also the port that a socket gets by itself. */
	for (int i = 0; i < 2; i++) {
		rules->ports[i].port = i ? CASE_PORT : 0;
		rules->ports[i].access = op->net;
	}
}

/* Bits of the layers that deny the operation, were they alone. */
static unsigned int denying_layers(const struct operation *const op,
				   const struct stack *const stack,
				   const unsigned int denies)
{
	unsigned int layers = op->every_layer ? ~0U : denies;

	if (op->never)
		return 0;
	if (op->target == TARGET_INSIDE)
		layers &= ~0U << stack->inside;
	return layers & ((1U << stack->num) - 1);
}

/* Reports of an operation that the layers in @denying deny, each alone. */
static void want_reports(const struct operation *const op,
			 const unsigned int denying,
			 const unsigned int permissive,
			 struct reports *const want)
{
	const unsigned int enforced = denying & ~permissive;

	memset(want, 0, sizeof(*want));
	if (op->silent)
		return;

	/* Only the youngest of those that enforce it. */
	if (enforced) {
		for (int i = 0; i < (op->num_denied ?: 1); i++)
			add_report(want, 31 - __builtin_clz(enforced), false,
				   op->blockers[i]);
		return;
	}

	for (int layer = 0; layer < MAX_LAYERS; layer++)
		for (size_t i = 0; i < ARRAY_SIZE(op->blockers); i++)
			if ((denying & (1U << layer)) && op->blockers[i])
				add_report(want, layer, true, op->blockers[i]);
}

/* Tries the operation below layers, of which those in @denies deny it. */
static bool try_stack(struct __test_metadata *const _metadata,
		      struct observer *const observer,
		      const struct operation *const op,
		      const char *const layers, const unsigned int denies,
		      const int free_result, struct stack *const stack)
{
	unsigned int permissive = 0, denying;
	struct outcome outcome;
	struct reports want;
	int result;
	bool right;

	stack->num = strlen(layers);
	for (int i = 0; i < stack->num; i++) {
		make_layer(op, denies & (1U << i), &stack->rules[i]);
		stack->flags[i] = layers[i] == 'p' ? PERMISSIVE : 0;
		if (layers[i] == 'p')
			permissive |= 1U << i;
	}
	denying = denying_layers(op, stack, denies);
	result = denying & ~permissive ? -(op->error ?: EACCES) : free_result;
	want_reports(op, denying, permissive, &want);

	run_operation(_metadata, observer, op, stack, &outcome);
	right = outcome.result == result && outcome.recorded &&
		same_reports(&outcome.reports, &want);
	EXPECT_TRUE(right)
	{
		TH_LOG("%s: layers=%s denies=%x inside=%d sibling=%d", op->name,
		       layers, denies, stack->inside, stack->sibling);
		TH_LOG("result %d instead of %d, recorded=%d", outcome.result,
		       result, outcome.recorded);
		log_reports(_metadata, "wanted", &want);
		log_reports(_metadata, "found", &outcome.reports);
	}
	return right;
}

static bool try_places(struct __test_metadata *const _metadata,
		       struct observer *const observer,
		       const struct operation *const op,
		       const char *const layers, const unsigned int denies,
		       const int free_result)
{
	const int num = strlen(layers);
	const bool inside = op->target == TARGET_INSIDE;
	/* One choice is enough for a target with more layers. */
	const bool sibling = inside && (!denies || denies + 1 == 1U << num);
	struct stack stack = {};

	for (stack.inside = 0; stack.inside <= (inside ? num : 0);
	     stack.inside++) {
		for (int i = 0; i <= sibling; i++) {
			stack.sibling = i;
			if (!try_stack(_metadata, observer, op, layers, denies,
				       free_result, &stack))
				return false;
		}
	}
	return true;
}

/*
 * Tries an operation below @layers: with all choices of those that deny it, and
 * with a target in some of them.
 */
static void try_mix(struct __test_metadata *const _metadata,
		    struct observer *const observer,
		    const struct operation *const op, const char *const layers)
{
	const struct stack none = {};
	struct outcome free;

	/* Nothing else denies it, nor is anything reported without layers. */
	run_operation(_metadata, observer, op, &none, &free);
	EXPECT_EQ(0, free.reports.num);
	EXPECT_NE(-(op->error ?: EACCES), free.result);

	for (unsigned int denies = 0; denies < (1U << strlen(layers));
	     denies++) {
		/* They are all the same then. */
		if (op->every_layer && denies)
			break;
		if (!try_places(_metadata, observer, op, layers, denies,
				free.result))
			break;
	}
}

static void __maybe_unused try_mixes(struct __test_metadata *const _metadata,
				     struct observer *const observer,
				     const struct operation *const ops,
				     const size_t num, const char *const layers)
{
	for (size_t i = 0; i < num; i++)
		try_mix(_metadata, observer, &ops[i], layers);
}

#endif /* _LANDLOCK_PERMISSIVE_MIX_H */
