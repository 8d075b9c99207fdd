// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - The life of a ruleset staged with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME: every way to execute
 *                  a program, to fail to, and to inherit credentials
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"
#include "exectime_block.h"
#include "exectime_elf.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
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
	EXEC_CLONE_VFORK,
	EXEC_CLONE_NAMESPACES,
	EXEC_CLONE_USERNS,
	EXEC_MEMFD,
	EXEC_THREAD_FORK,
	EXEC_THREAD_VFORK,
};

static void *thread_exec(void *const data)
{
	execv("self", self_argv);
	return NULL;
}

static void *thread_fork_exec(void *const data)
{
	int status;
	const pid_t child = data ? vfork() : fork();

	if (child == 0) {
		execv("self", self_argv);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		_exit(1);

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

static const int clone_flags[] = {
	[EXEC_CLONE_VM] = CLONE_VM,
	[EXEC_CLONE_VM_FILES_FS] = CLONE_VM | CLONE_VFORK | CLONE_FILES |
				   CLONE_FS,
	[EXEC_CLONE_VFORK] = CLONE_VFORK,
	[EXEC_CLONE_NAMESPACES] = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET,
	[EXEC_CLONE_USERNS] = CLONE_NEWUSER | CLONE_NEWPID,
};

static int copy_to_memfd(struct __test_metadata *const _metadata)
{
	const int from = open("self", O_RDONLY | O_CLOEXEC);
	const int to = memfd_create("exectime", MFD_CLOEXEC | MFD_EXEC);
	struct stat st;

	EXPECT_LE(0, from);
	EXPECT_LE(0, to);
	EXPECT_EQ(0, fstat(from, &st));
	EXPECT_EQ(st.st_size, sendfile(to, from, NULL, st.st_size));
	EXPECT_EQ(0, close(from));
	return to;
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
	case EXEC_CLONE_VM_FILES_FS:
	case EXEC_CLONE_VFORK:
	case EXEC_CLONE_NAMESPACES:
	case EXEC_CLONE_USERNS:
		set_cap(_metadata, CAP_SYS_ADMIN);
		child = clone(clone_exec, stack + sizeof(stack),
			      clone_flags[method] | SIGCHLD, NULL);
		clear_cap(_metadata, CAP_SYS_ADMIN);
		wait_child(_metadata, child);
		return;
	case EXEC_MEMFD:
		fd = copy_to_memfd(_metadata);
		sys_execveat(fd, "", AT_EMPTY_PATH);
		break;
	case EXEC_THREAD_FORK:
	case EXEC_THREAD_VFORK:
		EXPECT_EQ(0, pthread_create(&thread, NULL, thread_fork_exec,
					    method == EXEC_THREAD_VFORK ?
						    stack :
						    NULL));
		EXPECT_EQ(0, pthread_join(thread, NULL));
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

/* clang-format off */
FIXTURE_VARIANT_ADD(method, clone_vfork) {
	/* clang-format on */
	.method = EXEC_CLONE_VFORK,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, clone_namespaces) {
	/* clang-format on */
	.method = EXEC_CLONE_NAMESPACES,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, clone_userns) {
	/* clang-format on */
	.method = EXEC_CLONE_USERNS,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, memfd) {
	/* clang-format on */
	.method = EXEC_MEMFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, thread_fork) {
	/* clang-format on */
	.method = EXEC_THREAD_FORK,
	.child = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(method, thread_vfork) {
	/* clang-format on */
	.method = EXEC_THREAD_VFORK,
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

		/* A child's stage changes nothing for us. */
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
	FAIL_RLIMIT_STACK,
	FAIL_BUSY,
	FAIL_NAME,
	FAIL_NOT_DIRECTORY,
	FAIL_SYMLINK,
	FAIL_EMPTY,
	FAIL_ELF_TRUNCATED,
	FAIL_ELF_INTERPRETER,
	FAIL_ELF_INTERPRETER_FORMAT,
	FAIL_DENIED,
	FAIL_CHECK,
};

FIXTURE(failure)
{
};

FIXTURE_VARIANT(failure)
{
	enum failure failure;
	int error;
	/* Number of layers that are there before. */
	int existing;
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

/* Arguments that do not fit in the stack, though each of them does. */

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, rlimit_stack) {
	/* clang-format on */
	.failure = FAIL_RLIMIT_STACK,
	.error = E2BIG,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, busy) {
	/* clang-format on */
	.failure = FAIL_BUSY,
	.error = ETXTBSY,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, name) {
	/* clang-format on */
	.failure = FAIL_NAME,
	.error = ENAMETOOLONG,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, not_directory) {
	/* clang-format on */
	.failure = FAIL_NOT_DIRECTORY,
	.error = ENOTDIR,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, symlink) {
	/* clang-format on */
	.failure = FAIL_SYMLINK,
	.error = ELOOP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, empty) {
	/* clang-format on */
	.failure = FAIL_EMPTY,
	.error = ENOEXEC,
};

/* The last failures before the point of no return. */

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, elf_truncated) {
	/* clang-format on */
	.failure = FAIL_ELF_TRUNCATED,
	.error = ENOEXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, elf_interpreter) {
	/* clang-format on */
	.failure = FAIL_ELF_INTERPRETER,
	.error = ENOENT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, elf_interpreter_format) {
	/* clang-format on */
	.failure = FAIL_ELF_INTERPRETER_FORMAT,
	.error = ELIBBAD,
};

/* The enforced domain does not allow to execute the program. */

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, denied) {
	/* clang-format on */
	.failure = FAIL_DENIED,
	.error = EACCES,
	.existing = 1,
};

/* Not a failure, but nothing is executed. */

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, check) {
	/* clang-format on */
	.failure = FAIL_CHECK,
};

FIXTURE_SETUP(failure)
{
	/* As long as the header of a program, and none. */
	char text[128] = {};

	memset(text, 'a', sizeof(text) - 1);
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "data", "data\n", 0755);
	exectime_write_file(_metadata, "mode", "#!/mnt/self\n", 0644);
	exectime_write_file(_metadata, "no-interp", "#!/mnt/none\n", 0755);
	exectime_write_file(_metadata, "bad-interp", "#!/mnt/data\n", 0755);
	exectime_write_file(_metadata, "loop", "#!/mnt/loop\n", 0755);
	exectime_write_file(_metadata, "empty", "", 0755);
	exectime_write_file(_metadata, "text", text, 0755);
	exectime_copy_self(_metadata, "truncated", 0755);
	ASSERT_EQ(0, truncate("truncated", 70));
	if ((variant->failure == FAIL_ELF_INTERPRETER ||
	     variant->failure == FAIL_ELF_INTERPRETER_FORMAT) &&
	    (!exectime_make_interpreted(_metadata, "no-ld", "/mnt/none") ||
	     !exectime_make_interpreted(_metadata, "bad-ld", "/mnt/text")))
		SKIP(return, "Only knows about 64-bit programs");

	exectime_copy_self(_metadata, "denied", 0755);
	ASSERT_EQ(0, symlink("self", "link"));
	ASSERT_EQ(0, mkdir("noexec", 0755));
	ASSERT_EQ(0, mount("exectime", "noexec", "tmpfs", MS_NOEXEC, NULL));
	exectime_write_file(_metadata, "noexec/script", "#!/mnt/self\n", 0755);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(failure)
{
}

/* A quarter of the stack is for arguments, or 128 KiB if that is more. */
static int fail_with_small_stack(char *const arg)
{
	char *const argv[] = { "exectime", arg, arg, NULL };
	struct rlimit limit, small;
	int ret;

	getrlimit(RLIMIT_STACK, &limit);
	small = limit;
	small.rlim_cur = 256 * 1024;
	setrlimit(RLIMIT_STACK, &small);
	memset(arg, 'a', 100 * 1024);
	ret = execv("self", argv);
	setrlimit(RLIMIT_STACK, &limit);
	return ret;
}

static int fail_with_busy_file(void)
{
	const int fd = open("self", O_WRONLY | O_CLOEXEC);
	const int ret = execv("self", self_argv);
	const int err = errno;

	close(fd);
	errno = err;
	return ret;
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
	case FAIL_RLIMIT_STACK:
		return fail_with_small_stack(long_arg);
	case FAIL_BUSY:
		return fail_with_busy_file();
	case FAIL_NAME:
		memset(long_arg, 'a', NAME_MAX + 1);
		return execv(long_arg, self_argv);
	case FAIL_NOT_DIRECTORY:
		return execv("self/self", self_argv);
	case FAIL_SYMLINK:
		return sys_execveat(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW);
	case FAIL_EMPTY:
		return execv("empty", self_argv);
	case FAIL_ELF_TRUNCATED:
		return execv("truncated", self_argv);
	case FAIL_ELF_INTERPRETER:
		return execv("no-ld", self_argv);
	case FAIL_ELF_INTERPRETER_FORMAT:
		return execv("bad-ld", self_argv);
	case FAIL_DENIED:
		return execv("denied", self_argv);
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

/* Only the running program and "self" can be executed now. */
static void deny_exec(struct __test_metadata *const _metadata)
{
	static const char *const allowed[] = { "self", "/proc/self/exe" };
	const int ruleset_fd = exectime_ruleset(LANDLOCK_ACCESS_FS_EXECUTE);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE,
	};

	ASSERT_LE(0, ruleset_fd);
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		rule.parent_fd = open(allowed[i], O_PATH | O_CLOEXEC);
		ASSERT_LE(0, rule.parent_fd);
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_PATH_BENEATH,
					       &rule, 0));
		ASSERT_EQ(0, close(rule.parent_fd));
	}
	ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, 0));
	ASSERT_EQ(0, close(ruleset_fd));
}

