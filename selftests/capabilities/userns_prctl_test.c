// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - prctl(PR_CAP_USERNS): operations,
 *                                            errors, privileges, /proc
 */

#define _GNU_SOURCE
#include <limits.h>

#include "userns_caps.h"

/* Compares the set of the caller, asked for in both ways. */
static void expect_set(struct __test_metadata *const _metadata,
		       const unsigned long long expected)
{
	struct cap_sets sets;
	int cap;

	own_sets(_metadata, &sets);
	EXPECT_EQ(expected, sets.userns);
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		EXPECT_EQ(!!(expected & CAP(cap)),
			  prctl_userns(PR_CAP_USERNS_IS_SET, cap))
		{
			TH_LOG("capability %d", cap);
		}
	}
}

FIXTURE(set)
{
};

FIXTURE_SETUP(set)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(set)
{
}

TEST_F(set, full_at_first)
{
	expect_set(_metadata, CAPS_ALL);
}

TEST_F(set, each_lowered)
{
	unsigned long long expected = CAPS_ALL;
	int cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, cap));
		expected &= ~CAP(cap);
		expect_set(_metadata, expected);
	}
}

TEST_F(set, each_raised)
{
	unsigned long long expected = CAPS_NONE;
	int cap;

	ASSERT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_RAISE, cap));
		expected |= CAP(cap);
		expect_set(_metadata, expected);
	}
}

TEST_F(set, lowered_twice)
{
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, CAP_NET_ADMIN));
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, CAP_NET_ADMIN));
	expect_set(_metadata, CAPS_ALL & ~CAP(CAP_NET_ADMIN));
}

TEST_F(set, all_cleared)
{
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	expect_set(_metadata, CAPS_NONE);
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	expect_set(_metadata, CAPS_NONE);
}

/* Nothing is needed to have less. */
TEST_F(set, lowered_by_user)
{
	become_user(_metadata, USER);
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, CAP_LAST_CAP));
	expect_set(_metadata, CAPS_ALL & ~CAP(CAP_LAST_CAP));
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	expect_set(_metadata, CAPS_NONE);
}

/* It is about user namespaces to come: the caller keeps what it has. */
TEST_F(set, other_sets_stay)
{
	const unsigned long long lowered = CAP(CAP_NET_ADMIN) | CAP(CAP_CHOWN);
	struct cap_sets sets;

	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, lowered));
	ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0,
			   0));
	lower_userns(_metadata, ~lowered);
	own_sets(_metadata, &sets);
	EXPECT_EQ(CAPS_ALL, sets.permitted);
	EXPECT_EQ(CAPS_ALL, sets.effective);
	EXPECT_EQ(CAPS_ALL, sets.bounding);
	EXPECT_EQ(lowered, sets.inheritable);
	EXPECT_EQ(CAP(CAP_CHOWN), sets.ambient);
	EXPECT_EQ(CAPS_ALL & ~lowered, sets.userns);
}

/* The line in /proc/PID/status, of other tasks too. */
TEST_F(set, line_of_status)
{
	char path[64], line[256];
	bool ambient = false;
	int fds[2], lines = 0;
	pid_t child;
	FILE *file;

	ASSERT_EQ(0, pipe(fds));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		char byte;

		close(fds[1]);
		EXPECT_EQ(0, read(fds[0], &byte, 1));
		end_child(_metadata);
	}

	/* What the child inherited is another set now. */
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	snprintf(path, sizeof(path), "/proc/%d/status", child);
	file = fopen(path, "re");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "CapUNs:", 7)) {
			lines++;
			EXPECT_TRUE(ambient);
			EXPECT_STREQ("CapUNs:\t000001ffffffffff\n", line);
		}
		ambient = !strncmp(line, "CapAmb:", 7);
	}
	EXPECT_EQ(1, lines);
	EXPECT_EQ(0, fclose(file));
	EXPECT_EQ(0, close(fds[1]));
	wait_child(_metadata, child);
}

/* Calls that say EINVAL and change nothing. */
FIXTURE(invalid)
{
};

