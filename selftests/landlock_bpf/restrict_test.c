// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets staged by BPF programs: the domains of executed
 * programs
 */

#include "landlock_bpf.h"
#include "ruleset_map.h"

#include "exectime_trace.h"
#include "progs/stage.h"
#include "stage.skel.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static char *const self_argv[] = { "exectime", NULL };

/* Rights that the rulesets of the slots deny. */
enum slot {
	SLOT_A,
	SLOT_B,
	SLOT_C,
	SLOT_EMPTY,
	/* Out of range. */
	SLOT_NONE = NUM_SLOTS,
};

static const __u64 slot_denied[] = {
	[SLOT_A] = DENY_A,
	[SLOT_B] = DENY_B,
	[SLOT_C] = DENY_C,
};

/* Denials of an existing domain, and of the task's own stage. */
#define EXISTING DENY_D
#define SELF DENY_E

static struct stage *load_stage(struct __test_metadata *const _metadata)
{
	struct stage *skel;
	int info_map, fd_map;

	skel = stage__open_and_load();
	ASSERT_NE(NULL, skel)
	{
		TH_LOG("Failed to load the programs: %s", strerror(errno));
	}

	info_map = bpf_map__fd(skel->maps.rulesets);
	fd_map = bpf_map__fd(skel->maps.fd_rulesets);
	for (__u32 slot = 0; slot < ARRAY_SIZE(slot_denied); slot++) {
		const int fd = exectime_ruleset(slot_denied[slot]);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, store_ruleset(info_map, slot, fd));
		ASSERT_EQ(0, bpf_map_update_elem(fd_map, &slot, &fd, BPF_ANY));
		ASSERT_EQ(0, close(fd));
	}
	return skel;
}

static struct bpf_program *get_prog(struct stage *const skel,
				    const enum test_prog_id id)
{
	switch (id) {
	case PROG_FOR_EXEC_1:
		return skel->progs.for_exec_1;
	case PROG_FOR_EXEC_2:
		return skel->progs.for_exec_2;
	case PROG_CHECK_1:
		return skel->progs.check_1;
	case PROG_CHECK_2:
		return skel->progs.check_2;
	case PROG_FROM_FILE:
		return skel->progs.from_file;
	default:
		return NULL;
	}
}

static struct bpf_link **get_link(struct stage *const skel,
				  const enum test_prog_id id)
{
	switch (id) {
	case PROG_FOR_EXEC_1:
		return &skel->links.for_exec_1;
	case PROG_FOR_EXEC_2:
		return &skel->links.for_exec_2;
	case PROG_CHECK_1:
		return &skel->links.check_1;
	case PROG_CHECK_2:
		return &skel->links.check_2;
	case PROG_FROM_FILE:
		return &skel->links.from_file;
	default:
		return NULL;
	}
}

/* Attaches the programs that have something to do. */
static void attach_progs(struct __test_metadata *const _metadata,
			 struct stage *const skel,
			 const struct test_prog *const progs)
{
	for (int id = 0; id < PROG_NUM; id++) {
		struct test_prog *const prog = &skel->bss->progs[id];

		*prog = progs[id];
		for (int i = 0; i < NUM_OPS; i++) {
			/* Must be told by the program. */
			prog->ops[i].ret = 1;
			prog->ops[i].done = 0;
		}
		if (!prog->ops[0].type && !prog->denies)
			continue;

		*get_link(skel, id) =
			bpf_program__attach_lsm(get_prog(skel, id));
		ASSERT_NE(NULL, *get_link(skel, id))
		{
			TH_LOG("Failed to attach program %d: %s", id,
			       strerror(errno));
		}
	}
}

/* Actions of programs and tasks for one exec, and their results. */
struct staging {
	/* Number of layers of the domain of the task, EXISTING first. */
	int existing;
	/* Right that the task's own stage denies. */
	bool self;
	__u32 self_flags;
	/* Actions of the programs, with the expected results. */
	struct test_prog progs[PROG_NUM];
	bool script;
	bool fd_rulesets;
	/* Denials of the executed program, except EXISTING and SELF. */
	__u64 denied;
	int layers;
	int nnp;
	/* Expected error of execve(2). */
	int error;
};

