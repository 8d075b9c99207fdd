// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Threads of a process that stage rulesets with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME, execute, and are killed
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"
#include "exectime_block.h"

static char *const self_argv[] = { "exectime", NULL };

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
