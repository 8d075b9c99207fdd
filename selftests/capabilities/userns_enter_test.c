// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - Sets of a task that creates or
 *                                            joins a namespace
 */

#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>

#include "userns_caps.h"
#include "userns_holder.h"

/* Namespaces to create or join at once. */
#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS)

/*
 * Different sets.  A user who joins a namespace of its own needs CAP_SYS_ADMIN
 * in it, and CAP_SYS_PTRACE to do so by a pidfd.
 */
#define LOWERED                                               \
	(CAPS_ALL & ~(CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW) | \
		      CAP(CAP_LAST_CAP)))
#define BOUNDING (CAPS_ALL & ~(CAP(CAP_NET_ADMIN) | CAP(CAP_DAC_OVERRIDE)))
#define BOUNDED (CAPS_ALL & ~(CAP(CAP_NET_ADMIN) | CAP(CAP_SETUID)))

enum way {
	BY_UNSHARE,
	BY_CLONE,
	BY_CLONE3,
	BY_SETNS,
	BY_SETNS_PIDFD,
};

FIXTURE(enter)
{
	struct holder holder;
	int ns_fd, pidfd;
};

FIXTURE_VARIANT(enter)
{
	enum way way;
	uid_t uid;
	/* Whether the namespace of another task is joined, with this bound. */
	bool joins;
	unsigned long long bound;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, unshare) {
	/* clang-format on */
	.way = BY_UNSHARE,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, unshare_user) {
	/* clang-format on */
	.way = BY_UNSHARE,
	.uid = USER,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, clone) {
	/* clang-format on */
	.way = BY_CLONE,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, clone_user) {
	/* clang-format on */
	.way = BY_CLONE,
	.uid = USER,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, clone3) {
	/* clang-format on */
	.way = BY_CLONE3,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, clone3_user) {
	/* clang-format on */
	.way = BY_CLONE3,
	.uid = USER,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns) {
	/* clang-format on */
	.way = BY_SETNS,
	.joins = true,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_user) {
	/* clang-format on */
	.way = BY_SETNS,
	.uid = USER,
	.joins = true,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_bounded) {
	/* clang-format on */
	.way = BY_SETNS,
	.joins = true,
	.bound = BOUNDED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_bounded_user) {
	/* clang-format on */
	.way = BY_SETNS,
	.uid = USER,
	.joins = true,
	.bound = BOUNDED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_without_any) {
	/* clang-format on */
	.way = BY_SETNS,
	.joins = true,
	.bound = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_pidfd) {
	/* clang-format on */
	.way = BY_SETNS_PIDFD,
	.joins = true,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_pidfd_user) {
	/* clang-format on */
	.way = BY_SETNS_PIDFD,
	.uid = USER,
	.joins = true,
	.bound = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_pidfd_bounded) {
	/* clang-format on */
	.way = BY_SETNS_PIDFD,
	.joins = true,
	.bound = BOUNDED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(enter, setns_pidfd_bounded_user) {
	/* clang-format on */
	.way = BY_SETNS_PIDFD,
	.uid = USER,
	.joins = true,
	.bound = BOUNDED,
};

FIXTURE_SETUP(enter)
{
	const char *const missing = userns_caps_missing();
	struct creator creator = {
		.flags = NAMESPACES,
		.uid = variant->uid,
		.userns = variant->bound,
	};
	char path[64], task[16];

	if (missing)
		SKIP(return, "%s", missing);
	if (!variant->joins)
		return;

	/* Other namespaces need CAP_SYS_ADMIN. */
	if (!(variant->bound & CAP(CAP_SYS_ADMIN)))
		creator.flags = CLONE_NEWUSER;
	if (start_holder(_metadata, &self->holder, &creator))
		hold(_metadata, &self->holder);
	await(_metadata, self->holder.socket);
	snprintf(task, sizeof(task), "%d", self->holder.child);
	map_ids(_metadata, task, variant->uid);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", self->holder.child);
	self->ns_fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->ns_fd);
	self->pidfd = syscall(SYS_pidfd_open, self->holder.child, 0);
	ASSERT_LE(0, self->pidfd);
}

FIXTURE_TEARDOWN(enter)
{
	if (self->holder.child)
		release_holder(_metadata, &self->holder);
}

/*
 * Enters a user namespace, and others with @flags.  Returns 0 to the task in
 * it, a process ID, or -1.
 */
static pid_t enter(const FIXTURE_DATA(enter) * const self,
		   const FIXTURE_VARIANT(enter) * const variant,
		   const int flags)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
	};

	switch (variant->way) {
	case BY_UNSHARE:
		return unshare(flags);
	case BY_CLONE:
		return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	case BY_CLONE3:
		return syscall(SYS_clone3, &args, sizeof(args));
	case BY_SETNS:
		return setns(self->ns_fd, CLONE_NEWUSER);
	case BY_SETNS_PIDFD:
		return setns(self->pidfd, flags);
	}
	return -1;
}

