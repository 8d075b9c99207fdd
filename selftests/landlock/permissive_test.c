// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - landlock_restrict_self(2) with
 *                  LANDLOCK_RESTRICT_SELF_PERMISSIVE: errors, and the tasks and
 *                  programs that get the layer
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"
#include "permissive_case.h"

static const struct layer_rules deny_a = {
	.attr.handled_access_fs = DENY_A,
};

static const struct layer_rules deny_b = {
	.attr.handled_access_fs = DENY_B,
};

/* Errors are those of a call without the flag, in the same order. */
FIXTURE(error)
{
};

FIXTURE_VARIANT(error)
{
	/* Whether the task may restrict itself. */
	bool nnp;
	__u32 flags;
	/* Error with a ruleset, with -1, and with a file that is no ruleset. */
	int ruleset;
	int none;
	int other;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, permissive) {
	/* clang-format on */
	.nnp = true,
	.flags = PERMISSIVE,
	.none = EBADF,
	.other = EBADFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, exectime) {
	/* clang-format on */
	.nnp = true,
	.flags = PERMISSIVE | RESTRICT_EXECTIME,
	.none = EBADF,
	.other = EBADFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, tsync) {
	/* clang-format on */
	.nnp = true,
	.flags = PERMISSIVE | RESTRICT_TSYNC,
	.none = EBADF,
	.other = EBADFD,
};

/* Without ruleset, there is only something to mute, and nothing permissive. */

/* clang-format off */
FIXTURE_VARIANT_ADD(error, subdomains_off) {
	/* clang-format on */
	.nnp = true,
	.flags = PERMISSIVE | LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF,
	.none = EBADF,
	.other = EBADFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, exectime_tsync) {
	/* clang-format on */
	.nnp = true,
	.flags = PERMISSIVE | RESTRICT_EXECTIME | RESTRICT_TSYNC,
	.ruleset = EINVAL,
	.none = EINVAL,
	.other = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, unknown) {
	/* clang-format on */
	.nnp = true,	   .flags = PERMISSIVE | PERMISSIVE << 1,
	.ruleset = EINVAL, .none = EINVAL,
	.other = EINVAL,
};

/* It needs no more privileges, and no less. */

