// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Plans that executed programs follow
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exectime_plan.h"
#include "exectime_probe.h"

static int exectime_send(const struct exec_report *const report)
{
	const char *const fd = getenv(EXECTIME_FD);

	if (!fd)
		return -EINVAL;

	if (write(atoi(fd), report, sizeof(*report)) != sizeof(*report))
		return -EIO;

	return 0;
}

int exectime_report(const bool quick)
{
	struct exec_report report;

	if (quick)
		exectime_look_quickly(&report);
	else
		exectime_look(&report);
	return exectime_send(&report);
}

static int exectime_report_others(void)
{
	struct exec_report report;

	exectime_look_quickly(&report);
	report.others = exectime_probe_others();
	return exectime_send(&report);
}

/*
 * Back to the real IDs, and without capabilities, as a privileged program that
 * is done.  IDs that need no change may have no name in a user namespace.
 */
int exectime_drop_privileges(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
	const gid_t gid = getgid();
	const uid_t uid = getuid();

	if (getegid() != gid && setresgid(gid, gid, gid))
		return -errno;

	if (geteuid() != uid && setresuid(uid, uid, uid))
		return -errno;

	return syscall(__NR_capset, &head, none) ? -errno : 0;
}

/* Another task, whose ID is in the environment. */
static pid_t exectime_pid(void)
{
	const char *const pid = getenv(EXECTIME_PID);

	return pid ? atoi(pid) : 0;
}

/* Attaches to the other task, and detaches. */
int exectime_trace(void)
{
	const pid_t pid = exectime_pid();
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -errno;

	if (waitpid(pid, &status, __WALL) != pid ||
	    ptrace(PTRACE_DETACH, pid, NULL, NULL))
		return -errno;

	return 0;
}

/*
 * Starts a child that stages DENY_E, and executes a program that waits.  It is
 * the other task from now on.
 */
static int exectime_start_nested(void)
{
	int ready[2], hold[2];
	char byte, pid[16];
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) || pipe2(hold, O_CLOEXEC))
		return -errno;

	child = fork();
	if (child < 0)
		return -errno;

	if (child == 0) {
		char *const argv[] = { "exectime", NULL };

		/* Waits for a byte that never comes. */
		if (dup2(hold[0], STDIN_FILENO) ||
		    exectime_restrict(DENY_E, RESTRICT_EXECTIME))
			_exit(1);

		setenv(EXECTIME_PLAN, "w", 1);
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1))
		return -EIO;

	close(ready[0]);
	snprintf(pid, sizeof(pid), "%d", child);
	return setenv(EXECTIME_PID, pid, 1) ? -errno : 0;
}

/* The requested failure may well hit this open(2). */
static int exectime_no_fault(void)
{
	int fd, err = 0;

	fd = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		fd = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	if (write(fd, "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

/* Executes the same program again, which follows @plan.  Returns if it fails. */
int exectime_exec(const char *const plan)
{
	char *const argv[] = { "exectime", NULL };

	setenv(EXECTIME_PLAN, plan, 1);
	return execv("/proc/self/exe", argv);
}

static void *exectime_follow(void *const data);

/*
 * One letter, one step:
 *
 * p: reports everything;
 * q: reports, quickly;
 * o: reports, quickly, with denials of the network and of scopes;
 * x: executes itself for the rest of the plan;
 * d: drops effective IDs for the real ones, and capabilities;
 * S: denies itself DENY_D now, and tries it;
 * E: stages DENY_E;
 * f: lets a child follow the rest of the plan;
 * c: lets a thread follow the rest of the plan;
 * w: waits for one byte from its standard input;
 * O: makes its parent the owner of its standard input;
 * t: attaches to EXECTIME_PID as a tracer, and detaches;
 * T: fails to attach to EXECTIME_PID;
 * N: starts a child in a nested domain, which becomes EXECTIME_PID;
 * k: kills EXECTIME_PID;
 * U: fails to unset no_new_privs;
 * n: makes no memory allocation fail any more.
 */
static int exectime_step(const char *const plan)
{
	pthread_t thread;
	pid_t child;
	int status;
	char byte;

	switch (*plan) {
	case 'p':
		return exectime_report(false);
	case 'q':
		return exectime_report(true);
	case 'o':
		return exectime_report_others();
	case 'x':
		exectime_exec(plan + 1);
		return -errno;
	case 'd':
		return exectime_drop_privileges();
	case 'S':
		if (exectime_restrict(DENY_D, RESTRICT_NNP))
			return -errno;
		return symlink("none", "sub") ? 0 : -EINVAL;
	case 'E':
		return exectime_restrict(DENY_E, RESTRICT_EXECTIME);
	case 'f':
		child = fork();
		if (child <= 0)
			return child;
		if (waitpid(child, &status, 0) != child || status)
			return -ECHILD;
		_exit(0);
	case 'c':
		if (pthread_create(&thread, NULL, exectime_follow,
				   (void *)(plan + 1)))
			return -EAGAIN;
		pthread_join(thread, NULL);
		return -ECHILD;
	case 'w':
		return read(STDIN_FILENO, &byte, 1) == 1 ? 0 : -EIO;
	case 'O':
		return fcntl(STDIN_FILENO, F_SETOWN, getppid()) ? -errno : 0;
	case 't':
		return exectime_trace();
	case 'N':
		return exectime_start_nested();
	case 'k':
		return kill(exectime_pid(), SIGKILL) ? -errno : 0;
	case 'U':
		return prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) ? 0 : -EINVAL;
	case 'T':
		return exectime_trace() == -EPERM ? 0 : -EINVAL;
	case 'n':
		return exectime_no_fault();
	default:
		return -EINVAL;
	}
}

/* Follows a plan to its end, and then exits. */
static void *exectime_follow(void *const data)
{
	for (const char *plan = data; *plan; plan++) {
		const int err = exectime_step(plan);

		if (err) {
			fprintf(stderr, "# exectime step '%c' failed: %d\n",
				*plan, err);
			_exit(1);
		}
	}
	_exit(0);
}

/* Before any test is registered. */
static void __attribute__((constructor(101))) exectime_start(void)
{
	char *const plan = getenv(EXECTIME_PLAN);

	if (plan)
		exectime_follow(plan);
}
