// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Privileges of programs executed with a staged ruleset:
 *                  no_new_privs set at exec time, set-user-ID, set-group-ID and
 *                  file capabilities, ptrace(2)
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"

#define FILE_CAP CAP_NET_RAW

static char *const self_argv[] = { "exectime", NULL };

/* Becomes a user that has nothing but CAP_SYS_ADMIN. */
static void become_user(struct __test_metadata *const _metadata)
{
	const cap_value_t admin = CAP_SYS_ADMIN;
	cap_t caps;

	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setresgid(EXECTIME_GID, EXECTIME_GID, EXECTIME_GID));
	ASSERT_EQ(0, setresuid(EXECTIME_UID, EXECTIME_UID, EXECTIME_UID));

	caps = cap_init();
	ASSERT_NE(NULL, caps);
	ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &admin, CAP_SET));
	ASSERT_EQ(0, cap_set_flag(caps, CAP_EFFECTIVE, 1, &admin, CAP_SET));
	ASSERT_EQ(0, cap_set_proc(caps));
	ASSERT_EQ(0, cap_free(caps));

	/* Not dumpable any more, but still the owner of its /proc/self. */
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

/* As drop_caps(), but a set-user-ID program still gets those of root. */
static void drop_all_caps(struct __test_metadata *const _metadata)
{
	cap_t none;

	none = cap_init();
	ASSERT_NE(NULL, none);
	ASSERT_EQ(0, cap_set_proc(none));
	ASSERT_EQ(0, cap_free(none));
}

static int set_file_cap(const char *const path)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << FILE_CAP,
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0);
}

/* Where a program could get privileges from. */
enum gain {
	GAIN_NOTHING,
	GAIN_UID,
	GAIN_GID,
	GAIN_CAP,
	GAIN_NUM,
};

/* Calls before the program is executed. */
enum ask {
	ASK_NOTHING,
	ASK_STAGE,
	ASK_STAGE_NNP,
	ASK_NNP,
	ASK_NNP_THEN_STAGE,
	ASK_USERNS_STAGE_NNP,
};

FIXTURE(gain)
{
};

FIXTURE_VARIANT(gain)
{
	enum ask ask;
	/* Whether the first program, and the next one, elevate. */
	bool first;
	bool second;
	/* no_new_privs of both programs. */
	int nnp;
	bool denied;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, nothing) {
	/* clang-format on */
	.ask = ASK_NOTHING,
	.first = true,
	.second = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage) {
	/* clang-format on */
	.ask = ASK_STAGE,
	.first = true,
	.second = true,
	.denied = true,
};

/* The exec that sets no_new_privs elevates as usual, and is the last one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage_nnp) {
	/* clang-format on */
	.ask = ASK_STAGE_NNP,
	.first = true,
	.nnp = 1,
	.denied = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, nnp) {
	/* clang-format on */
	.ask = ASK_NNP,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, nnp_then_stage) {
	/* clang-format on */
	.ask = ASK_NNP_THEN_STAGE,
	.nnp = 1,
	.denied = true,
};

/*
 * CAP_SYS_ADMIN of a user namespace allows to stage, but no program there can
 * elevate outside of it.
 */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, userns_stage_nnp) {
	/* clang-format on */
	.ask = ASK_USERNS_STAGE_NNP,
	.nnp = 1,
	.denied = true,
};

FIXTURE_SETUP(gain)
{
	static const mode_t modes[GAIN_NUM] = {
		[GAIN_NOTHING] = 0755,
		[GAIN_UID] = 04755,
		[GAIN_GID] = 02755,
		[GAIN_CAP] = 0755,
	};
	char path[16];

	exectime_prepare_dir(_metadata);
	for (int i = 0; i < GAIN_NUM; i++) {
		snprintf(path, sizeof(path), "self%d", i);
		exectime_copy_self(_metadata, path, modes[i]);
		if (i == GAIN_CAP)
			ASSERT_EQ(0, set_file_cap(path));
	}
}

FIXTURE_TEARDOWN(gain)
{
}

static void ask(struct __test_metadata *const _metadata, const enum ask ask)
{
	switch (ask) {
	case ASK_NOTHING:
		break;
	case ASK_STAGE:
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		break;
	case ASK_STAGE_NNP:
	case ASK_USERNS_STAGE_NNP:
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		break;
	case ASK_NNP:
	case ASK_NNP_THEN_STAGE:
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		if (ask == ASK_NNP_THEN_STAGE)
			ASSERT_EQ(0, exectime_restrict(DENY_A,
						       RESTRICT_EXECTIME));
		break;
	}
}

