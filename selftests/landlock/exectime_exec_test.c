// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Ways to execute a program, and to fail to, with a ruleset staged
 *                  with LANDLOCK_RESTRICT_SELF_EXECTIME
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
		exectime_wait_child(_metadata, child);
		return;
	case EXEC_VFORK:
		child = vfork();
		if (child == 0) {
			execv("self", self_argv);
			_exit(1);
		}
		exectime_wait_child(_metadata, child);
		return;
	case EXEC_SPAWN:
		EXPECT_EQ(0, posix_spawn(&child, "self", NULL, NULL, self_argv,
					 environ));
		exectime_wait_child(_metadata, child);
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
		exectime_wait_child(_metadata, child);
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

#define METHOD(_method) { .method = (_method) }
#define CHILD_METHOD(_method) { .method = (_method), .child = true }

FIXTURE_VARIANT_ADD(method, plain) METHOD(EXEC_PLAIN);
FIXTURE_VARIANT_ADD(method, dirfd) METHOD(EXEC_DIRFD);
FIXTURE_VARIANT_ADD(method, fd) METHOD(EXEC_FD);
FIXTURE_VARIANT_ADD(method, after_check) METHOD(EXEC_AFTER_CHECK);
FIXTURE_VARIANT_ADD(method, script) METHOD(EXEC_SCRIPT);
FIXTURE_VARIANT_ADD(method, script_of_script) METHOD(EXEC_SCRIPT_OF_SCRIPT);
FIXTURE_VARIANT_ADD(method, script_fd) METHOD(EXEC_SCRIPT_FD);
FIXTURE_VARIANT_ADD(method, binfmt_misc) METHOD(EXEC_BINFMT_MISC);
FIXTURE_VARIANT_ADD(method, thread) METHOD(EXEC_THREAD);
FIXTURE_VARIANT_ADD(method, fork) CHILD_METHOD(EXEC_FORK);
FIXTURE_VARIANT_ADD(method, vfork) CHILD_METHOD(EXEC_VFORK);
FIXTURE_VARIANT_ADD(method, spawn) CHILD_METHOD(EXEC_SPAWN);
FIXTURE_VARIANT_ADD(method, clone_vm) CHILD_METHOD(EXEC_CLONE_VM);
FIXTURE_VARIANT_ADD(method, clone_vm_files_fs)
	CHILD_METHOD(EXEC_CLONE_VM_FILES_FS);
FIXTURE_VARIANT_ADD(method, clone_vfork) CHILD_METHOD(EXEC_CLONE_VFORK);
FIXTURE_VARIANT_ADD(method, clone_namespaces)
	CHILD_METHOD(EXEC_CLONE_NAMESPACES);
FIXTURE_VARIANT_ADD(method, clone_userns) CHILD_METHOD(EXEC_CLONE_USERNS);
FIXTURE_VARIANT_ADD(method, memfd) METHOD(EXEC_MEMFD);
FIXTURE_VARIANT_ADD(method, thread_fork) CHILD_METHOD(EXEC_THREAD_FORK);
FIXTURE_VARIANT_ADD(method, thread_vfork) CHILD_METHOD(EXEC_THREAD_VFORK);

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

#define FAILS(_failure, _error) { .failure = (_failure), .error = (_error) }

FIXTURE_VARIANT_ADD(failure, missing) FAILS(FAIL_MISSING, ENOENT);
FIXTURE_VARIANT_ADD(failure, mode) FAILS(FAIL_MODE, EACCES);
FIXTURE_VARIANT_ADD(failure, directory) FAILS(FAIL_DIRECTORY, EACCES);
FIXTURE_VARIANT_ADD(failure, format) FAILS(FAIL_FORMAT, ENOEXEC);
FIXTURE_VARIANT_ADD(failure, interpreter) FAILS(FAIL_INTERPRETER, ENOENT);
FIXTURE_VARIANT_ADD(failure, interpreter_format)
	FAILS(FAIL_INTERPRETER_FORMAT, ENOEXEC);
FIXTURE_VARIANT_ADD(failure, loop) FAILS(FAIL_LOOP, ELOOP);
FIXTURE_VARIANT_ADD(failure, argument) FAILS(FAIL_ARGUMENT, E2BIG);
FIXTURE_VARIANT_ADD(failure, address) FAILS(FAIL_ADDRESS, EFAULT);
FIXTURE_VARIANT_ADD(failure, noexec) FAILS(FAIL_NOEXEC, EACCES);
FIXTURE_VARIANT_ADD(failure, flags) FAILS(FAIL_FLAGS, EINVAL);
FIXTURE_VARIANT_ADD(failure, rlimit) FAILS(FAIL_RLIMIT, EAGAIN);

/* Arguments that do not fit in the stack, though each of them does. */

FIXTURE_VARIANT_ADD(failure, rlimit_stack) FAILS(FAIL_RLIMIT_STACK, E2BIG);
FIXTURE_VARIANT_ADD(failure, busy) FAILS(FAIL_BUSY, ETXTBSY);
FIXTURE_VARIANT_ADD(failure, name) FAILS(FAIL_NAME, ENAMETOOLONG);
FIXTURE_VARIANT_ADD(failure, not_directory) FAILS(FAIL_NOT_DIRECTORY, ENOTDIR);
FIXTURE_VARIANT_ADD(failure, symlink) FAILS(FAIL_SYMLINK, ELOOP);
FIXTURE_VARIANT_ADD(failure, empty) FAILS(FAIL_EMPTY, ENOEXEC);

/* The last failures before the point of no return. */

FIXTURE_VARIANT_ADD(failure, elf_truncated) FAILS(FAIL_ELF_TRUNCATED, ENOEXEC);
FIXTURE_VARIANT_ADD(failure, elf_interpreter)
	FAILS(FAIL_ELF_INTERPRETER, ENOENT);
FIXTURE_VARIANT_ADD(failure, elf_interpreter_format)
	FAILS(FAIL_ELF_INTERPRETER_FORMAT, ELIBBAD);

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

TEST_HARNESS_MAIN
