// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Trace events of domains staged with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "audit.h"
#include "common.h"
#include "exectime.h"
#include "exectime_block.h"
#include "exectime_elf.h"
#include "exectime_trace.h"

#define SAME_EXEC_OFF LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF

enum finish {
	FINISH_EXEC,
	FINISH_EXEC_TWICE,
	FINISH_EXIT,
	FINISH_FAIL,
	FINISH_FAIL_THEN_EXEC,
	FINISH_CHECK,
	FINISH_FORK,
	FINISH_SPAWN,
	FINISH_THREAD,
	FINISH_SCRIPT,
	FINISH_FATAL,
	FINISH_KILLED,
};

FIXTURE(events)
{
	bool available;
};

FIXTURE_VARIANT(events)
{
	/* Flags of calls in a row, of which 0 is for the end. */
	__u32 calls[4];
	/* Whether there is another thread from the beginning. */
	bool threads;
	enum finish finish;
	const char *events;
};

/*
 * Stands for no flag at all in the calls of a variant: the flag has no effect
 * on a call that is not followed by a denial.
 */
#define NOW SAME_EXEC_OFF

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_exec) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.events = "c1<0 e1!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_nnp_then_exec) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP },
	.events = "c1<0 e1!n",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_exec_twice) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_EXEC_TWICE,
	.events = "c1<0 e1!",
};

/* Never enforced, but created and freed. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_exit) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_EXIT,
	.events = "c1<0",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_fail) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP },
	.finish = FINISH_FAIL,
	.events = "c1<0",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_fail_then_exec) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_FAIL_THEN_EXEC,
	.events = "c1<0 e1!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_check) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_CHECK,
	.events = "c1<0",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, replaced) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, RESTRICT_EXECTIME, RESTRICT_EXECTIME },
	.events = "c1<0 c2<0 c3<0 e3!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, domain_then_stage) {
	/* clang-format on */
	.calls = { NOW, RESTRICT_EXECTIME },
	.events = "c1<0 e1! c2<1 e2!",
};

/* The stage is made again for the domain which is now there. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_domain) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, NOW },
	.events = "c1<0 c2<0 c3<2 e2! e3!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, stage_then_domains) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, NOW, NOW | RESTRICT_NNP },
	.events = "c1<0 c2<0 c3<2 e2! c4<2 c5<4 e4!n e5!n",
};

/* Two programs, one domain. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, fork) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_FORK,
	.events = "c1<0 e1! e1!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, spawn) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP },
	.finish = FINISH_SPAWN,
	.events = "c1<0 e1!n e1!n",
};

/* When the domain is enforced, there is only one thread left. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, thread) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_THREAD,
	.events = "c1<0 e1!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, threads) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP },
	.threads = true,
	.events = "c1<0 e1!n",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, threads_stage_then_domain) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, NOW },
	.threads = true,
	.events = "c1<0 c2<0 c3<2 e2!w e3!",
};

/* The stage is made once, for all threads. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, threads_stage_then_tsync) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, NOW | RESTRICT_TSYNC },
	.threads = true,
	.events = "c1<0 c2<0 c3<2 e2 e2! e3!",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, threads_stage_then_tsync_with_nnp) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME, RESTRICT_TSYNC | RESTRICT_NNP },
	.threads = true,
	.events = "c1<0 c2<0 c3<2 e2n e2!n e3!n",
};

/* An interpreter is not another exec. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, script) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME },
	.finish = FINISH_SCRIPT,
	.events = "c1<0 e1!",
};

/* Enforced on a task that cannot go on, neither with the old program. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, past_the_point_of_no_return) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP },
	.finish = FINISH_FATAL,
	.events = "c1<0 e1!n",
};

/* A fatal signal in the middle of the exec. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, killed) {
	/* clang-format on */
	.calls = { RESTRICT_EXECTIME | RESTRICT_NNP, RESTRICT_EXECTIME },
	.finish = FINISH_KILLED,
	.events = "c1<0 c2<0",
};

