// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - landlock_restrict_self(2) with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME: the effect of each
 *                  combination of flags, file descriptors and privileges
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"

#define SUBDOMAINS_OFF LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF

/* A kernel without permissive layers refuses this flag. */
#ifdef LANDLOCK_RESTRICT_SELF_PERMISSIVE
#define RESTRICT_PERMISSIVE LANDLOCK_RESTRICT_SELF_PERMISSIVE
#define LAST_FLAG RESTRICT_PERMISSIVE
#else
#define RESTRICT_PERMISSIVE 0
#define LAST_FLAG RESTRICT_EXECTIME
#endif

#define ALL_FLAGS ((LAST_FLAG << 1) - 1)

enum privilege {
	PRIV_NONE,
	PRIV_NNP,
	PRIV_CAP,
	PRIV_NNP_AND_CAP,
	PRIV_PERMITTED,
	PRIV_USERNS,
	PRIV_USERNS_NONE,
	PRIV_USERNS_NNP,
};

/* To be called from a single-threaded child. */
static void set_privilege(struct __test_metadata *const _metadata,
			  const enum privilege priv)
{
	switch (priv) {
	case PRIV_NONE:
		drop_caps(_metadata);
		break;
	case PRIV_NNP:
		drop_caps(_metadata);
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		break;
	case PRIV_CAP:
		disable_caps(_metadata);
		set_cap(_metadata, CAP_SYS_ADMIN);
		break;
	case PRIV_NNP_AND_CAP:
		disable_caps(_metadata);
		set_cap(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		break;
	case PRIV_PERMITTED:
		/* A capability counts when it is effective. */
		disable_caps(_metadata);
		break;
	case PRIV_USERNS:
	case PRIV_USERNS_NONE:
	case PRIV_USERNS_NNP:
		/* CAP_SYS_ADMIN in a namespace of our own, none outside. */
		drop_caps(_metadata);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		if (priv == PRIV_USERNS)
			break;

		/* None anywhere. */
		drop_caps(_metadata);
		if (priv == PRIV_USERNS_NNP)
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		break;
	}
}

static bool has_nnp(const enum privilege priv)
{
	return priv == PRIV_NNP || priv == PRIV_NNP_AND_CAP ||
	       priv == PRIV_USERNS_NNP;
}

static bool has_neither(const enum privilege priv)
{
	return priv == PRIV_NONE || priv == PRIV_PERMITTED ||
	       priv == PRIV_USERNS_NONE;
}

TEST(abi_version)
{
	EXPECT_LE(12, landlock_create_ruleset(NULL, 0,
					      LANDLOCK_CREATE_RULESET_VERSION));
}

/* Whether Landlock is one of the LSMs that this kernel was booted with. */
static bool is_landlock_up(struct __test_metadata *const _metadata)
{
	char names[256] = {};
	bool up = false;
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	/* May be there already. */
	if (mount("securityfs", "/sys/kernel/security", "securityfs", 0, NULL))
		ASSERT_EQ(EBUSY, errno);
	fd = open("/sys/kernel/security/lsm", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, names, sizeof(names) - 1));
	ASSERT_EQ(0, close(fd));
	for (char *name = strtok(names, ",\n"); name; name = strtok(NULL, ",\n"))
		up |= !strcmp(name, "landlock");
	return up;
}

/*
 * If Landlock is off since boot time, this error comes before all errors of the
 * arguments and the privileges.  To be run on such a machine too, on which it
 * is the only test that can pass.
 */
TEST(off_at_boot_time)
{
	const bool up = is_landlock_up(_metadata);
	const int fds[] = { -1, 1000, STDOUT_FILENO };

	drop_caps(_metadata);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		for (__u32 flags = 0; flags <= ALL_FLAGS + 1; flags++) {
			errno = 0;
			EXPECT_EQ(-1, landlock_restrict_self(fds[i], flags));
			EXPECT_EQ(!up, errno == EOPNOTSUPP);
		}
	}
}

