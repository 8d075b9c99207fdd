// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Policies that are replaced while tasks are subject to them
 */

#include "landlock_bpf.h"
#include "live.h"

#define ALL_NET (LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP)
#define ALL_SCOPED \
	(LANDLOCK_SCOPE_SIGNAL | LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET)
#define ALL_OTHERS                                                            \
	(OTHER_BIND | OTHER_BIND_RULE | OTHER_CONNECT | OTHER_CONNECT_RULE |  \
	 OTHER_SIGNAL | OTHER_SOCKET)

FIXTURE(live)
{
	struct stage *skel;
	int map_fd;
	int socket_fd;
};

/* SLOT_A holds a policy, and is staged for each exec of the child. */
FIXTURE_SETUP(live)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};
	struct sockaddr_un addr;
	const socklen_t len = exectime_socket_name(&addr, getpid());

	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	self->socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, self->socket_fd);
	ASSERT_EQ(0, bind(self->socket_fd, (struct sockaddr *)&addr, len));

	self->skel = load_stage(_metadata);
	self->map_fd = bpf_map__fd(self->skel->maps.rulesets);
	ASSERT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(live)
{
	stage__destroy(self->skel);
	EXPECT_EQ(0, close(self->socket_fd));
}

/* What the rulesets handle, and how. */
TEST_F(live, replaced)
{
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "qwqwqwqwqwq");
	EXPECT_DENIED(DENY_A);

	/* Tightened, widened, and something else. */
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A | DENY_B, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A | DENY_B);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_NOTHING, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(0);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_C, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_C);

	/* Tried, and enforced again. */
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_C, LIVE_PERMISSIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(0);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_C, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_C);
	live_end(_metadata, &live);
}

/* A rule, and not only handled access rights. */
TEST_F(live, rules)
{
	struct live_run live;
	int ruleset_fd;

	live_begin(_metadata, self->skel, &live, "qwqwq");
	EXPECT_DENIED(DENY_A);

	ruleset_fd = exectime_ruleset(DENY_A | DENY_B);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, allow_everywhere(ruleset_fd, DENY_A));
	EXPECT_EQ(0, store_flags(self->map_fd, SLOT_A, ruleset_fd, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);

	/* A rule that is added later is for the next version. */
	ASSERT_EQ(0, allow_everywhere(ruleset_fd, DENY_B));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);
	EXPECT_EQ(0, close(ruleset_fd));
	live_end(_metadata, &live);
}

/* Scopes and the network. */
TEST_F(live, others)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_net = ALL_NET,
		.scoped = ALL_SCOPED,
	};
	struct exec_report report;
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "owowowo");
	live_report(_metadata, &live, &report);
	EXPECT_EQ(0, report.others);
	EXPECT_EQ(0, store_attr(self->map_fd, SLOT_A, &attr, LIVE));
	live_go_on(_metadata, &live);
	live_report(_metadata, &live, &report);
	EXPECT_EQ(ALL_OTHERS, report.others);
	EXPECT_EQ(0, report.denied);
	EXPECT_EQ(0, store_attr(self->map_fd, SLOT_A, &attr, LIVE_PERMISSIVE));
	live_go_on(_metadata, &live);
	live_report(_metadata, &live, &report);
	EXPECT_EQ(0, report.others);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
	live_go_on(_metadata, &live);
	live_report(_metadata, &live, &report);
	EXPECT_EQ(0, report.others);
	EXPECT_EQ(DENY_A, report.denied);
	live_end(_metadata, &live);
}

/* A policy separates domains, whatever it is; a permissive one only reports. */
TEST_F(live, ptrace)
{
	struct live_run live;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv(EXECTIME_PID, pid, 1);
	live_begin(_metadata, self->skel, &live, "qwTqwtq");
	EXPECT_DENIED(DENY_A);
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE_PERMISSIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(0);
	live_end(_metadata, &live);
}

