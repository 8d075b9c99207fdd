// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - Tasks inside and outside that
 *                                            use one over a namespace
 */

#define _GNU_SOURCE
#include <linux/nsfs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "userns_caps.h"
#include "userns_holder.h"

#define NET_ADMIN CAP(CAP_NET_ADMIN)

/* Each needs CAP_NET_ADMIN over the namespace that owns the socket's. */
static int set_option(const int socket_fd)
{
	const int on = 1, off = 0;

	if (setsockopt(socket_fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return errno;
	setsockopt(socket_fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
	return 0;
}

static int set_up(const int socket_fd)
{
	struct ifreq request = { .ifr_name = "lo" };

	if (ioctl(socket_fd, SIOCGIFFLAGS, &request))
		return errno;
	request.ifr_flags ^= IFF_UP;
	if (ioctl(socket_fd, SIOCSIFFLAGS, &request))
		return errno;
	return 0;
}

static void expect_use(struct __test_metadata *const _metadata,
		       const int socket_fd, const int error)
{
	EXPECT_EQ(error, set_option(socket_fd));
	EXPECT_EQ(error, set_up(socket_fd));
}

/*
 * A socket that was made in a namespace, and passed out.  The task outside has
 * the user ID of the creator unless it is another one.
 */
FIXTURE(outside)
{
	struct holder holder;
	int socket;
};

FIXTURE_VARIANT(outside)
{
	/* Sets of the creator, who is the user @creator. */
	uid_t creator;
	unsigned long long let_in, dropped;
	unsigned long securebits;
	/* Sets of the task outside, who is the user @uid. */
	uid_t uid;
	unsigned long long userns, effective;
	bool strict;
	/* Errors of tasks in the namespace, and outside. */
	int error_inside, error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, nothing_lowered) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.uid = USER,
	.userns = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, others_lowered) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_RAW),
	.uid = USER,
	.userns = NET_ADMIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, not_let_in) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.uid = USER,
	.userns = CAPS_ALL,
	.error_inside = EPERM,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, both_lowered) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.uid = USER,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.error_inside = EPERM,
	.error = EPERM,
};

/* A process does not use what another one of its user let in. */
/* clang-format off */
FIXTURE_VARIANT_ADD(outside, lowered_outside) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.uid = USER,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, cleared_outside) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.uid = USER,
	.userns = CAPS_NONE,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, bounding_dropped) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.dropped = NET_ADMIN,
	.uid = USER,
	.userns = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, bounding_dropped_strictly) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.dropped = NET_ADMIN,
	.securebits = SECBIT_USERNS_STRICT_CAPS,
	.uid = USER,
	.userns = CAPS_ALL,
	.error_inside = EPERM,
	.error = EPERM,
};

/* Its own bounding set bounds a strict process everywhere. */
/* clang-format off */
FIXTURE_VARIANT_ADD(outside, strict_outside) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.uid = USER,
	.userns = CAPS_ALL,
	.strict = true,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, other_user) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.uid = OTHER_USER,
	.userns = CAPS_ALL,
	.error = EPERM,
};

/* Capabilities in the initial namespace: the system administers containers. */
/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAP(CAP_SYS_ADMIN),
	.userns = CAPS_NONE,
	.effective = CAPS_ALL,
	.error_inside = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root_that_created) {
	/* clang-format on */
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.effective = CAPS_ALL,
	.error_inside = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, capable_user) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.uid = USER,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.effective = NET_ADMIN,
	.error_inside = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, capable_other_user) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.uid = OTHER_USER,
	.userns = CAPS_NONE,
	.effective = NET_ADMIN,
	.error_inside = EPERM,
};