/* Prepares a child to execute something.  */
static void prepare_task(struct __test_metadata *const _metadata,
			 const struct staging *const staging)
{
	for (int i = 0; i < staging->existing; i++)
		ASSERT_EQ(0, exectime_restrict(i ? DENY_NOTHING : EXISTING,
					       0));
	if (staging->self)
		ASSERT_EQ(0, exectime_restrict(SELF, RESTRICT_EXECTIME |
							     staging->self_flags));
}

static void expect_ops(struct __test_metadata *const _metadata,
		       const struct stage *const skel,
		       const struct test_prog *const progs)
{
	for (int id = 0; id < PROG_NUM; id++) {
		for (int i = 0; i < NUM_OPS; i++) {
			const struct test_op *const want = &progs[id].ops[i];
			const struct test_op *const op =
				&skel->bss->progs[id].ops[i];

			if (!want->type)
				continue;
			EXPECT_EQ(want->ret, op->ret)
			{
				TH_LOG("in operation %d of program %d", i, id);
			}
			EXPECT_EQ(want->done ?: 1, op->done)
			{
				TH_LOG("in operation %d of program %d", i, id);
			}
		}
	}
}

FIXTURE(restrict)
{
	struct stage *skel;
};

FIXTURE_VARIANT(restrict)
{
	const struct staging staging;
};

#define RESTRICT(_slot, _flags)                                    \
	{                                                          \
		.type = DO_RESTRICT, .slot = (_slot), .flags = (_flags) \
	}

#define RESTRICT_ERROR(_slot, _flags, _ret)                             \
	{                                                               \
		.type = DO_RESTRICT, .slot = (_slot), .flags = (_flags), \
		.ret = (_ret)                                           \
	}

/* The same, as the LSM policy object that the ruleset is. */
#define APPLY(_slot, _flags)                                     \
	{                                                        \
		.type = DO_APPLY, .slot = (_slot), .flags = (_flags) \
	}

#define RESTRICT_NULL(_flags, _ret)                                       \
	{                                                                 \
		.type = DO_RESTRICT_NULL, .flags = (_flags), .ret = (_ret) \
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
		RESTRICT_ERROR(SLOT_A, RESTRICT_EXECTIME << 1, -EINVAL),
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

FIXTURE(one)
{
	struct stage *skel;
};

/* One program, which stages SLOT_A for each exec. */
FIXTURE_SETUP(one)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};

	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(one)
{
	stage__destroy(self->skel);
}

/* Only the process that the program looks for is affected. */
TEST_F(one, others_are_free)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		setenv(EXECTIME_PLAN, "p", 1);
		if (fork() == 0) {
			execv("self", self_argv);
			_exit(1);
		}
		EXPECT_NE(-1, wait(NULL));
		self->skel->bss->target_pid = getpid();
		execv("self", self_argv);
		_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].layers);
	EXPECT_EQ(DENY_A, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
}

/* Stores a ruleset that denies @denied and has a scope. */
static void store_scoped(struct __test_metadata *const _metadata,
			 const struct stage *const skel, const __u32 slot,
			 const __u64 denied)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = denied,
		.scoped = LANDLOCK_SCOPE_SIGNAL,
	};
	const int fd = landlock_create_ruleset(&attr, sizeof(attr), 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, store_ruleset(bpf_map__fd(skel->maps.rulesets), slot, fd));
	ASSERT_EQ(0, close(fd));
}

/* Executes itself over and over again, and tells the first and last reports. */
static void exec_again(struct __test_metadata *const _metadata,
		       struct stage *const skel, const int num,
		       struct exec_report *const reports)
{
	struct exec_run run;
	char plan[num + 2];

	memset(plan, 'x', sizeof(plan));
	plan[0] = 'p';
	plan[num] = 'p';
	plan[num + 1] = '\0';

