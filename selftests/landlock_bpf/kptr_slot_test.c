// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - LSM policy objects in a slot of a map, and file descriptors of
 *                  rulesets and others
 */

#include "landlock_bpf.h"
#include "kptr_progs.h"

#include <linux/lsm.h>
#include <pthread.h>
#include <sys/mman.h>

/* One place that a program at the first hook takes its ruleset from. */
FIXTURE(slot)
{
	struct kptr *skel;
};

FIXTURE_SETUP(slot)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	exectime_write_file(_metadata, DATA, "data\n", 0755);
	self->skel = load_kptr_one(_metadata, HOOK_FOR_EXEC, IN_HASH);
}

FIXTURE_TEARDOWN(slot)
{
	kptr__destroy(self->skel);
}

/* For any creator of the ruleset, and with the LSM that a program sees. */
TEST_F(slot, fields)
{
	struct kptr_request request = {
		.where = IN_NOTHING,
		.fd = exectime_ruleset(DENY_A),
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	ASSERT_LE(0, request.fd);
	ASSERT_EQ(0,
		  bpf_prog_test_run_opts(
			  bpf_program__fd(self->skel->progs.store), &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(LSM_ID_LANDLOCK, request.lsmid);
	EXPECT_NE(0, request.type);
	EXPECT_EQ(0, close(request.fd));
}

/* Only a policy can be permissive by itself. */
TEST_F(slot, unknown_flags)
{
	const __u32 flags[] = { LANDLOCK_POLICY_PERMISSIVE, 4, 5, 1U << 31, ~0U };
	struct kptr_request request = {
		.where = IN_HASH,
		.fd = exectime_ruleset(DENY_A),
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));
	const int prog_fd = bpf_program__fd(self->skel->progs.store);

	ASSERT_LE(0, request.fd);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		request.flags = flags[i];
		ASSERT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
		EXPECT_EQ(-EBADF, (int)opts.retval);
	}
	request.flags = 0;
	ASSERT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(0, close(request.fd));
}

static int run_replace(struct __test_metadata *const _metadata,
		       const struct kptr *const skel, const int fd,
		       const __u32 flags)
{
	struct kptr_request request = {
		.fd = fd,
		.flags = flags,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	ASSERT_EQ(0, bpf_prog_test_run_opts(
			     bpf_program__fd(skel->progs.replace), &opts));
	return opts.retval;
}

/* Stores a policy that can be replaced. */
static void store_policy(struct __test_metadata *const _metadata,
			 const struct kptr *const skel, const int fd)
{
	struct kptr_request request = {
		.where = IN_HASH,
		.fd = fd,
		.flags = LANDLOCK_POLICY_LIVE,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	ASSERT_EQ(0, bpf_prog_test_run_opts(bpf_program__fd(skel->progs.store),
					    &opts));
	ASSERT_EQ(0, opts.retval);
}

/* This reaches a task that runs, and the task's next exec adds no layer. */
TEST_F(slot, replaced_policy)
{
	const int a = exectime_ruleset(DENY_A), b = exectime_ruleset(DENY_B);
	struct exec_report reports[3] = {};
	struct exec_run run;
	int sync[2];

	ASSERT_LE(0, a);
	ASSERT_LE(0, b);
	store_policy(_metadata, self->skel, a);
	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		self->skel->bss->target_pid = getpid();
		setenv(EXECTIME_PLAN, "qwqwxp", 1);
		execv(PROGRAM, self_argv);
		_exit(1);
	}
	ASSERT_EQ(sizeof(reports[0]),
		  read(run.fd, &reports[0], sizeof(reports[0])));
	EXPECT_EQ(DENY_A, reports[0].denied);
	EXPECT_EQ(0, run_replace(_metadata, self->skel, b, 0));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	ASSERT_EQ(sizeof(reports[1]),
		  read(run.fd, &reports[1], sizeof(reports[1])));
	EXPECT_EQ(DENY_B, reports[1].denied);
	EXPECT_EQ(0, run_replace(_metadata, self->skel, a,
				 LANDLOCK_POLICY_PERMISSIVE));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &reports[2], 1));
	EXPECT_EQ(0, reports[2].denied);
	EXPECT_EQ(1, reports[2].layers);
	EXPECT_EQ(0, close(sync[0]));
	EXPECT_EQ(0, close(sync[1]));
	EXPECT_EQ(0, close(a));
	EXPECT_EQ(0, close(b));
}