/* An exec after the policy was replaced adds no layer. */
TEST_F(live, each_exec)
{
	struct exec_report report;
	struct live_run live;
	const int num = 2 * LANDLOCK_MAX_NUM_LAYERS;
	char plan[3 * num + 2];

	for (int i = 0; i < num; i++)
		memcpy(&plan[3 * i], "qwx", 3);
	memcpy(&plan[3 * num], "p", sizeof("p"));
	live_begin(_metadata, self->skel, &live, plan);
	for (int i = 0; i < num; i++) {
		EXPECT_DENIED(i % 2 ? DENY_B : DENY_A);
		ASSERT_EQ(0, store_live(self->map_fd, SLOT_A,
					i % 2 ? DENY_A : DENY_B, LIVE));
		live_go_on(_metadata, &live);
	}
	live_report(_metadata, &live, &report);
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(1, report.layers);
	live_end(_metadata, &live);
	EXPECT_EQ(0, self->skel->bss->progs[PROG_FOR_EXEC_1].ops[0].ret);
}

/* What the task denies itself stays, whatever the policy is. */
TEST_F(live, own_layers)
{
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "SqwqExqwq");
	EXPECT_DENIED(DENY_A | DENY_D);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_NOTHING, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_D);
	EXPECT_DENIED(DENY_D | DENY_E);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B | DENY_D | DENY_E);
	live_end(_metadata, &live);
}

/* Children and threads, also those that were there before. */
TEST_F(live, inherited)
{
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "fcqwq");
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);
	live_end(_metadata, &live);
}

/* Policies and rulesets of several slots have nothing to do with each other. */
TEST_F(live, several)
{
	struct test_op *const ops =
		self->skel->bss->progs[PROG_FOR_EXEC_1].ops;
	struct live_run live;

	ops[1] = (struct test_op)RESTRICT(SLOT_B, 0);
	ops[2] = (struct test_op)RESTRICT(SLOT_C, 0);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_C, DENY_C, LIVE));
	live_begin(_metadata, self->skel, &live, "qwqwqwq");
	EXPECT_DENIED(DENY_A | DENY_B | DENY_C);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_C, DENY_NOTHING, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A | DENY_B);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_E, LIVE_PERMISSIVE));
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_C, DENY_C | DENY_D, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B | DENY_C | DENY_D);

	/* SLOT_B is for the next exec. */
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_B, DENY_NOTHING, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B | DENY_C | DENY_D);
	live_end(_metadata, &live);
}

/* Without its slot, a policy stays as it is. */
TEST_F(live, kept)
{
	const __u32 slot = SLOT_A;
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "qwqwqxqwq");
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B, 0));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, bpf_map_delete_elem(self->map_fd, &slot));
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_C, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);

	/* Another policy is another layer. */
	EXPECT_DENIED(DENY_A | DENY_C);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_D, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A | DENY_D);
	live_end(_metadata, &live);
}

/* A domain outlives all that made it. */
TEST_F(live, outlives)
{
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "qwqwq");
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);
	stage__destroy(self->skel);
	self->skel = NULL;
	/* Maps are freed by a worker. */
	usleep(300000);
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);
	live_end(_metadata, &live);
}

/* The mode is the policy's. */
TEST_F(live, permissive_flag)
{
	struct test_op *const op =
		&self->skel->bss->progs[PROG_FOR_EXEC_1].ops[0];
	struct live_run live;

	op->flags = LANDLOCK_RESTRICT_SELF_PERMISSIVE;
	live_begin(_metadata, self->skel, &live, "q");
	EXPECT_DENIED(0);
	live_end(_metadata, &live);
	EXPECT_EQ(-EINVAL, op->ret);

	op->flags = LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON |
		    LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
	live_begin(_metadata, self->skel, &live, "q");
	EXPECT_DENIED(DENY_A);
	live_end(_metadata, &live);
	EXPECT_EQ(0, op->ret);
}

/* As an LSM policy object. */
TEST_F(live, object)
{
	struct test_op *const op =
		&self->skel->bss->progs[PROG_FOR_EXEC_1].ops[0];
	struct live_run live;

	op->type = DO_APPLY;
	live_begin(_metadata, self->skel, &live, "qwq");
	EXPECT_DENIED(DENY_A);
	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_B);
	live_end(_metadata, &live);
	EXPECT_EQ(0, op->ret);
}

/* Tells whether data for the other end sends a signal. */
static bool sends_signal(const int socket_fd, const sigset_t *const set)
{
	const struct timespec soon = {
		.tv_sec = 1,
	};

	return write(socket_fd, "x", 1) == 1 &&
	       sigtimedwait(set, NULL, &soon) == SIGIO;
}

