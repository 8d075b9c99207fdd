// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Execs to which BPF programs deny new privileges
 */

#include "landlock_bpf.h"
#include "nnp_progs.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

/* Whether several programs are involved. */
static bool is_interpreted(const enum gain gain)
{
	return gain_files[gain].content;
}

static void write_misc(const char *const name, const char *const what)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/mnt/binfmt_misc/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, what, strlen(what)) < 0)
		fprintf(stderr, "# Failed to write %s: %d\n", path, errno);
	close(fd);
}

static void remove_misc(void)
{
	write_misc("nnp", "-1");
	write_misc("nnpcreds", "-1");
}

/* Returns false if the kernel has no binfmt_misc. */
static bool prepare_misc(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, mkdir("binfmt_misc", 0755));
	if (mount("binfmt_misc", "binfmt_misc", "binfmt_misc", 0, NULL))
		return false;

	/* Left over by a test that failed. */
	remove_misc();
	write_misc("register", ":nnp:E::nnp::/mnt/uid:");
	write_misc("register", ":nnpcreds:E::nnpcreds::/mnt/self:C");
	EXPECT_EQ(0, access("binfmt_misc/nnp", F_OK));
	EXPECT_EQ(0, access("binfmt_misc/nnpcreds", F_OK));
	return true;
}

FIXTURE(gain)
{
	struct nnp *skel;
	bool has_misc;
};

FIXTURE_VARIANT(gain)
{
	/* Whether the task has no_new_privs by itself. */
	bool task;
	struct nnp_orders orders;
	/* Number of execs that fail before the tested exec. */
	int failures;
	/* Whether this exec and the next one are limited. */
	bool limited[2];
	/* no_new_privs of the task in these programs. */
	int nnp;
	/* How many times it was set, for a program without interpreter. */
	int num_set;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, nothing) {
	/* clang-format on */
};

/* The model. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task) {
	/* clang-format on */
	.task = true,
	.limited = { true, true },
	.nnp = 1,
};

/* Only one exec is limited. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, limit) {
	/* clang-format on */
	.orders.limit = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, limit_atomic) {
	/* clang-format on */
	.orders.limit_atomic = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_limit) {
	/* clang-format on */
	.orders.limit = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, each_limit) {
	/* clang-format on */
	.orders.limit = -1,
	.limited = { true, true },
	.num_set = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec) {
	/* clang-format on */
	.orders.for_exec = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec_atomic) {
	/* clang-format on */
	.orders.atomic = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, check) {
	/* clang-format on */
	.orders.check = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_for_exec) {
	/* clang-format on */
	.orders.for_exec = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_check) {
	/* clang-format on */
	.orders.check = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, each) {
	/* clang-format on */
	.orders.for_exec = -1,
	.limited = { true, true },
	.num_set = 2,
};

/* All programs say the same, or one after the other. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, all) {
	/* clang-format on */
	.orders.limit = 1,
	.orders.limit_atomic = 1,
	.orders.for_exec = 1,
	.orders.atomic = 1,
	.orders.check = 1,
	.limited = { true, false },
	.num_set = 5,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec_then_check) {
	/* clang-format on */
	.orders.for_exec = 1,
	.orders.check = 1 << 1,
	.limited = { true, true },
	.num_set = 2,
};

/* The attribute of the task cannot be undone. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_limit) {
	/* clang-format on */
	.task = true,
	.orders.limit = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_for_exec) {
	/* clang-format on */
	.task = true,
	.orders.for_exec = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_check) {
	/* clang-format on */
	.task = true,
	.orders.check = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* A no_new_privs that Landlock stages is for the later execs. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage) {
	/* clang-format on */
	.orders.stage = 1,
	.limited = { false, true },
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage_limit) {
	/* clang-format on */
	.orders.stage = 1,
	.orders.limit = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage_for_exec) {
	/* clang-format on */
	.orders.stage = 1,
	.orders.for_exec = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* Nothing is left of an exec that fails. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed) {
	/* clang-format on */
	.orders.for_exec = 3,
	.orders.check = 3,
	.orders.fail = 3,
	.failures = 2,
	.limited = { false, false },
	.num_set = 4,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_limit) {
	/* clang-format on */
	.orders.limit = 3,
	.orders.limit_fail = 3,
	.failures = 2,
	.limited = { false, false },
	.num_set = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_limit_then_limit) {
	/* clang-format on */
	.orders.limit = 1 << 1,
	.orders.limit_fail = 1,
	.failures = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_then_check) {
	/* clang-format on */
	.orders.fail = 1,
	.orders.check = 1 << 1,
	.failures = 1,
	.limited = { true, false },
	.num_set = 1,
};