FIXTURE_SETUP(events)
{
	exectime_prepare_dir(_metadata);
	if (variant->finish == FINISH_SCRIPT) {
		exectime_copy_self(_metadata, "self", 0755);
		exectime_write_file(_metadata, "script", "#!/mnt/script1\n",
				    0755);
		exectime_write_file(_metadata, "script1", "#!/mnt/self\n",
				    0755);
	}
	if (variant->finish == FINISH_FATAL &&
	    !exectime_make_broken(_metadata, "broken"))
		SKIP(return, "Only knows about 64-bit programs");

	if (variant->finish == FINISH_KILLED && !exectime_can_block())
		SKIP(return, "The kernel has no userfaultfd(2)");

	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(events)
{
	if (self->available)
		enable_events(_metadata, false);
}

static void *thread_exec(void *const data)
{
	exectime_exec("q");
	return NULL;
}

static int exec_blocked(void *const data)
{
	const struct exec_block *const block = data;
	char *const argv[] = { "exectime", block->page, NULL };

	execv("/proc/self/exe", argv);
	_exit(1);
}

/* Another task sees when the first one cannot go on, and kills it. */
static void kill_blocked(struct __test_metadata *const _metadata)
{
	static char stack[65536];
	struct exec_block block;
	int status;
	pid_t child;

	ASSERT_EQ(0, exectime_block_init(&block));
	child = clone(exec_blocked, stack + sizeof(stack), CLONE_VM | SIGCHLD,
		      &block);
	ASSERT_LT(0, child);
	ASSERT_EQ(0, exectime_block_wait(&block));
	EXPECT_EQ(0, kill(child, SIGKILL));
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

static void finish_scenario(struct __test_metadata *const _metadata,
			    const enum finish finish)
{
	char *const argv[] = { "exectime", NULL };
	pthread_t thread;
	pid_t child;

	switch (finish) {
	case FINISH_EXEC:
		exectime_exec("q");
		break;
	case FINISH_EXEC_TWICE:
		exectime_exec("qxq");
		break;
	case FINISH_EXIT:
		_exit(0);
	case FINISH_FAIL:
	case FINISH_FAIL_THEN_EXEC:
		EXPECT_EQ(-1, execv("/proc/self/status", argv));
		EXPECT_EQ(EACCES, errno);
		if (finish == FINISH_FAIL_THEN_EXEC)
			exectime_exec("q");
		_exit(0);
	case FINISH_CHECK:
		EXPECT_EQ(0, syscall(__NR_execveat, AT_FDCWD, "/proc/self/exe",
				     argv, NULL, 0x10000 /* AT_EXECVE_CHECK */));
		_exit(0);
	case FINISH_FORK:
		child = fork();
		if (child)
			EXPECT_EQ(child, waitpid(child, NULL, 0));
		exectime_exec("q");
		break;
	case FINISH_SPAWN:
		setenv(EXECTIME_PLAN, "q", 1);
		EXPECT_EQ(0, posix_spawn(&child, "/proc/self/exe", NULL, NULL,
					 argv, environ));
		EXPECT_EQ(child, waitpid(child, NULL, 0));
		exectime_exec("q");
		break;
	case FINISH_THREAD:
		EXPECT_EQ(0, pthread_create(&thread, NULL, thread_exec, NULL));
		pthread_join(thread, NULL);
		break;
	case FINISH_SCRIPT:
		setenv(EXECTIME_PLAN, "q", 1);
		execv("script", argv);
		break;
	case FINISH_FATAL:
		execv("broken", argv);
		break;
	case FINISH_KILLED:
		kill_blocked(_metadata);
		_exit(0);
	}
	_exit(1);
}

TEST_F(events, in_order)
{
	struct exec_report report;
	struct exec_run run;
	struct trace trace;
	char text[512];
	int status;

	if (exectime_fork(_metadata, &run)) {
		pthread_t thread;

		if (variant->threads)
			ASSERT_EQ(0, pthread_create(&thread, NULL,
						    exectime_idle, NULL));
		for (int i = 0; variant->calls[i]; i++)
			ASSERT_EQ(0, exectime_restrict(DENY_B,
						       variant->calls[i]));
		finish_scenario(_metadata, variant->finish);
	}
	exectime_wait_status(_metadata, &run, &report, 1, &status);
	EXPECT_EQ(variant->finish == FINISH_FATAL ? SIGSEGV : 0,
		  WIFSIGNALED(status) ? WTERMSIG(status) : status);

	read_balanced_events(_metadata, &trace);
	tell_events(&trace, text, sizeof(text));
	EXPECT_STREQ(variant->events, text);
}

/* A call that can neither enforce nor stage leaves nothing behind. */
FIXTURE(refused)
{
	bool available;
};

FIXTURE_VARIANT(refused)
{
	/* Number of layers that are there before, and whether there is a stage. */
	int existing;
	bool staged;
	/* The call that fails, and the domains that it makes in vain. */
	__u32 flags;
	int error;
	int num;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, stage_too_many) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS,
	.flags = RESTRICT_EXECTIME,
	.error = -E2BIG,
};

/* The new domain is fine, but nothing more would fit on top of it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, domain_below_stage_too_many) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staged = true,
	.error = -E2BIG,
	.num = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, tsync_below_stage_too_many) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staged = true,
	.flags = RESTRICT_TSYNC | RESTRICT_NNP,
	.error = -E2BIG,
	.num = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, stage_with_tsync) {
	/* clang-format on */
	.staged = true,
	.flags = RESTRICT_EXECTIME | RESTRICT_TSYNC,
	.error = -EINVAL,
};

