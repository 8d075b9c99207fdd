// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - The securebit with which the
 *                                            bounding set bounds them
 */

#define _GNU_SOURCE
#include "userns_caps.h"

#define STRICT SECBIT_USERNS_STRICT_CAPS
#define LOCKED SECBIT_USERNS_STRICT_CAPS_LOCKED

FIXTURE(securebits)
{
};

FIXTURE_VARIANT(securebits)
{
	/* What the caller has, and what it asks for. */
	unsigned long before, asked;
	bool privileged;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set) {
	/* clang-format on */
	.asked = STRICT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_privileged) {
	/* clang-format on */
	.asked = STRICT,
	.privileged = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_and_lock) {
	/* clang-format on */
	.asked = STRICT | LOCKED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, lock) {
	/* clang-format on */
	.before = STRICT,
	.asked = STRICT | LOCKED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, lock_unset) {
	/* clang-format on */
	.asked = LOCKED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_beside_others) {
	/* clang-format on */
	.before = SECBIT_NOROOT | SECBIT_EXEC_RESTRICT_FILE_LOCKED,
	.asked = SECBIT_NOROOT | SECBIT_EXEC_RESTRICT_FILE_LOCKED | STRICT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unset) {
	/* clang-format on */
	.before = STRICT,
	.asked = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unset_privileged) {
	/* clang-format on */
	.before = STRICT,
	.asked = 0,
	.privileged = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unset_locked) {
	/* clang-format on */
	.before = STRICT | LOCKED,
	.asked = LOCKED,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unset_locked_privileged) {
	/* clang-format on */
	.before = STRICT | LOCKED,
	.asked = LOCKED,
	.privileged = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unset_both) {
	/* clang-format on */
	.before = STRICT | LOCKED,
	.asked = 0,
	.privileged = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unlock) {
	/* clang-format on */
	.before = STRICT | LOCKED,
	.asked = STRICT,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, unlock_privileged) {
	/* clang-format on */
	.before = STRICT | LOCKED,
	.asked = STRICT,
	.privileged = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_locked_unset) {
	/* clang-format on */
	.before = LOCKED,
	.asked = STRICT | LOCKED,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_locked_unset_privileged) {
	/* clang-format on */
	.before = LOCKED,
	.asked = STRICT | LOCKED,
	.privileged = true,
	.error = EPERM,
};

/* One privileged bit more, and nothing changes. */
/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_with_noroot) {
	/* clang-format on */
	.asked = STRICT | SECBIT_NOROOT,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, set_without_noroot) {
	/* clang-format on */
	.before = SECBIT_NOROOT,
	.asked = STRICT,
	.error = EPERM,
};

/* The next bits are unknown. */
/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, next_bit) {
	/* clang-format on */
	.asked = STRICT | (LOCKED << 1),
	.privileged = true,
	.error = EPERM,
};

/* As for all securebits. */
/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, no_change) {
	/* clang-format on */
	.before = STRICT,
	.asked = STRICT,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(securebits, no_change_privileged) {
	/* clang-format on */
	.before = STRICT,
	.asked = STRICT,
	.privileged = true,
};

FIXTURE_SETUP(securebits)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, variant->before, 0, 0, 0));
	if (!variant->privileged)
		become_user(_metadata, USER);
}

FIXTURE_TEARDOWN(securebits)
{
}

TEST_F(securebits, asked)
{
	const int ret = prctl(PR_SET_SECUREBITS, variant->asked, 0, 0, 0);

	if (variant->error) {
		EXPECT_EQ(-1, ret);
		EXPECT_EQ(variant->error, errno);
	} else {
		EXPECT_EQ(0, ret);
	}
	EXPECT_EQ(variant->error ? variant->before : variant->asked,
		  prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
}

/* A process in a namespace is bounded by these bits as any other. */
TEST_F(securebits, asked_in_userns)
{
	const unsigned long inside =
		variant->before & (STRICT | LOCKED |
				   SECBIT_EXEC_RESTRICT_FILE_LOCKED);
	int ret;

	/* The namespace takes away the other bits, so all may be said. */
	if (inside != variant->before || variant->asked & ~(STRICT | LOCKED))
		return;
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	EXPECT_EQ(inside, prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	if (!variant->privileged)
		ASSERT_EQ(0, set_caps(0, 0, 0));
	ret = prctl(PR_SET_SECUREBITS, variant->asked, 0, 0, 0);
	EXPECT_EQ(variant->error ? -1 : 0, ret);
	EXPECT_EQ(variant->error ? variant->before : variant->asked,
		  prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
}

FIXTURE(strict)
{
};

FIXTURE_SETUP(strict)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(strict)
{
}

/* It acts when a namespace is entered, and changes no set before. */
TEST_F(strict, no_set_changes)
{
	struct cap_sets sets;

	drop_bounding(_metadata, ~CAP(CAP_NET_ADMIN));
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, STRICT, 0, 0, 0));
	own_sets(_metadata, &sets);
	EXPECT_EQ(CAPS_ALL, sets.userns);
	EXPECT_EQ(CAPS_ALL, sets.permitted);
	EXPECT_EQ(CAPS_ALL & ~CAP(CAP_NET_ADMIN), sets.bounding);
}

/* The bounding set at that time, not when the securebit was set. */
TEST_F(strict, bounding_dropped_later)
{
	struct cap_sets sets;

	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, STRICT | LOCKED, 0, 0, 0));
	drop_bounding(_metadata, ~CAP(CAP_NET_ADMIN));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	own_sets(_metadata, &sets);
	EXPECT_EQ(CAPS_ALL & ~CAP(CAP_NET_ADMIN) & sysctl_mask(),
		  sets.permitted);
}

TEST_F(strict, unset_again)
{
	struct cap_sets sets;

	drop_bounding(_metadata, ~CAP(CAP_NET_ADMIN));
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, STRICT, 0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	own_sets(_metadata, &sets);
	EXPECT_EQ(CAPS_ALL & sysctl_mask(), sets.permitted);
}

TEST_F(strict, inherited_by_fork)
{
	pid_t child;

	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, STRICT | LOCKED, 0, 0, 0));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		EXPECT_EQ(STRICT | LOCKED,
			  prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
		end_child(_metadata);
	}
	wait_child(_metadata, child);
}

TEST_HARNESS_MAIN
