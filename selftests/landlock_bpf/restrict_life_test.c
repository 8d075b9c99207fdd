// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets staged by BPF programs, for one exec after the other
 */

#include "landlock_bpf.h"
#include "stage_progs.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

FIXTURE(one)
{
	struct stage *skel;
};

/* One program, which stages SLOT_A for each exec. */
FIXTURE_SETUP(one)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};

	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(one)
{
	stage__destroy(self->skel);
}

/* Only the process that the program looks for is affected. */
TEST_F(one, others_are_free)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		setenv(EXECTIME_PLAN, "p", 1);
		if (fork() == 0) {
			execv("self", self_argv);
			_exit(1);
		}
		EXPECT_NE(-1, wait(NULL));
		self->skel->bss->target_pid = getpid();
		execv("self", self_argv);
		_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].layers);
	EXPECT_EQ(DENY_A, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
}

/* Stores a ruleset that denies @denied and has a scope. */
static void store_scoped(struct __test_metadata *const _metadata,
			 const struct stage *const skel, const __u32 slot,
			 const __u64 denied)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = denied,
		.scoped = LANDLOCK_SCOPE_SIGNAL,
	};
	const int fd = landlock_create_ruleset(&attr, sizeof(attr), 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, store_ruleset(bpf_map__fd(skel->maps.rulesets), slot, fd));
	ASSERT_EQ(0, close(fd));
}

/* Executes itself over and over again, and tells the first and last reports. */
static void exec_again(struct __test_metadata *const _metadata,
		       struct stage *const skel, const int num,
		       struct exec_report *const reports)
{
	struct exec_run run;
	char plan[num + 2];

	memset(plan, 'x', sizeof(plan));
	plan[0] = 'p';
	plan[num] = 'p';
	plan[num + 1] = '\0';

	if (exectime_fork(_metadata, &run)) {
		skel->bss->target_pid = getpid();
		if (exectime_exec(plan))
			_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(num, skel->bss->progs[PROG_FOR_EXEC_1].ops[0].done);
	EXPECT_EQ(0, skel->bss->progs[PROG_FOR_EXEC_1].ops[0].ret);
}

/* A program that executes itself stays in the domain that it is in. */
TEST_F(one, each_exec)
{
	struct exec_report reports[2];

	exec_again(_metadata, self->skel, 3 * LANDLOCK_MAX_NUM_LAYERS, reports);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* Scopes separate a domain from the one above it, but not from itself. */
TEST_F(one, each_exec_scoped)
{
	struct exec_report reports[2];

	store_scoped(_metadata, self->skel, SLOT_A, DENY_A);
	exec_again(_metadata, self->skel, 3 * LANDLOCK_MAX_NUM_LAYERS, reports);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* Below another layer, scopes are not those of the domain any more. */
TEST_F(one, each_exec_scoped_below)
{
	struct test_op *const ops =
		self->skel->bss->progs[PROG_FOR_EXEC_1].ops;
	struct exec_report reports[2];

	store_scoped(_metadata, self->skel, SLOT_A, DENY_A);
	ops[1] = (struct test_op)RESTRICT(SLOT_B, 0);
	exec_again(_metadata, self->skel, 2, reports);
	EXPECT_EQ(2, reports[0].layers);
	/* A, B, and A again, but not B. */
	EXPECT_EQ(3, reports[1].layers);
	EXPECT_EQ(DENY_A | DENY_B, reports[1].denied);
}

/* A ruleset that is stored again is another layer, unless it did not change. */
TEST_F(one, each_exec_stored_again)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	struct exec_report reports[3];
	struct exec_run run;
	int ruleset_fd, sync[2];

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	ruleset_fd = exectime_ruleset(DENY_A);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("pwxpwxp"))
			_exit(1);
	}
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(sizeof(*reports),
			  read(run.fd, &reports[i], sizeof(*reports)));
		/* The same snapshot, then one of an equal ruleset. */
		ASSERT_EQ(0, i ? store_denied(map_fd, SLOT_A, DENY_A) :
				 store_ruleset(map_fd, SLOT_A, ruleset_fd));
		ASSERT_EQ(1, write(sync[1], ".", 1));
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &reports[2], 1));
	EXPECT_EQ(1, reports[0].layers);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(2, reports[2].layers);
	EXPECT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, close(sync[0]));
	EXPECT_EQ(0, close(sync[1]));
}

