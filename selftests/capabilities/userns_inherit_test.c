// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - Tasks that inherit a set, and
 *                                            calls that change other things
 */

#define _GNU_SOURCE
#include <linux/keyctl.h>
#include <pthread.h>
#include <signal.h>

#include "userns_caps.h"

#define LOWERED (CAPS_ALL & ~CAP(CAP_NET_ADMIN))
#define LOWERED_MORE (LOWERED & ~CAP(CAP_NET_RAW))

static void expect_set(struct __test_metadata *const _metadata,
		       const unsigned long long expected)
{
	struct cap_sets sets;

	own_sets(_metadata, &sets);
	EXPECT_EQ(expected, sets.userns);
}

FIXTURE(inherit)
{
};

FIXTURE_SETUP(inherit)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	lower_userns(_metadata, LOWERED);
}

FIXTURE_TEARDOWN(inherit)
{
}

TEST_F(inherit, fork)
{
	const pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		expect_set(_metadata, LOWERED);
		lower_userns(_metadata, LOWERED_MORE);
		end_child(_metadata);
	}
	wait_child(_metadata, child);
	/* The child has its own. */
	expect_set(_metadata, LOWERED);
}

struct thread {
	struct __test_metadata *metadata;
	unsigned long long before, after;
};

static void *lower_in_thread(void *const data)
{
	const struct thread *const thread = data;

	expect_set(thread->metadata, thread->before);
	lower_userns(thread->metadata, thread->after);
	expect_set(thread->metadata, thread->after);
	return NULL;
}

TEST_F(inherit, thread)
{
	struct thread arg = {
		.metadata = _metadata,
		.before = LOWERED,
		.after = LOWERED_MORE,
	};
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, lower_in_thread, &arg));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	/* The calling thread has its own. */
	expect_set(_metadata, LOWERED);
}

static pthread_barrier_t barrier;

static void *watch_in_thread(void *const data)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	expect_set(data, LOWERED);
	return NULL;
}

TEST_F(inherit, not_by_running_thread)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, watch_in_thread, _metadata));
	pthread_barrier_wait(&barrier);
	ASSERT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	pthread_barrier_wait(&barrier);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	expect_set(_metadata, CAPS_NONE);
}

TEST_F(inherit, user_ids)
{
	ASSERT_EQ(0, setresuid(USER, USER, 0));
	expect_set(_metadata, LOWERED);
	ASSERT_EQ(0, setresuid(0, 0, 0));
	expect_set(_metadata, LOWERED);
	become_user(_metadata, USER);
	expect_set(_metadata, LOWERED);
}

TEST_F(inherit, group_ids)
{
	ASSERT_EQ(0, setresgid(USER, USER, USER));
	ASSERT_EQ(0, setgroups(0, NULL));
	expect_set(_metadata, LOWERED);
}

TEST_F(inherit, capset)
{
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, CAPS_ALL));
	expect_set(_metadata, LOWERED);
	ASSERT_EQ(0, set_caps(0, 0, 0));
	expect_set(_metadata, LOWERED);
}

TEST_F(inherit, bounding_dropped)
{
	drop_bounding(_metadata, CAPS_NONE);
	expect_set(_metadata, LOWERED);
}

TEST_F(inherit, ambient)
{
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, CAPS_ALL));
	ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN,
			   0, 0));
	expect_set(_metadata, LOWERED);
	ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	expect_set(_metadata, LOWERED);
}

TEST_F(inherit, no_new_privs)
{
	ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	expect_set(_metadata, LOWERED);
	/* It gains nothing that the caller could not have. */
	EXPECT_EQ(0, prctl_userns(PR_CAP_USERNS_RAISE, CAP_NET_ADMIN));
	expect_set(_metadata, CAPS_ALL);
}

/*
 * A child gives its session keyring to its parent, which gets new credentials
 * that begin with those of nobody.
 */
FIXTURE(keyring)
{
};

FIXTURE_VARIANT(keyring)
{
	unsigned long long parent, child;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(keyring, full) {
	/* clang-format on */
	.parent = CAPS_ALL,
	.child = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(keyring, child_lowered) {
	/* clang-format on */
	.parent = CAPS_ALL,
	.child = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(keyring, parent_lowered) {
	/* clang-format on */
	.parent = LOWERED,
	.child = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(keyring, parent_cleared) {
	/* clang-format on */
	.parent = CAPS_NONE,
	.child = CAPS_ALL,
};

FIXTURE_SETUP(keyring)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(keyring)
{
}

TEST_F(keyring, session_to_parent)
{
	long before, joined, after;
	int status;
	pid_t child;

	if (access("/proc/keys", F_OK))
		SKIP(return, "this kernel has no CONFIG_KEYS");
	become_user(_metadata, USER);
	before = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	ASSERT_LT(0, before);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		/* After the parent lowered its own set. */
		ASSERT_EQ(0, kill(getpid(), SIGSTOP));
		lower_userns(_metadata, variant->child);
		joined = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
		ASSERT_LT(0, joined);
		EXPECT_EQ(0, syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
		end_child(_metadata);
	}
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	lower_userns(_metadata, variant->parent);
	ASSERT_EQ(0, kill(child, SIGCONT));
	wait_child(_metadata, child);

	/* The parent took it, on its way back from a system call. */
	after = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			KEY_SPEC_SESSION_KEYRING, 0);
	EXPECT_LT(0, after);
	EXPECT_NE(before, after);
	expect_set(_metadata, variant->parent);
}

TEST_HARNESS_MAIN