FIXTURE_SETUP(refused)
{
	exectime_prepare_dir(_metadata);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(refused)
{
	if (self->available)
		enable_events(_metadata, false);
}

TEST_F(refused, balanced)
{
	struct exec_report report = {};
	struct exec_run run;
	struct trace trace;
	int num = 0;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < variant->existing; i++)
			ASSERT_EQ(0, exectime_restrict(DENY_NOTHING, 0));
		if (variant->staged)
			ASSERT_EQ(0, exectime_restrict(DENY_A,
						       RESTRICT_EXECTIME));
		ASSERT_EQ(0, tracefs_clear());
		EXPECT_EQ(variant->error,
			  exectime_restrict(DENY_B, variant->flags));
		read_events(_metadata, &trace);
		for (int i = 0; i < trace.num; i++) {
			/* Not the previous domains, which stay as they are. */
			EXPECT_NE(EVENT_ENFORCE, trace.events[i].type);
			num += trace.events[i].type == EVENT_CREATE;
		}
		EXPECT_EQ(variant->num, num);
		if (exectime_exec("q"))
			_exit(1);
	}

	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->staged ? DENY_A : 0, report.denied);
	EXPECT_EQ(0, report.nnp);
	read_balanced_events(_metadata, &trace);
}

/*
 * An object that refers to the credentials of a task with a stage refers to the
 * stage too, as long as the object exists, with any later actions of the task.
 */
enum keeper {
	KEEPER_FILE,
	KEEPER_SOCKET,
	KEEPER_MOUNT,
	KEEPER_PERSONALITY,
};

FIXTURE(kept)
{
	bool available;
};

FIXTURE_VARIANT(kept)
{
	enum keeper keeper;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kept, file) {
	/* clang-format on */
	.keeper = KEEPER_FILE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kept, socket) {
	/* clang-format on */
	.keeper = KEEPER_SOCKET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kept, mount) {
	/* clang-format on */
	.keeper = KEEPER_MOUNT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kept, personality) {
	/* clang-format on */
	.keeper = KEEPER_PERSONALITY,
};