/* clang-format off */
FIXTURE_VARIANT_ADD(error, privilege) {
	/* clang-format on */
	.flags = PERMISSIVE,
	.ruleset = EPERM,
	.none = EPERM,
	.other = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, privilege_exectime_nnp) {
	/* clang-format on */
	.flags = PERMISSIVE | RESTRICT_EXECTIME | RESTRICT_NNP,
	.ruleset = EPERM,
	.none = EPERM,
	.other = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, privilege_nnp) {
	/* clang-format on */
	.flags = PERMISSIVE | RESTRICT_NNP,
	.none = EBADF,
	.other = EBADFD,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(error, unknown_privilege) {
	/* clang-format on */
	.flags = PERMISSIVE << 1,
	.ruleset = EINVAL,
	.none = EINVAL,
	.other = EINVAL,
};

FIXTURE_SETUP(error)
{
	drop_caps(_metadata);
	if (variant->nnp)
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

FIXTURE_TEARDOWN(error)
{
}

static int restrict_error(const int fd, const __u32 flags)
{
	return landlock_restrict_self(fd, flags) ? errno : 0;
}

TEST_F(error, returned)
{
	const int ruleset_fd = permissive_ruleset(&deny_a);
	const int other_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const bool nnp = variant->nnp ||
			 (!variant->ruleset && (variant->flags & RESTRICT_NNP));

	ASSERT_LE(0, ruleset_fd);
	ASSERT_LE(0, other_fd);
	EXPECT_EQ(variant->none, restrict_error(-1, variant->flags));
	EXPECT_EQ(variant->other, restrict_error(other_fd, variant->flags));
	EXPECT_EQ(variant->nnp, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	EXPECT_EQ(variant->ruleset, restrict_error(ruleset_fd, variant->flags));
	EXPECT_EQ(nnp, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	EXPECT_EQ(0, exectime_probe());
	EXPECT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, close(other_fd));
}

/* Permissive layers count. */
TEST(layers)
{
	struct layer_rules rules = deny_a;

	for (int i = 0; i < LANDLOCK_MAX_NUM_LAYERS; i++)
		EXPECT_EQ(0,
			  permissive_restrict(&rules, i % 2 ? 0 : PERMISSIVE));
	EXPECT_EQ(-E2BIG, permissive_restrict(&rules, PERMISSIVE));
	EXPECT_EQ(-E2BIG, permissive_restrict(&rules, 0));
	EXPECT_EQ(DENY_A, exectime_probe());
}

/* Tasks and programs. */
FIXTURE(task)
{
	struct observer observer;
};

FIXTURE_SETUP(task)
{
	exectime_prepare_dir(_metadata);
	observe(_metadata, &self->observer);
}

FIXTURE_TEARDOWN(task)
{
	observe_no_more(_metadata, &self->observer);
}

/* Reports of @num layers, each of which permits what the task probes. */
static void expect_permitted(struct __test_metadata *const _metadata,
			     struct observer *const observer, const pid_t pid,
			     const int num, const struct report *const want,
			     const int num_want)
{
	struct reports reports, wanted = {};

	for (int i = 0; i < num_want; i++)
		wanted.list[wanted.num++] = want[i];
	read_reports(observer, pid, &reports);
	EXPECT_EQ(num, reports.num_domains);
	EXPECT_TRUE(same_reports(&reports, &wanted))
	{
		log_reports(_metadata, "wanted", &wanted);
		log_reports(_metadata, "found", &reports);
	}
	EXPECT_TRUE(records_match(_metadata, observer, &reports));
}

/* Reports of the program that made the layer, and of the next one. */

#define REPORT(_layer, _permissive, _blockers)                               \
	{                                                                    \
		.layer = (_layer), .permissive = (_permissive),              \
		.same_exec = 1, .logged = 1, .blockers = _blockers           \
	}

#define NEXT_REPORT(_layer, _permissive, _blockers)                          \
	{                                                                    \
		.layer = (_layer), .permissive = (_permissive),              \
		.blockers = _blockers                                        \
	}

#define READ_DIR "fs.read_dir"
#define MAKE_DIR "fs.make_dir"

/* The next program has the layer, and so have the programs that it executes. */
TEST_F(task, exectime)
{
	const struct report want[] = {
		REPORT(0, 1, READ_DIR),
		NEXT_REPORT(0, 1, READ_DIR),
	};
	struct exec_report reports[2] = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, permissive_restrict(
				     &deny_a, PERMISSIVE | RESTRICT_EXECTIME));
		/* Not reported before the exec. */
		EXPECT_EQ(0, exectime_probe());
		if (exectime_exec("qxq"))
			_exit(1);
	}
	EXPECT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[1].denied);
	expect_permitted(_metadata, &self->observer, run.child, 1, want,
			 ARRAY_SIZE(want));
}

/* As many layers as there can be report, from the oldest to the youngest. */
TEST_F(task, all_layers)
{
	struct reports reports;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < LANDLOCK_MAX_NUM_LAYERS; i++)
			ASSERT_EQ(0, permissive_restrict(&deny_a, PERMISSIVE));
		EXPECT_EQ(0, exectime_probe());
		_exit(_metadata->exit_code);
	}
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));

	read_reports(&self->observer, run.child, &reports);
	ASSERT_EQ(LANDLOCK_MAX_NUM_LAYERS, reports.num);
	for (int i = 0; i < LANDLOCK_MAX_NUM_LAYERS; i++) {
		EXPECT_EQ(i, reports.list[i].layer);
		EXPECT_EQ(1, reports.list[i].permissive);
	}
	EXPECT_TRUE(records_match(_metadata, &self->observer, &reports));
}