/* Root without the capability is a user as others. */
/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root_without_capability) {
	/* clang-format on */
	.creator = USER,
	.let_in = CAPS_ALL,
	.userns = CAPS_ALL,
	.effective = CAPS_ALL & ~NET_ADMIN,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root_owns) {
	/* clang-format on */
	.let_in = CAPS_ALL,
	.userns = CAPS_ALL,
	.effective = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root_owns_and_lowered) {
	/* clang-format on */
	.let_in = CAPS_ALL,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.effective = CAPS_ALL & ~NET_ADMIN,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outside, root_owns_but_not_let_in) {
	/* clang-format on */
	.let_in = CAPS_ALL & ~NET_ADMIN,
	.userns = CAPS_ALL,
	.effective = CAPS_ALL & ~NET_ADMIN,
	.error_inside = EPERM,
	.error = EPERM,
};

FIXTURE_SETUP(outside)
{
	const char *const missing = userns_caps_missing();
	const struct creator creator = {
		.flags = CLONE_NEWUSER | CLONE_NEWNET,
		.uid = variant->creator,
		.userns = variant->let_in,
		.dropped = variant->dropped,
		.securebits = variant->securebits,
	};
	int fd;

	if (missing)
		SKIP(return, "%s", missing);
	if (start_holder(_metadata, &self->holder, &creator)) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ASSERT_LE(0, fd);
		send_fd(_metadata, &self->holder, fd);
		expect_use(_metadata, fd, variant->error_inside);
		hold(_metadata, &self->holder);
	}
	self->socket = receive_fd(_metadata, &self->holder);
	await(_metadata, self->holder.socket);

	if (variant->strict) {
		drop_bounding(_metadata, ~NET_ADMIN);
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_USERNS_STRICT_CAPS,
				   0, 0, 0));
	}
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	if (variant->uid)
		become_user(_metadata, variant->uid);
	ASSERT_EQ(0, set_caps(variant->effective, variant->effective, 0));
	lower_userns(_metadata, variant->userns);
}

FIXTURE_TEARDOWN(outside)
{
	release_holder(_metadata, &self->holder);
}

TEST_F(outside, use)
{
	expect_use(_metadata, self->socket, variant->error);
}

/* It does not help to give up other capabilities, or to get them again. */
TEST_F(outside, use_after_change)
{
	lower_userns(_metadata, variant->userns & ~CAP(CAP_SYS_PTRACE));
	expect_use(_metadata, self->socket, variant->error);
	ASSERT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
	expect_use(_metadata, self->socket,
		   variant->effective & NET_ADMIN ? 0 : EPERM);
}

/*
 * A namespace in another one.  The caller is outside of both, or in the outer
 * one, of which it is the owner.
 */
FIXTURE(nested)
{
	struct holder holder;
	int socket;
};

FIXTURE_VARIANT(nested)
{
	/* What is let into the two namespaces. */
	unsigned long long outer, inner;
	/* The sets of the caller in the outer namespace, if it is there. */
	bool in_outer;
	unsigned long long effective, userns;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, outside) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL,
	.userns = CAPS_ALL,
};

/* Its owner has the capability over the outer one, so over the inner one. */
/* clang-format off */
FIXTURE_VARIANT_ADD(nested, outside_inner_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL & ~NET_ADMIN,
	.userns = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, outside_outer_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL & ~NET_ADMIN,
	.inner = CAPS_ALL,
	.userns = CAPS_ALL,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, outside_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, between) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL & ~NET_ADMIN,
	.in_outer = true,
	.effective = NET_ADMIN,
	.userns = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, between_as_owner) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL,
	.in_outer = true,
	.userns = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, between_as_owner_inner_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL & ~NET_ADMIN,
	.in_outer = true,
	.userns = CAPS_ALL,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, between_as_owner_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL,
	.inner = CAPS_ALL,
	.in_outer = true,
	.userns = CAPS_ALL & ~NET_ADMIN,
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nested, between_outer_lowered) {
	/* clang-format on */
	.outer = CAPS_ALL & ~NET_ADMIN,
	.inner = CAPS_ALL,
	.in_outer = true,
	.userns = CAPS_ALL,
	.error = EPERM,
};

