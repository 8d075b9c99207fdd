// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rules for places, while each memory allocation fails in turn
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "fault_injection.h"
#include "place.h"

/* Many more than there are allocations. */
#define MAX_SITES 100

FIXTURE(fault)
{
	int fail_fd;
};

/* clang-format off */
FIXTURE_VARIANT(fault)
{
	/* clang-format on */
	/* Rules that are there before. */
	const char *const before[3];
	/* Of the allocations of one more rule, how many there are at least. */
	const int num_failed;
};

/* The place and the rule; maybe the object of the directory is there still. */
/* clang-format off */
FIXTURE_VARIANT_ADD(fault, first) {
	/* clang-format on */
	.num_failed = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, same_directory) {
	/* clang-format on */
	.before = { "later", "other" },
	.num_failed = 2,
};

/* A rule that gets a right. */
/* clang-format off */
FIXTURE_VARIANT_ADD(fault, same_place) {
	/* clang-format on */
	.before = { "other", "name" },
	.num_failed = 1,
};

FIXTURE_SETUP(fault)
{
	self->fail_fd = -1;
	if (!fault_prepare())
		SKIP(return, "the kernel cannot inject slab failures");

	prepare_places(_metadata);
	self->fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail_fd);
}

FIXTURE_TEARDOWN(fault)
{
	if (self->fail_fd >= 0)
		EXPECT_EQ(0, close(self->fail_fd));
	fault_restore();
}

/* With the right to write, that the rule under test does not have. */
static int create_before(struct __test_metadata *const _metadata,
			 const char *const before[])
{
	const int ruleset_fd = new_ruleset(ACCESS_RW);

	ASSERT_LE(0, ruleset_fd);
	for (size_t i = 0; before[i]; i++)
		ASSERT_EQ(0, add_place(ruleset_fd, "d", before[i],
				       LANDLOCK_ACCESS_FS_WRITE_FILE));
	return ruleset_fd;
}

/* Whether "d/name" can be read, in a domain of this ruleset. */
static int read_confined(struct __test_metadata *const _metadata,
			 const int ruleset_fd)
{
	const int rulesets[] = { dup(ruleset_fd), -1 };
	struct confined confined;
	int err;

	ASSERT_LE(0, rulesets[0]);
	start_confined(_metadata, &confined, rulesets, 0);
	err = ask(&confined, ACTION_READ, "d/name", NULL);
	stop_confined(_metadata, &confined);
	return err;
}

/* A rule that could not be added is not there, and can be added then. */
TEST_F(fault, add_rule)
{
	struct landlock_place_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.name = (uintptr_t)"name",
	};
	int num_failed = 0;
	bool last = false;

	rule.parent_fd = open("d", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, rule.parent_fd);
	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		const int ruleset_fd =
			create_before(_metadata, variant->before);
		int err = 0;

		fault_set(_metadata, self->fail_fd, nth);
		if (landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PLACE, &rule,
				      0))
			err = errno;
		last = fault_left(_metadata, self->fail_fd);
		fault_set(_metadata, self->fail_fd, 0);
		/* Some allocations are not needed, e.g. for a check. */
		if (last || !err) {
			EXPECT_EQ(0, err);
		} else {
			num_failed++;
			EXPECT_EQ(ENOMEM, err);
			EXPECT_EQ(-EACCES,
				  read_confined(_metadata, ruleset_fd));
			EXPECT_EQ(0, landlock_add_rule(ruleset_fd,
						       LANDLOCK_RULE_PLACE,
						       &rule, 0));
		}
		EXPECT_EQ(0, read_confined(_metadata, ruleset_fd));
		EXPECT_EQ(0, close(ruleset_fd));
	}
	EXPECT_TRUE(last);
	EXPECT_LE(variant->num_failed, num_failed);
	EXPECT_EQ(0, close(rule.parent_fd));
}

/* In a child: a domain that could not be made is not there. */
static void restrict_with_fault(struct __test_metadata *const _metadata,
				const int ruleset_fd, const int nth,
				bool *const last, bool *const failed)
{
	const int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	char start[8];
	int err = 0;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	fault_set(_metadata, fd, nth);
	if (landlock_restrict_self(ruleset_fd, 0))
		err = errno;
	*last = fault_left(_metadata, fd);
	fault_set(_metadata, fd, 0);
	if (*last || !err) {
		EXPECT_EQ(0, err);
	} else {
		*failed = true;
		EXPECT_EQ(ENOMEM, err);
		EXPECT_EQ(0, read_start("e/file", start, sizeof(start)));
		EXPECT_EQ(0, landlock_restrict_self(ruleset_fd, 0));
	}
	EXPECT_EQ(-EACCES, read_start("e/file", start, sizeof(start)));
	EXPECT_EQ(0, read_start("d/name", start, sizeof(start)));
}

/* Exit statuses of the child. */
#define ENDED_WRONG 1
#define ENDED_LAST 2
#define ENDED_FAILED 3
#define ENDED_ANYWAY 4

TEST_F(fault, restrict_self)
{
	bool last = false, failed = false;
	int num_failed = 0;

	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		const int ruleset_fd =
			create_before(_metadata, variant->before);
		int status;
		pid_t child;

		ASSERT_EQ(0, add_place(ruleset_fd, "d", "name",
				       LANDLOCK_ACCESS_FS_READ_FILE));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			/* Not that of the children before it. */
			_metadata->exit_code = KSFT_PASS;
			restrict_with_fault(_metadata, ruleset_fd, nth, &last,
					    &failed);
			_exit(_metadata->exit_code ? ENDED_WRONG :
			      last		   ? ENDED_LAST :
			      failed		   ? ENDED_FAILED :
						     ENDED_ANYWAY);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_TRUE(WIFEXITED(status));
		EXPECT_NE(ENDED_WRONG, WEXITSTATUS(status))
		{
			TH_LOG("Allocation %d", nth);
		}
		last = WEXITSTATUS(status) == ENDED_LAST;
		num_failed += WEXITSTATUS(status) == ENDED_FAILED;
		EXPECT_EQ(0, close(ruleset_fd));
	}
	EXPECT_TRUE(last);
	/* The snapshot and its table, the domain and its hierarchy. */
	EXPECT_LE(4, num_failed);
}

TEST_HARNESS_MAIN