FIXTURE_SETUP(gain)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->has_misc = prepare_misc(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(gain)
{
	nnp__destroy(self->skel);
	remove_misc();
}

/*
 * Executes a program twice, as @who, and without the BPF programs if @orders is
 * NULL.
 */
static void run_gain(struct __test_metadata *const _metadata,
		     struct nnp *const skel, const char *const name,
		     const enum who who, const bool task,
		     const struct nnp_orders *const orders, const int failures,
		     struct nnp_report reports[2])
{
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		become(_metadata, who);
		if (task)
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		if (orders)
			become_target(skel, orders);
		setenv(NNP_NEXT, name, 1);
		for (int i = 0; i < failures; i++)
			EXPECT_EQ(-EPERM, nnp_exec("r"));
		nnp_exec("rdxr");
		_exit(1);
	}
	EXPECT_EQ(2, nnp_wait(_metadata, &run, reports, 2))
	{
		TH_LOG("with program %s", name);
	}
}

static void expect_report(struct __test_metadata *const _metadata,
			  const struct nnp_report *const report,
			  const enum gain gain, const bool limited,
			  const int nnp)
{
	const struct gain_file *const file = &gain_files[gain];
	const uid_t euid = limited ? EXECTIME_UID : file->euid;
	const gid_t egid = limited ? EXECTIME_GID : file->egid;
	const __u64 caps = limited ? 0 : file->permitted;
	const bool is_admin = caps & CAP_BIT(CAP_SYS_ADMIN);

	EXPECT_EQ(EXECTIME_UID, report->exec.uid);
	EXPECT_EQ(euid, report->exec.euid);
	EXPECT_EQ(egid, report->exec.egid);
	EXPECT_EQ(caps, report->exec.caps &
				(CAP_BIT(FILE_CAP) | CAP_BIT(CAP_SYS_ADMIN)));
	EXPECT_TRUE(caps || !report->exec.caps);
	EXPECT_EQ(limited ? file->limited_secure : file->secure,
		  report->exec.secure);
	EXPECT_EQ(nnp, report->exec.nnp);
	EXPECT_EQ(nnp, report->exec.status_nnp);
	EXPECT_EQ(0, report->exec.denied);

	/* These are for tasks that cannot gain privileges any more. */
	EXPECT_EQ(nnp || is_admin ? 0 : EACCES, report->exec.seccomp);
	EXPECT_EQ(nnp || is_admin ? 0 : EPERM, report->restricted);
}

TEST_F(gain, privileges)
{
	for (int gain = 0; gain < GAIN_NUM; gain++) {
		const char *const name = gain_files[gain].name;
		struct nnp_report reports[2], models[2];
		int num_errors = _metadata->exit_code;

		if (is_misc(gain) && !self->has_misc)
			continue;

		run_gain(_metadata, self->skel, name, WHO_USER, variant->task,
			 &variant->orders, variant->failures, reports);
		for (int i = 0; i < 2; i++)
			expect_report(_metadata, &reports[i], gain,
				      variant->limited[i], variant->nnp);
		EXPECT_EQ(0, self->skel->bss->num_errors);
		if (!is_interpreted(gain))
			EXPECT_EQ(variant->num_set, self->skel->bss->num_set);

		/* Each detail is as if the task itself were limited, or not. */
		run_gain(_metadata, self->skel, name, WHO_USER,
			 variant->limited[0], NULL, 0, models);
		EXPECT_STREQ(models[0].status, reports[0].status);
		run_gain(_metadata, self->skel, name, WHO_USER,
			 variant->limited[1], NULL, 0, models);
		if (variant->limited[1] == variant->limited[0])
			EXPECT_STREQ(models[1].status, reports[1].status);

		if (_metadata->exit_code != num_errors)
			TH_LOG("with program %s", name);
	}
}

/* Others have something to lose. */
TEST_F(gain, others)
{
	static const enum gain gains[] = { GAIN_NOTHING, GAIN_UID, GAIN_GID,
					   GAIN_CAP, GAIN_INTERPRETER_UID };

	for (int who = WHO_AMBIENT; who < WHO_NUM; who++) {
		for (size_t i = 0; i < ARRAY_SIZE(gains); i++) {
			const char *const name = gain_files[gains[i]].name;
			struct nnp_report reports[2], models[2];
			int num_errors = _metadata->exit_code;

			run_gain(_metadata, self->skel, name, who,
				 variant->task, &variant->orders,
				 variant->failures, reports);
			run_gain(_metadata, self->skel, name, who,
				 variant->limited[0], NULL, 0, models);
			EXPECT_STREQ(models[0].status, reports[0].status);
			EXPECT_EQ(variant->nnp, reports[0].exec.nnp);
			EXPECT_EQ(variant->nnp, reports[0].exec.status_nnp);
			if (who == WHO_ROOT) {
				EXPECT_EQ(!variant->limited[0],
					  !!(reports[0].exec.caps &
					     CAP_BIT(CAP_SYS_ADMIN)));
			} else if (variant->limited[0]) {
				/* These privileges are no new ones. */
				EXPECT_EQ(gains[i] == GAIN_CAP ?
						  0 :
						  CAP_BIT(AMBIENT_CAP),
					  reports[0].exec.caps);
			}

			if (_metadata->exit_code != num_errors)
				TH_LOG("with program %s and user %d", name,
				       who);
		}
	}
}