/* Creates the inner namespace, and a socket in it. */
static void create_inner(struct __test_metadata *const _metadata,
			 const FIXTURE_VARIANT(nested) * const variant,
			 const struct holder *const holder)
{
	int fd;

	map_ids(_metadata, "self", USER);
	lower_userns(_metadata, variant->inner);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, fd);
	send_fd(_metadata, holder, fd);
	expect_use(_metadata, fd,
		   variant->outer & variant->inner & NET_ADMIN ? 0 : EPERM);
	hold(_metadata, holder);
}

FIXTURE_SETUP(nested)
{
	const char *const missing = userns_caps_missing();
	const struct creator outer = {
		.flags = CLONE_NEWUSER,
		.uid = USER,
		.userns = variant->outer,
	};
	char path[64];
	int fd = -1;

	if (missing)
		SKIP(return, "%s", missing);
	/* Another than the child that is going to be in the inner one. */
	if (start_holder(_metadata, &self->holder, &outer))
		create_inner(_metadata, variant, &self->holder);
	self->socket = receive_fd(_metadata, &self->holder);
	await(_metadata, self->holder.socket);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", self->holder.child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);

	if (variant->in_outer) {
		const int outer_fd = ioctl(fd, NS_GET_PARENT);

		ASSERT_LE(0, outer_fd);
		become_user(_metadata, USER);
		ASSERT_EQ(0, setns(outer_fd, CLONE_NEWUSER));
		ASSERT_EQ(0, set_caps(variant->effective, variant->effective,
				      0));
	} else {
		become_user(_metadata, USER);
	}
	lower_userns(_metadata, variant->userns);
}

FIXTURE_TEARDOWN(nested)
{
	release_holder(_metadata, &self->holder);
}

TEST_F(nested, use)
{
	expect_use(_metadata, self->socket, variant->error);
}

/* Tasks that write the maps of a namespace, which needs CAP_SYS_ADMIN in it. */
FIXTURE(map)
{
	struct holder holder;
	char path[64];
};

FIXTURE_VARIANT(map)
{
	unsigned long long let_in;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, nothing_lowered) {
	/* clang-format on */
	.let_in = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, only_admin) {
	/* clang-format on */
	.let_in = CAP(CAP_SYS_ADMIN),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, no_admin) {
	/* clang-format on */
	.let_in = CAPS_ALL & ~CAP(CAP_SYS_ADMIN),
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, cleared) {
	/* clang-format on */
	.let_in = CAPS_NONE,
	.error = EPERM,
};

/* Maps the user to itself. */
static int try_map(const char *const path)
{
	static const char map[] = "1000 1000 1";
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, map, strlen(map)) != strlen(map))
		error = errno;
	close(fd);
	return error;
}

FIXTURE_SETUP(map)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(map)
{
	release_holder(_metadata, &self->holder);
}

/* Starts a holder, and returns true in the child. */
static bool start_unmapped(struct __test_metadata *const _metadata,
			   FIXTURE_DATA(map) * const self,
			   const FIXTURE_VARIANT(map) * const variant)
{
	const struct creator creator = {
		.flags = CLONE_NEWUSER,
		.uid = USER,
		.userns = variant->let_in,
	};

	if (start_holder(_metadata, &self->holder, &creator))
		return true;
	await(_metadata, self->holder.socket);
	snprintf(self->path, sizeof(self->path), "/proc/%d/uid_map",
		 self->holder.child);
	return false;
}

TEST_F(map, inside)
{
	if (start_unmapped(_metadata, self, variant)) {
		EXPECT_EQ(variant->error, try_map("/proc/self/uid_map"));
		hold(_metadata, &self->holder);
	}
}

TEST_F(map, owner)
{
	if (start_unmapped(_metadata, self, variant))
		hold(_metadata, &self->holder);
	become_user(_metadata, USER);
	EXPECT_EQ(variant->error, try_map(self->path));
}

TEST_F(map, root)
{
	if (start_unmapped(_metadata, self, variant))
		hold(_metadata, &self->holder);
	EXPECT_EQ(0, try_map(self->path));
}

TEST_HARNESS_MAIN
