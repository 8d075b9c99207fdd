/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of capabilities in user namespaces - Children that hold a namespace
 *
 * Requires userns_caps.h to be included first.
 */

#ifndef _USERNS_HOLDER_H
#define _USERNS_HOLDER_H

#include <sys/socket.h>

/**
 * struct holder - A child that stays in the user namespace that it created
 *
 * @child: The child, or 0 in this child.
 * @socket: Connected to the other process.
 */
struct holder {
	pid_t child;
	int socket;
};

/**
 * struct creator - State of a holder when it creates its namespaces
 *
 * @flags: The namespaces to create, CLONE_NEW*.
 * @uid: Its user ID.
 * @userns: Its set for user namespaces.
 * @dropped: What is dropped from its bounding set.
 * @securebits: Its securebits.
 */
struct creator {
	int flags;
	uid_t uid;
	unsigned long long userns;
	unsigned long long dropped;
	unsigned long securebits;
};

/* Starts a holder.  Returns true in the child, which calls hold(). */
static bool __maybe_unused start_holder(struct __test_metadata *const _metadata,
					struct holder *const holder,
					const struct creator *const creator)
{
	int sockets[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	holder->child = fork();
	ASSERT_LE(0, holder->child);
	if (holder->child) {
		ASSERT_EQ(0, close(sockets[1]));
		holder->socket = sockets[0];
		return false;
	}

	ASSERT_EQ(0, close(sockets[0]));
	holder->socket = sockets[1];
	drop_bounding(_metadata, ~creator->dropped);
	if (creator->uid != getuid())
		become_user(_metadata, creator->uid);
	if (creator->securebits)
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, creator->securebits, 0, 0,
				   0));
	lower_userns(_metadata, creator->userns);
	ASSERT_EQ(0, unshare(creator->flags));
	return true;
}

static void __maybe_unused write_file(struct __test_metadata *const _metadata,
				      const char *const path,
				      const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd)
	{
		TH_LOG("%s: errno %d", path, errno);
	}
	ASSERT_EQ(strlen(text), write(fd, text, strlen(text)))
	{
		TH_LOG("%s: errno %d", path, errno);
	}
	ASSERT_EQ(0, close(fd));
}

/*
 * Gives the user @uid, and its group, the same IDs in the namespace of @task
 * ("self" or a process ID), so that it can create namespaces there.
 */
static void __maybe_unused map_ids(struct __test_metadata *const _metadata,
				   const char *const task, const uid_t uid)
{
	char path[64], map[64];

	snprintf(map, sizeof(map), "%d %d 1", uid, uid);
	snprintf(path, sizeof(path), "/proc/%s/uid_map", task);
	write_file(_metadata, path, map);
	/* Nobody but a holder of CAP_SETGID could write gid_map otherwise. */
	snprintf(path, sizeof(path), "/proc/%s/setgroups", task);
	write_file(_metadata, path, "deny");
	snprintf(path, sizeof(path), "/proc/%s/gid_map", task);
	write_file(_metadata, path, map);
}

/* Says that the namespaces are there, and stays until release_holder(). */
static void __noreturn __maybe_unused
hold(struct __test_metadata *const _metadata, const struct holder *const holder)
{
	char byte;

	tell(_metadata, holder->socket);
	EXPECT_EQ(0, read(holder->socket, &byte, 1));
	end_child(_metadata);
}

static void __maybe_unused
release_holder(struct __test_metadata *const _metadata,
	       const struct holder *const holder)
{
	ASSERT_EQ(0, close(holder->socket));
	wait_child(_metadata, holder->child);
}

/* Passes a file descriptor to the other process. */
static void __maybe_unused send_fd(struct __test_metadata *const _metadata,
				   const struct holder *const holder,
				   const int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {};
	struct iovec data = { .iov_base = "", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *const header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	ASSERT_EQ(1, sendmsg(holder->socket, &msg, 0));
}

static int __maybe_unused receive_fd(struct __test_metadata *const _metadata,
				     const struct holder *const holder)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	const struct cmsghdr *header;
	int fd;

	ASSERT_EQ(1, recvmsg(holder->socket, &msg, MSG_CMSG_CLOEXEC));
	header = CMSG_FIRSTHDR(&msg);
	ASSERT_NE(NULL, header);
	ASSERT_EQ(SCM_RIGHTS, header->cmsg_type);
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

#endif /* _USERNS_HOLDER_H */