/* Fails with the stage in the task's credentials, and returns. */
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
		if (variant->existing)
			deny_exec(_metadata);
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
	EXPECT_EQ(1 + variant->existing, reports[1].layers);
	EXPECT_EQ(1, reports[1].nnp);
}

/* A failed exec, then a new stage: nothing of the first one is left. */
TEST_F(failure, then_replaced)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		if (variant->existing)
			deny_exec(_metadata);
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		try_and_fail(_metadata, variant->failure, variant->error);
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1 + variant->existing, report.layers);
	EXPECT_EQ(0, report.nnp);
}

FIXTURE(fatal)
{
};

FIXTURE_VARIANT(fatal)
{
	const char *path;
	/* Of address space, 0 for no limit. */
	rlim_t limit;
	bool thread;
};

/* A program of which the segments cannot be mapped. */

/* clang-format off */
FIXTURE_VARIANT_ADD(fatal, segments) {
	/* clang-format on */
	.path = "broken",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fatal, segments_thread) {
	/* clang-format on */
	.path = "broken",
	.thread = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fatal, interpreter_segments) {
	/* clang-format on */
	.path = "broken-ld",
};

/* No room for the new program, though there was for the old one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(fatal, address_space) {
	/* clang-format on */
	.path = "self",
	.limit = 65536,
};