	if (exectime_fork(_metadata, &run)) {
		skel->bss->target_pid = getpid();
		if (exectime_exec(plan))
			_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(num, skel->bss->progs[PROG_FOR_EXEC_1].ops[0].done);
	EXPECT_EQ(0, skel->bss->progs[PROG_FOR_EXEC_1].ops[0].ret);
}

/* A program that executes itself stays in the domain that it is in. */
TEST_F(one, each_exec)
{
	struct exec_report reports[2];

	exec_again(_metadata, self->skel, 3 * LANDLOCK_MAX_NUM_LAYERS, reports);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* Scopes separate a domain from the one above it, but not from itself. */
TEST_F(one, each_exec_scoped)
{
	struct exec_report reports[2];

	store_scoped(_metadata, self->skel, SLOT_A, DENY_A);
	exec_again(_metadata, self->skel, 3 * LANDLOCK_MAX_NUM_LAYERS, reports);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* Below another layer, scopes are not those of the domain any more. */
TEST_F(one, each_exec_scoped_below)
{
	struct test_op *const ops =
		self->skel->bss->progs[PROG_FOR_EXEC_1].ops;
	struct exec_report reports[2];

	store_scoped(_metadata, self->skel, SLOT_A, DENY_A);
	ops[1] = (struct test_op)RESTRICT(SLOT_B, 0);
	exec_again(_metadata, self->skel, 2, reports);
	EXPECT_EQ(2, reports[0].layers);
	/* A, B, and A again, but not B. */
	EXPECT_EQ(3, reports[1].layers);
	EXPECT_EQ(DENY_A | DENY_B, reports[1].denied);
}

/* A ruleset that is stored again is another layer, unless it did not change. */
TEST_F(one, each_exec_stored_again)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	struct exec_report reports[3];
	struct exec_run run;
	int ruleset_fd, sync[2];

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	ruleset_fd = exectime_ruleset(DENY_A);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("pwxpwxp"))
			_exit(1);
	}
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(sizeof(*reports),
			  read(run.fd, &reports[i], sizeof(*reports)));
		/* The same snapshot, then one of an equal ruleset. */
		ASSERT_EQ(0, i ? store_denied(map_fd, SLOT_A, DENY_A) :
				 store_ruleset(map_fd, SLOT_A, ruleset_fd));
		ASSERT_EQ(1, write(sync[1], ".", 1));
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &reports[2], 1));
	EXPECT_EQ(1, reports[0].layers);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(2, reports[2].layers);
	EXPECT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, close(sync[0]));
	EXPECT_EQ(0, close(sync[1]));
}

/* A slot holds the ruleset as it was when it was stored. */
TEST_F(one, frozen)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	struct exec_report report;
	struct exec_run run;
	int ruleset_fd;

	ruleset_fd = exectime_ruleset(DENY_A | DENY_B);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	ASSERT_EQ(0, allow_everywhere(ruleset_fd, DENY_A));

	for (int i = 0; i < 2; i++) {
		if (exectime_fork(_metadata, &run)) {
			self->skel->bss->target_pid = getpid();
			if (exectime_exec("q"))
				_exit(1);
		}
		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		EXPECT_EQ(i ? DENY_B : DENY_A | DENY_B, report.denied);

		/* Now it is different. */
		ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	}
	EXPECT_EQ(0, close(ruleset_fd));
}

/* Domains do not depend on the objects that they were made from. */
TEST_F(one, outlived)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	const __u32 slot = SLOT_A;
	struct exec_report report;
	struct exec_run run;
	int sync[2], status;

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("qwqwqwpxp"))
			_exit(1);
	}

	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	ASSERT_EQ(0, store_denied(map_fd, SLOT_A, DENY_B));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	ASSERT_EQ(0, bpf_map_delete_elem(map_fd, &slot));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	stage__destroy(self->skel);
	self->skel = NULL;
	/* Maps and programs are freed after a grace period. */
	usleep(200000);
	ASSERT_EQ(1, write(sync[1], ".", 1));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(sizeof(report),
			  read(run.fd, &report, sizeof(report)));
		EXPECT_EQ(DENY_A, report.denied);
		EXPECT_EQ(1, report.layers);
	}
	EXPECT_EQ(0, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_EQ(0, status);
}