enum fd_kind {
	FD_RULESET,
	FD_MINUS_ONE,
	FD_CLOSED,
	FD_OTHER,
	FD_PATH,
};

static const enum fd_kind fd_kinds[] = {
	FD_RULESET, FD_MINUS_ONE, FD_CLOSED, FD_OTHER, FD_PATH,
};

static int get_fd(const enum fd_kind kind)
{
	int ruleset_fd, path_fd;
	char link[32];

	switch (kind) {
	case FD_RULESET:
		return exectime_ruleset(DENY_A);
	case FD_MINUS_ONE:
		return -1;
	case FD_CLOSED:
		return 1000;
	case FD_OTHER:
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	case FD_PATH:
		ruleset_fd = exectime_ruleset(DENY_A);
		snprintf(link, sizeof(link), "/proc/self/fd/%d", ruleset_fd);
		path_fd = open(link, O_PATH | O_CLOEXEC);
		close(ruleset_fd);
		return path_fd;
	}
	return -1;
}

/*
 * The contract: which -errno is expected from these arguments, or 0.  The order
 * of the checks matters as much as the checks: arguments with more than one
 * flaw are tested too.
 */
static int expected_error(const enum privilege priv, const __u32 flags,
			  const enum fd_kind kind)
{
	if (flags & ~ALL_FLAGS)
		return -EINVAL;

	/* A stage is for one task: it has nothing to synchronize. */
	if ((flags & RESTRICT_EXECTIME) && (flags & RESTRICT_TSYNC))
		return -EINVAL;

	/*
	 * no_new_privs set later does not stand for no_new_privs set now: the
	 * next program may be a set-user-ID one.
	 */
	if (has_neither(priv) &&
	    (!(flags & RESTRICT_NNP) || (flags & RESTRICT_EXECTIME)))
		return -EPERM;

	switch (kind) {
	case FD_RULESET:
		return 0;
	case FD_MINUS_ONE:
		/* Nothing to enforce, only something to mute, and now. */
		if ((flags & ~RESTRICT_TSYNC) == SUBDOMAINS_OFF)
			return 0;
		return -EBADF;
	case FD_CLOSED:
	case FD_PATH:
		return -EBADF;
	case FD_OTHER:
		return -EBADFD;
	}
	return 0;
}

FIXTURE(flags)
{
};

FIXTURE_VARIANT(flags)
{
	enum privilege priv;
	bool threads;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, none) {
	/* clang-format on */
	.priv = PRIV_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, none_threads) {
	/* clang-format on */
	.priv = PRIV_NONE,
	.threads = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, nnp) {
	/* clang-format on */
	.priv = PRIV_NNP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, nnp_threads) {
	/* clang-format on */
	.priv = PRIV_NNP,
	.threads = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, cap) {
	/* clang-format on */
	.priv = PRIV_CAP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, cap_threads) {
	/* clang-format on */
	.priv = PRIV_CAP,
	.threads = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, nnp_and_cap) {
	/* clang-format on */
	.priv = PRIV_NNP_AND_CAP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, nnp_and_cap_threads) {
	/* clang-format on */
	.priv = PRIV_NNP_AND_CAP,
	.threads = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, permitted) {
	/* clang-format on */
	.priv = PRIV_PERMITTED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, userns_none) {
	/* clang-format on */
	.priv = PRIV_USERNS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, userns_nnp) {
	/* clang-format on */
	.priv = PRIV_USERNS_NNP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, userns) {
	/* clang-format on */
	.priv = PRIV_USERNS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(flags, userns_threads) {
	/* clang-format on */
	.priv = PRIV_USERNS,
	.threads = true,
};

FIXTURE_SETUP(flags)
{
	exectime_prepare_dir(_metadata);
}

FIXTURE_TEARDOWN(flags)
{
}

/*
 * One cell of the table: the result of the call, its immediate changes, and the
 * denials of the next program.
 */
static void check_cell(struct __test_metadata *const _metadata,
		       const enum privilege priv, const bool threads,
		       const __u32 flags, const enum fd_kind kind)
{
	const int error = expected_error(priv, flags, kind);
	const bool applies = !error && kind == FD_RULESET;
	const bool staged = applies && (flags & RESTRICT_EXECTIME);
	const bool denies = applies && !(flags & RESTRICT_PERMISSIVE);
	const bool asks_nnp = applies && (flags & RESTRICT_NNP);
	struct exec_report report = {};
	struct exec_run run;
	int failed = 0;

	if (exectime_fork(_metadata, &run)) {
		pthread_t thread;
		int fd, ret;

		set_privilege(_metadata, priv);
		if (threads)
			ASSERT_EQ(0, pthread_create(&thread, NULL,
						    exectime_idle, NULL));

		fd = get_fd(kind);
		errno = 0;
		ret = landlock_restrict_self(fd, flags);
		EXPECT_EQ(error, -errno);
		EXPECT_EQ(error ? -1 : 0, ret);

		exectime_look_quickly(&report);
		EXPECT_EQ(denies && !staged ? DENY_A : 0, report.denied);
		EXPECT_EQ(has_nnp(priv) || (asks_nnp && !staged), report.nnp);
		if (exectime_exec("q"))
			_exit(1);
	}

	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1))
	{
		failed++;
	}
	EXPECT_EQ(denies ? DENY_A : 0, report.denied)
	{
		failed++;
	}
	EXPECT_EQ(has_nnp(priv) || asks_nnp, report.nnp)
	{
		failed++;
	}
	EXPECT_EQ(report.nnp, report.status_nnp);
	if (failed)
		TH_LOG("with flags 0x%x and file descriptor of kind %d", flags,
		       kind);
}

