// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Execs for which BPF programs stage rulesets, while
 *                  each memory allocation fails in turn
 */

#include "landlock_bpf.h"
#include "ruleset_map.h"

#include "fault_injection.h"
#include "progs/stage.h"
#include "stage.skel.h"

#define SLOT_A 0
#define SLOT_B 1

/* Right that the task's stage denies, and right that its domain denies. */
#define SELF DENY_C
#define EXISTING DENY_D

/* Many more than there are allocations. */
#define MAX_SITES 400

/* Execs without any failure that tell that there is none left. */
#define NUM_QUIET 30

FIXTURE(fault)
{
	struct stage *skel;
};

FIXTURE_VARIANT(fault)
{
	const bool existing;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, no_domain) {
	/* clang-format on */
	.existing = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, domain) {
	/* clang-format on */
	.existing = true,
};

FIXTURE_SETUP(fault)
{
	struct stage *skel;
	int map_fd;

	if (!fault_prepare())
		SKIP(return, "the kernel cannot inject slab failures");

	exectime_prepare_dir(_metadata);
	skel = stage__open_and_load();
	ASSERT_NE(NULL, skel);
	self->skel = skel;
	map_fd = bpf_map__fd(skel->maps.rulesets);
	ASSERT_EQ(0, store_denied(map_fd, SLOT_A, DENY_A));
	ASSERT_EQ(0, store_denied(map_fd, SLOT_B, DENY_B));
	skel->links.for_exec_1 =
		bpf_program__attach_lsm(skel->progs.for_exec_1);
	ASSERT_NE(NULL, skel->links.for_exec_1);
	skel->links.check_1 = bpf_program__attach_lsm(skel->progs.check_1);
	ASSERT_NE(NULL, skel->links.check_1);
}

FIXTURE_TEARDOWN(fault)
{
	if (self->skel)
		stage__destroy(self->skel);
	fault_restore();
}

static struct test_op *reset_op(struct stage *const skel,
				const enum test_prog_id id, const int slot)
{
	struct test_op *const op = &skel->bss->progs[id].ops[0];

	*op = (struct test_op){
		.type = DO_RESTRICT,
		.slot = slot,
		/* Must be told by the program. */
		.ret = 1,
	};
	return op;
}

/* In a child: executes with a failure and, if that fails, without. */
static void execute(struct __test_metadata *const _metadata,
		    struct stage *const skel, const int nth)
{
	const int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	skel->bss->target_pid = getpid();
	fault_set(_metadata, fd, nth);
	exectime_exec("nq");
	fault_set(_metadata, fd, 0);

	/* The layers of the programs are gone with the failure. */
	skel->bss->target_pid = 0;
	skel->bss->num_ranks = UINT32_MAX;
	exectime_exec("q");
	_exit(1);
}

TEST_F(fault, each_allocation)
{
	const __u64 base = SELF | (variant->existing ? EXISTING : 0);
	struct stage *const skel = self->skel;
	int num_a = 0, num_b = 0, num_exec = 0, num_killed = 0, quiet = 0;

	for (int nth = 1; nth <= MAX_SITES && quiet < NUM_QUIET; nth++) {
		const struct test_op *const a =
			reset_op(skel, PROG_FOR_EXEC_1, SLOT_A);
		const struct test_op *const b =
			reset_op(skel, PROG_CHECK_1, SLOT_B);
		struct exec_report report = {};
		struct exec_run run;
		__u64 expected = base;
		int num, status;

		skel->bss->num_ranks = 0;
		if (exectime_fork(_metadata, &run)) {
			if (variant->existing)
				ASSERT_EQ(0, exectime_restrict(EXISTING, 0));
			ASSERT_EQ(0,
				  exectime_restrict(SELF, RESTRICT_EXECTIME));
			execute(_metadata, skel, nth);
		}
		num = exectime_wait_status(_metadata, &run, &report, 1,
					   &status);

		if (WIFSIGNALED(status)) {
			/* Past the point of no return. */
			EXPECT_EQ(0, num);
			EXPECT_EQ(SIGSEGV, WTERMSIG(status));
			num_killed++;
			quiet = 0;
			continue;
		}
		if (!num) {
			/* The exec succeeded, the program's start not. */
			EXPECT_EQ(0, a->ret);
			EXPECT_EQ(0, b->ret);
			quiet++;
			continue;
		}
		EXPECT_EQ(0, status);

		if (skel->bss->num_ranks == UINT32_MAX) {
			num_exec++;
			quiet = 0;
		} else {
			/* The programs let it go on without their rulesets. */
			num_a += a->ret == -ENOMEM;
			num_b += b->ret == -ENOMEM;
			quiet = a->ret || b->ret ? 0 : quiet + 1;
			EXPECT_TRUE(a->ret == 0 || a->ret == -ENOMEM);
			EXPECT_TRUE(b->ret == 0 || b->ret == -ENOMEM);
			expected |= a->ret ? 0 : DENY_A;
			expected |= b->ret ? 0 : DENY_B;
		}
		EXPECT_EQ(expected, report.denied)
		{
			TH_LOG("allocation %d", nth);
		}
	}

	/* At least the stage, the domain, its hierarchy and its details. */
	EXPECT_LT(4, num_a);
	EXPECT_LT(4, num_b);
	EXPECT_LT(0, num_exec);
	EXPECT_EQ(NUM_QUIET, quiet);
	TH_LOG("%d and %d allocations of the programs failed in turn", num_a,
	       num_b);
	TH_LOG("%d execs failed, %d past the point of no return",
	       num_exec + num_killed, num_killed);
}

TEST_HARNESS_MAIN
