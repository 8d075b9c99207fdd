// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Staging, and calls of a task with a stage, while each memory
 * allocation fails in turn
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"
#include "exectime_trace.h"
#include "fault_injection.h"

#define SUBDOMAINS_OFF LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF

/* Many more than there are allocations. */
#define MAX_SITES 400

/* Execs without any failure that tell that there is none left. */
#define NUM_QUIET 30

/* Call in which an allocation fails. */
enum operation {
	/* Calls that restrict or stage, with the flags of the variant. */
	DO_RESTRICT,
	DO_RESTRICT_ALL_THREADS,
	/* Calls that only have to copy the stage. */
	DO_MUTE,
	DO_FORK,
	DO_CHANGE_CREDS,
};

/**
 * struct outcome - Result of the child's call with a failing allocation
 *
 * @injected: Whether there were enough allocations for one to fail.
 * @err: Error of the call, or 0.
 */
struct outcome {
	bool injected;
	int err;
};

/* Returns false if this kernel makes no allocation fail. */
static bool prepare(struct __test_metadata *const _metadata,
		    struct outcome **const outcome, bool *const traced)
{
	if (!fault_prepare())
		return false;

	exectime_prepare_dir(_metadata);
	*outcome = mmap(NULL, sizeof(**outcome), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, *outcome);
	*traced = exectime_setup_trace(_metadata);
	return true;
}

static void clean_up(struct __test_metadata *const _metadata,
		     struct outcome *const outcome, const bool traced)
{
	if (traced)
		enable_events(_metadata, false);
	if (outcome)
		EXPECT_EQ(0, munmap(outcome, sizeof(*outcome)));
	fault_restore();
}

FIXTURE(fault)
{
	struct outcome *outcome;
	bool traced;
};

FIXTURE_VARIANT(fault)
{
	const enum operation operation;
	/* Restrictions that are there before: enforced, and staged. */
	const __u64 enforced;
	const int enforced_rules;
	const __u64 staged;
	/* How the ruleset under test is used, and with how many rules. */
	const __u32 flags;
	const int num_rules;
	/* Of the allocations, how many there are at least. */
	const int num_failed;
};

/*
 * The snapshot, the stage, the domain and its hierarchy, for calls that stage.
 */
#define NUM_STAGE 5

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage) {
	/* clang-format on */
	.flags = RESTRICT_EXECTIME,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage_rules) {
	/* clang-format on */
	.flags = RESTRICT_EXECTIME,
	.num_rules = 5,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, replace) {
	/* clang-format on */
	.staged = DENY_B,
	.flags = RESTRICT_EXECTIME,
	.num_rules = 2,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.flags = RESTRICT_EXECTIME,
	.num_rules = 2,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, replace_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.staged = DENY_B,
	.flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, enforce_below_stage) {
	/* clang-format on */
	.staged = DENY_B,
	.flags = 0,
	.num_rules = 2,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, enforce_below_stage_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.staged = DENY_B,
	.flags = 0,
	.num_failed = NUM_STAGE,
};

/* Both with rules: the first time that they meet. */

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, stage_rules_on_domain_with_rules) {
	/* clang-format on */
	.enforced = DENY_C,
	.enforced_rules = 3,
	.flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.num_rules = 3,
	.num_failed = NUM_STAGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, enforce_all_threads_below_stage) {
	/* clang-format on */
	.operation = DO_RESTRICT_ALL_THREADS,
	.enforced = DENY_C,
	.staged = DENY_B,
	.flags = RESTRICT_TSYNC,
	.num_rules = 2,
	.num_failed = NUM_STAGE,
};

/* None of these calls may depend on an allocation for the stage. */

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, mute) {
	/* clang-format on */
	.operation = DO_MUTE,
	.staged = DENY_B,
	.num_failed = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, fork) {
	/* clang-format on */
	.operation = DO_FORK,
	.enforced = DENY_C,
	.staged = DENY_B,
	.num_failed = 5,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault, change_creds) {
	/* clang-format on */
	.operation = DO_CHANGE_CREDS,
	.enforced = DENY_C,
	.staged = DENY_B,
	.num_failed = 1,
};