/* An owner of signals was set before its policy had a scope. */
TEST_F(live, scope_of_owner)
{
	const struct landlock_ruleset_attr attr = {
		.scoped = LANDLOCK_SCOPE_SIGNAL,
	};
	struct exec_report extra;
	struct live_run live;
	int pair[2], status;
	pid_t child;

	/*
	 * The program sets an owner of the socket, its parent, which its policy
	 * forbids later: then the signal is not sent any more.
	 */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGIO);
		ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
		if (exectime_fork(_metadata, &live.run)) {
			ASSERT_EQ(0, dup2(pair[0], STDIN_FILENO));
			self->skel->bss->target_pid = getpid();
			exectime_exec("Oq");
			_exit(1);
		}
		EXPECT_DENIED(DENY_A);
		EXPECT_EQ(0, exectime_wait(_metadata, &live.run, &extra, 0));

		/* A task that waits for the data would have no signal sent. */
		ASSERT_EQ(0, fcntl(pair[0], F_SETFL, O_ASYNC));
		EXPECT_TRUE(sends_signal(pair[1], &set));
		EXPECT_EQ(0, store_attr(self->map_fd, SLOT_A, &attr, LIVE));
		EXPECT_FALSE(sends_signal(pair[1], &set));
		EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
		EXPECT_TRUE(sends_signal(pair[1], &set));
		_exit(_metadata->exit_code);
	}
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* Values that are refused change nothing. */
TEST_F(live, errors)
{
	const __u32 slot = SLOT_A;
	struct bpf_landlock_ruleset_info before, after;
	struct bpf_landlock_ruleset_info info = {
		.flags = LIVE,
	};

	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slot, &before));
	EXPECT_EQ(-EINVAL, store_live(self->map_fd, SLOT_A, DENY_B,
				      LANDLOCK_POLICY_PERMISSIVE));
	EXPECT_EQ(-EINVAL, store_live(self->map_fd, SLOT_A, DENY_B,
				      LIVE_PERMISSIVE << 1));
	EXPECT_EQ(-EINVAL, store_live(self->map_fd, SLOT_A, DENY_B, LIVE | 4));
	EXPECT_EQ(-EINVAL, store_live(self->map_fd, SLOT_A, DENY_B, 1U << 31));
	EXPECT_EQ(-E2BIG, store_live(self->map_fd, SLOT_NONE, DENY_B, LIVE));
	EXPECT_EQ(-EBADF, store_flags(self->map_fd, SLOT_A, -1, LIVE));
	EXPECT_EQ(-EBADF, store_flags(self->map_fd, SLOT_EMPTY, -1, LIVE));
	EXPECT_EQ(-EBADFD, store_flags(self->map_fd, SLOT_A, self->socket_fd,
				       LIVE));
	info.ruleset_fd = exectime_ruleset(DENY_B);
	info.policy_id = 1;
	EXPECT_EQ(-EINVAL, bpf_map_update_elem(self->map_fd, &slot, &info, 0));
	info.policy_id = 0;
	info.reserved = 1;
	EXPECT_EQ(-EINVAL, bpf_map_update_elem(self->map_fd, &slot, &info, 0));
	EXPECT_EQ(0, close(info.ruleset_fd));
	EXPECT_EQ(-ENOENT, lookup(self->map_fd, SLOT_EMPTY));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slot, &after));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
}

/* The description is of the current version, and the policy is the same one. */
TEST_F(live, described)
{
	const __u32 slots[] = { SLOT_A, SLOT_B };
	struct bpf_landlock_ruleset_info info, next;

	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slots[0], &info));
	EXPECT_EQ(LIVE, info.flags);
	EXPECT_NE(0, info.policy_id);
	EXPECT_EQ(DENY_A, info.handled_access_fs);
	ASSERT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B | DENY_C,
				LIVE_PERMISSIVE));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slots[0], &next));
	EXPECT_EQ(LIVE_PERMISSIVE, next.flags);
	EXPECT_EQ(info.policy_id, next.policy_id);
	EXPECT_EQ(DENY_B | DENY_C, next.handled_access_fs);
	EXPECT_NE(info.id, next.id);

	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slots[1], &next));
	EXPECT_EQ(0, next.flags);
	EXPECT_EQ(0, next.policy_id);
	ASSERT_EQ(0, store_live(self->map_fd, SLOT_B, DENY_B, LIVE));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slots[1], &next));
	EXPECT_EQ(LIVE, next.flags);
	EXPECT_NE(info.policy_id, next.policy_id);
}

TEST_HARNESS_MAIN
