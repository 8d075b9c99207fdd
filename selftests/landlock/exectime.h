/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for rulesets enforced at execve(2) time
 *
 * What a staged ruleset does can only be seen from the program that is executed
 * next.  Any test that includes this header is also that program: when
 * EXECTIME_PLAN is in the environment, a constructor follows the plan instead
 * of running the tests.  The environment, contrary to the arguments, comes
 * unchanged through scripts, set-user-ID programs and posix_spawn(3).
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_EXECTIME_H
#define _LANDLOCK_EXECTIME_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A kernel with all its checks can be many times slower, and the more so in an
 * emulated machine.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

#define EXECTIME_FD "EXECTIME_FD"
#define EXECTIME_PLAN "EXECTIME_PLAN"
#define EXECTIME_PID "EXECTIME_PID"

#define RESTRICT_EXECTIME LANDLOCK_RESTRICT_SELF_EXECTIME
#define RESTRICT_NNP LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS
#define RESTRICT_TSYNC LANDLOCK_RESTRICT_SELF_TSYNC

/* An UID and a GID without privilege, never those of the test runner. */
#define EXECTIME_UID 4242
#define EXECTIME_GID 4243

/*
 * Each ruleset of these tests denies everywhere one of these access rights, and
 * no other one: what is denied tells which rulesets are enforced.  None of them
 * stops a program from being executed.
 */
#define DENY_A LANDLOCK_ACCESS_FS_READ_DIR
#define DENY_B LANDLOCK_ACCESS_FS_MAKE_DIR
#define DENY_C LANDLOCK_ACCESS_FS_MAKE_FIFO
#define DENY_D LANDLOCK_ACCESS_FS_MAKE_SYM
#define DENY_E LANDLOCK_ACCESS_FS_MAKE_SOCK

/* A right that no test tries, for layers that only have to be there. */
#define DENY_NOTHING LANDLOCK_ACCESS_FS_IOCTL_DEV

/*
 * Never tried: stands for a probe that fails otherwise than with EACCES, which
 * means that the test itself is broken.
 */
#define DENY_BROKEN LANDLOCK_ACCESS_FS_REFER

/**
 * struct exec_report - What a task sees of its own restrictions
 *
 * @denied: Rights among DENY_A to DENY_E that are denied.
 * @caps: Permitted capabilities.
 * @status_nnp: NoNewPrivs according to /proc/self/status.
 * @nnp: no_new_privs according to prctl(2).
 * @layers: Number of layers in use, a staged one included, or -1 if unknown.
 * @seccomp: errno of the installation of a seccomp filter, 0 if it succeeded,
 *           or -1 if unknown.
 * @uid: Real user ID.
 * @euid: Effective user ID.
 * @egid: Effective group ID.
 * @secure: AT_SECURE.
 * @pid: Who reports.
 */
struct exec_report {
	__u64 denied;
	__u64 caps;
	int status_nnp;
	int nnp;
	int layers;
	int seccomp;
	uid_t uid;
	uid_t euid;
	gid_t egid;
	int secure;
	pid_t pid;
};

static int exectime_ruleset(const __u64 handled_access_fs)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = handled_access_fs,
	};

	return landlock_create_ruleset(&attr, sizeof(attr), 0);
}

/*
 * Creates a ruleset that denies @handled_access_fs, passes it to
 * landlock_restrict_self(2), and closes it.  Returns 0 or -errno.
 */
static int exectime_restrict(const __u64 handled_access_fs, const __u32 flags)
{
	const int ruleset_fd = exectime_ruleset(handled_access_fs);
	int err = 0;

	if (ruleset_fd < 0)
		return -errno;

	if (landlock_restrict_self(ruleset_fd, flags))
		err = -errno;
	close(ruleset_fd);
	return err;
}

static __u64 exectime_probe_one(const int failed, const __u64 right)
{
	if (!failed)
		return 0;

	return errno == EACCES ? right : DENY_BROKEN;
}

/*
 * Tries the rights of all rulesets in the current directory.  Removing what a
 * probe creates is never denied.
 */
