// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Permissive layers that BPF programs stage
 */

#include "landlock_bpf.h"
#include "permissive.h"
#include "progs/permissive.h"
#include "stage_progs.h"

#include "permissive.skel.h"

FIXTURE(permissive)
{
	struct stage *stage;
	struct permissive *seen;
};

FIXTURE_VARIANT(permissive)
{
	/* The rights of .denied are those of the layers that enforce them. */
	const struct staging staging;
	/* Flags of the task's own layer, and of its own stage. */
	const __u32 existing_flags;
	const __u32 self_flags;
	/* Rights in the order of the probes, and whether they are permitted. */
	const struct seen seen[4];
	/* Whether the exec is repeated by the program that it starts. */
	const bool again;
};

#define DENIED(_access)             \
	{                           \
		.access = (_access) \
	}
#define PERMITTED(_access)                           \
	{                                            \
		.access = (_access), .permissive = 1 \
	}

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, enforcing) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.seen = { DENIED(DENY_A) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, one) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.layers = 1,
	.seen = { PERMITTED(DENY_A) },
};

/* As an LSM policy object. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, object) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		{ .type = DO_APPLY, .slot = SLOT_A, .flags = PERMISSIVE },
	},
	.staging.layers = 1,
	.seen = { PERMITTED(DENY_A) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, PERMISSIVE | RESTRICT_NNP),
	},
	.staging.layers = 1,
	.staging.nnp = 1,
	.seen = { PERMITTED(DENY_A) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, and_enforcing) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, 0) },
	.staging.denied = DENY_B,
	.staging.layers = 2,
	.seen = { PERMITTED(DENY_A), DENIED(DENY_B) },
};

/* The same layer once, as long as its mode is the same. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, repeated) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, PERMISSIVE),
		RESTRICT(SLOT_B, PERMISSIVE),
		RESTRICT(SLOT_A, PERMISSIVE),
	},
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.layers = 2,
	.seen = { PERMITTED(DENY_A), PERMITTED(DENY_B) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, repeated_enforcing) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 2,
	.seen = { DENIED(DENY_A) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, enforcing_repeated) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.denied = DENY_A,
	.staging.layers = 2,
	.seen = { DENIED(DENY_A) },
};

/* Logs are configured for each layer. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, repeated_other_log) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.progs[PROG_CHECK_1].ops = {
		RESTRICT(SLOT_A, PERMISSIVE | LOG_NEW_EXEC_ON),
	},
	.staging.layers = 2,
	.seen = { PERMITTED(DENY_A), PERMITTED(DENY_A) },
};

/* The program that is executed has the layers already. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, again) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		{
			.type = DO_RESTRICT,
			.slot = SLOT_A,
			.flags = PERMISSIVE,
			.done = 2,
		},
	},
	.staging.layers = 1,
	.seen = { PERMITTED(DENY_A), PERMITTED(DENY_A) },
	.again = true,
};

/* With the layers of the task. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, between) {
	/* clang-format on */
	.staging.existing = 1,
	.existing_flags = PERMISSIVE,
	.staging.self = true,
	.self_flags = PERMISSIVE,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 3,
	.seen = { DENIED(DENY_A), PERMITTED(EXISTING), PERMITTED(SELF) },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, inside) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, PERMISSIVE) },
	.staging.denied = EXISTING | SELF,
	.staging.layers = 3,
	.seen = { PERMITTED(DENY_A), DENIED(EXISTING), DENIED(SELF) },
};

/* Refused: without a ruleset, nothing is permissive. */

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, no_ruleset) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_NULL(PERMISSIVE, -EINVAL),
		RESTRICT_NULL(PERMISSIVE | RESTRICT_NNP, -EINVAL),
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, other_flags) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, PERMISSIVE | RESTRICT_TSYNC, -EINVAL),
		RESTRICT_ERROR(SLOT_A, PERMISSIVE | RESTRICT_EXECTIME, -EINVAL),
		RESTRICT_ERROR(SLOT_A, PERMISSIVE << 1, -EINVAL),
		RESTRICT_ERROR(SLOT_A, PERMISSIVE | PERMISSIVE << 1, -EINVAL),
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(permissive, too_many_layers) {
	/* clang-format on */
	.staging.existing = LANDLOCK_MAX_NUM_LAYERS,
	.existing_flags = PERMISSIVE,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, PERMISSIVE, -E2BIG),
	},
	.staging.layers = LANDLOCK_MAX_NUM_LAYERS,
	.seen = { PERMITTED(EXISTING) },
};

FIXTURE_SETUP(permissive)
{
	exectime_prepare_dir(_metadata);
	self->stage = load_stage(_metadata);
	attach_progs(_metadata, self->stage, variant->staging.progs);
	self->seen = permissive__open_and_load();
	ASSERT_NE(NULL, self->seen);
	ASSERT_EQ(0, permissive__attach(self->seen));
}

FIXTURE_TEARDOWN(permissive)
{
	permissive__destroy(self->seen);
	stage__destroy(self->stage);
}

static void
prepare_permissive_task(struct __test_metadata *const _metadata,
			const FIXTURE_VARIANT(permissive) * const variant)
{
	for (int i = 0; i < variant->staging.existing; i++)
		ASSERT_EQ(0, exectime_restrict(i ? DENY_NOTHING : EXISTING,
					       variant->existing_flags));
	if (variant->staging.self)
		ASSERT_EQ(0,
			  exectime_restrict(SELF, RESTRICT_EXECTIME |
							  variant->self_flags));
}

/* The program that is executed knows what is denied, and others see the rest. */
TEST_F(permissive, exec)
{
	const int num_reports = 1 + variant->again;
	struct exec_report reports[2] = {};
	const struct seen *const seen = self->seen->bss->seen;
	struct exec_run run = {};
	int i;

	if (exectime_fork(_metadata, &run)) {
		prepare_permissive_task(_metadata, variant);
		self->stage->bss->target_pid = getpid();
		self->seen->bss->target_pid = getpid();
		if (exectime_exec(variant->again ? "qxp" : "p"))
			_exit(1);
	}
	ASSERT_EQ(num_reports,
		  exectime_wait(_metadata, &run, reports, num_reports));
	for (i = 0; i < num_reports; i++) {
		EXPECT_EQ(variant->staging.denied, reports[i].denied);
		EXPECT_EQ(variant->staging.nnp, reports[i].nnp);
	}
	EXPECT_EQ(variant->staging.layers, reports[num_reports - 1].layers);
	expect_ops(_metadata, self->stage, variant->staging.progs);

	for (i = 0; i < ARRAY_SIZE(variant->seen); i++) {
		if (!variant->seen[i].access)
			break;
		EXPECT_EQ(variant->seen[i].access, seen[i].access);
		EXPECT_EQ(variant->seen[i].permissive, seen[i].permissive);
		EXPECT_NE(0, seen[i].domain);
	}
	EXPECT_EQ(i, self->seen->bss->num_seen);
}

TEST_HARNESS_MAIN