TEST_F(slot, replaced_policy_errors)
{
	const int fd = exectime_ruleset(DENY_A);
	int other_fd;

	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOENT, run_replace(_metadata, self->skel, fd, 0));
	EXPECT_EQ(0, store_fd(_metadata, self->skel, IN_HASH, fd, NULL));
	EXPECT_EQ(-EINVAL, run_replace(_metadata, self->skel, fd, 0));
	store_policy(_metadata, self->skel, fd);
	EXPECT_EQ(-EINVAL, run_replace(_metadata, self->skel, fd,
				       LANDLOCK_POLICY_LIVE));
	EXPECT_EQ(-EINVAL, run_replace(_metadata, self->skel, fd, 4));
	EXPECT_EQ(-EBADF, run_replace(_metadata, self->skel, -1, 0));
	other_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	EXPECT_EQ(-EBADFD, run_replace(_metadata, self->skel, other_fd, 0));
	EXPECT_EQ(0, close(other_fd));
	EXPECT_EQ(0, run_replace(_metadata, self->skel, fd, 0));
	EXPECT_EQ(0, close(fd));
}

/* Two processes that execute something at the same time share the slot. */
TEST_F(slot, released_together)
{
	const struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	const int rounds = 20;

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	for (int i = 0; i < rounds; i++) {
		struct exec_run runs[2];
		int sync[2];

		ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
		for (int j = 0; j < 2; j++) {
			if (exectime_fork(_metadata, &runs[j])) {
				char byte;

				ASSERT_EQ(0, close(sync[1]));
				/* Until there is no writer left. */
				ASSERT_EQ(0, read(sync[0], &byte, 1));
				setenv(EXECTIME_PLAN, "p", 1);
				execv(PROGRAM, self_argv);
				_exit(1);
			}
		}
		self->skel->bss->target_pid = runs[0].child;
		self->skel->bss->other_pid = runs[1].child;
		ASSERT_EQ(0, close(sync[1]));
		ASSERT_EQ(0, close(sync[0]));

		for (int j = 0; j < 2; j++) {
			struct exec_report report = {};

			EXPECT_EQ(1, exectime_wait(_metadata, &runs[j], &report,
						   1));
			EXPECT_EQ(DENY_A, report.denied);
			EXPECT_EQ(1, report.layers);
		}
	}
	EXPECT_EQ(2 * rounds, pick->applied);
	EXPECT_EQ(0, pick->missing);
}

/* The format is only looked at after the hook. */
TEST_F(slot, unknown_format)
{
	struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	struct exec_report reports[2] = {};
	struct exec_run run;

	pick->flags = RESTRICT_NNP;
	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	if (exectime_fork(_metadata, &run)) {
		self->skel->bss->target_pid = getpid();
		EXPECT_EQ(-1, execv(DATA, self_argv));
		EXPECT_EQ(ENOEXEC, errno);
		self->skel->bss->target_pid = 0;

		exectime_report(false);
		setenv(EXECTIME_PLAN, "p", 1);
		execv(PROGRAM, self_argv);
		_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, reports[i].denied);
		EXPECT_EQ(0, reports[i].layers);
		EXPECT_EQ(0, reports[i].nnp);
	}
	/* Or this would have proved nothing. */
	EXPECT_EQ(1, pick->applied);
	EXPECT_EQ(0, pick->ret);
}

/* A program that executes itself stays in the domain that it is in. */
TEST_F(slot, exec_again)
{
	const int num = 3 * LANDLOCK_MAX_NUM_LAYERS;
	const struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	struct exec_report report = {};
	struct exec_run run;
	char plan[num + 1];

	/* Executed NUM times, and only the last one reports. */
	memset(plan, 'x', num);
	plan[num - 1] = 'p';
	plan[num] = '\0';

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	if (exectime_fork(_metadata, &run))
		exec_self(self->skel, plan);
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(num, pick->applied);
	EXPECT_EQ(0, pick->ret);
}

/* Replaced all the time: there is always one of both rulesets. */
struct replacer {
	struct __test_metadata *_metadata;
	struct kptr *skel;
	bool stop;
	int num;
};

static void *replace(void *const data)
{
	struct replacer *const replacer = data;
	struct __test_metadata *const _metadata = replacer->_metadata;
	const int fds[] = { exectime_ruleset(DENY_A),
			    exectime_ruleset(DENY_B) };

	while (!__atomic_load_n(&replacer->stop, __ATOMIC_RELAXED)) {
		EXPECT_EQ(0, store_fd(_metadata, replacer->skel, IN_HASH,
				      fds[replacer->num++ % 2], NULL));
	}
	close(fds[0]);
	close(fds[1]);
	return NULL;
}