static void expect_gain(struct __test_metadata *const _metadata,
			const struct exec_report *const report,
			const enum gain gain, const uid_t uid, const gid_t gid,
			const bool elevated)
{
	EXPECT_EQ(gain == GAIN_UID && elevated ? 0 : uid, report->euid);
	EXPECT_EQ(gain == GAIN_GID && elevated ? 0 : gid, report->egid);
	EXPECT_EQ(gain == GAIN_CAP && elevated,
		  report->caps == (1ULL << FILE_CAP));
	/* Root gains all capabilities. */
	EXPECT_EQ(gain == GAIN_UID && elevated,
		  !!(report->caps & (1ULL << CAP_SYS_ADMIN)));
	/* The flag of a file with capabilities does not mean that it has any. */
	EXPECT_EQ(gain == GAIN_CAP || (gain != GAIN_NOTHING && elevated),
		  report->secure);
}

TEST_F(gain, privileges)
{
	const bool in_userns = variant->ask == ASK_USERNS_STAGE_NNP;
	const uid_t uid = in_userns ? 65534 : EXECTIME_UID;
	const gid_t gid = in_userns ? 65534 : EXECTIME_GID;

	for (int gain = 0; gain < GAIN_NUM; gain++) {
		struct exec_report reports[2] = {};
		struct exec_run run;

		if (exectime_fork(_metadata, &run)) {
			char path[16];

			snprintf(path, sizeof(path), "self%d", gain);
			become_user(_metadata);
			if (in_userns) {
				drop_all_caps(_metadata);
				ASSERT_EQ(0, unshare(CLONE_NEWUSER));
			}
			ask(_metadata, variant->ask);
			setenv(EXECTIME_PLAN, "qdxq", 1);
			execv(path, self_argv);
			_exit(1);
		}

		EXPECT_EQ(2, exectime_wait(_metadata, &run, reports, 2))
		{
			TH_LOG("with program %d", gain);
		}
		/* Root's file capabilities are valid in user namespaces. */
		expect_gain(_metadata, &reports[0], gain, uid, gid,
			    variant->first || (in_userns && gain == GAIN_CAP));
		expect_gain(_metadata, &reports[1], gain, uid, gid,
			    variant->second);
		for (int i = 0; i < 2; i++) {
			EXPECT_EQ(variant->nnp, reports[i].nnp);
			EXPECT_EQ(variant->nnp, reports[i].status_nnp);
			EXPECT_EQ(variant->denied ? DENY_A : 0,
				  reports[i].denied);
		}
	}
}

/* An unprivileged task cannot stage: set-user-ID programs are unaffected. */
TEST_F(gain, refused_without_privilege)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		become_user(_metadata);
		drop_all_caps(_metadata);
		EXPECT_EQ(-EPERM, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
								    RESTRICT_NNP));
		EXPECT_EQ(-EPERM,
			  exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		setenv(EXECTIME_PLAN, "q", 1);
		execv("self1", self_argv);
		_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	expect_gain(_metadata, &report, GAIN_UID, EXECTIME_UID, EXECTIME_GID,
		    true);
	EXPECT_EQ(0, report.denied);
	EXPECT_EQ(0, report.nnp);
}

FIXTURE(nnp)
{
};

FIXTURE_VARIANT(nnp)
{
	/* Flags of three calls in a row, -1 for none. */
	int flags[3];
	/* no_new_privs before and after the exec. */
	int before;
	int after;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, stage) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME, -1, -1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, stage_nnp) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME | RESTRICT_NNP, -1, -1 },
	.after = 1,
};

/* The no_new_privs of a replaced stage is gone with it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, replaced) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME | RESTRICT_NNP, RESTRICT_EXECTIME, -1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, replaced_with_nnp) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME, RESTRICT_EXECTIME | RESTRICT_NNP, -1 },
	.after = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, replaced_twice) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME | RESTRICT_NNP, RESTRICT_EXECTIME,
		   RESTRICT_EXECTIME | RESTRICT_NNP },
	.after = 1,
};

/* An immediate call says nothing about the next exec. */

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, then_restricted) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME | RESTRICT_NNP, 0, -1 },
	.after = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, then_restricted_and_replaced) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME | RESTRICT_NNP, 0, RESTRICT_EXECTIME },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(nnp, then_restricted_with_nnp) {
	/* clang-format on */
	.flags = { RESTRICT_EXECTIME, RESTRICT_NNP, -1 },
	.before = 1,
	.after = 1,
};

FIXTURE_SETUP(nnp)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(nnp)
{
}

/*
 * no_new_privs is the known attribute: a seccomp(2) filter needs no other
 * privilege, and children and threads have it.
 */
