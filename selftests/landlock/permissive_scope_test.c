// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Other processes that permissive layers would keep away from
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "permissive_mix.h"

/* Sockets, abstract ones and those that are files. */

static int reach(const int type, const char *const name, const bool abstract,
		 const bool connects)
{
	struct sockaddr_un addr;
	const int len = target_address(&addr, getpid(), name, abstract);
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -EIO;
	if (connects)
		err = connect(fd, (struct sockaddr *)&addr, len);
	else
		err = sendto(fd, ".", 1, 0, (struct sockaddr *)&addr, len) < 0;
	err = err ? -errno : 0;
	close(fd);
	return err;
}

static int abstract_stream(struct attempt *const attempt)
{
	return reach(SOCK_STREAM, target_stream, true, true);
}

static int abstract_dgram(struct attempt *const attempt)
{
	return reach(SOCK_DGRAM, target_dgram, true, true);
}

static int abstract_send(struct attempt *const attempt)
{
	return reach(SOCK_DGRAM, target_dgram, true, false);
}

static int file_stream(struct attempt *const attempt)
{
	return reach(SOCK_STREAM, target_stream, false, true);
}

static int file_dgram(struct attempt *const attempt)
{
	return reach(SOCK_DGRAM, target_dgram, false, true);
}

static int file_send(struct attempt *const attempt)
{
	return reach(SOCK_DGRAM, target_dgram, false, false);
}

#define ABSTRACT LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define RESOLVE LANDLOCK_ACCESS_FS_RESOLVE_UNIX

static const struct operation sockets[] = {
	{
		.name = "connect to an abstract stream socket",
		.run = abstract_stream,
		.scoped = ABSTRACT,
		.target = TARGET_INSIDE,
		.error = EPERM,
		.blockers = { "scope.abstract_unix_socket" },
	},
	{
		.name = "connect to an abstract datagram socket",
		.run = abstract_dgram,
		.scoped = ABSTRACT,
		.target = TARGET_INSIDE,
		.error = EPERM,
		.blockers = { "scope.abstract_unix_socket" },
	},
	{
		.name = "send to an abstract datagram socket",
		.run = abstract_send,
		.scoped = ABSTRACT,
		.target = TARGET_INSIDE,
		.error = EPERM,
		.blockers = { "scope.abstract_unix_socket" },
	},
	{
		.name = "connect to another stream socket",
		.run = file_stream,
		.scoped = ABSTRACT,
		.target = TARGET_INSIDE,
		.error = EPERM,
		.never = true,
	},
	{
		.name = "send to another datagram socket",
		.run = file_send,
		.scoped = ABSTRACT,
		.target = TARGET_INSIDE,
		.error = EPERM,
		.never = true,
	},
	{
		.name = "resolve a stream socket",
		.run = file_stream,
		.fs = RESOLVE,
		.target = TARGET_INSIDE,
		.blockers = { "fs.resolve_unix" },
	},
	{
		.name = "resolve a datagram socket",
		.run = file_dgram,
		.fs = RESOLVE,
		.target = TARGET_INSIDE,
		.blockers = { "fs.resolve_unix" },
	},
	{
		.name = "resolve a datagram socket to send",
		.run = file_send,
		.fs = RESOLVE,
		.target = TARGET_INSIDE,
		.blockers = { "fs.resolve_unix" },
	},
	{
		.name = "resolve no abstract socket",
		.run = abstract_stream,
		.fs = RESOLVE,
		.target = TARGET_INSIDE,
		.never = true,
	},
};

/* Signals. */

static int send_none(struct attempt *const attempt)
{
	return kill(attempt->target, 0) ? -errno : 0;
}

static int send_signal(struct attempt *const attempt)
{
	return kill(attempt->target, SIGUSR1) ? -errno : 0;
}

static int send_to_group(struct attempt *const attempt)
{
	return kill(-attempt->target, SIGUSR1) ? -errno : 0;
}

static int send_to_thread(struct attempt *const attempt)
{
	if (syscall(__NR_tgkill, attempt->target, attempt->target, SIGUSR1))
		return -errno;
	return 0;
}