/* The interpreter of a script is for bprm_check_security to see. */
FIXTURE(interpreter)
{
	struct nnp *skel;
};

FIXTURE_VARIANT(interpreter)
{
	enum gain gain;
	int num_set;
	bool limited;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, none) {
	/* clang-format on */
	.gain = GAIN_UID,
	.num_set = 0,
	.limited = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, one) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_UID,
	.num_set = 1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, with_cap) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_CAP,
	.num_set = 1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, two) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_TWICE,
	.num_set = 2,
	.limited = true,
};

FIXTURE_SETUP(interpreter)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(interpreter)
{
	nnp__destroy(self->skel);
}

TEST_F(interpreter, check_last)
{
	const struct nnp_orders orders = { .check_last = 1 };
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, gain_files[variant->gain].name,
		 WHO_USER, false, &orders, 0, reports);
	expect_report(_metadata, &reports[0], variant->gain, variant->limited,
		      0);
	expect_report(_metadata, &reports[1], variant->gain, false, 0);
	EXPECT_EQ(variant->num_set, self->skel->bss->num_set);
}

/* The hook that comes before the others. */
FIXTURE(limit)
{
	struct nnp *skel;
};

FIXTURE_SETUP(limit)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(limit)
{
	nnp__destroy(self->skel);
}

/* It is called once for an exec, with any number of interpreters. */
TEST_F(limit, once)
{
	const struct nnp_orders orders = { .limit = 1 };
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel,
		 gain_files[GAIN_INTERPRETER_TWICE].name, WHO_USER, false,
		 &orders, 0, reports);
	expect_report(_metadata, &reports[0], GAIN_INTERPRETER_TWICE, true, 0);
	expect_report(_metadata, &reports[1], GAIN_INTERPRETER_TWICE, false, 0);
	EXPECT_EQ(2, self->skel->bss->num_limit);
	EXPECT_EQ(2, self->skel->bss->num_limit_atomic);
	EXPECT_EQ(2, self->skel->bss->num_for_exec);
	EXPECT_EQ(1, self->skel->bss->num_set);
}

/* bprm_creds_for_exec already finds the exec limited. */
TEST_F(limit, comes_first)
{
	const struct nnp_orders orders = { .limit = 1 };
	const struct nnp_orders late = { .check = 1 };
	const char *const name = gain_files[GAIN_NOTHING].name;
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, name, WHO_USER, false, &orders, 0,
		 reports);
	EXPECT_EQ(1, self->skel->bss->found_limited);

	run_gain(_metadata, self->skel, name, WHO_USER, false, &late, 0,
		 reports);
	EXPECT_EQ(0, self->skel->bss->found_limited);

	run_gain(_metadata, self->skel, name, WHO_USER, true, &late, 0,
		 reports);
	EXPECT_EQ(3, self->skel->bss->found_limited);
}

/* An error ends the exec before any other hook sees it. */
TEST_F(limit, fails)
{
	const struct nnp_orders orders = { .limit_fail = 1 };
	const char *const name = gain_files[GAIN_UID].name;
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, name, WHO_USER, false, &orders, 1,
		 reports);
	expect_report(_metadata, &reports[0], GAIN_UID, false, 0);
	expect_report(_metadata, &reports[1], GAIN_UID, false, 0);
	EXPECT_EQ(3, self->skel->bss->num_limit);
	EXPECT_EQ(2, self->skel->bss->num_for_exec);
	EXPECT_EQ(0, self->skel->bss->num_set);
}

/* To ask whether a file could be executed gives the same answer. */
TEST_F(limit, is_check)
{
	const struct nnp_orders orders = { .limit = 2, .limit_fail = 1 };
	const char *const name = gain_files[GAIN_UID].name;
	char *const argv[] = { "nnp", NULL };
	struct nnp_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		become(_metadata, WHO_USER);
		become_target(self->skel, &orders);
		EXPECT_EQ(-1, syscall(__NR_execveat, AT_FDCWD, name, argv,
				      environ, AT_EXECVE_CHECK));
		EXPECT_EQ(EPERM, errno);
		/* This one is limited, and nothing is left of it. */
		EXPECT_EQ(0, syscall(__NR_execveat, AT_FDCWD, name, argv,
				     environ, AT_EXECVE_CHECK));
		setenv(NNP_NEXT, name, 1);
		nnp_exec("rdxr");
		_exit(1);
	}
	EXPECT_EQ(2, nnp_wait(_metadata, &run, reports, 2));
	expect_report(_metadata, &reports[0], GAIN_UID, false, 0);
	expect_report(_metadata, &reports[1], GAIN_UID, false, 0);
	EXPECT_EQ(4, self->skel->bss->num_limit);
	EXPECT_EQ(1, self->skel->bss->num_set);
}

TEST_HARNESS_MAIN