TEST_F(nnp, set)
{
	struct exec_report reports[5];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < ARRAY_SIZE(variant->flags); i++)
			if (variant->flags[i] != -1)
				ASSERT_EQ(0,
					  exectime_restrict(DENY_A,
							    variant->flags[i]));
		clear_cap(_metadata, CAP_SYS_ADMIN);
		exectime_report(false);
		if (exectime_exec("pxpfpcp"))
			_exit(1);
	}

	ASSERT_EQ(5, exectime_wait(_metadata, &run, reports, 5));
	for (int i = 0; i < 5; i++) {
		const int nnp = i ? variant->after : variant->before;

		EXPECT_EQ(nnp, reports[i].nnp);
		EXPECT_EQ(nnp, reports[i].status_nnp);
		EXPECT_EQ(nnp ? 0 : EACCES, reports[i].seccomp);
	}
}

/* Once set at exec time, it can no more be unset than if set by prctl(2). */
TEST_F(nnp, cannot_be_unset)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < ARRAY_SIZE(variant->flags); i++)
			if (variant->flags[i] != -1)
				ASSERT_EQ(0,
					  exectime_restrict(DENY_A,
							    variant->flags[i]));
		if (exectime_exec("Uq"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->after, report.nnp);
}

FIXTURE(trace)
{
};

FIXTURE_SETUP(trace)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
}

FIXTURE_TEARDOWN(trace)
{
}

enum state {
	STATE_FREE,
	STATE_STAGED,
	STATE_ENFORCED,
	STATE_NUM,
};

/*
 * Stages DENY_A if @state asks for it, and executes @plan if it is to be
 * enforced.  Returns otherwise.  No capability is left: a task cannot trace
 * a task with more capabilities, which is no concern of Landlock.
 */
static void reach_state(struct __test_metadata *const _metadata,
			const enum state state, const char *const plan)
{
	set_cap(_metadata, CAP_SYS_ADMIN);
	if (state != STATE_FREE)
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
	drop_caps(_metadata);

	/* Yama may restrict tracers to ancestors. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (state != STATE_ENFORCED)
		return;

	exectime_exec(plan);
	_exit(1);
}

/*
 * Its enforced domain restricts a tracer, as with any domain, and a tracee is
 * restricted by the domain of its tracer.  A stage counts for neither.
 */
TEST_F(trace, attach)
{
	for (int tracee = 0; tracee < STATE_NUM; tracee++) {
		int ready[2], hold[2];
		char pid[16], byte;
		pid_t child;

		ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
		ASSERT_EQ(0, pipe2(hold, O_CLOEXEC));
		child = fork();
		ASSERT_LE(0, child);
		if (child == 0) {
			close(hold[1]);
			ASSERT_EQ(0, dup2(hold[0], STDIN_FILENO));
			reach_state(_metadata, tracee, "w");
			close(ready[1]);
			while (true)
				pause();
		}
		EXPECT_EQ(0, close(ready[1]));
		EXPECT_EQ(0, close(hold[0]));
		EXPECT_EQ(0, read(ready[0], &byte, 1));
		EXPECT_EQ(0, close(ready[0]));
		snprintf(pid, sizeof(pid), "%d", child);
		setenv(EXECTIME_PID, pid, 1);

		for (int tracer = 0; tracer < STATE_NUM; tracer++) {
			struct exec_run run;
			int status;

			if (exectime_fork(_metadata, &run)) {
				/* It stays so for the programs to come. */
				reach_state(_metadata, tracer, "TxT");
				_exit(exectime_trace() ? 1 : 0);
			}
			exectime_wait_status(_metadata, &run, NULL, 0, &status);
			EXPECT_EQ(0, status)
			{
				TH_LOG("tracer %d, tracee %d", tracer, tracee);
			}
		}

		EXPECT_EQ(0, kill(child, SIGKILL));
		EXPECT_EQ(child, waitpid(child, NULL, 0));
		EXPECT_EQ(0, close(hold[1]));
	}
}

/* From a domain made by a stage only to the same domain or inside it. */
TEST_F(trace, attach_inside)
{
	static const char *const plans[] = {
		/* A child attaches to its parent, in the same domain. */
		"ft",
		"fxt",
		/* Then from a nested domain. */
		"fExT",
		/* A parent attaches to its child in a nested domain. */
		"Ntk",
	};

	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		struct exec_run run;
		int status;

		if (exectime_fork(_metadata, &run)) {
			char pid[16];

			/* For a stage made from the domain. */
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			snprintf(pid, sizeof(pid), "%d", getpid());
			setenv(EXECTIME_PID, pid, 1);
			reach_state(_metadata, STATE_ENFORCED, plans[i]);
		}
		exectime_wait_status(_metadata, &run, NULL, 0, &status);
		EXPECT_EQ(0, status)
		{
			TH_LOG("with plan %s", plans[i]);
		}
	}
}