/* A slot pins no mount. */
TEST_F(one, unmounted)
{
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = DENY_A,
	};
	struct exec_report report;
	struct exec_run run;
	int ruleset_fd;

	ASSERT_EQ(0, mkdir("mnt", 0700));
	ASSERT_EQ(0, mount("exectime", "mnt", "tmpfs", 0, NULL));
	ruleset_fd = exectime_ruleset(DENY_A);
	ASSERT_LE(0, ruleset_fd);
	path_beneath.parent_fd = open("mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, 0));
	ASSERT_EQ(0, close(path_beneath.parent_fd));
	ASSERT_EQ(0, store_ruleset(bpf_map__fd(self->skel->maps.rulesets),
				   SLOT_A, ruleset_fd));
	ASSERT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, umount("mnt"));

	if (exectime_fork(_metadata, &run)) {
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("q"))
			_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
}

enum failure {
	FAIL_MISSING,
	FAIL_FORMAT,
	FAIL_INTERPRETER,
	FAIL_CHECK,
};

FIXTURE(failure)
{
	struct stage *skel;
};

FIXTURE_VARIANT(failure)
{
	enum failure failure;
	int error;
	/* How often both hooks are called. */
	int for_exec;
	int check;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, missing) {
	/* clang-format on */
	.failure = FAIL_MISSING,
	.error = ENOENT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, format) {
	/* clang-format on */
	.failure = FAIL_FORMAT,
	.error = ENOEXEC,
	.for_exec = 1,
	.check = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, interpreter) {
	/* clang-format on */
	.failure = FAIL_INTERPRETER,
	.error = ENOENT,
	.for_exec = 1,
	.check = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, check) {
	/* clang-format on */
	.failure = FAIL_CHECK,
	.for_exec = 1,
};

FIXTURE_SETUP(failure)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
		[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, RESTRICT_NNP) },
	};

	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "data", "data\n", 0755);
	exectime_write_file(_metadata, "no-interp", "#!/mnt/none\n", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(failure)
{
	stage__destroy(self->skel);
}

static int fail_with(const enum failure failure)
{
	switch (failure) {
	case FAIL_MISSING:
		return execv("none", self_argv);
	case FAIL_FORMAT:
		return execv("data", self_argv);
	case FAIL_INTERPRETER:
		return execv("no-interp", self_argv);
	case FAIL_CHECK:
		return syscall(__NR_execveat, AT_FDCWD, "self", self_argv,
			       environ, AT_EXECVE_CHECK);
	}
	return 0;
}

TEST_F(failure, nothing_stays)
{
	const struct test_prog *const progs = self->skel->bss->progs;
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(SELF, RESTRICT_EXECTIME));
		self->skel->bss->target_pid = getpid();
		EXPECT_EQ(variant->error ? -1 : 0, fail_with(variant->failure));
		if (variant->error)
			EXPECT_EQ(variant->error, errno);
		self->skel->bss->target_pid = 0;

		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	EXPECT_EQ(SELF, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(0, reports[1].nnp);

	/* Or this would have proved nothing. */
	EXPECT_EQ(variant->for_exec, progs[PROG_FOR_EXEC_1].hits);
	EXPECT_EQ(variant->check, progs[PROG_CHECK_1].hits);
	EXPECT_EQ(variant->for_exec, progs[PROG_FOR_EXEC_1].ops[0].done);
	EXPECT_EQ(variant->for_exec ? 0 : 1,
		  progs[PROG_FOR_EXEC_1].ops[0].ret);
}

/* set-user-ID programs. */
FIXTURE(setuid)
{
	struct stage *skel;
};

FIXTURE_VARIANT(setuid)
{
	struct test_prog progs[PROG_NUM];
	/* Effective IDs of both execs. */
	uid_t first;
	uid_t second;
	__u64 denied;
	int nnp;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nothing) {
	/* clang-format on */
};

/* A domain alone does not prevent a program from gaining privileges. */

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, restricted) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.denied = DENY_A,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, restricted_nnp) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.second = EXECTIME_UID,
	.denied = DENY_A,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nnp) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.second = EXECTIME_UID,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nnp_from_file) {
	/* clang-format on */
	.progs[PROG_FROM_FILE].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.second = EXECTIME_UID,
	.nnp = 1,
};