static __u64 exectime_probe(void)
{
	char name[32];
	__u64 denied = 0;
	int fd;

	snprintf(name, sizeof(name), "probe-%d", (int)syscall(__NR_gettid));

	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	denied |= exectime_probe_one(fd < 0, DENY_A);
	if (fd >= 0)
		close(fd);

	denied |= exectime_probe_one(mkdir(name, 0700), DENY_B);
	rmdir(name);
	denied |= exectime_probe_one(mkfifo(name, 0600), DENY_C);
	unlink(name);
	denied |= exectime_probe_one(symlink("none", name), DENY_D);
	unlink(name);
	denied |= exectime_probe_one(mknod(name, S_IFSOCK | 0600, 0), DENY_E);
	unlink(name);
	return denied;
}

/* Runs @func in a child and returns its result, between 0 and 255, or -1. */
static int exectime_in_child(int (*const func)(void))
{
	int status;
	pid_t child;

	child = fork();
	if (child < 0)
		return -1;

	if (child == 0)
		_exit(func());

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;

	return WEXITSTATUS(status);
}

/* Counts the layers in use by filling up the remaining ones. */
static int exectime_fill_layers(void)
{
	int room = 0, err;

	while (!(err = exectime_restrict(DENY_NOTHING, RESTRICT_NNP)))
		room++;

	return err == -E2BIG ? LANDLOCK_MAX_NUM_LAYERS - room : 255;
}

static int exectime_install_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {
		.len = ARRAY_SIZE(filter),
		.filter = filter,
	};

	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		return errno;

	return 0;
}

static int exectime_status_nnp(void)
{
	char line[256];
	int nnp = -1;
	FILE *status;

	status = fopen("/proc/self/status", "re");
	if (!status)
		return -1;

	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "NoNewPrivs: %d", &nnp) == 1)
			break;
	fclose(status);
	return nnp;
}

/*
 * Fills the part of a report that needs no child, and so leaves no trace but
 * the denials themselves.
 */
static void exectime_look_quickly(struct exec_report *const report)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = {};

	memset(report, 0, sizeof(*report));
	syscall(__NR_capget, &head, caps);
	report->caps = caps[0].permitted | ((__u64)caps[1].permitted << 32);
	report->denied = exectime_probe();
	report->nnp = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	report->status_nnp = exectime_status_nnp();
	report->layers = -1;
	report->seccomp = -1;
	report->uid = getuid();
	report->euid = geteuid();
	report->egid = getegid();
	report->secure = getauxval(AT_SECURE);
	report->pid = getpid();
}

static void exectime_look(struct exec_report *const report)
{
	exectime_look_quickly(report);
	report->layers = exectime_in_child(exectime_fill_layers);
	report->seccomp = exectime_in_child(exectime_install_filter);
}

static int exectime_report(const bool quick)
{
	const char *const fd = getenv(EXECTIME_FD);
	struct exec_report report;

	if (!fd)
		return -EINVAL;

	if (quick)
		exectime_look_quickly(&report);
	else
		exectime_look(&report);
	if (write(atoi(fd), &report, sizeof(report)) != sizeof(report))
		return -EIO;

	return 0;
}

/*
 * Back to the real IDs, and without capabilities, as a privileged program that
 * is done.  IDs that are what they should be may have no name in a user
 * namespace.
 */
static int exectime_drop_privileges(void)
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

/* Another task, which the environment tells. */
static pid_t exectime_pid(void)
{
	const char *const pid = getenv(EXECTIME_PID);

	return pid ? atoi(pid) : 0;
}

/* Attaches to the other task, and detaches. */
static int exectime_trace(void)
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

/* The failure that was asked for may well be the one of this open(2). */
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

/* Executes the same program again, which follows @plan.  Returns if it fails.*/
static int exectime_exec(const char *const plan)
{
	char *const argv[] = { "exectime", NULL };

	setenv(EXECTIME_PLAN, plan, 1);
	return execv("/proc/self/exe", argv);
}

/*
 * One letter, one step:
 *
 * p: reports everything;
 * q: reports, quickly;
 * x: executes itself for the rest of the plan;
 * d: drops effective IDs for the real ones, and capabilities;
 * S: denies itself DENY_D now, and tries it;
 * E: stages DENY_E;
 * f: lets a child follow the rest of the plan;
 * w: waits for one byte from its standard input;
 * t: attaches to EXECTIME_PID as a tracer, and detaches;
 * T: fails to;
 * k: kills EXECTIME_PID;
 * U: fails to unset no_new_privs;
 * n: makes no memory allocation fail any more.
 */