/* A stage replaces another one, whatever their modes are. */
TEST_F(task, exectime_replaced)
{
	const struct report want[] = {
		REPORT(1, 0, MAKE_DIR),
		REPORT(3, 1, READ_DIR),
	};
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, permissive_restrict(
				     &deny_a, PERMISSIVE | RESTRICT_EXECTIME));
		ASSERT_EQ(0, permissive_restrict(&deny_b, RESTRICT_EXECTIME));
		if (exectime_exec("q"))
			_exit(1);
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	expect_permitted(_metadata, &self->observer, run.child, 2, want, 1);

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, permissive_restrict(&deny_a, RESTRICT_EXECTIME));
		ASSERT_EQ(0, permissive_restrict(&deny_b, RESTRICT_EXECTIME));
		ASSERT_EQ(0, permissive_restrict(
				     &deny_b, PERMISSIVE | RESTRICT_EXECTIME));
		ASSERT_EQ(0, permissive_restrict(
				     &deny_a, PERMISSIVE | RESTRICT_EXECTIME));
		if (exectime_exec("q"))
			_exit(1);
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, report.denied);
	expect_permitted(_metadata, &self->observer, run.child, 4, &want[1], 1);
}

/* The stage is made again, in its own mode, for a domain of the other mode. */
TEST_F(task, exectime_below)
{
	const struct report want[] = {
		NEXT_REPORT(1, 0, READ_DIR),
		REPORT(2, 1, MAKE_DIR),
	};
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, permissive_restrict(
				     &deny_b, PERMISSIVE | RESTRICT_EXECTIME));
		ASSERT_EQ(0, permissive_restrict(&deny_a, 0));
		if (exectime_exec("q"))
			_exit(1);
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
	expect_permitted(_metadata, &self->observer, run.child, 3, want,
			 ARRAY_SIZE(want));
}

/* Children have the layer, and may add layers of any mode. */
TEST_F(task, fork)
{
	const struct report want[] = {
		/* The first task, its child, and the child with its own layer. */
		REPORT(0, 1, READ_DIR),
		REPORT(0, 1, READ_DIR),
		REPORT(0, 1, READ_DIR),
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, permissive_restrict(&deny_a, PERMISSIVE));
		EXPECT_EQ(0, exectime_probe());
		if (!fork()) {
			EXPECT_EQ(0, exectime_probe());
			ASSERT_EQ(0, permissive_restrict(&deny_b, 0));
			EXPECT_EQ(DENY_B, exectime_probe());
			_exit(_metadata->exit_code);
		}
		ASSERT_LT(0, wait(NULL));
		_exit(_metadata->exit_code);
	}
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
	expect_permitted(_metadata, &self->observer, run.child, 1, want,
			 ARRAY_SIZE(want));
}

/* Threads: all of them or the calling one. */

static pthread_barrier_t barrier;

static void *probe_in_thread(void *const data)
{
	__u64 *const denied = data;

	pthread_barrier_wait(&barrier);
	*denied = exectime_probe();
	return NULL;
}

static void probe_beside(struct __test_metadata *const _metadata,
			 const __u32 flags)
{
	pthread_t thread;
	__u64 denied = DENY_BROKEN;

	ASSERT_EQ(0, permissive_restrict(&deny_b, 0));
	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, probe_in_thread, &denied));
	ASSERT_EQ(0, permissive_restrict(&deny_a, flags));
	pthread_barrier_wait(&barrier);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(DENY_B, denied);
	_exit(_metadata->exit_code);
}

TEST_F(task, tsync)
{
	const struct report want[] = {
		REPORT(1, 1, READ_DIR),
		REPORT(0, 0, MAKE_DIR),
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run))
		probe_beside(_metadata, PERMISSIVE | RESTRICT_TSYNC);
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
	expect_permitted(_metadata, &self->observer, run.child, 2, want,
			 ARRAY_SIZE(want));
}

TEST_F(task, no_tsync)
{
	const struct report want[] = {
		REPORT(0, 0, MAKE_DIR),
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run))
		probe_beside(_metadata, PERMISSIVE);
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
	expect_permitted(_metadata, &self->observer, run.child, 2, want,
			 ARRAY_SIZE(want));
}

/* The same ruleset in both modes is two layers. */
TEST_F(task, same_ruleset)
{
	const struct report want[] = {
		REPORT(1, 0, READ_DIR),
	};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		const int ruleset_fd = permissive_ruleset(&deny_a);

		ASSERT_LE(0, ruleset_fd);
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, PERMISSIVE));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, 0));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, PERMISSIVE));
		EXPECT_EQ(DENY_A, exectime_probe());
		_exit(_metadata->exit_code);
	}
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
	expect_permitted(_metadata, &self->observer, run.child, 3, want,
			 ARRAY_SIZE(want));
}

TEST_HARNESS_MAIN