FIXTURE_SETUP(setuid)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 04755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, variant->progs);
}

FIXTURE_TEARDOWN(setuid)
{
	stage__destroy(self->skel);
}

/* The task itself has no privilege: it is the program that decides. */
TEST_F(setuid, elevates)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, setresgid(EXECTIME_GID, EXECTIME_GID,
				       EXECTIME_GID));
		ASSERT_EQ(0, setresuid(EXECTIME_UID, EXECTIME_UID,
				       EXECTIME_UID));
		self->skel->bss->target_pid = getpid();
		setenv(EXECTIME_PLAN, "qdxq", 1);
		execv("self", self_argv);
		_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(variant->first, reports[0].euid);
	EXPECT_EQ(variant->second, reports[1].euid);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EXECTIME_UID, reports[i].uid);
		EXPECT_EQ(variant->denied, reports[i].denied);
		EXPECT_EQ(variant->nnp, reports[i].nnp);
		EXPECT_EQ(variant->nnp, reports[i].status_nnp);
	}
}

/* Maps of maps. */
FIXTURE(inner)
{
	struct stage *skel;
};

FIXTURE_VARIANT(inner)
{
	bool hash;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(inner, array) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(inner, hash) {
	/* clang-format on */
	.hash = true,
};

FIXTURE_SETUP(inner)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = {
			{ .type = DO_RESTRICT_INNER, .slot = SLOT_A },
		},
	};

	exectime_prepare_dir(_metadata);
	self->skel = load_stage(_metadata);
	self->skel->bss->use_outer_hash = variant->hash;
	attach_progs(_metadata, self->skel, progs);
	ASSERT_EQ(0, store_denied(bpf_map__fd(self->skel->maps.inner_1), SLOT_A,
				  DENY_A));
	ASSERT_EQ(0, store_denied(bpf_map__fd(self->skel->maps.inner_2), SLOT_A,
				  DENY_B));
}

FIXTURE_TEARDOWN(inner)
{
	stage__destroy(self->skel);
}

TEST_F(inner, swapped)
{
	struct stage *const skel = self->skel;
	const struct bpf_map *const outer =
		variant->hash ? skel->maps.outer_hash : skel->maps.outer_array;
	const int inner_fds[] = {
		bpf_map__fd(skel->maps.inner_1),
		bpf_map__fd(skel->maps.inner_2),
		bpf_map__fd(skel->maps.inner_1),
	};
	const __u64 denied[] = { DENY_A, DENY_B, DENY_A };
	const struct test_op *const op =
		&skel->bss->progs[PROG_FOR_EXEC_1].ops[0];
	const __u32 key = 0;
	struct exec_report report;
	struct exec_run run;

	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		ASSERT_EQ(0, bpf_map_update_elem(bpf_map__fd(outer), &key,
						 &inner_fds[i], BPF_ANY));
		if (exectime_fork(_metadata, &run)) {
			skel->bss->target_pid = getpid();
			if (exectime_exec("p"))
				_exit(1);
		}
		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		EXPECT_EQ(0, op->ret);
		EXPECT_EQ(denied[i], report.denied);
		EXPECT_EQ(1, report.layers);
	}
}

/* Trace events. */
FIXTURE(events)
{
	bool available;
	struct stage *skel;
};

FIXTURE_VARIANT(events)
{
	const struct staging staging;
	/* As told by tell_events(). */
	const char *events;
	/*
	 * Slots of the rulesets that the enforced domain is made of, -1 for the
	 * others, -2 at the end.
	 */
	int enforced[5];
	/* Whether the order is the one in which both programs were called. */
	bool by_rank;
};

#define SLOT_SELF -1
#define SLOT_END -2

/* clang-format off */
FIXTURE_VARIANT_ADD(events, one) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 e1!",
	.enforced = { SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.events = "c1<0 e1!n",
	.enforced = { SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, nnp_alone) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.events = "",
	.enforced = { SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, existing) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 e1! c2<1 e2!",
	.enforced = { SLOT_SELF, SLOT_A, SLOT_END },
};

