/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - A process that others signal, trace and connect to
 *
 * It is a child of the process that does, in as many of this one's layers as
 * there were when it was forked.
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_TARGET_H
#define _LANDLOCK_PERMISSIVE_TARGET_H

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "permissive.h"

struct operation;

/**
 * struct attempt - An operation with its files and processes
 *
 * @op: The operation.
 * @fd: A file that was prepared, or -1.
 * @other_fd: Another one, or -1.
 * @target: The target, or 0.
 * @link: Where it takes orders.
 */
struct attempt {
	const struct operation *op;
	int fd;
	int other_fd;
	pid_t target;
	int link;
};

/* What a target can do, beside waiting. */
enum order {
	/* Asks to be traced by its parent. */
	ORDER_TRACEME,
	/* Takes a file, and truncates it. */
	ORDER_TRUNCATE,
	/* Takes a file, and asks the device for a terminal's attributes. */
	ORDER_IOCTL,
	/* Gives a file that it opened. */
	ORDER_OPEN,
	/* Gets one more layer, unless there are none. */
	ORDER_RESTRICT,
};

/* Sockets of the target: the names of files, or abstract ones. */
static const char target_stream[] = "stream";
static const char target_dgram[] = "dgram";

static int target_address(struct sockaddr_un *const addr, const pid_t parent,
			  const char *const name, const bool abstract)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (abstract)
		return start + 1 +
		       snprintf(addr->sun_path + 1, sizeof(addr->sun_path) - 1,
				"permissive-%d-%s", (int)parent, name);
	snprintf(addr->sun_path, sizeof(addr->sun_path), "%s", name);
	return start + strlen(name) + 1;
}

/* Returns a socket of the target, or -errno. */
static int target_socket(const int type, const char *const name,
			 const bool abstract)
{
	struct sockaddr_un addr;
	const int len = target_address(&addr, getppid(), name, abstract);
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len))
		return -errno;
	if (type == SOCK_STREAM && listen(fd, 4))
		return -errno;
	return fd;
}

static int target_start(void)
{
	const int signals[] = { SIGUSR1, SIGIO, SIGURG };
	sigset_t set;

	/* They stay pending. */
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaddset(&set, signals[i]);
		/* Not ignored by default. */
		if (signal(signals[i], _exit) == SIG_ERR)
			return -errno;
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) || setpgid(0, 0))
		return -errno;

	for (int abstract = 0; abstract < 2; abstract++)
		if (target_socket(SOCK_STREAM, target_stream, abstract) < 0 ||
		    target_socket(SOCK_DGRAM, target_dgram, abstract) < 0)
			return -errno;
	return 0;
}

static int target_obey(const int link, const enum order order)
{
	static const struct layer_rules rules = {
		.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	};
	struct termios termios;
	int err = 0, fd;

	switch (order) {
	case ORDER_TRACEME:
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? -errno : 0;
	case ORDER_RESTRICT:
		return permissive_restrict(&rules, 0);
	case ORDER_OPEN:
		fd = open("a/file", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		return send_fd(link, fd);
	case ORDER_TRUNCATE:
	case ORDER_IOCTL:
		fd = recv_fd(link);
		if (fd < 0)
			return fd;
		if (order == ORDER_TRUNCATE)
			err = ftruncate(fd, 1);
		else
			err = ioctl(fd, TCGETS, &termios);
		err = err ? -errno : 0;
		close(fd);
		return err;
	}
	return -EINVAL;
}

static void target_run(const int link)
{
	int answer = target_start();
	enum order order;

	while (write(link, &answer, sizeof(answer)) == sizeof(answer) &&
	       read(link, &order, sizeof(order)) == sizeof(order))
		answer = target_obey(link, order);
}

static int target_answer(const struct attempt *const attempt)
{
	int answer;

	if (read(attempt->link, &answer, sizeof(answer)) != sizeof(answer))
		return -EPIPE;
	return answer;
}

/* Starts the target.  Returns 0 or -errno. */
static int __maybe_unused start_target(struct attempt *const attempt)
{
	int links[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, links))
		return -errno;

	attempt->target = fork();
	if (attempt->target < 0)
		return -errno;
	if (!attempt->target) {
		close(links[0]);
		target_run(links[1]);
		_exit(0);
	}
	close(links[1]);
	attempt->link = links[0];
	return target_answer(attempt);
}

static int __maybe_unused order_target(const struct attempt *const attempt,
				       const enum order order)
{
	if (write(attempt->link, &order, sizeof(order)) != sizeof(order))
		return -EPIPE;
	return target_answer(attempt);
}

/* Gives @fd to the target for its order. */
static int __maybe_unused order_target_with(const struct attempt *const attempt,
					    const enum order order,
					    const int fd)
{
	if (write(attempt->link, &order, sizeof(order)) != sizeof(order) ||
	    send_fd(attempt->link, fd))
		return -EPIPE;
	return target_answer(attempt);
}

#endif /* _LANDLOCK_PERMISSIVE_TARGET_H */