TEST_F_TIMEOUT(flags, known, 900)
{
	for (size_t i = 0; i < ARRAY_SIZE(fd_kinds); i++)
		for (__u32 flags = 0; flags <= ALL_FLAGS; flags++)
			check_cell(_metadata, variant->priv, variant->threads,
				   flags, fd_kinds[i]);
}

TEST_F_TIMEOUT(flags, unknown, 120)
{
	const __u32 flags[] = {
		LAST_FLAG << 1,
		(LAST_FLAG << 1) | RESTRICT_EXECTIME,
		(LAST_FLAG << 1) | RESTRICT_NNP,
		(LAST_FLAG << 1) | SUBDOMAINS_OFF,
		1U << 31,
		~ALL_FLAGS,
		-1,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fd_kinds); i++)
		for (size_t j = 0; j < ARRAY_SIZE(flags); j++)
			check_cell(_metadata, variant->priv, variant->threads,
				   flags[j], fd_kinds[i]);
}

/*
 * A ruleset file descriptor without read access would be refused with EPERM,
 * but nothing can make one: an anonymous inode cannot be opened again, and its
 * access mode cannot be changed.
 */
TEST(ruleset_fd_is_always_readable)
{
	const int ruleset_fd = exectime_ruleset(DENY_A);
	char link[32];

	ASSERT_LE(0, ruleset_fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", ruleset_fd);

	EXPECT_EQ(-1, open(link, O_WRONLY | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(-1, open(link, O_RDWR | O_CLOEXEC));
	EXPECT_EQ(ENXIO, errno);

	EXPECT_EQ(0, fcntl(ruleset_fd, F_SETFL, O_WRONLY));
	EXPECT_EQ(O_RDWR, fcntl(ruleset_fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, landlock_restrict_self(ruleset_fd, RESTRICT_EXECTIME));
	EXPECT_EQ(0, close(ruleset_fd));
}

/* With a domain already in place, and rights in the initial user namespace. */
FIXTURE(stage)
{
};

FIXTURE_SETUP(stage)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(stage)
{
}

/* The rights that each ruleset denies, as struct exec_report has them. */
static void expect_report(struct __test_metadata *const _metadata,
			  const struct exec_report *const report,
			  const __u64 denied, const int layers, const int nnp)
{
	EXPECT_EQ(denied, report->denied);
	EXPECT_EQ(layers, report->layers);
	EXPECT_EQ(nnp, report->nnp);
	EXPECT_EQ(nnp, report->status_nnp);
}

TEST_F(stage, enforced_once)
{
	struct exec_report reports[4];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		exectime_report(false);
		if (exectime_exec("pxpxp"))
			_exit(1);
	}

	ASSERT_EQ(4, exectime_wait(_metadata, &run, reports, 4));

	/* Not enforced yet, but its layer is reserved. */
	expect_report(_metadata, &reports[0], 0, 1, 0);
	for (int i = 1; i < 4; i++)
		expect_report(_metadata, &reports[i], DENY_A, 1, 0);
}

/* An old domain, a stage, and a new one from the program that it started. */
TEST_F(stage, nested)
{
	struct exec_report reports[4];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_NNP));
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		exectime_report(false);
		if (exectime_exec("pEpxp"))
			_exit(1);
	}

	ASSERT_EQ(4, exectime_wait(_metadata, &run, reports, 4));
	expect_report(_metadata, &reports[0], DENY_A, 2, 1);
	expect_report(_metadata, &reports[1], DENY_A | DENY_B, 2, 1);
	expect_report(_metadata, &reports[2], DENY_A | DENY_B, 3, 1);
	expect_report(_metadata, &reports[3], DENY_A | DENY_B | DENY_E, 3, 1);
}