/* The task's own stage is always the last layer. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, self) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 c2<0 c3<2 e3!",
	.enforced = { SLOT_A, SLOT_SELF, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_programs) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_programs_same_hook) {
	/* clang-format on */
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_2].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
	.by_rank = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, existing_two_programs_self) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 e1! c2<1 c3<1 c4<3 c5<3 c6<5 e6!",
	.enforced = { SLOT_SELF, SLOT_A, SLOT_B, SLOT_SELF, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_rulesets) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_B, 0),
	},
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, repeated) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_B, 0),
		RESTRICT(SLOT_A, 0),
	},
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, script_and_interpreter) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_CHECK_1].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_C, .hit = 1 },
		{ .type = DO_RESTRICT, .slot = SLOT_A, .hit = 2 },
	},
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_C, SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, failed) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1] = {
		.ops = { RESTRICT(SLOT_B, 0) },
		.denies = true,
	},
	.staging.error = EPERM,
	.events = "c1<0 c2<1",
	.enforced = { SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, too_many_layers) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, RESTRICT_TSYNC, -EINVAL),
	},
	.events = "c1<0 e1!",
	.enforced = { SLOT_SELF, SLOT_END },
};

FIXTURE_SETUP(events)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "script", "#!/mnt/self\n", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, variant->staging.progs);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(events)
{
	if (self->available)
		enable_events(_metadata, false);
	stage__destroy(self->skel);
}

static const struct event *find_creation(const struct trace *const trace,
					 const __u64 domain)
{
	for (int i = 0; i < trace->num; i++)
		if (trace->events[i].type == EVENT_CREATE &&
		    trace->events[i].domain == domain)
			return &trace->events[i];
	return NULL;
}

/* Layers of the domain that was enforced last, the last layer first. */
static int get_layers(const struct trace *const trace,
		      const struct event **const layers, const int max)
{
	const struct event *event = NULL;
	int num = 0;

	for (int i = 0; i < trace->num; i++)
		if (trace->events[i].type == EVENT_ENFORCE)
			event = find_creation(trace, trace->events[i].domain);
	for (; event && num < max; event = find_creation(trace, event->parent))
		layers[num++] = event;
	return num;
}

/* Which slot has this ruleset, or SLOT_SELF. */
static int find_slot(const struct stage *const skel, const __u64 ruleset)
{
	for (__u32 slot = 0; slot < ARRAY_SIZE(slot_denied); slot++) {
		struct bpf_landlock_ruleset_info info;

		if (bpf_map_lookup_elem(bpf_map__fd(skel->maps.rulesets), &slot,
					&info))
			continue;
		if (info.id == ruleset)
			return slot;
	}
	return SLOT_SELF;
}

TEST_F(events, in_order)
{
	const struct staging *const staging = &variant->staging;
	const struct test_prog *const progs = self->skel->bss->progs;
	struct exec_report report = {};
	struct exec_run run;
	const struct event *layers[ARRAY_SIZE(variant->enforced)];
	struct trace trace;
	char text[512];
	int num;

	if (exectime_fork(_metadata, &run)) {
		prepare_task(_metadata, staging);
		setenv(EXECTIME_PLAN, "q", 1);
		self->skel->bss->target_pid = getpid();
		execv(staging->script ? "script" : "self", self_argv);
		EXPECT_EQ(staging->error, errno);
		_exit(0);
	}
	EXPECT_EQ(!staging->error, exectime_wait(_metadata, &run, &report, 1));
	expect_ops(_metadata, self->skel, staging->progs);

	read_balanced_events(_metadata, &trace);
	tell_events(&trace, text, sizeof(text));
	if (variant->events)
		EXPECT_STREQ(variant->events, text);

	num = get_layers(&trace, layers, ARRAY_SIZE(layers));
	for (int i = 0; i < num; i++) {
		int want = variant->enforced[i];

		/* BPF says nothing about which program comes first. */
		if (variant->by_rank &&
		    progs[PROG_CHECK_2].rank < progs[PROG_CHECK_1].rank)
			want = want == SLOT_A ? SLOT_B : SLOT_A;

		ASSERT_NE(SLOT_END, variant->enforced[i]);
		EXPECT_EQ(want, find_slot(self->skel,
					  layers[num - 1 - i]->ruleset));
	}
	EXPECT_EQ(SLOT_END, variant->enforced[num]);
}