static int exectime_step(const char *const plan)
{
	pid_t child;
	int status;
	char byte;

	switch (*plan) {
	case 'p':
		return exectime_report(false);
	case 'q':
		return exectime_report(true);
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
	case 'w':
		return read(STDIN_FILENO, &byte, 1) == 1 ? 0 : -EIO;
	case 't':
		return exectime_trace();
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

/* Before any test is registered. */
static void __attribute__((constructor(101))) exectime_follow_plan(void)
{
	const char *plan = getenv(EXECTIME_PLAN);

	if (!plan)
		return;

	for (; *plan; plan++) {
		const int err = exectime_step(plan);

		if (err) {
			fprintf(stderr, "# exectime step '%c' failed: %d\n",
				*plan, err);
			_exit(1);
		}
	}
	_exit(0);
}

/**
 * struct exec_run - A child that is going to execute a plan
 *
 * @child: The child, or 0 in this child.
 * @fd: Where its reports can be read.
 */
struct exec_run {
	pid_t child;
	int fd;
};

/*
 * Forks a child whose reports are collected by exectime_wait().  Returns true
 * in the child.
 */
static bool __maybe_unused
exectime_fork(struct __test_metadata *const _metadata,
	      struct exec_run *const run)
{
	int fds[2];
	char fd[16];

	/* Reports cross any number of execve(2). */
	ASSERT_EQ(0, pipe2(fds, 0));
	run->child = fork();
	ASSERT_LE(0, run->child);
	if (run->child) {
		EXPECT_EQ(0, close(fds[1]));
		run->fd = fds[0];
		return false;
	}

	EXPECT_EQ(0, close(fds[0]));
	snprintf(fd, sizeof(fd), "%d", fds[1]);
	setenv(EXECTIME_FD, fd, 1);
	return true;
}

/*
 * Reads at most @num_max reports, and waits for the child.  Returns the number
 * of reports.
 */
static int __maybe_unused
exectime_wait_status(struct __test_metadata *const _metadata,
		     struct exec_run *const run,
		     struct exec_report *const reports, const int num_max,
		     int *const status)
{
	struct exec_report extra;
	int num = 0;

	while (read(run->fd, num < num_max ? &reports[num] : &extra,
		    sizeof(extra)) == sizeof(extra))
		num++;
	EXPECT_EQ(0, close(run->fd));
	EXPECT_EQ(run->child, waitpid(run->child, status, 0));
	return num;
}

static int __maybe_unused exectime_wait(struct __test_metadata *const _metadata,
					struct exec_run *const run,
					struct exec_report *const reports,
					const int num_max)
{
	int num, status;

	num = exectime_wait_status(_metadata, run, reports, num_max, &status);
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	return num;
}

/*
 * Mounts a file system of our own, in which anyone can do anything, and makes
 * it the current directory.  Anyone includes set-user-ID programs.
 */
static void __maybe_unused
exectime_prepare_dir(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("exectime", "/mnt", "tmpfs", 0, "mode=0777"));
	ASSERT_EQ(0, chdir("/mnt"));
}

/* Copies the running program, without the ownership and the mode. */
static void __maybe_unused
exectime_copy_self(struct __test_metadata *const _metadata,
		   const char *const path, const mode_t mode)
{
	static char buf[65536];
	int from, to;
	ssize_t len;

	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, from);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	ASSERT_LE(0, to);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		ASSERT_EQ(len, write(to, buf, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(to, mode));
	ASSERT_EQ(0, close(to));
	ASSERT_EQ(0, close(from));
}

static void __maybe_unused
exectime_write_file(struct __test_metadata *const _metadata,
		    const char *const path, const char *const content,
		    const mode_t mode)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	ASSERT_LE(0, fd);
	ASSERT_EQ(strlen(content), write(fd, content, strlen(content)));
	ASSERT_EQ(0, fchmod(fd, mode));
	ASSERT_EQ(0, close(fd));
}

#endif /* _LANDLOCK_EXECTIME_H */
