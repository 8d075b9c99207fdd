/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for rulesets enforced at execve(2) time
 *
 * Only the program that is executed next sees the effect of a staged ruleset.
 * Any test that includes this header is also that program: when EXECTIME_PLAN
 * is in the environment, a constructor follows the plan instead of running the
 * tests.  The environment, unlike the arguments, comes unchanged through
 * scripts, set-user-ID programs and posix_spawn(3).
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_EXECTIME_H
#define _LANDLOCK_EXECTIME_H

#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
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
 * Each ruleset of these tests denies one of these access rights everywhere, and
 * no other: the denials tell which rulesets are enforced.  None of them stops
 * a program from being executed.
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

/*
 * Denials of neither files nor directories, which only step 'o' tries: the two
 * access rights to the network, on a port that no rule names and on a port that
 * a rule may allow, and the two scopes.
 */
#define OTHER_BIND 0x01
#define OTHER_BIND_RULE 0x02
#define OTHER_CONNECT 0x04
#define OTHER_CONNECT_RULE 0x08
#define OTHER_SIGNAL 0x10
#define OTHER_SOCKET 0x20

/* A probe that fails otherwise than it may: the test itself is broken. */
#define OTHER_BROKEN 0x80000000

/* A port that no rule names, and a port that a rule may name. */
#define EXECTIME_PORT 4242
#define EXECTIME_PORT_RULE 4243

/**
 * struct exec_report - Restrictions that a task finds for itself
 *
 * @denied: Rights among DENY_A to DENY_E that are denied.
 * @others: Denials among OTHER_BIND to OTHER_SOCKET, 0 if not tried.
 * @caps: Permitted capabilities.
 * @status_nnp: NoNewPrivs according to /proc/thread-self/status.
 * @nnp: no_new_privs according to prctl(2).
 * @layers: Number of layers in use, a staged one included, or -1 if unknown.
 * @seccomp: errno of the installation of a seccomp filter, 0 if it succeeded,
 *           or -1 if unknown.
 * @uid: Real user ID.
 * @euid: Effective user ID.
 * @egid: Effective group ID.
 * @secure: AT_SECURE.
 * @pid: The reporting process.
 */
struct exec_report {
	__u64 denied;
	__u32 others;
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
 * Tries the rights of all rulesets in the current directory.  Removing the file
 * of a probe is never denied.
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

/* Tries one socket, which must fail with @error if nothing denies it. */
static __u32 exectime_probe_port(const bool connects, const in_port_t port,
				 const int error, const __u32 other)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(connects ? INADDR_LOOPBACK :
						    INADDR_ANY),
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return OTHER_BROKEN;

	if (connects)
		ret = connect(fd, (const struct sockaddr *)&addr, sizeof(addr));
	else
		ret = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	ret = ret ? errno : 0;
	close(fd);
	if (ret == error)
		return 0;

	return ret == EACCES ? other : OTHER_BROKEN;
}

/* The abstract socket of @pid, which has to be there. */
static socklen_t exectime_socket_name(struct sockaddr_un *const addr,
				      const pid_t pid)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       snprintf(addr->sun_path + 1, sizeof(addr->sun_path) - 1,
			"exectime-%d", (int)pid);
}

static __u32 exectime_probe_scope(const pid_t pid)
{
	struct sockaddr_un addr;
	const socklen_t len = exectime_socket_name(&addr, pid);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u32 others = 0;

	if (fd < 0)
		return OTHER_BROKEN;

	if (connect(fd, (const struct sockaddr *)&addr, len))
		others |= errno == EPERM ? OTHER_SOCKET : OTHER_BROKEN;
	close(fd);
	if (kill(pid, 0))
		others |= errno == EPERM ? OTHER_SIGNAL : OTHER_BROKEN;
	return others;
}

/*
 * Tries OTHER_BIND to OTHER_SOCKET, from a network namespace in which no
 * interface is up.  The other end of the scopes is the parent.
 */