FIXTURE_SETUP(fault)
{
	if (!prepare(_metadata, &self->outcome, &self->traced))
		SKIP(return, "the kernel cannot inject slab failures");
}

FIXTURE_TEARDOWN(fault)
{
	clean_up(_metadata, self->outcome, self->traced);
}

/* A ruleset that denies @denied, with rules that allow it nowhere useful. */
static int create_ruleset(struct __test_metadata *const _metadata,
			  const __u64 denied, const int num_rules)
{
	const int ruleset_fd = exectime_ruleset(denied);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = denied,
	};
	char path[32];

	ASSERT_LE(0, ruleset_fd);
	for (int i = 0; i < num_rules; i++) {
		snprintf(path, sizeof(path), "/tmp/fault-%d-%d", getpid(), i);
		ASSERT_EQ(0, mkdir(path, 0700));
		rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, rule.parent_fd);
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_PATH_BENEATH,
					       &rule, 0));
		ASSERT_EQ(0, close(rule.parent_fd));
		ASSERT_EQ(0, rmdir(path));
	}
	return ruleset_fd;
}

static void restrict_before(struct __test_metadata *const _metadata,
			    const __u64 denied, const int num_rules,
			    const __u32 flags)
{
	int ruleset_fd;

	if (!denied)
		return;

	ruleset_fd = create_ruleset(_metadata, denied, num_rules);
	ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, flags));
	ASSERT_EQ(0, close(ruleset_fd));
}

/* Returns 0 or -errno. */
static int operate(const enum operation operation, const int ruleset_fd,
		   const __u32 flags)
{
	pid_t child;

	switch (operation) {
	case DO_RESTRICT:
	case DO_RESTRICT_ALL_THREADS:
		return landlock_restrict_self(ruleset_fd, flags) ? -errno : 0;
	case DO_MUTE:
		return landlock_restrict_self(-1, SUBDOMAINS_OFF) ? -errno : 0;
	case DO_FORK:
		/* Nothing of the C library, that may allocate as well. */
		child = syscall(__NR_clone, SIGCHLD, 0, 0, 0, 0);
		if (child == 0)
			_exit(0);
		if (child < 0)
			return -errno;
		waitpid(child, NULL, 0);
		return 0;
	case DO_CHANGE_CREDS:
		if (syscall(__NR_setresgid, EXECTIME_GID, -1, -1))
			return -errno;
		return 0;
	}
	return -EINVAL;
}

TEST_F(fault, each_allocation)
{
	const __u64 before = variant->enforced | variant->staged;
	/* A new stage takes the place of the old one. */
	const __u64 kept = (variant->flags & RESTRICT_EXECTIME) ?
				   variant->enforced :
				   before;
	const __u64 added = variant->operation == DO_RESTRICT ||
			    variant->operation == DO_RESTRICT_ALL_THREADS ?
				    DENY_A :
				    0;
	int num_failed = 0;
	bool last = false;

	for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
		struct exec_report report = {};
		struct exec_run run;
		struct trace trace;

		if (self->traced)
			EXPECT_EQ(0, tracefs_clear());
		if (exectime_fork(_metadata, &run)) {
			const int fd = open("/proc/thread-self/fail-nth",
					    O_RDWR | O_CLOEXEC);
			const int ruleset_fd = create_ruleset(
				_metadata, DENY_A, variant->num_rules);
			pthread_t thread;
			int err;

			ASSERT_LE(0, fd);
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			restrict_before(_metadata, variant->enforced,
					variant->enforced_rules, 0);
			restrict_before(_metadata, variant->staged, 0,
					RESTRICT_EXECTIME);
			if (variant->operation == DO_RESTRICT_ALL_THREADS)
				ASSERT_EQ(0, pthread_create(&thread, NULL,
							    exectime_idle,
							    NULL));

			fault_set(_metadata, fd, nth);
			err = -operate(variant->operation, ruleset_fd,
				       variant->flags);
			self->outcome->err = err;
			self->outcome->injected =
				fault_left(_metadata, fd) == 0;
			fault_set(_metadata, fd, 0);

			/* A failed call must not enforce anything now. */
			if (err)
				ASSERT_EQ(variant->enforced, exectime_probe());
			exectime_exec("q");
			_exit(1);
		}

		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		if (!self->outcome->injected)
			last = true;

		/* The kernel's own debugging can do without some memory. */
		if (self->outcome->err) {
			/* This is how fork(2) says it of some objects. */
			if (variant->operation != DO_FORK ||
			    self->outcome->err != EAGAIN)
				EXPECT_EQ(ENOMEM, self->outcome->err);
			EXPECT_FALSE(last);
			num_failed++;
		}
		EXPECT_EQ(self->outcome->err ? before : kept | added,
			  report.denied)
		{
			TH_LOG("allocation %d", nth);
		}

		/* Each domain that was made is freed, enforced or not. */
		if (self->traced)
			read_balanced_events(_metadata, &trace);
	}

	EXPECT_LE(variant->num_failed, num_failed);
	EXPECT_TRUE(last);
	TH_LOG("%d allocations failed in turn", num_failed);
}

