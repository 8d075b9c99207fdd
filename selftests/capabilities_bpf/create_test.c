// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - BPF programs that drop capabilities from user namespaces
 *
 * The kernel function allocates no memory, so none of these tests lets an
 * allocation fail.
 */

#include "drop_progs.h"

#define CLONE_FLAGS (CLONE_NEWUSER | SIGCHLD)

static pid_t clone_process(const unsigned long flags)
{
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
}

FIXTURE(create)
{
	struct drop *skel;
};

FIXTURE_VARIANT(create)
{
	const struct drop_orders orders;
	const bool backward;
	/* The capabilities that remain. */
	const unsigned long long remain;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, none) {
	/* clang-format on */
	.remain = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, sleepable) {
	/* clang-format on */
	.orders.create = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, atomic) {
	/* clang-format on */
	.orders.create_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, same_twice) {
	/* clang-format on */
	.orders.create = DROP_1,
	.orders.create_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, two) {
	/* clang-format on */
	.orders.create = DROP_1,
	.orders.create_atomic = DROP_2,
	.remain = CAPS_ALL & ~(DROP_1 | DROP_2),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, two_backward) {
	/* clang-format on */
	.orders.create = DROP_1,
	.orders.create_atomic = DROP_2,
	.backward = true,
	.remain = CAPS_ALL & ~(DROP_1 | DROP_2),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, three) {
	/* clang-format on */
	.orders.create = DROP_1,
	.orders.create_atomic = DROP_2,
	.orders.create_again = DROP_3,
	.remain = CAPS_ALL & ~DROP_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, three_backward) {
	/* clang-format on */
	.orders.create = DROP_1,
	.orders.create_atomic = DROP_2,
	.orders.create_again = DROP_3,
	.backward = true,
	.remain = CAPS_ALL & ~DROP_ALL,
};

/* Bits that are no capability are none. */
/* clang-format off */
FIXTURE_VARIANT_ADD(create, all_bits) {
	/* clang-format on */
	.orders.create = ~0ULL,
	.remain = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, no_capability) {
	/* clang-format on */
	.orders.create = ~CAPS_ALL,
	.remain = CAPS_ALL,
};

FIXTURE_SETUP(create)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->skel = load_drop(_metadata, variant->backward);
	become_target(self->skel, &variant->orders);
}

FIXTURE_TEARDOWN(create)
{
	if (!self->skel)
		return;
	EXPECT_EQ(0, self->skel->bss->num_errors);
	drop__destroy(self->skel);
}

TEST_F(create, unshare)
{
	const struct cap_sets expected = sets_in_space(variant->remain);

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_own_sets(_metadata, &expected);
}

TEST_F(create, clone)
{
	const struct cap_sets expected = sets_in_space(variant->remain);
	const pid_t child = clone_process(CLONE_FLAGS);

	ASSERT_LE(0, child);
	if (child == 0) {
		expect_own_sets(_metadata, &expected);
		end_child(_metadata);
	}
	wait_child(_metadata, child);
	/* The process that called clone(2) is in no user namespace. */
	expect_own_sets(_metadata, &full_sets);
}

/* Programs that do nothing any more give nothing back. */
TEST_F(create, nested)
{
	const struct cap_sets expected = sets_in_space(variant->remain);
	int cap;

	enter_space(_metadata);
	self->skel->bss->target_pid = 0;
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (variant->remain & CAP(cap))
			continue;
		EXPECT_EQ(-1, prctl_userns(PR_CAP_USERNS_RAISE, cap));
		EXPECT_EQ(EPERM, errno);
	}
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_own_sets(_metadata, &expected);
}

/* A process that has all capabilities outside brings none of them along. */
TEST_F(create, joined)
{
	struct cap_sets expected = sets_in_space(variant->remain);
	int ready[2], done[2], fd;
	char path[64];
	pid_t child;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	child = clone_process(CLONE_FLAGS);
	ASSERT_LE(0, child);
	if (child == 0) {
		tell(_metadata, ready[1]);
		await(_metadata, done[0]);
		end_child(_metadata);
	}
	await(_metadata, ready[0]);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, setns(fd, CLONE_NEWUSER));
	expected.userns = CAPS_ALL;
	expect_own_sets(_metadata, &expected);
	tell(_metadata, done[1]);
	wait_child(_metadata, child);
}

