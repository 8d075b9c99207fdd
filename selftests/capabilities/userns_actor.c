// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - Processes that do what their test orders
 *
 * Copyright © 2026 The execlock authors
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userns_actor.h"
#include "userns_model.h"

/* Where an actor gets its orders, also after an exec. */
#define ORDERS_FD 3

/* No valid capability. */
#define NO_CAP 63

static int error_of(const long result)
{
	return result < 0 ? -errno : result;
}

static int send_order(const int fd, const struct order *const order,
		      const int with_fd)
{
	char control[CMSG_SPACE(sizeof(with_fd))] = {};
	struct iovec data = {
		.iov_base = (void *)order,
		.iov_len = sizeof(*order),
	};
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
	};
	struct cmsghdr *header;

	if (with_fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(with_fd));
		memcpy(CMSG_DATA(header), &with_fd, sizeof(with_fd));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) == sizeof(*order) ? 0 : -1;
}

/* Waits for an order, and exits when nobody can give one any more. */
static void get_order(struct order *const order, int *const with_fd)
{
	char control[CMSG_SPACE(sizeof(*with_fd))];
	struct iovec data = {
		.iov_base = order,
		.iov_len = sizeof(*order),
	};
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;

	if (recvmsg(ORDERS_FD, &message, MSG_CMSG_CLOEXEC) != sizeof(*order))
		_exit(0);

	*with_fd = -1;
	header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(with_fd, CMSG_DATA(header), sizeof(*with_fd));
}

static void give_answer(const int result)
{
	const struct answer answer = {
		.result = result,
		.secbits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0),
	};

	if (send(ORDERS_FD, &answer, sizeof(answer), MSG_NOSIGNAL) !=
	    sizeof(answer))
		_exit(0);
}

static int set_caps(const __u64 inh, const __u64 prm, const __u64 eff)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct data[] = {
		{
			.inheritable = inh,
			.permitted = prm,
			.effective = eff,
		},
		{
			.inheritable = inh >> 32,
			.permitted = prm >> 32,
			.effective = eff >> 32,
		},
	};

	return error_of(syscall(SYS_capset, &header, data));
}

/* Becomes another user, who keeps some capabilities. */
static int begin(const uid_t uid, const __u64 caps)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ||
	    syscall(SYS_setresuid, uid, uid, uid) ||
	    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0))
		return -errno;
	return set_caps(0, caps, caps);
}