TEST_F(stage, replaced)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		ASSERT_EQ(0, exectime_restrict(DENY_C, RESTRICT_EXECTIME));
		exectime_report(false);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	expect_report(_metadata, &reports[0], 0, 1, 0);
	expect_report(_metadata, &reports[1], DENY_C, 1, 0);
}

/* A stage has the rules that the ruleset had at this time. */
TEST_F(stage, frozen)
{
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = DENY_A,
	};
	struct exec_report report;
	struct exec_run run;
	int ruleset_fd;

	path_beneath.parent_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ruleset_fd = exectime_ruleset(DENY_A | DENY_B);
	ASSERT_LE(0, ruleset_fd);

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_PATH_BENEATH,
					       &path_beneath, 0));
		if (exectime_exec("p"))
			_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_A | DENY_B, 1, 0);

	/* The rule is there: a new stage has it. */
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_B, 1, 0);
}

/*
 * Rules of the parent domain and of the stage are in the same tree in the end:
 * each still counts for its own layer only.
 */
TEST_F(stage, rules_of_each_layer)
{
	struct landlock_path_beneath_attr path_beneath = {};
	struct exec_report report;
	struct exec_run run;
	int parent_fd, staged_fd;

	path_beneath.parent_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);

	parent_fd = exectime_ruleset(DENY_A | DENY_B | DENY_C);
	ASSERT_LE(0, parent_fd);
	path_beneath.allowed_access = DENY_A | DENY_B;
	ASSERT_EQ(0, landlock_add_rule(parent_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, 0));

	staged_fd = exectime_ruleset(DENY_A | DENY_B | DENY_C | DENY_D);
	ASSERT_LE(0, staged_fd);
	path_beneath.allowed_access = DENY_B | DENY_C | DENY_D;
	ASSERT_EQ(0, landlock_add_rule(staged_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, 0));

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, landlock_restrict_self(parent_fd, 0));
		ASSERT_EQ(0, landlock_restrict_self(staged_fd,
						    RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_A | DENY_C, 2, 0);
}

/* The domain that applies now is older than the staged one, which follows. */
TEST_F(stage, then_restricted)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		ASSERT_EQ(0, exectime_restrict(DENY_B, 0));
		ASSERT_EQ(0, exectime_restrict(DENY_C, 0));
		exectime_report(false);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	expect_report(_metadata, &reports[0], DENY_B | DENY_C, 3, 0);
	expect_report(_metadata, &reports[1], DENY_A | DENY_B | DENY_C, 3, 0);
}