TEST_F(slot, replaced_all_the_time)
{
	struct replacer replacer = {
		._metadata = _metadata,
		.skel = self->skel,
	};
	pthread_t thread;

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	ASSERT_EQ(0, pthread_create(&thread, NULL, replace, &replacer));
	for (int i = 0; i < 30; i++) {
		const int *const ret =
			&self->skel->bss->picks[HOOK_FOR_EXEC][0].ret;
		struct exec_report report = {};
		struct exec_run run;

		if (exectime_fork(_metadata, &run))
			exec_self(self->skel, "q");
		EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		/* The found object may be about to be freed. */
		EXPECT_TRUE(*ret == 0 || *ret == -ENOENT);
		if (*ret) {
			EXPECT_EQ(0, report.denied);
			continue;
		}
		EXPECT_TRUE(report.denied == DENY_A || report.denied == DENY_B)
		{
			TH_LOG("%llx is denied", report.denied);
		}
	}
	__atomic_store_n(&replacer.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LT(30, replacer.num);
}

/* File descriptors that are no rulesets. */
FIXTURE(bad_fd)
{
	struct kptr *skel;
};

enum bad_fd {
	FD_RULESET,
	FD_NEGATIVE,
	FD_CLOSED,
	FD_TOO_LARGE,
	FD_FILE,
	FD_PATH,
	FD_PIPE,
	FD_MEMFD,
	FD_MAP,
};

FIXTURE_VARIANT(bad_fd)
{
	enum bad_fd fd;
	int ret;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, none) {
	/* clang-format on */
	.fd = FD_RULESET,
	.ret = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, negative) {
	/* clang-format on */
	.fd = FD_NEGATIVE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, closed) {
	/* clang-format on */
	.fd = FD_CLOSED,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, too_large) {
	/* clang-format on */
	.fd = FD_TOO_LARGE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, file) {
	/* clang-format on */
	.fd = FD_FILE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, path) {
	/* clang-format on */
	.fd = FD_PATH,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, pipe) {
	/* clang-format on */
	.fd = FD_PIPE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, memfd) {
	/* clang-format on */
	.fd = FD_MEMFD,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, map) {
	/* clang-format on */
	.fd = FD_MAP,
	.ret = -EBADF,
};

FIXTURE_SETUP(bad_fd)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	self->skel = load_kptr_one(_metadata, HOOK_FOR_EXEC, IN_ARRAY);
}

FIXTURE_TEARDOWN(bad_fd)
{
	kptr__destroy(self->skel);
}

static int get_bad_fd(struct __test_metadata *const _metadata,
		      const struct kptr *const skel, const enum bad_fd bad_fd)
{
	int fd = -1, fds[2];

	switch (bad_fd) {
	case FD_RULESET:
		fd = exectime_ruleset(DENY_B);
		break;
	case FD_NEGATIVE:
		return -1;
	case FD_CLOSED:
		fd = exectime_ruleset(DENY_B);
		EXPECT_EQ(0, close(fd));
		break;
	case FD_TOO_LARGE:
		return 1 << 30;
	case FD_FILE:
		fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
		break;
	case FD_PATH:
		fd = open(PROGRAM, O_PATH | O_CLOEXEC);
		break;
	case FD_PIPE:
		ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
		fd = fds[0];
		break;
	case FD_MEMFD:
		fd = memfd_create("kptr", MFD_CLOEXEC);
		break;
	case FD_MAP:
		fd = dup(bpf_map__fd(skel->maps.in_hash));
		break;
	}
	ASSERT_LE(0, fd);
	return fd;
}

/* Nothing is stored, and the stored object stays. */
TEST_F(bad_fd, refused)
{
	struct exec_report report = {};
	struct exec_run run;

	store_new(_metadata, self->skel, IN_ARRAY, DENY_A, NULL);
	if (exectime_fork(_metadata, &run)) {
		const int fd = get_bad_fd(_metadata, self->skel, variant->fd);
		__u64 address;

		EXPECT_EQ(variant->ret, store_fd(_metadata, self->skel,
						 IN_ARRAY, fd, &address));
		EXPECT_EQ(!variant->ret, !!address);
		exec_self(self->skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, self->skel->bss->picks[HOOK_FOR_EXEC][0].ret);
	EXPECT_EQ(variant->ret ? DENY_A : DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/* File descriptors are those of the caller. */
TEST_F(bad_fd, of_another_task)
{
	struct exec_run run;
	char byte;

	if (exectime_fork(_metadata, &run)) {
		const int fd = exectime_ruleset(DENY_A);

		ASSERT_LE(0, fd);
		ASSERT_EQ(100, dup2(fd, 100));
		ASSERT_EQ(1, write(atoi(getenv(EXECTIME_FD)), "", 1));
		pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(run.fd, &byte, 1));
	EXPECT_EQ(-EBADF,
		  store_fd(_metadata, self->skel, IN_ARRAY, 100, NULL));
	ASSERT_EQ(0, kill(run.child, SIGKILL));
	ASSERT_EQ(run.child, waitpid(run.child, NULL, 0));
	EXPECT_EQ(0, close(run.fd));
}

TEST_HARNESS_MAIN