FIXTURE_VARIANT(invalid)
{
	unsigned long op, cap, arg4, arg5;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, op_0) {
	/* clang-format on */
	.op = 0,
	.cap = CAP_CHOWN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, op_next) {
	/* clang-format on */
	.op = PR_CAP_USERNS_CLEAR_ALL + 1,
	.cap = CAP_CHOWN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, op_next_without_cap) {
	/* clang-format on */
	.op = PR_CAP_USERNS_CLEAR_ALL + 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, op_max) {
	/* clang-format on */
	.op = ULONG_MAX,
	.cap = CAP_CHOWN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, op_high) {
	/* clang-format on */
	.op = (unsigned long)LONG_MIN | PR_CAP_USERNS_LOWER,
	.cap = CAP_CHOWN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, is_set_no_cap) {
	/* clang-format on */
	.op = PR_CAP_USERNS_IS_SET,
	.cap = CAP_LAST_CAP + 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_no_cap) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = CAP_LAST_CAP + 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, raise_no_cap) {
	/* clang-format on */
	.op = PR_CAP_USERNS_RAISE,
	.cap = CAP_LAST_CAP + 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, raise_cap_63) {
	/* clang-format on */
	.op = PR_CAP_USERNS_RAISE,
	.cap = 63,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_cap_64) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = 64,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_cap_max) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = ULONG_MAX,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_cap_high) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = (unsigned long)LONG_MIN | CAP_CHOWN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, is_set_arg4) {
	/* clang-format on */
	.op = PR_CAP_USERNS_IS_SET,
	.cap = CAP_CHOWN,
	.arg4 = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, is_set_arg5) {
	/* clang-format on */
	.op = PR_CAP_USERNS_IS_SET,
	.cap = CAP_CHOWN,
	.arg5 = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, raise_arg4) {
	/* clang-format on */
	.op = PR_CAP_USERNS_RAISE,
	.cap = CAP_NET_ADMIN,
	.arg4 = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, raise_arg5) {
	/* clang-format on */
	.op = PR_CAP_USERNS_RAISE,
	.cap = CAP_NET_ADMIN,
	.arg5 = ULONG_MAX,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_arg4) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = CAP_CHOWN,
	.arg4 = ULONG_MAX,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, lower_arg5) {
	/* clang-format on */
	.op = PR_CAP_USERNS_LOWER,
	.cap = CAP_CHOWN,
	.arg5 = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, clear_arg3) {
	/* clang-format on */
	.op = PR_CAP_USERNS_CLEAR_ALL,
	.cap = CAP_DAC_OVERRIDE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, clear_arg4) {
	/* clang-format on */
	.op = PR_CAP_USERNS_CLEAR_ALL,
	.arg4 = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(invalid, clear_arg5) {
	/* clang-format on */
	.op = PR_CAP_USERNS_CLEAR_ALL,
	.arg5 = 1,
};

FIXTURE_SETUP(invalid)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(invalid)
{
}

TEST_F(invalid, refused)
{
	lower_userns(_metadata, ~CAP(CAP_NET_ADMIN));
	EXPECT_EQ(-1, prctl(PR_CAP_USERNS, variant->op, variant->cap,
			    variant->arg4, variant->arg5));
	EXPECT_EQ(EINVAL, errno);
	expect_set(_metadata, CAPS_ALL & ~CAP(CAP_NET_ADMIN));
}

/* The invalid argument is named first, also if the caller may do nothing. */
TEST_F(invalid, refused_for_user)
{
	become_user(_metadata, USER);
	lower_userns(_metadata, ~CAP(CAP_NET_ADMIN));
	EXPECT_EQ(-1, prctl(PR_CAP_USERNS, variant->op, variant->cap,
			    variant->arg4, variant->arg5));
	EXPECT_EQ(EINVAL, errno);
	expect_set(_metadata, CAPS_ALL & ~CAP(CAP_NET_ADMIN));
}

/* Tasks that want CAP_NET_ADMIN back. */
#define WANTED CAP_NET_ADMIN

FIXTURE(raise)
{
};

FIXTURE_VARIANT(raise)
{
	/* Sets of the caller in the namespace where it is. */
	unsigned long long permitted, effective, dropped;
	bool user, in_userns;
	/* Lowered in its own namespace; before this was made, if there is. */
	bool lowered, lowered_before;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, all) {
	/* clang-format on */
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, permitted) {
	/* clang-format on */
	.permitted = CAP(WANTED),
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, permitted_user) {
	/* clang-format on */
	.permitted = CAP(WANTED),
	.user = true,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, setpcap) {
	/* clang-format on */
	.permitted = CAP(CAP_SETPCAP),
	.effective = CAP(CAP_SETPCAP),
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, setpcap_user) {
	/* clang-format on */
	.permitted = CAP(CAP_SETPCAP),
	.effective = CAP(CAP_SETPCAP),
	.user = true,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, setpcap_not_effective) {
	/* clang-format on */
	.permitted = CAP(CAP_SETPCAP),
	.lowered = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, others_only) {
	/* clang-format on */
	.permitted = CAPS_ALL & ~CAP(WANTED) & ~CAP(CAP_SETPCAP),
	.effective = CAPS_ALL & ~CAP(WANTED) & ~CAP(CAP_SETPCAP),
	.lowered = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, nothing) {
	/* clang-format on */
	.lowered = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, nothing_user) {
	/* clang-format on */
	.user = true,
	.lowered = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, not_in_bounding) {
	/* clang-format on */
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.dropped = CAP(WANTED),
	.lowered = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, others_not_in_bounding) {
	/* clang-format on */
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.dropped = CAPS_ALL & ~CAP(WANTED),
	.lowered = true,
};

/* A bit that is set needs nothing. */
/* clang-format off */
FIXTURE_VARIANT_ADD(raise, still_set) {
	/* clang-format on */
	.dropped = CAP(WANTED),
	.user = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, in_userns) {
	/* clang-format on */
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.in_userns = true,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, in_userns_user) {
	/* clang-format on */
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.user = true,
	.in_userns = true,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, in_userns_setpcap) {
	/* clang-format on */
	.permitted = CAP(CAP_SETPCAP),
	.effective = CAP(CAP_SETPCAP),
	.user = true,
	.in_userns = true,
	.lowered = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, in_userns_nothing) {
	/* clang-format on */
	.in_userns = true,
	.lowered = true,
	.error = EPERM,
};

/* What an ancestor lowered never comes back. */
/* clang-format off */
FIXTURE_VARIANT_ADD(raise, not_in_userns) {
	/* clang-format on */
	.permitted = CAPS_ALL & ~CAP(WANTED),
	.effective = CAPS_ALL & ~CAP(WANTED),
	.in_userns = true,
	.lowered_before = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(raise, not_in_userns_user) {
	/* clang-format on */
	.permitted = CAPS_ALL & ~CAP(WANTED),
	.effective = CAPS_ALL & ~CAP(WANTED),
	.user = true,
	.in_userns = true,
	.lowered_before = true,
	.error = EPERM,
};

FIXTURE_SETUP(raise)
{
	const char *const missing = userns_caps_missing();
	const unsigned long long mask = sysctl_mask();

	if (missing)
		SKIP(return, "%s", missing);
	if (!variant->in_userns)
		drop_bounding(_metadata, ~variant->dropped);
	if (variant->lowered_before)
		lower_userns(_metadata, ~CAP(WANTED));
	if (variant->user) {
		ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		become_user(_metadata, USER);
	}
	if (variant->in_userns)
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	ASSERT_EQ(0, set_caps(variant->permitted &
				      (variant->in_userns ? mask : CAPS_ALL),
			      variant->effective &
				      (variant->in_userns ? mask : CAPS_ALL),
			      0));
	if (variant->lowered)
		lower_userns(_metadata, ~CAP(WANTED));
}

FIXTURE_TEARDOWN(raise)
{
}

TEST_F(raise, wanted)
{
	const bool lowered = variant->lowered || variant->lowered_before;

	expect_set(_metadata, CAPS_ALL & ~(lowered ? CAP(WANTED) : 0));
	if (variant->error) {
		EXPECT_EQ(-1, prctl_userns(PR_CAP_USERNS_RAISE, WANTED));
		EXPECT_EQ(variant->error, errno);
		expect_set(_metadata, CAPS_ALL & ~CAP(WANTED));
	} else {
		EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_RAISE, WANTED));
		expect_set(_metadata, CAPS_ALL);
	}
}

TEST_HARNESS_MAIN
