// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Staging with each memory allocation failing in turn
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"
#include "fault_injection.h"

/* Many more than there are allocations. */
#define MAX_SITES 200

/**
 * struct outcome - What the child saw of its call with a failing allocation
 *
 * @injected: Whether there were enough allocations for one to fail.
 * @err: Error of the call, or 0.
 */
struct outcome {
	bool injected;
	int err;
};

FIXTURE(fault)
{
	struct outcome *outcome;
};

FIXTURE_VARIANT(fault)
{
	/* Restrictions that are there before: enforced, and staged. */
	const __u64 enforced;
	const __u64 staged;
	/* How the ruleset under test is used, and with how many rules. */
	const __u32 flags;
	const int num_rules;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage) {
	/* clang-format on */
	.flags = RESTRICT_EXECTIME,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage_rules) {
	/* clang-format on */
	.flags = RESTRICT_EXECTIME,
	.num_rules = 5,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, replace) {
	/* clang-format on */
	.staged = DENY_B,
	.flags = RESTRICT_EXECTIME,
	.num_rules = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.flags = RESTRICT_EXECTIME,
	.num_rules = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, replace_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.staged = DENY_B,
	.flags = RESTRICT_EXECTIME | RESTRICT_NNP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, enforce_below_stage) {
	/* clang-format on */
	.staged = DENY_B,
	.flags = 0,
	.num_rules = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, enforce_below_stage_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.staged = DENY_B,
	.flags = 0,
};

FIXTURE_SETUP(fault)
{
	if (!fault_prepare())
		SKIP(return, "the kernel cannot inject slab failures");

	exectime_prepare_dir(_metadata);
	self->outcome = mmap(NULL, sizeof(*self->outcome),
			     PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->outcome);
}

FIXTURE_TEARDOWN(fault)
{
	if (self->outcome)
		EXPECT_EQ(0, munmap(self->outcome, sizeof(*self->outcome)));
	fault_restore();
}

/* A ruleset that denies DENY_A, with rules that allow it nowhere useful. */
static int create_ruleset(struct __test_metadata *const _metadata,
			  const int num_rules)
{
	const int ruleset_fd = exectime_ruleset(DENY_A);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = DENY_A,
	};
	char path[32];

	ASSERT_LE(0, ruleset_fd);
	for (int i = 0; i < num_rules; i++) {
		snprintf(path, sizeof(path), "/tmp/fault-%d-%d", getpid(), i);
		ASSERT_EQ(0, mkdir(path, 0700));
		rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, rule.parent_fd);
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_PATH_BENEATH,
					       &rule, 0));
		ASSERT_EQ(0, close(rule.parent_fd));
		ASSERT_EQ(0, rmdir(path));
	}
	return ruleset_fd;
}

static void restrict_before(struct __test_metadata *const _metadata,
			    const __u64 denied, const __u32 flags)
{
	if (denied)
		ASSERT_EQ(0, exectime_restrict(denied, flags));
}

TEST_F(fault, each_allocation)
{
	const __u64 before = variant->enforced | variant->staged;
	const __u64 after = (variant->flags & RESTRICT_EXECTIME) ?
				    variant->enforced | DENY_A :
				    before | DENY_A;
	int num_failed = 0;
	bool last = false;

	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		struct exec_report report = {};
		struct exec_run run;

		if (exectime_fork(_metadata, &run)) {
			const int fd = open("/proc/thread-self/fail-nth",
					    O_RDWR | O_CLOEXEC);
			const int ruleset_fd =
				create_ruleset(_metadata, variant->num_rules);
			int ret;

			ASSERT_LE(0, fd);
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			restrict_before(_metadata, variant->enforced, 0);
			restrict_before(_metadata, variant->staged,
					RESTRICT_EXECTIME);

			fault_set(_metadata, fd, nth);
			ret = landlock_restrict_self(ruleset_fd,
						     variant->flags);
			self->outcome->err = ret ? errno : 0;
			self->outcome->injected =
				fault_left(_metadata, fd) == 0;
			fault_set(_metadata, fd, 0);

			/* A failed call must not enforce anything now. */
			if (ret)
				ASSERT_EQ(variant->enforced, exectime_probe());
			exectime_exec("q");
			_exit(1);
		}

		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		if (!self->outcome->injected)
			last = true;

		/* The kernel's own debugging can do without some memory. */
		if (self->outcome->err) {
			EXPECT_EQ(ENOMEM, self->outcome->err);
			EXPECT_FALSE(last);
			num_failed++;
		}
		EXPECT_EQ(self->outcome->err ? before : after, report.denied)
		{
			TH_LOG("allocation %d", nth);
		}
	}

	/* At least the snapshot, the stage, the domain and its hierarchy. */
	EXPECT_LT(4, num_failed);
	EXPECT_TRUE(last);
	TH_LOG("%d allocations failed in turn", num_failed);
}

TEST_HARNESS_MAIN