static __u32 exectime_probe_others(void)
{
	return exectime_probe_port(false, EXECTIME_PORT, 0, OTHER_BIND) |
	       exectime_probe_port(false, EXECTIME_PORT_RULE, 0,
				   OTHER_BIND_RULE) |
	       exectime_probe_port(true, EXECTIME_PORT, ENETUNREACH,
				   OTHER_CONNECT) |
	       exectime_probe_port(true, EXECTIME_PORT_RULE, ENETUNREACH,
				   OTHER_CONNECT_RULE) |
	       exectime_probe_scope(getppid());
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

	status = fopen("/proc/thread-self/status", "re");
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

static int exectime_send(const struct exec_report *const report)
{
	const char *const fd = getenv(EXECTIME_FD);

	if (!fd)
		return -EINVAL;

	if (write(atoi(fd), report, sizeof(*report)) != sizeof(*report))
		return -EIO;

	return 0;
}

static int exectime_report(const bool quick)
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

/* Another task, whose ID is in the environment. */
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

/* Executes the same program again, which follows @plan.  Returns if it fails.*/
static int exectime_exec(const char *const plan)
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

/* A thread that is only there. */
static __maybe_unused void *exectime_idle(void *const data)
{
	while (true)
		pause();
	return data;
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

/**
 * struct exec_elf - Header of a 64-bit program
 *
 * Neither <elf.h> nor <linux/elf.h> name it as this tree does.
 */
struct exec_elf {
	__u8 ident[EI_NIDENT];
	__u16 type;
	__u16 machine;
	__u32 version;
	__u64 entry;
	__u64 phoff;
	__u64 shoff;
	__u32 flags;
	__u16 ehsize;
	__u16 phentsize;
	__u16 phnum;
	__u16 shentsize;
	__u16 shnum;
	__u16 shstrndx;
};

/**
 * struct exec_segment - One of its segments
 */
struct exec_segment {
	__u32 type;
	__u32 flags;
	__u64 offset;
	__u64 vaddr;
	__u64 paddr;
	__u64 filesz;
	__u64 memsz;
	__u64 align;
};

/*
 * Makes a copy of the running program whose segments cannot be mapped, which
 * the kernel only finds past the point of no return.  Returns false for another
 * format than that of 64-bit programs.
 */
static bool __maybe_unused
exectime_make_broken(struct __test_metadata *const _metadata,
		     const char *const path)
{
	struct exec_segment segment;
	struct exec_elf elf;
	int fd;

	exectime_copy_self(_metadata, path, 0755);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(elf), pread(fd, &elf, sizeof(elf), 0));
	if (elf.ident[EI_CLASS] != ELFCLASS64) {
		ASSERT_EQ(0, close(fd));
		return false;
	}

	for (int i = 0; i < elf.phnum; i++) {
		const off_t offset = elf.phoff + i * elf.phentsize;

		ASSERT_EQ(sizeof(segment),
			  pread(fd, &segment, sizeof(segment), offset));
		if (segment.type != PT_LOAD)
			continue;

		segment.memsz = 1ULL << 62;
		ASSERT_EQ(sizeof(segment),
			  pwrite(fd, &segment, sizeof(segment), offset));
	}
	ASSERT_EQ(0, close(fd));
	return true;
}

/*
 * Makes a small program that does nothing, and asks for @interpreter to load
 * it.  It is in the format of the running program, which has to be a 64-bit
 * one.
 */
static bool __maybe_unused
exectime_make_interpreted(struct __test_metadata *const _metadata,
			  const char *const path, const char *const interpreter)
{
	struct {
		struct exec_elf elf;
		struct exec_segment interp;
		struct exec_segment load;
		char name[64];
	} file = {};
	const size_t len = strlen(interpreter) + 1;
	int fd;

	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(file.elf), read(fd, &file.elf, sizeof(file.elf)));
	ASSERT_EQ(0, close(fd));
	if (file.elf.ident[EI_CLASS] != ELFCLASS64)
		return false;

	/* Far from where the kernel puts interpreters. */
	file.elf.type = ET_EXEC;
	file.elf.entry = 0x400000;
	file.elf.phoff = offsetof(typeof(file), interp);
	file.elf.phentsize = sizeof(file.load);
	file.elf.phnum = 2;
	file.elf.shoff = 0;
	file.elf.shnum = 0;
	file.interp.type = PT_INTERP;
	file.interp.offset = offsetof(typeof(file), name);
	file.interp.filesz = len;
	file.load.type = PT_LOAD;
	file.load.flags = PF_R | PF_X;
	file.load.vaddr = file.elf.entry;
	file.load.filesz = sizeof(file);
	file.load.memsz = sizeof(file);
	file.load.align = 0x1000;
	ASSERT_GE(sizeof(file.name), len);
	memcpy(file.name, interpreter, len);

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(file), write(fd, &file, sizeof(file)));
	ASSERT_EQ(0, fchmod(fd, 0755));
	ASSERT_EQ(0, close(fd));
	return true;
}

/**
 * struct exec_block - An argument that execve(2) cannot read until told to
 *
 * @uffd: Tells when a task tries.
 * @page: The argument.
 * @size: Size of a page.
 */
struct exec_block {
	int uffd;
	char *page;
	size_t size;
};

/*
 * Prepares an argument, for all tasks that share this address space.  Requires
 * CAP_SYS_PTRACE, because the kernel is going to wait.  Returns 0 or -errno.
 */
static int __maybe_unused
exectime_block_init(struct exec_block *const block)
{
	struct uffdio_api api = {
		.api = UFFD_API,
	};
	struct uffdio_register reg = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	block->size = sysconf(_SC_PAGESIZE);
	block->page = mmap(NULL, block->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block->page == MAP_FAILED)
		return -errno;

	block->uffd = syscall(__NR_userfaultfd, O_CLOEXEC);
	if (block->uffd < 0)
		return -errno;

	reg.range.start = (unsigned long)block->page;
	reg.range.len = block->size;
	if (ioctl(block->uffd, UFFDIO_API, &api) ||
	    ioctl(block->uffd, UFFDIO_REGISTER, &reg))
		return -errno;

	return 0;
}

/* Whether the kernel has userfaultfd(2), and lets us use it. */
static bool __maybe_unused exectime_can_block(void)
{
	struct exec_block block;

	if (exectime_block_init(&block))
		return false;

	close(block.uffd);
	munmap(block.page, block.size);
	return true;
}

/* Waits for a task to be blocked. */
static int __maybe_unused
exectime_block_wait(const struct exec_block *const block)
{
	struct uffd_msg msg;

	if (read(block->uffd, &msg, sizeof(msg)) != sizeof(msg))
		return -EIO;

	return msg.event == UFFD_EVENT_PAGEFAULT ? 0 : -EINVAL;
}

/* Makes it an empty argument, with which the exec goes on. */
static int __maybe_unused
exectime_block_end(const struct exec_block *const block)
{
	struct uffdio_zeropage zero = {
		.range.start = (unsigned long)block->page,
		.range.len = block->size,
	};

	return ioctl(block->uffd, UFFDIO_ZEROPAGE, &zero) ? -errno : 0;
}

#endif /* _LANDLOCK_EXECTIME_H */