/* Nothing but a setting of the logs: the stage is as it was. */
TEST_F(stage, then_muted)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		ASSERT_EQ(0, landlock_restrict_self(-1, SUBDOMAINS_OFF));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_A, 1, 0);
}

/* A call that fails, for any reason, does not change the stage. */
TEST_F(stage, then_failed)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));

		EXPECT_EQ(-EINVAL,
			  exectime_restrict(DENY_B, RESTRICT_EXECTIME |
							    RESTRICT_TSYNC));
		EXPECT_EQ(-1, landlock_restrict_self(-1, RESTRICT_EXECTIME |
								 RESTRICT_NNP));
		EXPECT_EQ(EBADF, errno);
		clear_cap(_metadata, CAP_SYS_ADMIN);
		EXPECT_EQ(-EPERM, exectime_restrict(DENY_B, RESTRICT_EXECTIME |
								    RESTRICT_NNP));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_A, 1, 0);
}

FIXTURE(layers)
{
};

FIXTURE_VARIANT(layers)
{
	/* Number of layers before anything is staged. */
	int existing;
	/* Whether there is a stage already. */
	bool staged;
	/* Denials of the next program. */
	__u32 flags;
	int error;
	/* Number of layers that the next program gets. */
	int layers;
	__u64 denied;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, stage_last) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
	.denied = DENY_B,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, stage_too_many) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS,
	.flags = RESTRICT_EXECTIME | RESTRICT_NNP,
	.error = -E2BIG,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* A new stage takes the place of the replaced one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, replace_last) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staged = true,
	.flags = RESTRICT_EXECTIME,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
	.denied = DENY_B,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, restrict_last) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 2,
	.staged = true,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
	.denied = DENY_A | DENY_B,
};

/* There would be no room for the staged layer any more. */

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, restrict_too_many) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staged = true,
	.flags = RESTRICT_NNP,
	.error = -E2BIG,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
	.denied = DENY_A,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(layers, restrict_too_many_tsync) {
	/* clang-format on */
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.staged = true,
	.flags = RESTRICT_NNP | RESTRICT_TSYNC,
	.error = -E2BIG,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
	.denied = DENY_A,
};

FIXTURE_SETUP(layers)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(layers)
{
}

/* The descriptor is looked at first: there may be nothing to make a layer of. */
TEST_F(layers, bad_fd)
{
	for (int i = 0; i < variant->existing; i++)
		ASSERT_EQ(0, exectime_restrict(DENY_NOTHING, 0));
	if (variant->staged)
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));

	EXPECT_EQ(-1, landlock_restrict_self(-1, variant->flags));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, landlock_restrict_self(STDOUT_FILENO, variant->flags));
	EXPECT_EQ(EBADFD, errno);
	EXPECT_EQ(0, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

TEST_F(layers, limit)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < variant->existing; i++)
			ASSERT_EQ(0, exectime_restrict(DENY_NOTHING, 0));
		if (variant->staged)
			ASSERT_EQ(0, exectime_restrict(DENY_A,
						       RESTRICT_EXECTIME));

		EXPECT_EQ(variant->error,
			  exectime_restrict(DENY_B, variant->flags));
		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));

	/* A failure changes nothing now either. */
	EXPECT_EQ(variant->error || (variant->flags & RESTRICT_EXECTIME) ?
			  0 :
			  DENY_B,
		  reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	expect_report(_metadata, &reports[1], variant->denied, variant->layers,
		      !variant->error && (variant->flags & RESTRICT_NNP));
}

/* The snapshot has all kinds of handled accesses, not only files. */
FIXTURE(kind)
{
	int socket_fd;
};