/* A slot holds the ruleset as it was when it was stored. */
TEST_F(one, frozen)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	struct exec_report report;
	struct exec_run run;
	int ruleset_fd;

	ruleset_fd = exectime_ruleset(DENY_A | DENY_B);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	ASSERT_EQ(0, allow_everywhere(ruleset_fd, DENY_A));

	for (int i = 0; i < 2; i++) {
		if (exectime_fork(_metadata, &run)) {
			self->skel->bss->target_pid = getpid();
			if (exectime_exec("q"))
				_exit(1);
		}
		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		EXPECT_EQ(i ? DENY_B : DENY_A | DENY_B, report.denied);

		/* Now it is different. */
		ASSERT_EQ(0, store_ruleset(map_fd, SLOT_A, ruleset_fd));
	}
	EXPECT_EQ(0, close(ruleset_fd));
}

/* Domains do not depend on the objects that they were made from. */
TEST_F(one, outlived)
{
	const int map_fd = bpf_map__fd(self->skel->maps.rulesets);
	const __u32 slot = SLOT_A;
	struct exec_report report;
	struct exec_run run;
	int sync[2], status;

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("qwqwqwpxp"))
			_exit(1);
	}

	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	ASSERT_EQ(0, store_denied(map_fd, SLOT_A, DENY_B));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	ASSERT_EQ(0, bpf_map_delete_elem(map_fd, &slot));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	stage__destroy(self->skel);
	self->skel = NULL;
	/* Maps and programs are freed after a grace period. */
	usleep(200000);
	ASSERT_EQ(1, write(sync[1], ".", 1));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(sizeof(report),
			  read(run.fd, &report, sizeof(report)));
		EXPECT_EQ(DENY_A, report.denied);
		EXPECT_EQ(1, report.layers);
	}
	EXPECT_EQ(0, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_EQ(0, status);
}

/* A slot pins no mount. */
TEST_F(one, unmounted)
{
	const int ruleset_fd = exectime_mount_ruleset(_metadata);
	struct exec_report report;
	struct exec_run run;

	ASSERT_EQ(0, store_ruleset(bpf_map__fd(self->skel->maps.rulesets),
				   SLOT_A, ruleset_fd));
	ASSERT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, umount("mnt"));

	if (exectime_fork(_metadata, &run)) {
		self->skel->bss->target_pid = getpid();
		if (exectime_exec("q"))
			_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
}

enum failure {
	FAIL_MISSING,
	FAIL_FORMAT,
	FAIL_INTERPRETER,
	FAIL_CHECK,
};

FIXTURE(failure)
{
	struct stage *skel;
};

FIXTURE_VARIANT(failure)
{
	enum failure failure;
	int error;
	/* How often both hooks are called. */
	int for_exec;
	int check;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, missing) {
	/* clang-format on */
	.failure = FAIL_MISSING,
	.error = ENOENT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, format) {
	/* clang-format on */
	.failure = FAIL_FORMAT,
	.error = ENOEXEC,
	.for_exec = 1,
	.check = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, interpreter) {
	/* clang-format on */
	.failure = FAIL_INTERPRETER,
	.error = ENOENT,
	.for_exec = 1,
	.check = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(failure, check) {
	/* clang-format on */
	.failure = FAIL_CHECK,
	.for_exec = 1,
};

FIXTURE_SETUP(failure)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
		[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, RESTRICT_NNP) },
	};

	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "data", "data\n", 0755);
	exectime_write_file(_metadata, "no-interp", "#!/mnt/none\n", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(failure)
{
	stage__destroy(self->skel);
}

static int fail_with(const enum failure failure)
{
	switch (failure) {
	case FAIL_MISSING:
		return execv("none", self_argv);
	case FAIL_FORMAT:
		return execv("data", self_argv);
	case FAIL_INTERPRETER:
		return execv("no-interp", self_argv);
	case FAIL_CHECK:
		return syscall(__NR_execveat, AT_FDCWD, "self", self_argv,
			       environ, AT_EXECVE_CHECK);
	}
	return 0;
}

TEST_F(failure, nothing_stays)
{
	const struct test_prog *const progs = self->skel->bss->progs;
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(SELF, RESTRICT_EXECTIME));
		self->skel->bss->target_pid = getpid();
		EXPECT_EQ(variant->error ? -1 : 0, fail_with(variant->failure));
		if (variant->error)
			EXPECT_EQ(variant->error, errno);
		self->skel->bss->target_pid = 0;

		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	EXPECT_EQ(SELF, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(0, reports[1].nnp);

	/* Or this would have proved nothing. */
	EXPECT_EQ(variant->for_exec, progs[PROG_FOR_EXEC_1].hits);
	EXPECT_EQ(variant->check, progs[PROG_CHECK_1].hits);
	EXPECT_EQ(variant->for_exec, progs[PROG_FOR_EXEC_1].ops[0].done);
	EXPECT_EQ(variant->for_exec ? 0 : 1,
		  progs[PROG_FOR_EXEC_1].ops[0].ret);
}

/* set-user-ID programs. */
FIXTURE(setuid)
{
	struct stage *skel;
};

FIXTURE_VARIANT(setuid)
{
	struct test_prog progs[PROG_NUM];
	/* Effective IDs of both execs. */
	uid_t first;
	uid_t second;
	__u64 denied;
	int nnp;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nothing) {
	/* clang-format on */
};

/* A domain alone does not prevent a program from gaining privileges. */

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, restricted) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.denied = DENY_A,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, restricted_nnp) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.second = EXECTIME_UID,
	.denied = DENY_A,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nnp) {
	/* clang-format on */
	.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.second = EXECTIME_UID,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(setuid, nnp_from_file) {
	/* clang-format on */
	.progs[PROG_FROM_FILE].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.second = EXECTIME_UID,
	.nnp = 1,
};

FIXTURE_SETUP(setuid)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 04755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, variant->progs);
}