static int send_value(struct attempt *const attempt)
{
	const union sigval value = {};

	return sigqueue(attempt->target, SIGUSR1, value) ? -errno : 0;
}

static int send_by_pidfd(struct attempt *const attempt)
{
	const int fd = syscall(__NR_pidfd_open, attempt->target, 0);
	int err;

	if (fd < 0)
		return -EIO;
	err = syscall(__NR_pidfd_send_signal, fd, SIGUSR1, NULL, 0);
	err = err ? -errno : 0;
	close(fd);
	return err;
}

static void *wait_for_signal(void *const data)
{
	int sig;

	return sigwait(data, &sig) ? data : NULL;
}

/* Threads of one process always can. */
static int send_to_sibling(struct attempt *const attempt)
{
	pthread_t thread;
	void *failed;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) ||
	    pthread_create(&thread, NULL, wait_for_signal, &set) ||
	    pthread_kill(thread, SIGUSR1) || pthread_join(thread, &failed))
		return -EIO;
	return failed ? -EIO : 0;
}

static int send_to_self(struct attempt *const attempt)
{
	return kill(getpid(), 0) || raise(0) ? -errno : 0;
}

/* Whether the target has the signal, which it does not take. */
static int is_pending(const pid_t pid, const int sig)
{
	unsigned long long pending = 0;
	char line[256];
	FILE *status;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	status = fopen(line, "re");
	if (!status)
		return -EIO;
	while (fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "SigPnd:", 7) ||
		    !strncmp(line, "ShdPnd:", 7))
			pending |= strtoull(line + 7, NULL, 16);
	}
	fclose(status);
	return pending & (1ULL << (sig - 1)) ? 0 : -EPERM;
}

/* Lets the kernel send a signal to the owner of a socket. */
static int signal_owner(struct attempt *const attempt, const int owner,
			const bool urgent)
{
	int fds[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
	    fcntl(fds[0], F_SETOWN, owner) ||
	    fcntl(fds[0], F_SETFL, urgent ? 0 : O_ASYNC) ||
	    send(fds[1], ".", 1, urgent ? MSG_OOB : 0) != 1)
		return -EIO;
	err = is_pending(attempt->target, urgent ? SIGURG : SIGIO);
	/* Closing them would send it again. */
	fcntl(fds[0], F_SETFL, 0);
	close(fds[0]);
	close(fds[1]);
	return err;
}

static int signal_io(struct attempt *const attempt)
{
	return signal_owner(attempt, attempt->target, false);
}

static int signal_io_group(struct attempt *const attempt)
{
	return signal_owner(attempt, -attempt->target, false);
}

static int signal_urgent(struct attempt *const attempt)
{
	return signal_owner(attempt, attempt->target, true);
}

/* A socket whose owner is set before the layers are there. */
static int own_before(struct attempt *const attempt)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ||
	    fcntl(fds[0], F_SETOWN, getpid()) ||
	    fcntl(fds[0], F_SETFL, O_ASYNC))
		return -errno;
	attempt->fd = fds[0];
	attempt->other_fd = fds[1];
	return 0;
}

static int signal_io_self(struct attempt *const attempt)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	if (sigprocmask(SIG_BLOCK, &set, NULL) ||
	    send(attempt->other_fd, ".", 1, 0) != 1)
		return -EIO;
	return is_pending(getpid(), SIGIO);
}

#define SIGNAL LANDLOCK_SCOPE_SIGNAL

#define SIGNAL_OP(_name, _run)                                \
	{                                                     \
		.name = _name, .run = _run, .scoped = SIGNAL, \
		.target = TARGET_INSIDE, .error = EPERM,      \
		.blockers = { "scope.signal" },               \
	}