/* A tracer outside of any domain sees no difference. */
TEST_F(trace, traced_exec)
{
	struct exec_report reports[2];
	struct exec_run run;
	int status;

	if (exectime_fork(_metadata, &run)) {
		set_cap(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		clear_cap(_metadata, CAP_SYS_ADMIN);
		ASSERT_EQ(0, ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		if (exectime_exec("q"))
			_exit(1);
	}

	ASSERT_EQ(run.child, waitpid(run.child, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	EXPECT_EQ(SIGTRAP, WSTOPSIG(status));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, run.child, NULL, NULL));

	ASSERT_EQ(1, exectime_wait(_metadata, &run, reports, 1));
	EXPECT_EQ(DENY_A, reports[0].denied);
	EXPECT_EQ(1, reports[0].nnp);
}

/*
 * Waits until an exec of @pid, which closed its files, is done: the new program
 * has no arguments before it has its credentials.
 */
static void wait_for_program(struct __test_metadata *const _metadata,
			     const pid_t pid)
{
	char path[32], byte;
	ssize_t size;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	do {
		const int fd = open(path, O_RDONLY | O_CLOEXEC);

		ASSERT_LE(0, fd);
		size = read(fd, &byte, 1);
		close(fd);
	} while (size == 0);
	EXPECT_EQ(1, size);
}

/*
 * A child made before its parent is sandboxed cannot ask to be traced by it
 * once it is.
 */
TEST_F(trace, traceme)
{
	int at_exec[2], done[2];
	struct exec_run run;

	ASSERT_EQ(0, pipe2(at_exec, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));

	if (exectime_fork(_metadata, &run)) {
		pid_t child;
		char byte;

		set_cap(_metadata, CAP_SYS_ADMIN);
		child = fork();
		if (child == 0) {
			/* The parent executes: end of file. */
			close(at_exec[1]);
			EXPECT_EQ(0, read(at_exec[0], &byte, 1));
			wait_for_program(_metadata, getppid());
			EXPECT_EQ(-1, ptrace(PTRACE_TRACEME, 0, NULL, NULL));
			EXPECT_EQ(EPERM, errno);
			EXPECT_EQ(1, write(done[1], ".", 1));
			_exit(0);
		}
		ASSERT_EQ(0, dup2(done[0], STDIN_FILENO));
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));

		/* Only staged: allowed. */
		child = fork();
		if (child == 0) {
			EXPECT_EQ(0, ptrace(PTRACE_TRACEME, 0, NULL, NULL));
			_exit(0);
		}
		EXPECT_EQ(child, waitpid(child, NULL, 0));
		if (exectime_exec("w"))
			_exit(1);
	}

	/* Only the parent holds its end. */
	EXPECT_EQ(0, close(at_exec[1]));
	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
}

/*
 * A child executes a program with the ruleset that its parent staged, and then
 * the parent follows @plan in a program of its own.  With @again, it stages the
 * same ruleset again before that.
 */
static void trace_child(struct __test_metadata *const _metadata,
			const bool again, const char *const plan)
{
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		int ready[2], hold[2], ruleset_fd;
		char byte, pid[16];
		pid_t child;

		set_cap(_metadata, CAP_SYS_ADMIN);
		ruleset_fd = exectime_ruleset(DENY_A);
		ASSERT_LE(0, ruleset_fd);
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));

		ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
		ASSERT_EQ(0, pipe2(hold, 0));
		child = fork();
		if (child == 0) {
			clear_cap(_metadata, CAP_SYS_ADMIN);
			/* Nobody else ends it if the plan fails. */
			ASSERT_EQ(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
			/* Waits for a byte that never comes. */
			ASSERT_EQ(0, dup2(hold[0], STDIN_FILENO));
			exectime_exec("w");
			_exit(1);
		}
		close(ready[1]);
		EXPECT_EQ(0, read(ready[0], &byte, 1));
		if (again)
			ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
							    RESTRICT_EXECTIME));

		close(ruleset_fd);
		clear_cap(_metadata, CAP_SYS_ADMIN);
		snprintf(pid, sizeof(pid), "%d", child);
		setenv(EXECTIME_PID, pid, 1);
		if (exectime_exec(plan))
			_exit(1);
	}

	EXPECT_EQ(0, exectime_wait(_metadata, &run, NULL, 0));
}

/*
 * The same stage, enforced by two programs: one domain, in which they are
 * equal.
 */
TEST_F(trace, same_stage)
{
	trace_child(_metadata, false, "tk");
}

/* The same ruleset, but staged twice: two domains, none in the other. */
TEST_F(trace, same_ruleset)
{
	trace_child(_metadata, true, "Tk");
}

TEST_HARNESS_MAIN