FIXTURE_TEARDOWN(setuid)
{
	stage__destroy(self->skel);
}

/* The task itself has no privilege: it is the program that decides. */
TEST_F(setuid, elevates)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, setresgid(EXECTIME_GID, EXECTIME_GID,
				       EXECTIME_GID));
		ASSERT_EQ(0, setresuid(EXECTIME_UID, EXECTIME_UID,
				       EXECTIME_UID));
		self->skel->bss->target_pid = getpid();
		setenv(EXECTIME_PLAN, "qdxq", 1);
		execv("self", self_argv);
		_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(variant->first, reports[0].euid);
	EXPECT_EQ(variant->second, reports[1].euid);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EXECTIME_UID, reports[i].uid);
		EXPECT_EQ(variant->denied, reports[i].denied);
		EXPECT_EQ(variant->nnp, reports[i].nnp);
		EXPECT_EQ(variant->nnp, reports[i].status_nnp);
	}
}

/* Maps of maps. */
FIXTURE(inner)
{
	struct stage *skel;
};

FIXTURE_VARIANT(inner)
{
	bool hash;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(inner, array) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(inner, hash) {
	/* clang-format on */
	.hash = true,
};

FIXTURE_SETUP(inner)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = {
			{ .type = DO_RESTRICT_INNER, .slot = SLOT_A },
		},
	};

	exectime_prepare_dir(_metadata);
	self->skel = load_stage(_metadata);
	self->skel->bss->use_outer_hash = variant->hash;
	attach_progs(_metadata, self->skel, progs);
	ASSERT_EQ(0, store_denied(bpf_map__fd(self->skel->maps.inner_1), SLOT_A,
				  DENY_A));
	ASSERT_EQ(0, store_denied(bpf_map__fd(self->skel->maps.inner_2), SLOT_A,
				  DENY_B));
}

FIXTURE_TEARDOWN(inner)
{
	stage__destroy(self->skel);
}

TEST_F(inner, swapped)
{
	struct stage *const skel = self->skel;
	const struct bpf_map *const outer =
		variant->hash ? skel->maps.outer_hash : skel->maps.outer_array;
	const int inner_fds[] = {
		bpf_map__fd(skel->maps.inner_1),
		bpf_map__fd(skel->maps.inner_2),
		bpf_map__fd(skel->maps.inner_1),
	};
	const __u64 denied[] = { DENY_A, DENY_B, DENY_A };
	const struct test_op *const op =
		&skel->bss->progs[PROG_FOR_EXEC_1].ops[0];
	const __u32 key = 0;
	struct exec_report report;
	struct exec_run run;

	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		ASSERT_EQ(0, bpf_map_update_elem(bpf_map__fd(outer), &key,
						 &inner_fds[i], BPF_ANY));
		if (exectime_fork(_metadata, &run)) {
			skel->bss->target_pid = getpid();
			if (exectime_exec("p"))
				_exit(1);
		}
		ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		EXPECT_EQ(0, op->ret);
		EXPECT_EQ(denied[i], report.denied);
		EXPECT_EQ(1, report.layers);
	}
}

TEST_HARNESS_MAIN