FIXTURE_SETUP(kept)
{
	exectime_prepare_dir(_metadata);
	if (variant->keeper == KEEPER_PERSONALITY &&
	    access("/proc/sys/kernel/io_uring_disabled", F_OK))
		SKIP(return, "The kernel is built without CONFIG_IO_URING");

	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(kept)
{
	if (self->available)
		enable_events(_metadata, false);
}

/* Returns a file descriptor that holds the current credentials. */
static int keep(struct __test_metadata *const _metadata,
		const enum keeper keeper)
{
	struct io_uring_params params = {};
	int fds[2] = { -1, -1 };

	switch (keeper) {
	case KEEPER_FILE:
		fds[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		break;
	case KEEPER_SOCKET:
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
		ASSERT_EQ(0, close(fds[1]));
		break;
	case KEEPER_MOUNT:
		fds[0] = syscall(__NR_fsopen, "tmpfs", 0);
		break;
	case KEEPER_PERSONALITY:
		fds[0] = syscall(__NR_io_uring_setup, 1, &params);
		ASSERT_LT(0, syscall(__NR_io_uring_register, fds[0],
				     IORING_REGISTER_PERSONALITY, NULL, 0));
		break;
	}
	ASSERT_LE(0, fds[0]);
	return fds[0];
}

/*
 * Whether the domain of this rank in the trace is freed, now or soon.  Fills
 * @trace.
 */
static bool is_freed(struct __test_metadata *const _metadata,
		     struct trace *const trace, const int rank,
		     const int retries)
{
	for (int i = 0; i < retries; i++) {
		read_events(_metadata, trace);
		for (int j = 0; j < trace->num; j++)
			if (trace->events[j].type == EVENT_FREE &&
			    domain_rank(trace, trace->events[j].domain) == rank)
				return true;

		usleep(100000);
	}
	return false;
}

TEST_F(kept, until_released)
{
	struct exec_report report = {};
	struct exec_run run;
	struct trace trace;
	char text[64];

	if (exectime_fork(_metadata, &run)) {
		int fd;

		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		fd = keep(_metadata, variant->keeper);
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		EXPECT_FALSE(is_freed(_metadata, &trace, 1, 5));
		EXPECT_EQ(0, close(fd));
		EXPECT_TRUE(is_freed(_metadata, &trace, 1, FREE_RETRIES));
		if (exectime_exec("q"))
			_exit(1);
	}

	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	read_balanced_events(_metadata, &trace);
	tell_events(&trace, text, sizeof(text));
	EXPECT_STREQ("c1<0 c2<0 e2!", text);
}

/*
 * The owner of a file comes with the domain of the task that chose it, if this
 * domain scopes signals.  Choosing another owner puts the domain, with a lock
 * held and interrupts off.
 */
FIXTURE(owner)
{
	struct audit_filter filter;
	int audit_fd;
	bool available;
};

FIXTURE_VARIANT(owner)
{
	__u32 flags;
	/* Whether the audit log knows about the domain, and is told its end. */
	bool logged;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(owner, not_logged) {
	/* clang-format on */
	.flags = SAME_EXEC_OFF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(owner, logged) {
	/* clang-format on */
	.logged = true,
};

FIXTURE_SETUP(owner)
{
	exectime_prepare_dir(_metadata);
	self->audit_fd = audit_init_with_exe_filter(&self->filter);
	if (self->audit_fd == -EPROTONOSUPPORT)
		SKIP(return, "The kernel is built without CONFIG_AUDIT");
	ASSERT_LE(0, self->audit_fd);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(owner)
{
	if (self->available)
		enable_events(_metadata, false);
	if (self->audit_fd >= 0)
		EXPECT_EQ(0, audit_cleanup(self->audit_fd, &self->filter));
}

/* Returns when the executed program, which reads @fd, is ready. */
static void exec_owner(struct __test_metadata *const _metadata,
		       struct exec_run *const run, const __u32 flags,
		       const int fd)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = DENY_A,
		.scoped = LANDLOCK_SCOPE_SIGNAL,
	};
	struct exec_report report = {};

	if (exectime_fork(_metadata, run)) {
		const int ruleset_fd =
			landlock_create_ruleset(&attr, sizeof(attr), 0);

		ASSERT_LE(0, ruleset_fd);
		ASSERT_EQ(0, dup2(fd, STDIN_FILENO));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME | flags));
		ASSERT_EQ(0, close(ruleset_fd));
		if (exectime_exec("qEO"))
			_exit(1);
	}
	EXPECT_EQ(1, exectime_wait(_metadata, run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
}

TEST_F(owner, until_set_again)
{
	struct audit_records records = {};
	const struct event *freed = NULL;
	struct exec_run run;
	struct trace trace;
	char text[64];
	int fds[2];

	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	exec_owner(_metadata, &run, variant->flags, fds[0]);
	EXPECT_EQ(0, audit_count_records(self->audit_fd, &records));
	EXPECT_EQ(variant->logged, records.domain);

	/* The program's stage goes last, with its credentials. */
	EXPECT_TRUE(is_freed(_metadata, &trace, 2, FREE_RETRIES));
	EXPECT_FALSE(is_freed(_metadata, &trace, 1, 5));
	EXPECT_EQ(0, fcntl(fds[0], F_SETOWN, getpid()));
	EXPECT_TRUE(is_freed(_metadata, &trace, 1, FREE_RETRIES));
	for (int i = 0; i < trace.num; i++)
		if (trace.events[i].type == EVENT_FREE)
			freed = &trace.events[i];
	ASSERT_NE(NULL, freed);
	EXPECT_EQ(1, freed->denials);
	/* Events come from a worker. */
	EXPECT_NE(getpid(), freed->pid);

	EXPECT_EQ(0, close(fds[0]));
	EXPECT_EQ(0, close(fds[1]));
	read_balanced_events(_metadata, &trace);
	tell_events(&trace, text, sizeof(text));
	EXPECT_STREQ("c1<0 e1! c2<1", text);
}

/* Without anybody to be told, the domain is freed on the spot. */
TEST_F(owner, until_set_again_unseen)
{
	struct exec_run run;
	int fds[2];

	enable_events(_metadata, false);
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	exec_owner(_metadata, &run, variant->flags, fds[0]);
	EXPECT_EQ(0, fcntl(fds[0], F_SETOWN, getpid()));
	EXPECT_EQ(getpid(), fcntl(fds[0], F_GETOWN));
	EXPECT_EQ(0, close(fds[0]));
	EXPECT_EQ(0, close(fds[1]));
}

TEST_HARNESS_MAIN