/**
 * struct before - State of the task that enters the namespace
 *
 * @userns: Its set for user namespaces.
 * @bounding: Its bounding set.
 * @securebits: Its securebits.
 * @inheritable: Its inheritable set, which is ambient too.
 * @privileged: Whether it has all capabilities, even if it is not root.
 * @alone: Whether it enters no other namespaces, which needs CAP_SYS_ADMIN.
 */
struct before {
	unsigned long long userns;
	unsigned long long bounding;
	unsigned long securebits;
	unsigned long long inheritable;
	bool privileged;
	bool alone;
};

static void prepare(struct __test_metadata *const _metadata, const uid_t uid,
		    const struct before *const before)
{
	int cap;

	drop_bounding(_metadata, before->bounding);
	if (before->privileged)
		ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	if (uid)
		become_user(_metadata, uid);
	if (before->privileged)
		ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, before->inheritable));
	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (before->inheritable & CAP(cap))
			ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
					   cap, 0, 0));
	if (before->securebits)
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, before->securebits, 0, 0,
				   0));
	lower_userns(_metadata, before->userns);
}

static unsigned long long expected(const FIXTURE_VARIANT(enter) * const variant,
				   const struct before *const before)
{
	unsigned long long caps = before->userns & variant->bound;

	if (before->securebits & SECBIT_USERNS_STRICT_CAPS)
		caps &= before->bounding;
	return caps & sysctl_mask();
}

/* Compares the sets of the caller, which just entered a namespace. */
static void expect_entered(struct __test_metadata *const _metadata,
			   const unsigned long long caps,
			   const unsigned long long userns)
{
	struct cap_sets sets;

	own_sets(_metadata, &sets);
	EXPECT_EQ(caps, sets.permitted);
	EXPECT_EQ(caps, sets.effective);
	EXPECT_EQ(caps, sets.bounding);
	EXPECT_EQ(CAPS_NONE, sets.inheritable);
	EXPECT_EQ(CAPS_NONE, sets.ambient);
	EXPECT_EQ(userns, sets.userns);
}

/*
 * Enters a namespace in the child, or in the caller.  Returns true to the task
 * in the namespace, which then calls left().
 */
static bool entered(struct __test_metadata *const _metadata,
		    const FIXTURE_DATA(enter) * const self,
		    const FIXTURE_VARIANT(enter) * const variant,
		    const struct before *const before)
{
	pid_t child;

	prepare(_metadata, variant->uid, before);
	child = enter(self, variant,
		      before->alone ? CLONE_NEWUSER : NAMESPACES);
	ASSERT_LE(0, child)
	{
		TH_LOG("errno %d", errno);
	}
	if (child) {
		wait_child(_metadata, child);
		return false;
	}
	expect_entered(_metadata, expected(variant, before), before->userns);
	return true;
}

static void left(const struct __test_metadata *const _metadata,
		 const FIXTURE_VARIANT(enter) * const variant)
{
	if (variant->way == BY_CLONE || variant->way == BY_CLONE3)
		end_child(_metadata);
}

/* The same, and prepares for namespaces in the namespace. */
static bool entered_and_mapped(struct __test_metadata *const _metadata,
			       const FIXTURE_DATA(enter) * const self,
			       const FIXTURE_VARIANT(enter) * const variant,
			       const struct before *const before)
{
	if (!entered(_metadata, self, variant, before))
		return false;
	if (!variant->joins)
		map_ids(_metadata, "self", variant->uid);
	return true;
}

static void enter_once(struct __test_metadata *const _metadata,
		       const FIXTURE_DATA(enter) * const self,
		       const FIXTURE_VARIANT(enter) * const variant,
		       const struct before *const before)
{
	if (entered(_metadata, self, variant, before))
		left(_metadata, variant);
}

TEST_F(enter, full)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = CAPS_ALL,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, lowered)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = CAPS_ALL,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, cleared)
{
	const struct before before = {
		.userns = CAPS_NONE,
		.bounding = CAPS_ALL,
	};
	pid_t child;

	if (!variant->uid) {
		enter_once(_metadata, self, variant, &before);
		return;
	}
	/* The owner of the namespace may not do anything in it either. */
	prepare(_metadata, variant->uid, &before);
	child = enter(self, variant, NAMESPACES);
	if (!child)
		_exit(1);
	EXPECT_EQ(-1, child);
	EXPECT_EQ(EPERM, errno);
}

/* A namespace without capabilities, and without others that it owns. */
TEST_F(enter, cleared_alone)
{
	const struct before before = {
		.userns = CAPS_NONE,
		.bounding = CAPS_ALL,
		.alone = true,
	};

	if (variant->joins && variant->uid)
		return;
	enter_once(_metadata, self, variant, &before);
}

/* The bounding set is about the namespace in which the task is... */
TEST_F(enter, bounding)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = BOUNDING,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, lowered_and_bounding)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = BOUNDING,
	};

	enter_once(_metadata, self, variant, &before);
}

