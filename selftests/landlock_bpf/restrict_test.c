// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets staged by BPF programs: the domains of executed
 *                  programs
 */

#include "landlock_bpf.h"
#include "stage_progs.h"

FIXTURE(restrict)
{
	struct stage *skel;
};

FIXTURE_VARIANT(restrict)
{
	const struct staging staging;
};

/* The same, as the LSM policy object that the ruleset is. */
#define APPLY(_slot, _flags)                                     \
	{                                                        \
		.type = DO_APPLY, .slot = (_slot), .flags = (_flags) \
	}

/* Each hook. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nothing) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, for_exec) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, check) {
	/* clang-format on */
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, from_file) {
	/* clang-format on */
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, all_hooks) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, 0) },
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_C, 0) },
	.staging.denied = DENY_A | DENY_B | DENY_C,
	.staging.layers = 3,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, script_for_exec) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* Called for the script and for its interpreter, of which both policies hold. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, script_check) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_CHECK_1].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_A, .done = 2 },
	},
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, script_check_interpreter) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_CHECK_1].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_A, .hit = 1 },
		{ .type = DO_RESTRICT, .slot = SLOT_B, .hit = 2 },
	},
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, script_from_file) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* Maps. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, fd_value) {
	/* clang-format on */
	.staging.fd_rulesets = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, empty_slot) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_EMPTY, 0, -ENOENT),
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, out_of_range) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_NONE, 0, -ENOENT),
		RESTRICT_ERROR(-1, 0, -ENOENT),
	},
};

/* The programs can empty slots, even the slot that they just used. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, then_deleted) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		{ .type = DO_DELETE, .slot = SLOT_A },
		{ .type = DO_DELETE, .slot = SLOT_A, .ret = -ENOENT },
		{ .type = DO_DELETE, .slot = SLOT_NONE, .ret = -E2BIG },
	},
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* Flags: denials are not logged in the same way, so layers are not the same. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, log_flags) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, LOG_SAME_EXEC_OFF),
		RESTRICT(SLOT_A, LOG_NEW_EXEC_ON),
		RESTRICT(SLOT_A, LOG_SUBDOMAINS_OFF),
		RESTRICT(SLOT_A, LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON |
				 LOG_SUBDOMAINS_OFF),
	},
	.staging.denied = DENY_A,
	.staging.layers = 4,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_check) {
	/* clang-format on */
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_from_file) {
	/* clang-format on */
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_alone) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_alone_with_log_flags) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_NULL(RESTRICT_NNP | LOG_NEW_EXEC_ON, 0),
	},
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_alone_self) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, nnp_alone_existing) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, null_without_nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_NULL(0, -EINVAL),
		RESTRICT_NULL(LOG_NEW_EXEC_ON, -EINVAL),
		RESTRICT_NULL(LOG_SAME_EXEC_OFF | LOG_SUBDOMAINS_OFF, -EINVAL),
		RESTRICT_NULL(RESTRICT_NNP | RESTRICT_EXECTIME, -EINVAL),
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, bad_flags) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, RESTRICT_EXECTIME, -EINVAL),
		RESTRICT_ERROR(SLOT_A, RESTRICT_TSYNC, -EINVAL),
		RESTRICT_ERROR(SLOT_A, RESTRICT_EXECTIME << 2, -EINVAL),
		RESTRICT_ERROR(SLOT_A, ~0U, -EINVAL),
	},
};

/* An error does not change the stage. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, then_bad_flags) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT_ERROR(SLOT_B, RESTRICT_NNP | RESTRICT_TSYNC, -EINVAL),
		RESTRICT_NULL(0, -EINVAL),
	},
	.staging.denied = DENY_A,
	.staging.layers = 2,
};

/* Composition. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, same_program_adds) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_B, 0),
		RESTRICT(SLOT_C, 0),
	},
	.staging.denied = DENY_A | DENY_B | DENY_C,
	.staging.layers = 3,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, same_program_keeps_nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, RESTRICT_NNP),
		RESTRICT(SLOT_A, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, same_program_adds_nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT_NULL(RESTRICT_NNP, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, same_program_repeats) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_A, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, other_program_adds) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_FOR_EXEC_2].ops = { RESTRICT(SLOT_B, 0) },
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 2,
};

/* No program undoes an action of another one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, other_program_keeps_nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, RESTRICT_NNP),
	},
	.staging.progs[PROG_CHECK_1].ops = {
		RESTRICT(SLOT_B, RESTRICT_NNP),
		RESTRICT(SLOT_B, 0),
	},
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 2,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, other_program_repeats) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, other_program_repeats_with_nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.staging.denied = DENY_A,
	.staging.layers = 1,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, other_program_other_log_flags) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = {
		RESTRICT(SLOT_A, LOG_NEW_EXEC_ON),
	},
	.staging.denied = DENY_A,
	.staging.layers = 2,
};

/* Not only the last layer is not added again. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, repeats_in_turn) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_CHECK_1].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_A, .hit = 1 },
		{ .type = DO_RESTRICT, .slot = SLOT_B, .hit = 2 },
	},
	.staging.progs[PROG_CHECK_2].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_B, .hit = 1 },
		{ .type = DO_RESTRICT, .slot = SLOT_A, .hit = 2 },
	},
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 2,
};

/* A ruleset from a map is an LSM policy object too. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, object) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { APPLY(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { APPLY(SLOT_B, RESTRICT_NNP) },
	.staging.progs[PROG_FROM_FILE].ops = { APPLY(SLOT_C, 0) },
	.staging.denied = DENY_A | DENY_B | DENY_C,
	.staging.layers = 3,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, object_repeats) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		APPLY(SLOT_A, 0),
		APPLY(SLOT_B, 0),
	},
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, 0) },
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 2,
};

/* With an existing domain and the task's own stage. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, self) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, self_with_nnp) {
	/* clang-format on */
	.staging.self = true,
	.staging.self_flags = RESTRICT_NNP,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, RESTRICT_NNP),
		RESTRICT(SLOT_A, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = 2,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, existing) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.denied = DENY_A,
	.staging.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, existing_and_self) {
	/* clang-format on */
	.staging.existing = 3,
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_2].ops = { RESTRICT(SLOT_B, 0) },
	.staging.denied = DENY_A | DENY_B,
	.staging.layers = 6,
};

