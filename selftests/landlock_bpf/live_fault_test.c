// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Policies that are made, and replaced while a task is subject to
 *                  them, while each memory allocation fails in turn
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 */

#include "landlock_bpf.h"
#include "fault_injection.h"
#include "live.h"

/* Many more than there are allocations. */
#define MAX_SITES 200

FIXTURE(fault)
{
	struct stage *skel;
	int map_fd;
	int fail_fd;
	int ruleset_fd;
};

/* SLOT_A holds a policy, and is staged for each exec of the child. */
FIXTURE_SETUP(fault)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};

	if (!fault_prepare())
		SKIP(return, "the kernel cannot inject slab failures");

	exectime_prepare_dir(_metadata);
	self->skel = load_stage(_metadata);
	self->map_fd = bpf_map__fd(self->skel->maps.rulesets);
	self->fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail_fd);
	self->ruleset_fd = exectime_ruleset(DENY_B | DENY_C);
	ASSERT_LE(0, self->ruleset_fd);
	/* With a copy to be made of it, and not only numbers. */
	ASSERT_EQ(0, allow_everywhere(self->ruleset_fd, DENY_C));
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(fault)
{
	if (self->skel) {
		stage__destroy(self->skel);
		EXPECT_EQ(0, close(self->fail_fd));
		EXPECT_EQ(0, close(self->ruleset_fd));
	}
	fault_restore();
}

/*
 * Stores the ruleset in SLOT_A while an allocation fails, which may be one that
 * is not needed.  Returns 0 or -errno.
 */
static int store_with_fault(struct __test_metadata *const _metadata,
			    const int map_fd, const int ruleset_fd,
			    const int fail_fd, const int nth, bool *const last)
{
	int err;

	fault_set(_metadata, fail_fd, nth);
	err = store_flags(map_fd, SLOT_A, ruleset_fd, LIVE);
	*last = fault_left(_metadata, fail_fd);
	fault_set(_metadata, fail_fd, 0);
	if (*last || err) {
		EXPECT_EQ(*last ? 0 : -ENOMEM, err)
		{
			TH_LOG("Allocation %d", nth);
		}
	}
	return err;
}

/* An empty slot stays empty, or holds a policy. */
TEST_F(fault, made)
{
	const __u32 slot = SLOT_A;
	int num_failed = 0;
	bool last = false;

	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		/* Or there is already a copy of its rules. */
		const int ruleset_fd = exectime_ruleset(DENY_B);
		int err;

		ASSERT_LE(0, ruleset_fd);
		/* It is empty the first time, and after a failure. */
		bpf_map_delete_elem(self->map_fd, &slot);
		err = store_with_fault(_metadata, self->map_fd, ruleset_fd,
				       self->fail_fd, nth, &last);
		EXPECT_EQ(err ? -ENOENT : 0, lookup(self->map_fd, SLOT_A));
		num_failed += !!err;
		EXPECT_EQ(0, close(ruleset_fd));
	}
	EXPECT_TRUE(last);
	/* The copy of the rules, the policy, and its version. */
	EXPECT_LE(3, num_failed);
}

/* A task has the former version as a whole, or the next one. */
TEST_F(fault, replaced)
{
	int num_failed = 0;
	bool last = false;

	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		const __u32 slot = SLOT_A;
		struct live_run live;
		int err;

		ASSERT_EQ(0, bpf_map_delete_elem(self->map_fd, &slot));
		ASSERT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
		live_begin(_metadata, self->skel, &live, "qwqwq");
		EXPECT_DENIED(DENY_A);
		err = store_with_fault(_metadata, self->map_fd,
				       self->ruleset_fd, self->fail_fd, nth,
				       &last);
		live_go_on(_metadata, &live);
		EXPECT_DENIED(err ? DENY_A : DENY_B);

		/* It can be replaced afterwards. */
		EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_C, LIVE));
		live_go_on(_metadata, &live);
		EXPECT_DENIED(DENY_C);
		live_end(_metadata, &live);
		num_failed += !!err;
	}
	EXPECT_TRUE(last);
	/* At least the version. */
	EXPECT_LE(1, num_failed);
}

TEST_HARNESS_MAIN