/* ...unless a securebit says otherwise. */
TEST_F(enter, strict)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = BOUNDING,
		.securebits = SECBIT_USERNS_STRICT_CAPS,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, strict_with_full_bounding)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = CAPS_ALL,
		.securebits = SECBIT_USERNS_STRICT_CAPS,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, strict_and_lowered)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = BOUNDING,
		.securebits = SECBIT_USERNS_STRICT_CAPS,
	};

	enter_once(_metadata, self, variant, &before);
}

/* The lock alone is no promise. */
TEST_F(enter, locked_but_not_strict)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = BOUNDING,
		.securebits = SECBIT_USERNS_STRICT_CAPS_LOCKED,
	};

	enter_once(_metadata, self, variant, &before);
	EXPECT_EQ(SECBIT_USERNS_STRICT_CAPS_LOCKED,
		  prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
}

TEST_F(enter, inheritable_and_ambient)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = CAPS_ALL,
		.inheritable = CAP(CAP_CHOWN) | CAP(CAP_NET_ADMIN),
		.privileged = true,
	};

	enter_once(_metadata, self, variant, &before);
}

TEST_F(enter, securebits)
{
	const unsigned long kept =
		SECBIT_EXEC_RESTRICT_FILE | SECBIT_EXEC_RESTRICT_FILE_LOCKED |
		SECBIT_EXEC_DENY_INTERACTIVE |
		SECBIT_EXEC_DENY_INTERACTIVE_LOCKED |
		SECBIT_USERNS_STRICT_CAPS | SECBIT_USERNS_STRICT_CAPS_LOCKED;
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = BOUNDING,
		.securebits = SECURE_ALL_BITS | SECURE_ALL_LOCKS | kept,
		.privileged = true,
	};

	if (!entered(_metadata, self, variant, &before))
		return;
	EXPECT_EQ(kept, prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	left(_metadata, variant);
}

/* Namespaces in the namespace never get back what it does not have. */
TEST_F(enter, nested)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = CAPS_ALL,
	};
	unsigned long long caps = expected(variant, &before);

	if (!entered_and_mapped(_metadata, self, variant, &before))
		return;
	EXPECT_EQ(-1, prctl_userns(PR_CAP_USERNS_RAISE, CAP_NET_ADMIN));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_entered(_metadata, caps, LOWERED);

	if (!(caps & CAP(CAP_SYS_ADMIN))) {
		left(_metadata, variant);
		return;
	}
	map_ids(_metadata, "self", variant->uid);
	EXPECT_EQ(-1, prctl_userns(PR_CAP_USERNS_RAISE, CAP_NET_ADMIN));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, CAP_CHOWN));
	caps &= ~CAP(CAP_CHOWN);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_entered(_metadata, caps, LOWERED & ~CAP(CAP_CHOWN));
	left(_metadata, variant);
}

/* A full set does not help in a namespace that has fewer. */
TEST_F(enter, nested_with_full_set)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = CAPS_ALL,
	};

	if (!entered_and_mapped(_metadata, self, variant, &before))
		return;
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_entered(_metadata, expected(variant, &before), CAPS_ALL);
	left(_metadata, variant);
}

TEST_F(enter, nested_bounding)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = CAPS_ALL,
	};
	const unsigned long long caps = expected(variant, &before);

	if (!entered_and_mapped(_metadata, self, variant, &before))
		return;
	if (caps & CAP(CAP_SETPCAP))
		drop_bounding(_metadata, ~CAP(CAP_SYS_CHROOT));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_entered(_metadata, caps, CAPS_ALL);
	left(_metadata, variant);
}

/* The securebit is still set in the namespace. */
TEST_F(enter, nested_strict)
{
	const struct before before = {
		.userns = CAPS_ALL,
		.bounding = CAPS_ALL,
		.securebits = SECBIT_USERNS_STRICT_CAPS,
	};
	const unsigned long long caps = expected(variant, &before);

	if (!entered_and_mapped(_metadata, self, variant, &before))
		return;
	if (caps & CAP(CAP_SETPCAP))
		drop_bounding(_metadata, ~CAP(CAP_SYS_CHROOT));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_entered(_metadata, caps & ~CAP(CAP_SYS_CHROOT), CAPS_ALL);
	left(_metadata, variant);
}

/* Who is in the namespace already, cannot enter it to have more. */
TEST_F(enter, again)
{
	const struct before before = {
		.userns = LOWERED,
		.bounding = CAPS_ALL,
	};
	int fd;

	if (!entered(_metadata, self, variant, &before))
		return;
	ASSERT_EQ(0, set_caps(CAP(CAP_SYS_ADMIN) & expected(variant, &before),
			      CAP(CAP_SYS_ADMIN) & expected(variant, &before),
			      0));
	fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, setns(fd, CLONE_NEWUSER));
	EXPECT_EQ(EINVAL, errno);
	left(_metadata, variant);
}

TEST_HARNESS_MAIN