static int write_file(const char *const path, const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Maps the IDs of the creator of its user namespace, as they were outside. */
static int map(const uid_t uid, const gid_t gid)
{
	char text[32];
	int err;

	snprintf(text, sizeof(text), "0 %u 1", uid);
	err = write_file("/proc/self/uid_map", text);
	if (err)
		return err;

	err = write_file("/proc/self/setgroups", "deny");
	if (err)
		return err;

	snprintf(text, sizeof(text), "0 %u 1", gid);
	return write_file("/proc/self/gid_map", text);
}

/* The child obeys the orders of the socket @fd. */
static int fork_actor(const unsigned long flags, const int fd)
{
	const long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (child == 0 && dup2(fd, ORDERS_FD) < 0)
		_exit(1);
	return error_of(child);
}

static int execute(const char file)
{
	const char path[] = { '/', 'm', 'n', 't', '/', file, '\0' };
	char *const argv[] = { ACTOR_NAME, NULL };
	char *const envp[] = { NULL };

	return error_of(execve(path, argv, envp));
}

static int may_change_space(const pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;

	close(fd);
	return MAY_CHANGE_SPACE;
}

/* Tries operations that change nothing, each of which takes a capability. */
static int ask(const pid_t pid)
{
	struct rlimit limit;
	void *head;
	size_t size;
	int may = 0;

	if (!kill(pid, 0))
		may |= MAY_KILL;
	if (!prlimit(pid, RLIMIT_CORE, NULL, &limit))
		may |= MAY_SEE_LIMITS;
	if (!setpriority(PRIO_PROCESS, pid, 0))
		may |= MAY_RENICE;
	if (!syscall(SYS_get_robust_list, pid, &head, &size))
		may |= MAY_INSPECT;
	may |= may_change_space(pid);
	if (prctl(PR_CAPBSET_DROP, NO_CAP, 0, 0, 0) && errno == EINVAL)
		may |= MAY_SET_PCAPS;
	return may;
}

static int obey(const struct order *const order, const int fd)
{
	const __u64 *const args = order->args;

	switch (order->kind) {
	case ORDER_BEGIN:
		return begin(args[0], args[1]);
	case ORDER_USERNS:
		return error_of(prctl(PR_CAP_USERNS, args[0], args[1], 0, 0));
	case ORDER_DROP_BOUNDING:
		return error_of(prctl(PR_CAPBSET_DROP, args[0], 0, 0, 0));
	case ORDER_RAISE_AMBIENT:
		return error_of(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				      args[0], 0, 0));
	case ORDER_CAPSET:
		return set_caps(args[0], args[1], args[2]);
	case ORDER_SECUREBITS:
		return error_of(prctl(PR_SET_SECUREBITS, args[0], 0, 0, 0));
	case ORDER_NO_NEW_PRIVS:
		return error_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	case ORDER_FORK:
		return fork_actor(0, fd);
	case ORDER_UNSHARE:
		return error_of(unshare(CLONE_NEWUSER));
	case ORDER_CLONE:
		return fork_actor(CLONE_NEWUSER, fd);
	case ORDER_MAP:
		return map(args[0], args[1]);
	case ORDER_SETNS:
		return error_of(setns(fd, CLONE_NEWUSER));
	case ORDER_EXEC:
		return execute(args[0]);
	case ORDER_ASK:
		return ask(args[0]);
	}
	return -EINVAL;
}

static void __noreturn obey_all(void)
{
	for (;;) {
		struct order order;
		int fd, result;

		get_order(&order, &fd);
		result = obey(&order, fd);
		if (fd >= 0)
			close(fd);
		/* A change of credentials hides a process from its user. */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		/* The child was not asked for anything yet. */
		if (result ||
		    (order.kind != ORDER_FORK && order.kind != ORDER_CLONE))
			give_answer(result);
	}
}

void actor_continue(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	give_answer(0);
	obey_all();
}

static int open_status(struct actor *const actor)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/status", actor->pid);
	actor->status = open(path, O_RDONLY | O_CLOEXEC);
	return actor->status < 0 ? -1 : 0;
}

int actor_start(struct actor *const actor)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -1;

	actor->pid = fork();
	if (actor->pid == 0) {
		if (dup2(fds[1], ORDERS_FD) < 0 ||
		    syscall(SYS_close_range, ORDERS_FD + 1, ~0U, 0))
			_exit(1);
		obey_all();
	}
	close(fds[1]);
	actor->fd = fds[0];
	return actor->pid < 0 ? -1 : open_status(actor);
}

int actor_order(const struct actor *const actor,
		const struct order *const order, const int with_fd,
		struct answer *const answer)
{
	if (send_order(actor->fd, order, with_fd) ||
	    recv(actor->fd, answer, sizeof(*answer), 0) != sizeof(*answer))
		return -1;
	return 0;
}

/* Lets an actor make another one. */
int actor_adopt(const struct actor *const parent,
		const struct order *const order, struct actor *const child,
		struct answer *const answer)
{
	int fds[2], err;

	child->status = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -1;

	err = actor_order(parent, order, fds[1], answer);
	close(fds[1]);
	child->fd = fds[0];
	child->pid = err ? 0 : answer->result;
	if (err || answer->result < 0)
		return err;
	return open_status(child);
}

void actor_forget(struct actor *const actor)
{
	if (actor->pid > 0)
		kill(actor->pid, SIGKILL);
	if (actor->fd >= 0)
		close(actor->fd);
	if (actor->status >= 0)
		close(actor->status);
	actor->pid = 0;
	actor->fd = -1;
	actor->status = -1;
}