/* Logs. */
FIXTURE(denials)
{
	bool available;
	struct stage *skel;
};

FIXTURE_VARIANT(denials)
{
	__u32 flags;
	/* Whether the task mutes itself, now or with its own stage. */
	bool muted;
	bool self;
	__u32 self_flags;
	/* Whether the started program executes another one, which is denied. */
	bool again;
	/* Whether these denials are for the logs. */
	int bpf_logged;
	int self_logged;
	int sub_logged;
};

/* The layer is one of the program that starts with it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, no_flag) {
	/* clang-format on */
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, no_flag_again) {
	/* clang-format on */
	.again = true,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, same_exec_off) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, new_exec_on) {
	/* clang-format on */
	.flags = LOG_NEW_EXEC_ON,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, new_exec_on_again) {
	/* clang-format on */
	.flags = LOG_NEW_EXEC_ON,
	.again = true,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, only_new_exec) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, only_new_exec_again) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON,
	.again = true,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off) {
	/* clang-format on */
	.flags = LOG_SUBDOMAINS_OFF,
	.bpf_logged = 1,
};

/* Layers of the same exec do not mute one another. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off_self) {
	/* clang-format on */
	.flags = LOG_SUBDOMAINS_OFF,
	.self = true,
	.bpf_logged = 1,
	.self_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, self_subdomains_off) {
	/* clang-format on */
	.self = true,
	.self_flags = LOG_SUBDOMAINS_OFF,
	.bpf_logged = 1,
	.self_logged = 1,
};

/* A task that mutes itself does not mute the administrator. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, muted) {
	/* clang-format on */
	.muted = true,
	.self = true,
	.bpf_logged = 1,
};

FIXTURE_SETUP(denials)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = {
			{
				.type = DO_RESTRICT,
				.slot = SLOT_A,
				.flags = variant->flags,
				.hit = 1,
			},
		},
	};

	exectime_prepare_dir(_metadata);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(denials)
{
	if (self->available)
		enable_events(_metadata, false);
	stage__destroy(self->skel);
}

TEST_F(denials, logged)
{
	/* Domains, in the order of their creation. */
	const int bpf = variant->self ? 2 : 1;
	const int own = variant->self ? 3 : 0;
	const int sub = variant->self ? 4 : 2;
	int bpf_logged = -1, own_logged = -1, sub_logged = -1;
	struct exec_report reports[2] = {};
	struct exec_run run;
	struct trace trace;

	if (exectime_fork(_metadata, &run)) {
		const __u32 mute = LOG_SUBDOMAINS_OFF;

		if (variant->muted)
			ASSERT_EQ(0, landlock_restrict_self(-1, mute));
		if (variant->self)
			ASSERT_EQ(0, exectime_restrict(SELF,
						       RESTRICT_EXECTIME |
							       variant->self_flags));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec(variant->again ? "qxqS" : "qS"))
			_exit(1);
	}
	ASSERT_EQ(1 + variant->again,
		  exectime_wait(_metadata, &run, reports, 1 + variant->again));
	for (int i = 0; i <= variant->again; i++)
		EXPECT_EQ(DENY_A | (variant->self ? SELF : 0),
			  reports[i].denied);

	read_balanced_events(_metadata, &trace);
	for (int i = 0; i < trace.num; i++) {
		const struct event *const event = &trace.events[i];
		const int rank = domain_rank(&trace, event->domain);

		if (event->type != EVENT_DENY)
			continue;
		if (rank == bpf)
			bpf_logged = event->logged;
		else if (rank == own)
			own_logged = event->logged;
		else if (rank == sub)
			sub_logged = event->logged;
	}
	EXPECT_EQ(variant->bpf_logged, bpf_logged);
	EXPECT_EQ(variant->self ? variant->self_logged : -1, own_logged);
	EXPECT_EQ(variant->sub_logged, sub_logged);
}

TEST_HARNESS_MAIN
