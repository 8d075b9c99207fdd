// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - What becomes of a ruleset staged with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME: every way to execute a
 *                  program, to fail to, and to inherit credentials
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static char *const self_argv[] = { "exectime", NULL };

static int sys_execveat(const int dirfd, const char *const path,
			const int flags)
{
	return syscall(__NR_execveat, dirfd, path, self_argv, environ, flags);
}

enum method {
	EXEC_PLAIN,
	EXEC_DIRFD,
	EXEC_FD,
	EXEC_AFTER_CHECK,
	EXEC_SCRIPT,
	EXEC_SCRIPT_OF_SCRIPT,
	EXEC_SCRIPT_FD,
	EXEC_BINFMT_MISC,
	EXEC_THREAD,
	EXEC_FORK,
	EXEC_VFORK,
	EXEC_SPAWN,
	EXEC_CLONE_VM,
	EXEC_CLONE_VM_FILES_FS,
};

static void *thread_exec(void *const data)
{
	execv("self", self_argv);
	return NULL;
}

static int clone_exec(void *const data)
{
	execv("self", self_argv);
	_exit(1);
}

static void wait_child(struct __test_metadata *const _metadata, const int child)
{
	int status;

	ASSERT_LT(0, child);
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/*
 * Executes the plan that is in the environment, in this task or in a child.
 * Returns in the latter case only.
 */
static void exec_with_method(struct __test_metadata *const _metadata,
			     const enum method method)
{
	static char stack[65536];
	pthread_t thread;
	pid_t child;
	int fd;

	switch (method) {
	case EXEC_PLAIN:
	case EXEC_AFTER_CHECK:
		if (method == EXEC_AFTER_CHECK) {
			fd = open("self", O_PATH | O_CLOEXEC);
			EXPECT_LE(0, fd);
			EXPECT_EQ(0, sys_execveat(fd, "",
						  AT_EMPTY_PATH |
							  AT_EXECVE_CHECK));
			EXPECT_EQ(0, exectime_probe());
		}
		execv("self", self_argv);
		break;
	case EXEC_DIRFD:
		fd = open("/mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
		EXPECT_LE(0, fd);
		sys_execveat(fd, "self", 0);
		break;
	case EXEC_FD:
		fd = open("self", O_PATH | O_CLOEXEC);
		EXPECT_LE(0, fd);
		sys_execveat(fd, "", AT_EMPTY_PATH);
		break;
	case EXEC_SCRIPT:
		execv("script", self_argv);
		break;
	case EXEC_SCRIPT_OF_SCRIPT:
		execv("script2", self_argv);
		break;
	case EXEC_SCRIPT_FD:
		/* The interpreter opens the script: no close-on-exec. */
		fd = open("script", O_RDONLY);
		EXPECT_LE(0, fd);
		sys_execveat(fd, "", AT_EMPTY_PATH);
		break;
	case EXEC_BINFMT_MISC:
		execv("file.exectime", self_argv);
		break;
	case EXEC_THREAD:
		EXPECT_EQ(0, pthread_create(&thread, NULL, thread_exec, NULL));
		pthread_join(thread, NULL);
		break;
	case EXEC_FORK:
		child = fork();
		if (child == 0)
			clone_exec(NULL);
		wait_child(_metadata, child);
		return;
	case EXEC_VFORK:
		child = vfork();
		if (child == 0) {
			execv("self", self_argv);
			_exit(1);
		}
		wait_child(_metadata, child);
		return;
	case EXEC_SPAWN:
		EXPECT_EQ(0, posix_spawn(&child, "self", NULL, NULL, self_argv,
					 environ));
		wait_child(_metadata, child);
		return;
	case EXEC_CLONE_VM:
		child = clone(clone_exec, stack + sizeof(stack),
			      CLONE_VM | SIGCHLD, NULL);
		wait_child(_metadata, child);
		return;
	case EXEC_CLONE_VM_FILES_FS:
		child = clone(clone_exec, stack + sizeof(stack),
			      CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS |
				      SIGCHLD,
			      NULL);
		wait_child(_metadata, child);
		return;
	}
	_exit(1);
}

static const char binfmt_entry[] = "binfmt/exectime";

/*
 * Registers a format of our own.  Returns 0, or -errno if binfmt_misc is not
 * available.
 */
static int register_binfmt(struct __test_metadata *const _metadata)
{
	static const char format[] = ":exectime:E::exectime::/mnt/self:";
	int fd, ret = 0;

	ASSERT_EQ(0, mkdir("binfmt", 0700));
	if (mount("binfmt_misc", "binfmt", "binfmt_misc", 0, NULL))
		return -errno;

	fd = open("binfmt/register", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	if (write(fd, format, sizeof(format) - 1) != sizeof(format) - 1)
		ret = -errno;
	EXPECT_EQ(0, close(fd));
	return ret;
}

FIXTURE(method)
{
	int binfmt_err;
};

FIXTURE_VARIANT(method)
{
	enum method method;
	/* Whether a child executes the plan, and its parent goes on. */
	bool child;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, plain) {
	/* clang-format on */
	.method = EXEC_PLAIN,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, dirfd) {
	/* clang-format on */
	.method = EXEC_DIRFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, fd) {
	/* clang-format on */
	.method = EXEC_FD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, after_check) {
	/* clang-format on */
	.method = EXEC_AFTER_CHECK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, script) {
	/* clang-format on */
	.method = EXEC_SCRIPT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, script_of_script) {
	/* clang-format on */
	.method = EXEC_SCRIPT_OF_SCRIPT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, script_fd) {
	/* clang-format on */
	.method = EXEC_SCRIPT_FD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, binfmt_misc) {
	/* clang-format on */
	.method = EXEC_BINFMT_MISC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, thread) {
	/* clang-format on */
	.method = EXEC_THREAD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, fork) {
	/* clang-format on */
	.method = EXEC_FORK,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, vfork) {
	/* clang-format on */
	.method = EXEC_VFORK,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, spawn) {
	/* clang-format on */
	.method = EXEC_SPAWN,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, clone_vm) {
	/* clang-format on */
	.method = EXEC_CLONE_VM,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, clone_vm_files_fs) {
	/* clang-format on */
	.method = EXEC_CLONE_VM_FILES_FS,
	.child = true,
};

FIXTURE_SETUP(method)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "script", "#!/mnt/self\n", 0755);
	exectime_write_file(_metadata, "script2", "#!/mnt/script\n", 0755);
	exectime_write_file(_metadata, "file.exectime", "data\n", 0755);
	if (variant->method == EXEC_BINFMT_MISC) {
		self->binfmt_err = register_binfmt(_metadata);
		if (self->binfmt_err)
			SKIP(return, "binfmt_misc is not available");
	}
	disable_caps(_metadata);
}

FIXTURE_TEARDOWN(method)
{
	int fd;

	if (variant->method != EXEC_BINFMT_MISC || self->binfmt_err)
		return;

	/* The formats of a user namespace are shared by all tasks. */
	set_cap(_metadata, CAP_DAC_OVERRIDE);
	fd = open(binfmt_entry, O_WRONLY | O_CLOEXEC);
	EXPECT_LE(0, fd);
	EXPECT_EQ(2, write(fd, "-1", 2));
	EXPECT_EQ(0, close(fd));
}

TEST_F(method, enforced)
{
	struct exec_report reports[3];
	struct exec_run run;
	int num;

	if (exectime_fork(_metadata, &run)) {
		set_cap(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		clear_cap(_metadata, CAP_SYS_ADMIN);
		setenv(EXECTIME_PLAN, "pxp", 1);
		exec_with_method(_metadata, variant->method);

		/* What a child did with its stage changes nothing for us. */
		EXPECT_EQ(0, exectime_probe());
		EXPECT_EQ(0, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
		if (exectime_exec("p"))
			_exit(1);
	}

	num = exectime_wait(_metadata, &run, reports, 3);
	ASSERT_EQ(variant->child ? 3 : 2, num);
	for (int i = 0; i < num; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
		EXPECT_EQ(1, reports[i].nnp);
	}
}

/* Same programs, nothing staged: nothing enforced. */
TEST_F(method, free)
{
	struct exec_report reports[3];
	struct exec_run run;
	int num;

	if (exectime_fork(_metadata, &run)) {
		setenv(EXECTIME_PLAN, "pxp", 1);
		exec_with_method(_metadata, variant->method);
		if (exectime_exec("p"))
			_exit(1);
	}

	num = exectime_wait(_metadata, &run, reports, 3);
	ASSERT_EQ(variant->child ? 3 : 2, num);
	for (int i = 0; i < num; i++) {
		EXPECT_EQ(0, reports[i].denied);
		EXPECT_EQ(0, reports[i].layers);
		EXPECT_EQ(0, reports[i].nnp);
	}
}

enum failure {
	FAIL_MISSING,
	FAIL_MODE,
	FAIL_DIRECTORY,
	FAIL_FORMAT,
	FAIL_INTERPRETER,
	FAIL_INTERPRETER_FORMAT,
	FAIL_LOOP,
	FAIL_ARGUMENT,
	FAIL_ADDRESS,
	FAIL_NOEXEC,
	FAIL_FLAGS,
	FAIL_RLIMIT,
	FAIL_CHECK,
};

FIXTURE(failure)
{
};

FIXTURE_VARIANT(failure)
{
	enum failure failure;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, missing) {
	/* clang-format on */
	.failure = FAIL_MISSING,
	.error = ENOENT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, mode) {
	/* clang-format on */
	.failure = FAIL_MODE,
	.error = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, directory) {
	/* clang-format on */
	.failure = FAIL_DIRECTORY,
	.error = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, format) {
	/* clang-format on */
	.failure = FAIL_FORMAT,
	.error = ENOEXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, interpreter) {
	/* clang-format on */
	.failure = FAIL_INTERPRETER,
	.error = ENOENT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, interpreter_format) {
	/* clang-format on */
	.failure = FAIL_INTERPRETER_FORMAT,
	.error = ENOEXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, loop) {
	/* clang-format on */
	.failure = FAIL_LOOP,
	.error = ELOOP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, argument) {
	/* clang-format on */
	.failure = FAIL_ARGUMENT,
	.error = E2BIG,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, address) {
	/* clang-format on */
	.failure = FAIL_ADDRESS,
	.error = EFAULT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, noexec) {
	/* clang-format on */
	.failure = FAIL_NOEXEC,
	.error = EACCES,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, flags) {
	/* clang-format on */
	.failure = FAIL_FLAGS,
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, rlimit) {
	/* clang-format on */
	.failure = FAIL_RLIMIT,
	.error = EAGAIN,
};

/* Not a failure, but nothing is executed. */

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, check) {
	/* clang-format on */
	.failure = FAIL_CHECK,
};

FIXTURE_SETUP(failure)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "data", "data\n", 0755);
	exectime_write_file(_metadata, "mode", "#!/mnt/self\n", 0644);
	exectime_write_file(_metadata, "no-interp", "#!/mnt/none\n", 0755);
	exectime_write_file(_metadata, "bad-interp", "#!/mnt/data\n", 0755);
	exectime_write_file(_metadata, "loop", "#!/mnt/loop\n", 0755);
	ASSERT_EQ(0, mkdir("noexec", 0755));
	ASSERT_EQ(0, mount("exectime", "noexec", "tmpfs", MS_NOEXEC, NULL));
	exectime_write_file(_metadata, "noexec/script", "#!/mnt/self\n", 0755);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(failure)
{
}

static int fail_with(const enum failure failure)
{
	static char long_arg[256 * 1024];
	char *const long_argv[] = { "exectime", long_arg, NULL };

	switch (failure) {
	case FAIL_MISSING:
		return execv("none", self_argv);
	case FAIL_MODE:
		return execv("mode", self_argv);
	case FAIL_DIRECTORY:
		return execv("noexec", self_argv);
	case FAIL_FORMAT:
		return execv("data", self_argv);
	case FAIL_INTERPRETER:
		return execv("no-interp", self_argv);
	case FAIL_INTERPRETER_FORMAT:
		return execv("bad-interp", self_argv);
	case FAIL_LOOP:
		return execv("loop", self_argv);
	case FAIL_ARGUMENT:
		memset(long_arg, 'a', sizeof(long_arg) - 1);
		return execv("self", long_argv);
	case FAIL_ADDRESS:
		return syscall(__NR_execve, "self", 1UL, environ);
	case FAIL_NOEXEC:
		return execv("noexec/script", self_argv);
	case FAIL_FLAGS:
		return sys_execveat(AT_FDCWD, "self", 1U << 31);
	case FAIL_RLIMIT:
		return execv("self", self_argv);
	case FAIL_CHECK:
		return sys_execveat(AT_FDCWD, "self", AT_EXECVE_CHECK);
	}
	return 0;
}

/*
 * Becomes another user over its limit of processes, which is checked by
 * execve(2) if setuid(2) went over it: that needs one process more.  Returns
 * this process.
 */
static pid_t exceed_limit(struct __test_metadata *const _metadata)
{
	struct rlimit limit;
	int ready[2];
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	set_cap(_metadata, CAP_SETUID);
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		ASSERT_EQ(0, setuid(EXECTIME_UID));
		/* Does not outlive its parent, nor hold its pipes. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(1, write(ready[1], ".", 1));
		while (true)
			pause();
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));

	ASSERT_EQ(0, getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = 0;
	ASSERT_EQ(0, setrlimit(RLIMIT_NPROC, &limit));
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	ASSERT_EQ(0, setuid(EXECTIME_UID));
	set_cap(_metadata, CAP_SYS_ADMIN);
	return child;
}

static void respect_limit(struct __test_metadata *const _metadata,
			  const pid_t other)
{
	struct rlimit limit;

	EXPECT_EQ(0, kill(other, SIGKILL));
	EXPECT_EQ(0, getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = limit.rlim_max;
	EXPECT_EQ(0, setrlimit(RLIMIT_NPROC, &limit));
}

/* Fails with what the task has in its credentials, and comes back. */
static void try_and_fail(struct __test_metadata *const _metadata,
			 const enum failure failure, const int error)
{
	pid_t other = 0;

	/* A program that runs when it should not has to say so. */
	setenv(EXECTIME_PLAN, "q", 1);
	if (failure == FAIL_RLIMIT)
		other = exceed_limit(_metadata);

	/* Twice: a failure prepares nothing for the next one. */
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(error ? -1 : 0, fail_with(failure));
		if (error)
			EXPECT_EQ(error, errno);
	}
	if (failure == FAIL_RLIMIT)
		respect_limit(_metadata, other);
}

TEST_F(failure, stage_stays)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		try_and_fail(_metadata, variant->failure, variant->error);
		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	EXPECT_EQ(DENY_A, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(1, reports[1].nnp);
}

/* A failed exec, then a new stage: nothing of the first one is left. */
TEST_F(failure, then_replaced)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		try_and_fail(_metadata, variant->failure, variant->error);
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(0, report.nnp);
}

