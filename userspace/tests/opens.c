// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - List the paths that a command opens and looks at
 *
 * usage: opens FILE COMMAND [ARGUMENT...]
 *
 * FILE gets a line for each system call that has a path, with its last component,
 * since directories may be walked one by one.  Exits as the command does, or with
 * 125 if it cannot be traced.
 */

#include <errno.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Number of the argument that is a path, or -1. */
static int path_argument(unsigned long long number)
{
	switch (number) {
#ifdef SYS_open
	case SYS_open:
	case SYS_stat:
	case SYS_lstat:
	case SYS_access:
	case SYS_readlink:
		return 0;
#endif
	case SYS_openat:
	case SYS_openat2:
	case SYS_newfstatat:
	case SYS_statx:
	case SYS_faccessat:
	case SYS_faccessat2:
	case SYS_readlinkat:
		return 1;
	default:
		return -1;
	}
}

/* Reads a string up to the end of its page at a time. */
static void read_path(pid_t pid, unsigned long long address, char *path)
{
	const size_t page = 4096;
	size_t size = 0;

	while (size < PATH_MAX - 1) {
		size_t more = page - (address + size) % page;
		struct iovec to = { .iov_base = path + size };
		struct iovec from = { .iov_base = (void *)(address + size) };

		if (more > PATH_MAX - 1 - size)
			more = PATH_MAX - 1 - size;
		to.iov_len = more;
		from.iov_len = more;
		if (process_vm_readv(pid, &to, 1, &from, 1, 0) !=
		    (ssize_t)more)
			break;
		if (memchr(path + size, '\0', more))
			return;
		size += more;
	}
	path[size] = '\0';
}

static void list_call(pid_t pid, FILE *out)
{
	struct __ptrace_syscall_info info;
	char path[PATH_MAX];
	const char *slash;
	int argument;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	argument = path_argument(info.entry.nr);
	if (argument < 0)
		return;
	read_path(pid, info.entry.args[argument], path);
	slash = strrchr(path, '/');
	/* What is open is looked at by an empty path. */
	if (*path)
		fprintf(out, "%s\n", slash && slash[1] ? slash + 1 : path);
}

static int trace(pid_t pid, FILE *out)
{
	int status, sent = 0;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		return 125;
	while (!ptrace(PTRACE_SYSCALL, pid, 0, sent) &&
	       waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		sent = WSTOPSIG(status);
		if (sent == (SIGTRAP | 0x80))
			list_call(pid, out);
		if (sent == (SIGTRAP | 0x80) || sent == SIGTRAP)
			sent = 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int argc, char **argv)
{
	FILE *out;
	pid_t pid;
	int status;

	if (argc < 3) {
		fputs("usage: opens FILE COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	out = fopen(argv[1], "we");
	if (!out) {
		perror(argv[1]);
		return 125;
	}
	pid = fork();
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
			_exit(125);
		execv(argv[2], argv + 2);
		_exit(125);
	}
	status = pid < 0 ? 125 : trace(pid, out);
	return fclose(out) ? 125 : status;
}