/* Limits. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, last_layer) {
	/* clang-format on */
	.staging.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT_ERROR(SLOT_B, RESTRICT_NNP, -E2BIG),
		RESTRICT(SLOT_A, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, too_many_layers) {
	/* clang-format on */
	.staging.existing = LANDLOCK_MAX_NUM_LAYERS,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, RESTRICT_NNP, -E2BIG),
	},
	.staging.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, too_many_layers_self) {
	/* clang-format on */
	.staging.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, RESTRICT_NNP, -E2BIG),
		RESTRICT_NULL(RESTRICT_NNP, 0),
	},
	.staging.layers = LANDLOCK_MAX_NUM_LAYERS,
	.staging.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, too_many_layers_other) {
	/* clang-format on */
	.staging.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = {
		RESTRICT_ERROR(SLOT_B, RESTRICT_NNP, -E2BIG),
		RESTRICT(SLOT_A, 0),
	},
	.staging.denied = DENY_A,
	.staging.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* Failures drop the layers of the programs, but not the stage of the task. */

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, failed_by_for_exec) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1] = {
		.ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
		.denies = true,
	},
	.staging.layers = 1,
	.staging.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, failed_by_check) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.staging.progs[PROG_CHECK_1] = {
		.ops = { RESTRICT(SLOT_B, RESTRICT_NNP) },
		.denies = true,
	},
	.staging.layers = 1,
	.staging.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(restrict, failed_by_check_of_interpreter) {
	/* clang-format on */
	.staging.script = true,
	.staging.existing = 1,
	.staging.progs[PROG_CHECK_1] = {
		.ops = { RESTRICT(SLOT_B, 0) },
		.denies = true,
	},
	.staging.layers = 1,
	.staging.error = EPERM,
};

FIXTURE_SETUP(restrict)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "script", "#!/mnt/self\n", 0755);
	self->skel = load_stage(_metadata);
	self->skel->bss->use_fd_rulesets = variant->staging.fd_rulesets;
	attach_progs(_metadata, self->skel, variant->staging.progs);
}

FIXTURE_TEARDOWN(restrict)
{
	stage__destroy(self->skel);
}

/**
 * struct exec_arg - Argument of exec_or_fail()
 *
 * @skel: The programs.
 * @staging: Their actions.
 * @error: Error of the first exec.
 */
struct exec_arg {
	struct stage *skel;
	const struct staging *staging;
	int error;
};

/*
 * Executes the plan with the programs and, if they deny the exec, without them:
 * their actions must leave nothing behind.
 */
static void *exec_or_fail(void *const data)
{
	struct exec_arg *const arg = data;

	arg->skel->bss->target_pid = getpid();
	execv(arg->staging->script ? "script" : "self", self_argv);
	arg->error = errno;
	arg->skel->bss->target_pid = 0;

	if (arg->error != arg->staging->error ||
	    exectime_probe() != (arg->staging->existing ? EXISTING : 0) ||
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
		_exit(1);
	execv("self", self_argv);
	_exit(1);
}

static void expect_staging(struct __test_metadata *const _metadata,
			   struct stage *const skel,
			   const struct staging *const staging,
			   struct exec_run *const run)
{
	const __u64 denied = staging->denied |
			     (staging->existing ? EXISTING : 0) |
			     (staging->self ? SELF : 0);
	struct exec_report report = {};

	ASSERT_EQ(1, exectime_wait(_metadata, run, &report, 1));
	EXPECT_EQ(denied, report.denied);
	EXPECT_EQ(staging->layers, report.layers);
	EXPECT_EQ(staging->nnp, report.nnp);
	EXPECT_EQ(staging->nnp, report.status_nnp);
	expect_ops(_metadata, skel, staging->progs);
}

TEST_F(restrict, exec)
{
	struct exec_arg arg = {
		.skel = self->skel,
		.staging = &variant->staging,
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		prepare_task(_metadata, &variant->staging);
		setenv(EXECTIME_PLAN, "p", 1);
		exec_or_fail(&arg);
	}
	expect_staging(_metadata, self->skel, &variant->staging, &run);
}

/* The same, for a thread which is not the leader, and without privilege. */
TEST_F(restrict, exec_by_thread)
{
	struct exec_arg arg = {
		.skel = self->skel,
		.staging = &variant->staging,
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		pthread_t thread;

		prepare_task(_metadata, &variant->staging);
		drop_caps(_metadata);
		setenv(EXECTIME_PLAN, "p", 1);
		ASSERT_EQ(0,
			  pthread_create(&thread, NULL, exec_or_fail, &arg));
		pthread_join(thread, NULL);
		_exit(1);
	}
	expect_staging(_metadata, self->skel, &variant->staging, &run);
}

TEST_HARNESS_MAIN