FIXTURE(life)
{
};

FIXTURE_SETUP(life)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(life)
{
}

/* Offsets in the headers of 64-bit programs. */
#define ELF_CLASS 4
#define ELF_PHOFF 32
#define ELF_PHENTSIZE 54
#define ELF_PHNUM 56
#define PHDR_MEMSZ 40

/*
 * A program whose segments cannot be mapped: known when there is no way back.
 * The stage is enforced on a task that only has to die.
 */
TEST_F(life, fails_past_the_point_of_no_return)
{
	struct exec_run run;
	struct exec_report report;
	__u64 phoff, memsz = 1ULL << 62;
	__u16 phnum, phentsize;
	int fd, status;
	char class;

	exectime_copy_self(_metadata, "self", 0755);
	fd = open("self", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(1, pread(fd, &class, 1, ELF_CLASS));
	if (class != 2)
		SKIP(return, "Only knows about 64-bit programs");

	ASSERT_EQ(sizeof(phoff), pread(fd, &phoff, sizeof(phoff), ELF_PHOFF));
	ASSERT_EQ(sizeof(phentsize),
		  pread(fd, &phentsize, sizeof(phentsize), ELF_PHENTSIZE));
	ASSERT_EQ(sizeof(phnum), pread(fd, &phnum, sizeof(phnum), ELF_PHNUM));
	for (int i = 0; i < phnum; i++) {
		const off_t offset = phoff + i * phentsize;
		__u32 type;

		ASSERT_EQ(sizeof(type), pread(fd, &type, sizeof(type), offset));
		if (type != PT_LOAD)
			continue;

		ASSERT_EQ(sizeof(memsz), pwrite(fd, &memsz, sizeof(memsz),
						offset + PHDR_MEMSZ));
	}
	ASSERT_EQ(0, close(fd));

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		setenv(EXECTIME_PLAN, "p", 1);
		execv("self", self_argv);
		_exit(0);
	}

	EXPECT_EQ(0, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_TRUE(WIFSIGNALED(status));
}

/* Everyone has a stage of its own, even if it is the same. */
TEST_F(life, inherited_by_fork)
{
	struct exec_report reports[4];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		pid_t child;

		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));

		/* Replaces, in a child only. */
		child = fork();
		if (child == 0) {
			ASSERT_EQ(0,
				  exectime_restrict(DENY_B, RESTRICT_EXECTIME));
			exectime_exec("p");
			_exit(1);
		}
		wait_child(_metadata, child);

		/* Adds a domain, in a child only. */
		child = fork();
		if (child == 0) {
			ASSERT_EQ(0, exectime_restrict(DENY_C, 0));
			exectime_exec("p");
			_exit(1);
		}
		wait_child(_metadata, child);

		/* Exits without executing anything, in a child only. */
		child = fork();
		if (child == 0)
			_exit(0);
		wait_child(_metadata, child);

		/* Inherits through a child that does not execute anything. */
		child = fork();
		if (child == 0) {
			child = fork();
			if (child == 0) {
				exectime_exec("p");
				_exit(1);
			}
			wait_child(_metadata, child);
			_exit(0);
		}
		wait_child(_metadata, child);

		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(4, exectime_wait(_metadata, &run, reports, 4));
	EXPECT_EQ(DENY_B, reports[0].denied);
	EXPECT_EQ(1, reports[0].layers);
	EXPECT_EQ(DENY_A | DENY_C, reports[1].denied);
	EXPECT_EQ(2, reports[1].layers);
	for (int i = 2; i < 4; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* A program that was started has no stage left to give. */
TEST_F(life, not_inherited_once_enforced)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		if (exectime_exec("pfxp"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_NE(reports[0].pid, reports[1].pid);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

enum cred_change {
	CRED_SETUID,
	CRED_CAPSET,
	CRED_USERNS,
	CRED_KEYRING,
	CRED_SESSION_TO_PARENT,
};

FIXTURE(cred)
{
};

FIXTURE_VARIANT(cred)
{
	enum cred_change change;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, setuid) {
	/* clang-format on */
	.change = CRED_SETUID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, capset) {
	/* clang-format on */
	.change = CRED_CAPSET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, userns) {
	/* clang-format on */
	.change = CRED_USERNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, keyring) {
	/* clang-format on */
	.change = CRED_KEYRING,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, session_to_parent) {
	/* clang-format on */
	.change = CRED_SESSION_TO_PARENT,
};

FIXTURE_SETUP(cred)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
	set_cap(_metadata, CAP_SETUID);
}

FIXTURE_TEARDOWN(cred)
{
}

static long sys_keyctl(const int cmd)
{
	return syscall(__NR_keyctl, cmd, NULL, 0, 0, 0);
}

static void change_cred(struct __test_metadata *const _metadata,
			const enum cred_change change)
{
	pid_t child;

	switch (change) {
	case CRED_SETUID:
		ASSERT_EQ(0,
			  setresuid(EXECTIME_UID, EXECTIME_UID, EXECTIME_UID));
		break;
	case CRED_CAPSET:
		drop_caps(_metadata);
		break;
	case CRED_USERNS:
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		break;
	case CRED_KEYRING:
		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		break;
	case CRED_SESSION_TO_PARENT:
		/*
		 * The child installs credentials on its parent that do not go
		 * through the same copy as the other ones.
		 */
		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		child = fork();
		if (child == 0) {
			EXPECT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
			EXPECT_EQ(0, sys_keyctl(KEYCTL_SESSION_TO_PARENT));
			_exit(0);
		}
		wait_child(_metadata, child);
		break;
	}
}

/* The stage goes with the credentials, and needs no privilege any more. */
TEST_F(cred, stage_follows)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (variant->change >= CRED_KEYRING && access("/proc/keys", F_OK))
		SKIP(return, "The kernel is built without CONFIG_KEYS");

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		change_cred(_metadata, variant->change);
		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	EXPECT_EQ(DENY_A, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(1, reports[1].nnp);
}

/* Files opened with credentials that had a stage keep them, and nothing else.*/
TEST_F(life, kept_by_a_file)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		ASSERT_LE(0, open("/dev/null", O_RDONLY));
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/**
 * struct sibling - A thread that was there before its leader did anything
 *
 * @barrier: Passed by both threads before and after the call of the leader.
 * @stage: What the sibling stages first, or 0.
 * @execute: Whether it is the sibling that executes the plan.
 * @err: Result of its own call.
 */
struct sibling {
	pthread_barrier_t barrier;
	__u64 stage;
	bool execute;
	int err;
};

static void *sibling_thread(void *const data)
{
	struct sibling *const sibling = data;

	if (sibling->stage)
		sibling->err =
			exectime_restrict(sibling->stage, RESTRICT_EXECTIME);
	pthread_barrier_wait(&sibling->barrier);
	pthread_barrier_wait(&sibling->barrier);
	if (sibling->execute)
		exectime_exec("p");
	while (true)
		pause();
	return NULL;
}

FIXTURE(threads)
{
};

FIXTURE_VARIANT(threads)
{
	/* What each thread stages. */
	__u64 leader_stage;
	__u32 leader_flags;
	__u64 sibling_stage;
	/* What the leader restricts itself with then, and how. */
	__u64 restricts;
	__u32 flags;
	/* Who executes. */
	bool sibling_execs;
	/* What the program gets. */
	__u64 denied;
	int layers;
	int nnp;
};

/* Credentials are those of a thread. */

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, leader_stages_sibling_execs) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.sibling_execs = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, leader_stages_leader_execs) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, sibling_stages_leader_execs) {
	/* clang-format on */
	.sibling_stage = DENY_A,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, sibling_stages_sibling_execs) {
	/* clang-format on */
	.sibling_stage = DENY_A,
	.sibling_execs = true,
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, both_stage_sibling_execs) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.sibling_stage = DENY_B,
	.sibling_execs = true,
	.denied = DENY_B,
	.layers = 1,
};