FIXTURE_VARIANT(kind)
{
	struct landlock_ruleset_attr attr;
	/* Rights of the rule for EXECTIME_PORT_RULE, if there is a rule. */
	__u64 allowed_net;
	/* An existing domain, which denies other rights than @attr. */
	bool parent;
	__u32 others;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, bind) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.allowed_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.others = OTHER_BIND,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, connect) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.allowed_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.others = OTHER_CONNECT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, bind_connect) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
				   LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.allowed_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.others = OTHER_BIND | OTHER_BIND_RULE | OTHER_CONNECT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, signal) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL,
	.others = OTHER_SIGNAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, abstract_unix_socket) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.others = OTHER_SOCKET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, all) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
				   LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL |
		       LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.others = OTHER_BIND | OTHER_BIND_RULE | OTHER_CONNECT |
		  OTHER_CONNECT_RULE | OTHER_SIGNAL | OTHER_SOCKET,
};

/* Each layer handles its own things. */

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, bind_in_domain) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.attr.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.allowed_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.parent = true,
	.others = OTHER_BIND | OTHER_CONNECT | OTHER_CONNECT_RULE |
		  OTHER_SIGNAL | OTHER_SOCKET,
};

FIXTURE_SETUP(kind)
{
	struct sockaddr_un addr;
	const socklen_t len = exectime_socket_name(&addr, getpid());

	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);

	self->socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, self->socket_fd);
	ASSERT_EQ(0, bind(self->socket_fd, (struct sockaddr *)&addr, len));
}

FIXTURE_TEARDOWN(kind)
{
	EXPECT_EQ(0, close(self->socket_fd));
}

TEST_F(kind, frozen)
{
	const struct landlock_ruleset_attr parent_attr = {
		.handled_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
		.scoped = LANDLOCK_SCOPE_SIGNAL,
	};
	const struct landlock_net_port_attr rule = {
		.allowed_access = variant->allowed_net,
		.port = EXECTIME_PORT_RULE,
	};
	/* Comes too late. */
	const struct landlock_net_port_attr late_rule = {
		.allowed_access = variant->attr.handled_access_net,
		.port = EXECTIME_PORT,
	};
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		int ruleset_fd;

		if (variant->parent) {
			ruleset_fd = landlock_create_ruleset(&parent_attr,
							     sizeof(parent_attr),
							     0);
			ASSERT_LE(0, ruleset_fd);
			ASSERT_EQ(0, landlock_restrict_self(ruleset_fd, 0));
			ASSERT_EQ(0, close(ruleset_fd));
		} else {
			ASSERT_EQ(0, exectime_probe_others());
		}

		ruleset_fd = landlock_create_ruleset(&variant->attr,
						     sizeof(variant->attr), 0);
		ASSERT_LE(0, ruleset_fd);
		if (variant->allowed_net)
			ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
						       LANDLOCK_RULE_NET_PORT,
						       &rule, 0));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		if (variant->attr.handled_access_net)
			ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
						       LANDLOCK_RULE_NET_PORT,
						       &late_rule, 0));
		/* Only staged. */
		if (!variant->parent)
			EXPECT_EQ(0, exectime_probe_others());
		if (exectime_exec("o"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->others, report.others);
	EXPECT_EQ(0, report.denied);
}

/*
 * A stage names files, but does not keep their file system busy, whether it is
 * in the task that staged it or in the ruleset that it came from.
 */
TEST_F(stage, unmounted)
{
	const int ruleset_fd = exectime_mount_ruleset(_metadata);
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		EXPECT_EQ(0, umount("mnt"));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_report(_metadata, &report, DENY_A, 1, 0);

	/* Gone for this task too, which has the same mount namespace. */
	EXPECT_EQ(-1, umount("mnt"));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, close(ruleset_fd));
}

/* The domain that a stage became behaves as any other one. */
TEST_F(stage, unmounted_once_enforced)
{
	const int ruleset_fd = exectime_mount_ruleset(_metadata);
	struct exec_report report;
	struct exec_run run;
	int sync[2], status;

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));

	if (exectime_fork(_metadata, &run)) {
		/* Not in the mount: the pipe is the standard input. */
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		if (exectime_exec("qwq"))
			_exit(1);
	}

	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(0, umount("mnt"));
	EXPECT_EQ(0, close(ruleset_fd));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	EXPECT_EQ(1, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(DENY_A, report.denied);
}

TEST_HARNESS_MAIN