/* Outside, the owner has CAP_SYS_ADMIN over it if nobody dropped that. */
TEST_F(create, owner)
{
	int done[2], fd, result;
	char path[64];
	pid_t child;

	become_user(_metadata, USER);
	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	child = clone_process(CLONE_FLAGS);
	ASSERT_LE(0, child);
	if (child == 0) {
		await(_metadata, done[0]);
		end_child(_metadata);
	}
	snprintf(path, sizeof(path), "/proc/%d/setgroups", child);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	result = fd < 0 ? errno : 0;
	EXPECT_EQ(variant->remain & CAP(CAP_SYS_ADMIN) ? 0 : EACCES, result);
	tell(_metadata, done[1]);
	wait_child(_metadata, child);
}

/* Each user namespace is asked about on its own. */
TEST_F(create, next)
{
	const struct cap_sets expected = sets_in_space(CAPS_ALL);
	pid_t child;

	child = clone_process(CLONE_FLAGS);
	ASSERT_LE(0, child);
	if (child == 0)
		end_child(_metadata);
	wait_child(_metadata, child);

	self->skel->bss->target_pid = 0;
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	expect_own_sets(_metadata, &expected);
}

/* The creation of a user namespace, failed after programs dropped. */
FIXTURE(failure)
{
	struct drop *skel;
};

FIXTURE_VARIANT(failure)
{
	/* A sysctl that is 0 meanwhile. */
	const char *limit;
	/* Other namespaces to create. */
	int flags;
	const struct drop_orders orders;
	int error;
	/* Calls of the kernel function. */
	unsigned int num_calls;
};

/* By another program. */
/* clang-format off */
FIXTURE_VARIANT_ADD(failure, denied) {
	/* clang-format on */
	.orders = {
		.create = DROP_1,
		.create_atomic = DROP_2,
		.fail = true,
	},
	.error = EPERM,
	.num_calls = 2,
};

/* Before any program is asked. */
/* clang-format off */
FIXTURE_VARIANT_ADD(failure, too_many) {
	/* clang-format on */
	.limit = "/proc/sys/user/max_user_namespaces",
	.orders = {
		.create = DROP_1,
		.create_atomic = DROP_2,
	},
	.error = ENOSPC,
};

/* When the user namespace is there. */
/* clang-format off */
FIXTURE_VARIANT_ADD(failure, too_many_others) {
	/* clang-format on */
	.limit = "/proc/sys/user/max_uts_namespaces",
	.flags = CLONE_NEWUTS,
	.orders = {
		.create = DROP_1,
		.create_atomic = DROP_2,
	},
	.error = ENOSPC,
	.num_calls = 2,
};

static char old_limit[32];

FIXTURE_SETUP(failure)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->skel = load_drop(_metadata, false);
	if (variant->limit) {
		const int fd = open(variant->limit, O_RDONLY | O_CLOEXEC);

		ASSERT_LE(0, fd);
		ASSERT_LT(0, read(fd, old_limit, sizeof(old_limit) - 1));
		ASSERT_EQ(0, close(fd));
		write_file(_metadata, variant->limit, "0");
	}
	become_target(self->skel, &variant->orders);
}

FIXTURE_TEARDOWN(failure)
{
	if (!self->skel)
		return;
	if (variant->limit)
		write_file(_metadata, variant->limit, old_limit);
	drop__destroy(self->skel);
}

/* Nothing changed, and the next user namespace has all capabilities. */
static void expect_unchanged(struct __test_metadata *const _metadata,
			     struct drop *const skel,
			     const char *const limit)
{
	const struct cap_sets expected = sets_in_space(CAPS_ALL);
	pid_t child;

	expect_own_sets(_metadata, &full_sets);
	if (limit)
		write_file(_metadata, limit, old_limit);
	skel->bss->target_pid = 0;
	child = clone_process(CLONE_FLAGS);
	ASSERT_LE(0, child);
	if (child == 0) {
		expect_own_sets(_metadata, &expected);
		end_child(_metadata);
	}
	wait_child(_metadata, child);
}

TEST_F(failure, unshare)
{
	ASSERT_EQ(-1, unshare(CLONE_NEWUSER | variant->flags));
	EXPECT_EQ(variant->error, errno);
	EXPECT_EQ(variant->num_calls, self->skel->bss->num_calls);
	expect_unchanged(_metadata, self->skel, variant->limit);
}

TEST_F(failure, clone)
{
	const pid_t child = clone_process(CLONE_FLAGS | variant->flags);

	if (child == 0)
		_exit(1);
	ASSERT_EQ(-1, child);
	EXPECT_EQ(variant->error, errno);
	EXPECT_EQ(variant->num_calls, self->skel->bss->num_calls);
	expect_unchanged(_metadata, self->skel, variant->limit);
}

TEST_HARNESS_MAIN