FIXTURE(fault_exec)
{
	struct outcome *outcome;
	bool traced;
};

FIXTURE_VARIANT(fault_exec)
{
	const __u64 enforced;
	const __u64 staged;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault_exec, nothing) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault_exec, stage) {
	/* clang-format on */
	.staged = DENY_B,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(fault_exec, stage_on_domain) {
	/* clang-format on */
	.enforced = DENY_C,
	.staged = DENY_B,
};

FIXTURE_SETUP(fault_exec)
{
	if (!prepare(_metadata, &self->outcome, &self->traced))
		SKIP(return, "the kernel cannot inject slab failures");
}

FIXTURE_TEARDOWN(fault_exec)
{
	clean_up(_metadata, self->outcome, self->traced);
}

/*
 * A failed exec leaves the stage to the next exec, or kills the process.  A
 * successful exec enforces the stage.
 */
TEST_F(fault_exec, each_allocation)
{
	int num_failed = 0, num_killed = 0, quiet = 0;

	for (int nth = 1; nth <= MAX_SITES && quiet < NUM_QUIET; nth++) {
		struct exec_report report = {};
		struct exec_run run;
		struct trace trace;
		int num, status;

		self->outcome->err = 0;
		if (self->traced)
			EXPECT_EQ(0, tracefs_clear());
		if (exectime_fork(_metadata, &run)) {
			const int fd = open("/proc/thread-self/fail-nth",
					    O_RDWR | O_CLOEXEC);

			ASSERT_LE(0, fd);
			restrict_before(_metadata, variant->enforced, 0, 0);
			restrict_before(_metadata, variant->staged, 0,
					RESTRICT_EXECTIME | RESTRICT_NNP);

			fault_set(_metadata, fd, nth);
			exectime_exec("nq");
			self->outcome->err = errno;
			fault_set(_metadata, fd, 0);

			ASSERT_EQ(variant->enforced, exectime_probe());
			ASSERT_EQ(0, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
			exectime_exec("q");
			_exit(1);
		}
		num = exectime_wait_status(_metadata, &run, &report, 1,
					   &status);
		if (self->traced)
			read_balanced_events(_metadata, &trace);

		if (WIFSIGNALED(status)) {
			/* Past the point of no return. */
			EXPECT_EQ(0, num);
			EXPECT_EQ(SIGSEGV, WTERMSIG(status));
			num_killed++;
			quiet = 0;
			continue;
		}

		quiet = self->outcome->err ? 0 : quiet + 1;
		num_failed += !!self->outcome->err;
		if (!num) {
			/* The exec succeeded, the program's start not. */
			EXPECT_EQ(0, self->outcome->err);
			continue;
		}
		EXPECT_EQ(0, status);
		EXPECT_EQ(variant->enforced | variant->staged, report.denied)
		{
			TH_LOG("allocation %d", nth);
		}
		EXPECT_EQ(!!variant->staged, report.nnp);
	}

	EXPECT_LT(4, num_failed);
	EXPECT_EQ(NUM_QUIET, quiet);
	TH_LOG("%d execs failed, %d past the point of no return",
	       num_failed + num_killed, num_killed);
}

TEST_HARNESS_MAIN