/* All threads take the configuration of the caller, with its stage. */

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_gives_stage) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.restricts = DENY_B,
	.flags = RESTRICT_TSYNC,
	.sibling_execs = true,
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_gives_stage_with_nnp) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.restricts = DENY_B,
	.flags = RESTRICT_TSYNC,
	.sibling_execs = true,
	.denied = DENY_A | DENY_B,
	.layers = 2,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_replaces_stage) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.sibling_stage = DENY_C,
	.restricts = DENY_B,
	.flags = RESTRICT_TSYNC,
	.sibling_execs = true,
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_drops_stage) {
	/* clang-format on */
	.sibling_stage = DENY_C,
	.restricts = DENY_B,
	.flags = RESTRICT_TSYNC,
	.sibling_execs = true,
	.denied = DENY_B,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_keeps_stage_of_caller) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.sibling_stage = DENY_C,
	.restricts = DENY_B,
	.flags = RESTRICT_TSYNC,
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* Without a ruleset, the configuration is synchronized all the same. */

/* clang-format off */
FIXTURE_VARIANT_ADD(threads, tsync_muted_gives_stage) {
	/* clang-format on */
	.leader_stage = DENY_A,
	.leader_flags = RESTRICT_EXECTIME,
	.sibling_stage = DENY_C,
	.flags = RESTRICT_TSYNC | LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF,
	.sibling_execs = true,
	.denied = DENY_A,
	.layers = 1,
};

