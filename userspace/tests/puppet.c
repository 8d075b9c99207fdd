// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Have another process configure a network, as a debugger can
 *
 * usage: puppet PID
 *        puppet FILE [ARG]...
 *
 * Trace a process that runs, or one that executes FILE, and have it create
 * namespaces and configure the network of these.  The status is 0 if it could.
 */

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Length of the instruction "syscall". */
#define SYSCALL_SIZE 2
/* Below the stack pointer, a function may have data of so many bytes. */
#define RED_ZONE 128

static pid_t puppet;
static struct user_regs_struct regs;

static void fail(const char *doing)
{
	perror(doing);
	if (puppet)
		kill(puppet, SIGKILL);
	exit(1);
}

static void stop_at_system_call(void)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, puppet, NULL, NULL) ||
	    waitpid(puppet, &status, __WALL) != puppet || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_GETREGS, puppet, NULL, &regs))
		fail("trace");
}

/* The puppet is at the entry of a system call, and then at that of the next. */
static long call(long number, unsigned long a, unsigned long b, unsigned long c)
{
	long result;

	regs.orig_rax = number;
	regs.rdi = a;
	regs.rsi = b;
	regs.rdx = c;
	if (ptrace(PTRACE_SETREGS, puppet, NULL, &regs))
		fail("registers");
	stop_at_system_call();
	result = regs.rax;
	regs.rip -= SYSCALL_SIZE;
	regs.rax = SYS_getpid;
	if (ptrace(PTRACE_SETREGS, puppet, NULL, &regs))
		fail("registers");
	stop_at_system_call();
	if (result < 0) {
		errno = -result;
		return -1;
	}
	return result;
}

static unsigned long write_request(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const unsigned long there = (regs.rsp - RED_ZONE - sizeof(up)) & ~15UL;
	const struct iovec from = { &up, sizeof(up) };
	const struct iovec to = { (void *)there, sizeof(up) };

	if (process_vm_writev(puppet, &from, 1, &to, 1, 0) != sizeof(up))
		fail("process_vm_writev");
	return there;
}

static void start(char **args)
{
	puppet = fork();
	if (puppet < 0)
		fail("fork");
	if (puppet)
		return;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		fail("PTRACE_TRACEME");
	execv(*args, args);
	fail(*args);
}

static void attach(pid_t pid)
{
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		fail("PTRACE_ATTACH");
	puppet = pid;
}

int main(int argc, char **argv)
{
	unsigned long request;
	int status;
	long fd;

	if (argc < 2)
		return 2;
	if (*argv[1] == '/')
		start(argv + 1);
	else
		attach(atoi(argv[1]));
	/* It stops after its exec, or because of the attach. */
	if (waitpid(puppet, &status, __WALL) != puppet || !WIFSTOPPED(status)) {
		puppet = 0;
		fail("wait");
	}
	stop_at_system_call();
	request = write_request();
	if (call(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET, 0, 0))
		fail("unshare");
	fd = call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || call(SYS_ioctl, fd, SIOCSIFFLAGS, request))
		fail("SIOCSIFFLAGS");
	kill(puppet, SIGKILL);
	return 0;
}
