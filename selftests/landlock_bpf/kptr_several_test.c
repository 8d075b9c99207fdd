// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Several LSM policy objects for one exec
 */

#include "landlock_bpf.h"
#include "kptr_progs.h"

/* Right that an existing domain denies. */
#define EXISTING DENY_D

/* Several rulesets for one exec, and the resulting layers. */
FIXTURE(several)
{
	struct kptr *skel;
};

FIXTURE_VARIANT(several)
{
	/* Objects that the programs apply, with the expected results. */
	struct picks picks;
	/* Right that the ruleset in each place denies, if any. */
	__u64 stored[IN_NUM];
	/* Number of layers of the domain of the task, EXISTING first. */
	int existing;
	bool script;
	/* Denials of the executed program, except EXISTING. */
	__u64 denied;
	int layers;
	int nnp;
};

#define PICK(_where, _flags)                                        \
	{                                                           \
		.where = (_where), .flags = (_flags), .applied = 1, \
	}

#define PICK_HIT(_where, _hit)                                  \
	{                                                       \
		.where = (_where), .hit = (_hit), .applied = 1, \
	}

#define PICK_ERROR(_where, _flags, _ret)                            \
	{                                                           \
		.where = (_where), .flags = (_flags), .ret = (_ret), \
	}

/* clang-format off */
FIXTURE_VARIANT_ADD(several, two_programs) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_TASK, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.stored = { [IN_TASK] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, all_hooks) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_ARRAY, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.picks.picks[HOOK_FROM_FILE] = { PICK(IN_TASK, 0) },
	.stored = {
		[IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B, [IN_TASK] = DENY_C,
	},
	.existing = 1,
	.denied = DENY_A | DENY_B | DENY_C,
	.layers = 4,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, one_program) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0), PICK(IN_HASH, 0),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* Equal is not the same. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, equal_rulesets) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_ARRAY, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_INODE, 0) },
	.stored = { [IN_ARRAY] = DENY_A, [IN_INODE] = DENY_A },
	.denied = DENY_A,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, same_ruleset) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_HASH, 0), PICK(IN_HASH, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.picks.picks[HOOK_FROM_FILE] = { PICK(IN_HASH, 0) },
	.stored = { [IN_HASH] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, same_ruleset_other_log_flags) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_HASH, 0), PICK(IN_HASH, LOG_NEW_EXEC_ON),
	},
	.stored = { [IN_HASH] = DENY_A },
	.denied = DENY_A,
	.layers = 2,
};

/* A script's policy and its interpreter's both hold. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, script_and_interpreter) {
	/* clang-format on */
	.picks.picks[HOOK_CHECK] = {
		PICK_HIT(IN_ARRAY, 1), PICK_HIT(IN_HASH, 2),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.script = true,
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, script_and_interpreter_same_ruleset) {
	/* clang-format on */
	.picks.picks[HOOK_CHECK] = { { .where = IN_ARRAY, .applied = 2 } },
	.stored = { [IN_ARRAY] = DENY_A },
	.script = true,
	.denied = DENY_A,
	.layers = 1,
};

/* Flags: a flag that is missing the second time is not undone. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, nnp_stays) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, RESTRICT_NNP), PICK(IN_ARRAY, 0),
	},
	.stored = { [IN_ARRAY] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, log_flags) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON |
			       LOG_SUBDOMAINS_OFF),
	},
	.stored = { [IN_ARRAY] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
};

/* An error does not change the applied objects. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, tsync) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP | RESTRICT_TSYNC, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, exectime) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP | RESTRICT_EXECTIME, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, unknown_flag) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, 1U << 31, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, too_many_layers) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP, -E2BIG),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.denied = DENY_A,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* A place without a ruleset confines nobody, and the program can tell. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, empty) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		{ .where = IN_ARRAY, .ret = -ENOENT, .missing = 1 },
		PICK(IN_HASH, 0),
	},
	.stored = { [IN_HASH] = DENY_B },
	.denied = DENY_B,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, all_empty) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		{ .where = IN_ARRAY, .ret = -ENOENT, .missing = 1 },
		{ .where = IN_TASK, .ret = -ENOENT, .missing = 1 },
	},
};

FIXTURE_SETUP(several)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	exectime_write_file(_metadata, SCRIPT, "#!" PROGRAM "\n", 0755);
	self->skel = load_kptr(_metadata, &variant->picks);
}

FIXTURE_TEARDOWN(several)
{
	kptr__destroy(self->skel);
}

TEST_F(several, layers)
{
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < variant->existing; i++)
			ASSERT_EQ(0, exectime_restrict(i ? DENY_NOTHING :
							   EXISTING,
						       0));
		for (int where = 0; where < IN_NUM; where++)
			if (variant->stored[where])
				store_new(_metadata, self->skel, where,
					  variant->stored[where], NULL);
		self->skel->bss->target_pid = getpid();
		setenv(EXECTIME_PLAN, "p", 1);
		execv(variant->script ? SCRIPT : PROGRAM, self_argv);
		_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->denied | (variant->existing ? EXISTING : 0),
		  report.denied);
	EXPECT_EQ(variant->layers, report.layers);
	EXPECT_EQ(variant->nnp, report.nnp);

	for (int hook = 0; hook < HOOK_NUM; hook++) {
		for (int i = 0; i < NUM_PICKS; i++) {
			const struct kptr_pick *const want =
				&variant->picks.picks[hook][i];
			const struct kptr_pick *const pick =
				&self->skel->bss->picks[hook][i];

			if (want->where == IN_NOTHING)
				continue;
			EXPECT_EQ(want->ret, pick->ret)
			{
				TH_LOG("in pick %d of hook %d", i, hook);
			}
			EXPECT_EQ(want->applied, pick->applied);
			EXPECT_EQ(want->missing, pick->missing);
		}
	}
}

TEST_HARNESS_MAIN