FIXTURE_SETUP(threads)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(threads)
{
}

TEST_F(threads, stage)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		struct sibling sibling = {
			.stage = variant->sibling_stage,
			.execute = variant->sibling_execs,
		};
		pthread_t thread;

		ASSERT_EQ(0, pthread_barrier_init(&sibling.barrier, NULL, 2));
		ASSERT_EQ(0, pthread_create(&thread, NULL, sibling_thread,
					    &sibling));
		pthread_barrier_wait(&sibling.barrier);
		ASSERT_EQ(0, sibling.err);

		if (variant->leader_stage)
			ASSERT_EQ(0, exectime_restrict(variant->leader_stage,
						       variant->leader_flags));
		if (variant->restricts) {
			ASSERT_EQ(0, exectime_restrict(variant->restricts,
						       variant->flags));
		} else if (variant->flags) {
			ASSERT_EQ(0,
				  landlock_restrict_self(-1, variant->flags));
		}
		EXPECT_EQ(variant->restricts, exectime_probe());

		pthread_barrier_wait(&sibling.barrier);
		if (!variant->sibling_execs)
			exectime_exec("p");
		/* The program of the sibling replaces all threads. */
		pthread_join(thread, NULL);
		_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->denied, report.denied);
	EXPECT_EQ(variant->layers, report.layers);
	EXPECT_EQ(variant->nnp, report.nnp);
}

TEST_HARNESS_MAIN