FIXTURE_SETUP(fatal)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	if (!exectime_make_broken(_metadata, "broken") ||
	    !exectime_make_interpreted(_metadata, "broken-ld", "/mnt/broken"))
		SKIP(return, "Only knows about 64-bit programs");

	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(fatal)
{
}

static void *exec_path(void *const path)
{
	execv(path, self_argv);
	/* Came back. */
	_exit(0);
}

/* The stage is enforced on a task that only has to die. */
TEST_F(fatal, past_the_point_of_no_return)
{
	struct exec_run run;
	struct exec_report report;
	int status;

	if (exectime_fork(_metadata, &run)) {
		pthread_t thread;

		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		setenv(EXECTIME_PLAN, "p", 1);
		if (variant->limit) {
			const struct rlimit limit = {
				.rlim_cur = variant->limit,
				.rlim_max = variant->limit,
			};

			ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
		}
		if (variant->thread) {
			ASSERT_EQ(0, pthread_create(&thread, NULL, exec_path,
						    (void *)variant->path));
			pthread_join(thread, NULL);
		}
		exec_path((void *)variant->path);
	}

	EXPECT_EQ(0, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_EQ(SIGSEGV, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
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
	CRED_SETGID,
	CRED_SETGROUPS,
	CRED_SETFSUID,
	CRED_CAPSET,
	CRED_BOUNDING_SET,
	CRED_SECUREBITS,
	CRED_USERNS,
	CRED_SETNS,
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
FIXTURE_VARIANT_ADD(cred, setgid) {
	/* clang-format on */
	.change = CRED_SETGID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, setgroups) {
	/* clang-format on */
	.change = CRED_SETGROUPS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, setfsuid) {
	/* clang-format on */
	.change = CRED_SETFSUID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, bounding_set) {
	/* clang-format on */
	.change = CRED_BOUNDING_SET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, securebits) {
	/* clang-format on */
	.change = CRED_SECUREBITS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(cred, setns) {
	/* clang-format on */
	.change = CRED_SETNS,
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

/* With all capabilities, but none for the program to come. */
FIXTURE_SETUP(cred)
{
	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
}

FIXTURE_TEARDOWN(cred)
{
}

static long sys_keyctl(const int cmd)
{
	return syscall(__NR_keyctl, cmd, NULL, 0, 0, 0);
}

/* A child's user namespace. */
static void enter_userns(struct __test_metadata *const _metadata)
{
	int ready[2], ns_fd;
	char path[32], byte;
	pid_t child;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		ASSERT_EQ(1, write(ready[1], ".", 1));
		while (true)
			pause();
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
	ns_fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, ns_fd);
	ASSERT_EQ(0, setns(ns_fd, CLONE_NEWUSER));
	ASSERT_EQ(0, close(ns_fd));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
}

static void change_cred(struct __test_metadata *const _metadata,
			const enum cred_change change)
{
	const gid_t groups[] = { EXECTIME_GID };
	pid_t child;

	switch (change) {
	case CRED_SETUID:
		ASSERT_EQ(0,
			  setresuid(EXECTIME_UID, EXECTIME_UID, EXECTIME_UID));
		break;
	case CRED_SETGID:
		ASSERT_EQ(0,
			  setresgid(EXECTIME_GID, EXECTIME_GID, EXECTIME_GID));
		break;
	case CRED_SETGROUPS:
		ASSERT_EQ(0, setgroups(ARRAY_SIZE(groups), groups));
		break;
	case CRED_SETFSUID:
		/* Cannot tell a failure, but for the second call. */
		syscall(__NR_setfsuid, EXECTIME_UID);
		ASSERT_EQ(EXECTIME_UID, syscall(__NR_setfsuid, EXECTIME_UID));
		break;
	case CRED_BOUNDING_SET:
		ASSERT_EQ(0, prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO, 0, 0, 0));
		break;
	case CRED_SECUREBITS:
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS,
				   SECBIT_NOROOT | SECBIT_NOROOT_LOCKED));
		break;
	case CRED_SETNS:
		enter_userns(_metadata);
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

/* The keyring of a child, but not the child's own stage. */
TEST_F(life, not_taken_from_a_child)
{
	struct exec_report report;
	struct exec_run run;

	if (access("/proc/keys", F_OK))
		SKIP(return, "The kernel is built without CONFIG_KEYS");

	if (exectime_fork(_metadata, &run)) {
		pid_t child;

		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		child = fork();
		if (child == 0) {
			EXPECT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
			EXPECT_EQ(0, exectime_restrict(DENY_A,
						       RESTRICT_EXECTIME |
							       RESTRICT_NNP));
			EXPECT_EQ(0, sys_keyctl(KEYCTL_SESSION_TO_PARENT));
			_exit(0);
		}
		wait_child(_metadata, child);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, report.denied);
	EXPECT_EQ(0, report.layers);
	EXPECT_EQ(0, report.nnp);
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

/* Opens @path with the credentials @personality.  Returns 0 or -errno. */
static int open_with_personality(const int ring_fd,
				 const struct io_uring_params *const params,
				 const int personality, const char *const path)
{
	const size_t sqes_size = params->sq_entries *
				 sizeof(struct io_uring_sqe);
	struct io_uring_sqe *sqes;
	const struct io_uring_cqe *cqe;
	__u32 *tail, *array;
	const __u32 *head;
	size_t size;
	char *ring;
	int err;

	size = params->sq_off.array + params->sq_entries * sizeof(*array);
	if (size < params->cq_off.cqes + params->cq_entries * sizeof(*cqe))
		size = params->cq_off.cqes + params->cq_entries * sizeof(*cqe);
	ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd,
		    IORING_OFF_SQ_RING);
	sqes = mmap(NULL, sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring_fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqes == MAP_FAILED)
		return -ENOMEM;

	/* One request at a time, in a ring which is empty. */
	tail = (__u32 *)(ring + params->sq_off.tail);
	array = (__u32 *)(ring + params->sq_off.array);
	head = (const __u32 *)(ring + params->cq_off.head);
	memset(&sqes[0], 0, sizeof(sqes[0]));
	sqes[0].opcode = IORING_OP_OPENAT;
	sqes[0].fd = AT_FDCWD;
	sqes[0].addr = (unsigned long)path;
	sqes[0].open_flags = O_RDONLY | O_CLOEXEC;
	sqes[0].personality = personality;
	array[*tail & (params->sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);

	if (syscall(__NR_io_uring_enter, ring_fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return -errno;

	cqe = (const struct io_uring_cqe *)(ring + params->cq_off.cqes) +
	      (*head & (params->cq_entries - 1));
	err = cqe->res;
	__atomic_store_n((__u32 *)head, *head + 1, __ATOMIC_RELEASE);
	munmap(sqes, sqes_size);
	munmap(ring, size);
	if (err < 0)
		return err;

	close(err);
	return 0;
}

/*
 * Credentials lent to a ring keep the stage that they had.  It is enforced on
 * no task that uses them, and not on the next program.
 */
TEST_F(life, kept_by_a_personality)
{
	struct io_uring_params params = {};
	struct exec_report report;
	struct exec_run run;
	int ring_fd;

	if (access("/proc/sys/kernel/io_uring_disabled", F_OK))
		SKIP(return, "The kernel is built without CONFIG_IO_URING");

	ring_fd = syscall(__NR_io_uring_setup, 4, &params);
	ASSERT_LE(0, ring_fd);
	if (exectime_fork(_metadata, &run)) {
		int staged, free;

		free = syscall(__NR_io_uring_register, ring_fd,
			       IORING_REGISTER_PERSONALITY, NULL, 0);
		ASSERT_LT(0, free);
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		staged = syscall(__NR_io_uring_register, ring_fd,
				 IORING_REGISTER_PERSONALITY, NULL, 0);
		ASSERT_LT(0, staged);
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));

		EXPECT_EQ(0, open_with_personality(ring_fd, &params, free,
						   "/mnt"));
		EXPECT_EQ(0, open_with_personality(ring_fd, &params, staged,
						   "/mnt"));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/* An exec that waits for an argument, and events in the meantime. */
FIXTURE(blocked)
{
};

enum meanwhile {
	BLOCKED_NOTHING,
	BLOCKED_KILLED,
	BLOCKED_THREAD_EXECS,
	BLOCKED_THREAD_EXITS,
};

FIXTURE_VARIANT(blocked)
{
	enum meanwhile meanwhile;
	/* Denials of the program that runs in the end, if any. */
	int num;
	__u64 denied;
	int nnp;
	/* Signal that ends it all, or 0. */
	int signal;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(blocked, nothing) {
	/* clang-format on */
	.meanwhile = BLOCKED_NOTHING,
	.num = 1,
	.denied = DENY_A,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(blocked, killed) {
	/* clang-format on */
	.meanwhile = BLOCKED_KILLED,
	.signal = SIGKILL,
};

/* The first to be past the point of no return is the only one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(blocked, thread_execs) {
	/* clang-format on */
	.meanwhile = BLOCKED_THREAD_EXECS,
	.num = 1,
	.denied = DENY_B,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(blocked, thread_exits) {
	/* clang-format on */
	.meanwhile = BLOCKED_THREAD_EXITS,
};

FIXTURE_SETUP(blocked)
{
	exectime_prepare_dir(_metadata);
	if (!exectime_can_block())
		SKIP(return, "The kernel has no userfaultfd(2)");
}

FIXTURE_TEARDOWN(blocked)
{
}

struct blocked_thread {
	struct exec_block block;
	int err;
};

static void *blocked_thread(void *const data)
{
	struct blocked_thread *const this = data;
	char *const argv[] = { "exectime", this->block.page, NULL };

	this->err = exectime_restrict(DENY_A, RESTRICT_EXECTIME | RESTRICT_NNP);
	if (!this->err)
		execv("/proc/self/exe", argv);
	_exit(1);
}

TEST_F(blocked, stage)
{
	struct exec_report report = {};
	struct exec_run run;
	int status;

	if (exectime_fork(_metadata, &run)) {
		struct blocked_thread other = {};
		pthread_t thread;

		setenv(EXECTIME_PLAN, "q", 1);
		ASSERT_EQ(0, exectime_block_init(&other.block));
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		ASSERT_EQ(0, pthread_create(&thread, NULL, blocked_thread,
					    &other));
		ASSERT_EQ(0, exectime_block_wait(&other.block));
		switch (variant->meanwhile) {
		case BLOCKED_NOTHING:
			ASSERT_EQ(0, exectime_block_end(&other.block));
			break;
		case BLOCKED_KILLED:
			kill(getpid(), SIGKILL);
			break;
		case BLOCKED_THREAD_EXECS:
			execv("/proc/self/exe", self_argv);
			break;
		case BLOCKED_THREAD_EXITS:
			_exit(0);
		}
		pthread_join(thread, NULL);
		_exit(1);
	}

	EXPECT_EQ(variant->num, exectime_wait_status(_metadata, &run, &report,
						     1, &status));
	EXPECT_EQ(variant->signal,
		  WIFSIGNALED(status) ? WTERMSIG(status) : status);
	EXPECT_EQ(variant->denied, report.denied);
	EXPECT_EQ(variant->nnp, report.nnp);
}

/**
 * struct sibling - A thread that was there before its leader did anything
 *
 * @barrier: Passed by both threads before and after the call of the leader.
 * @stage: Right that the sibling's first stage denies, or 0.
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
	/* Right that the stage of each thread denies. */
	__u64 leader_stage;
	__u32 leader_flags;
	__u64 sibling_stage;
	/* Right that the leader then denies itself, and the flags. */
	__u64 restricts;
	__u32 flags;
	/* The thread that executes. */
	bool sibling_execs;
	/* Denials of the program. */
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