static const struct operation signals[] = {
	SIGNAL_OP("send no signal", send_none),
	SIGNAL_OP("send a signal", send_signal),
	SIGNAL_OP("send a signal to a group", send_to_group),
	SIGNAL_OP("send a signal to a thread", send_to_thread),
	SIGNAL_OP("send a value", send_value),
	SIGNAL_OP("send a signal by a pidfd", send_by_pidfd),
	{
		.name = "send a signal to another thread of the process",
		.run = send_to_sibling,
		.scoped = SIGNAL,
		.error = EPERM,
		.never = true,
	},
	{
		.name = "send a signal to itself",
		.run = send_to_self,
		.scoped = SIGNAL,
		.error = EPERM,
		.never = true,
	},
	SIGNAL_OP("SIGIO to an owner", signal_io),
	SIGNAL_OP("SIGIO to a group of owners", signal_io_group),
	SIGNAL_OP("SIGURG to an owner", signal_urgent),
	{
		.name = "SIGIO to itself",
		.prepare = own_before,
		.run = signal_io_self,
		.scoped = SIGNAL,
		.error = EPERM,
		.never = true,
	},
};

/* Tracing, and all that needs the same permission. */

static int attach(struct attempt *const attempt)
{
	int status;

	if (ptrace(PTRACE_ATTACH, attempt->target, NULL, NULL))
		return -errno;
	if (waitpid(attempt->target, &status, __WALL) != attempt->target ||
	    ptrace(PTRACE_DETACH, attempt->target, NULL, NULL))
		return -EIO;
	return 0;
}

static int seize(struct attempt *const attempt)
{
	return ptrace(PTRACE_SEIZE, attempt->target, NULL, NULL) ? -errno : 0;
}

/* The target is a child of the task. */
static int trace_me(struct attempt *const attempt)
{
	return order_target(attempt, ORDER_TRACEME);
}

static int open_memory(struct attempt *const attempt)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", attempt->target);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int read_memory(struct attempt *const attempt)
{
	static char here;
	char copy;
	const struct iovec local = { .iov_base = &copy, .iov_len = 1 };
	const struct iovec remote = { .iov_base = &here, .iov_len = 1 };

	if (process_vm_readv(attempt->target, &local, 1, &remote, 1, 0) != 1)
		return -errno;
	return 0;
}

static int get_file(struct attempt *const attempt)
{
	const int pidfd = syscall(__NR_pidfd_open, attempt->target, 0);
	int fd, err;

	if (pidfd < 0)
		return -EIO;
	fd = syscall(__NR_pidfd_getfd, pidfd, 0, 0);
	err = fd < 0 ? -errno : 0;
	close(fd);
	close(pidfd);
	return err;
}

/* A field of /proc/PID/stat is only true for those that may trace. */
static int read_start_code(struct attempt *const attempt)
{
	/* Its number, and that of the field that ends with the last ")". */
	const int start_code = 26, comm = 2;
	char path[32], line[1024];
	char *field = NULL;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", attempt->target);
	stat = fopen(path, "re");
	if (!stat)
		return -EIO;
	if (fgets(line, sizeof(line), stat))
		field = strrchr(line, ')');
	fclose(stat);
	for (int i = comm; field && i < start_code; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return -EIO;
	return strtoul(field, NULL, 10) == 1 ? -EPERM : 0;
}

#define PTRACE_OP(_name, _run, _error)                           \
	{                                                        \
		.name = _name, .run = _run, .every_layer = true, \
		.target = TARGET_INSIDE, .error = _error,        \
		.blockers = { "ptrace" },                        \
	}

static const struct operation traces[] = {
	PTRACE_OP("attach", attach, EPERM),
	PTRACE_OP("seize", seize, EPERM),
	PTRACE_OP("be traced", trace_me, EPERM),
	PTRACE_OP("open the memory", open_memory, EACCES),
	PTRACE_OP("read the memory", read_memory, EPERM),
	PTRACE_OP("get a file", get_file, EPERM),
	{
		.name = "read what only tracers see",
		.run = read_start_code,
		.every_layer = true,
		.silent = true,
		.target = TARGET_INSIDE,
		.error = EPERM,
	},
};

TEST_F(mix, sockets)
{
	try_mixes(_metadata, &self->observer, sockets, ARRAY_SIZE(sockets),
		  variant->layers);
}

TEST_F(mix, signals)
{
	try_mixes(_metadata, &self->observer, signals, ARRAY_SIZE(signals),
		  variant->layers);
}

TEST_F(mix, traces)
{
	try_mixes(_metadata, &self->observer, traces, ARRAY_SIZE(traces),
		  variant->layers);
}

TEST_HARNESS_MAIN
