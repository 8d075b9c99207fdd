// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Tasks and credentials that inherit a ruleset staged with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "exectime.h"

FIXTURE(life)
{
};

FIXTURE_SETUP(life)
{
	exectime_prepare_dir(_metadata);
	disable_caps(_metadata);
	set_cap(_metadata, CAP_SYS_ADMIN);
}

FIXTURE_TEARDOWN(life)
{
}

/* Everyone has a stage of its own, even if it is the same. */
TEST_F(life, inherited_by_fork)
{
	struct exec_report reports[4];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		pid_t child;

		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));

		/* Replaces, in a child only. */
		child = fork();
		if (child == 0) {
			ASSERT_EQ(0,
				  exectime_restrict(DENY_B, RESTRICT_EXECTIME));
			exectime_exec("p");
			_exit(1);
		}
		exectime_wait_child(_metadata, child);

		/* Adds a domain, in a child only. */
		child = fork();
		if (child == 0) {
			ASSERT_EQ(0, exectime_restrict(DENY_C, 0));
			exectime_exec("p");
			_exit(1);
		}
		exectime_wait_child(_metadata, child);

		/* Exits without executing anything, in a child only. */
		child = fork();
		if (child == 0)
			_exit(0);
		exectime_wait_child(_metadata, child);

		/* Inherits through a child that does not execute anything. */
		child = fork();
		if (child == 0) {
			child = fork();
			if (child == 0) {
				exectime_exec("p");
				_exit(1);
			}
			exectime_wait_child(_metadata, child);
			_exit(0);
		}
		exectime_wait_child(_metadata, child);

		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(4, exectime_wait(_metadata, &run, reports, 4));
	EXPECT_EQ(DENY_B, reports[0].denied);
	EXPECT_EQ(1, reports[0].layers);
	EXPECT_EQ(DENY_A | DENY_C, reports[1].denied);
	EXPECT_EQ(2, reports[1].layers);
	for (int i = 2; i < 4; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

/* A program that was started has no stage left to give. */
TEST_F(life, not_inherited_once_enforced)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		if (exectime_exec("pfxp"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_NE(reports[0].pid, reports[1].pid);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(DENY_A, reports[i].denied);
		EXPECT_EQ(1, reports[i].layers);
	}
}

enum cred_change {
	CRED_SETUID,
	CRED_SETGID,
	CRED_SETGROUPS,
	CRED_SETFSUID,
	CRED_CAPSET,
	CRED_BOUNDING_SET,
	CRED_SECUREBITS,
	CRED_USERNS,
	CRED_SETNS,
	CRED_KEYRING,
	CRED_SESSION_TO_PARENT,
};

FIXTURE(cred)
{
};

FIXTURE_VARIANT(cred)
{
	enum cred_change change;
};

#define CHANGE(_change) { .change = (_change) }

FIXTURE_VARIANT_ADD(cred, setuid) CHANGE(CRED_SETUID);
FIXTURE_VARIANT_ADD(cred, setgid) CHANGE(CRED_SETGID);
FIXTURE_VARIANT_ADD(cred, setgroups) CHANGE(CRED_SETGROUPS);
FIXTURE_VARIANT_ADD(cred, setfsuid) CHANGE(CRED_SETFSUID);
FIXTURE_VARIANT_ADD(cred, bounding_set) CHANGE(CRED_BOUNDING_SET);
FIXTURE_VARIANT_ADD(cred, securebits) CHANGE(CRED_SECUREBITS);
FIXTURE_VARIANT_ADD(cred, setns) CHANGE(CRED_SETNS);
FIXTURE_VARIANT_ADD(cred, capset) CHANGE(CRED_CAPSET);
FIXTURE_VARIANT_ADD(cred, userns) CHANGE(CRED_USERNS);
FIXTURE_VARIANT_ADD(cred, keyring) CHANGE(CRED_KEYRING);
FIXTURE_VARIANT_ADD(cred, session_to_parent) CHANGE(CRED_SESSION_TO_PARENT);

/* With all capabilities, but none for the program to come. */
FIXTURE_SETUP(cred)
{
	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
}

FIXTURE_TEARDOWN(cred)
{
}

static long sys_keyctl(const int cmd)
{
	return syscall(__NR_keyctl, cmd, NULL, 0, 0, 0);
}

/* A child's user namespace. */
static void enter_userns(struct __test_metadata *const _metadata)
{
	int ready[2], ns_fd;
	char path[32], byte;
	pid_t child;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		ASSERT_EQ(1, write(ready[1], ".", 1));
		while (true)
			pause();
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
	ns_fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, ns_fd);
	ASSERT_EQ(0, setns(ns_fd, CLONE_NEWUSER));
	ASSERT_EQ(0, close(ns_fd));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
}

static void change_cred(struct __test_metadata *const _metadata,
			const enum cred_change change)
{
	const gid_t groups[] = { EXECTIME_GID };
	pid_t child;

	switch (change) {
	case CRED_SETUID:
		ASSERT_EQ(0,
			  setresuid(EXECTIME_UID, EXECTIME_UID, EXECTIME_UID));
		break;
	case CRED_SETGID:
		ASSERT_EQ(0,
			  setresgid(EXECTIME_GID, EXECTIME_GID, EXECTIME_GID));
		break;
	case CRED_SETGROUPS:
		ASSERT_EQ(0, setgroups(ARRAY_SIZE(groups), groups));
		break;
	case CRED_SETFSUID:
		/* Cannot tell a failure, but for the second call. */
		syscall(__NR_setfsuid, EXECTIME_UID);
		ASSERT_EQ(EXECTIME_UID, syscall(__NR_setfsuid, EXECTIME_UID));
		break;
	case CRED_BOUNDING_SET:
		ASSERT_EQ(0, prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO, 0, 0, 0));
		break;
	case CRED_SECUREBITS:
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS,
				   SECBIT_NOROOT | SECBIT_NOROOT_LOCKED));
		break;
	case CRED_SETNS:
		enter_userns(_metadata);
		break;
	case CRED_CAPSET:
		drop_caps(_metadata);
		break;
	case CRED_USERNS:
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		break;
	case CRED_KEYRING:
		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		break;
	case CRED_SESSION_TO_PARENT:
		/*
		 * The child installs credentials on its parent that do not go
		 * through the same copy as the other ones.
		 */
		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		child = fork();
		if (child == 0) {
			EXPECT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
			EXPECT_EQ(0, sys_keyctl(KEYCTL_SESSION_TO_PARENT));
			_exit(0);
		}
		exectime_wait_child(_metadata, child);
		break;
	}
}

/* The stage goes with the credentials, and needs no privilege any more. */
TEST_F(cred, stage_follows)
{
	struct exec_report reports[2];
	struct exec_run run;

	if (variant->change >= CRED_KEYRING && access("/proc/keys", F_OK))
		SKIP(return, "The kernel is built without CONFIG_KEYS");

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME |
							       RESTRICT_NNP));
		change_cred(_metadata, variant->change);
		exectime_report(true);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	EXPECT_EQ(0, reports[0].denied);
	EXPECT_EQ(0, reports[0].nnp);
	EXPECT_EQ(DENY_A, reports[1].denied);
	EXPECT_EQ(1, reports[1].layers);
	EXPECT_EQ(1, reports[1].nnp);
}

/* The keyring of a child, but not the child's own stage. */
TEST_F(life, not_taken_from_a_child)
{
	struct exec_report report;
	struct exec_run run;

	if (access("/proc/keys", F_OK))
		SKIP(return, "The kernel is built without CONFIG_KEYS");

	if (exectime_fork(_metadata, &run)) {
		pid_t child;

		ASSERT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
		child = fork();
		if (child == 0) {
			EXPECT_NE(-1, sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING));
			EXPECT_EQ(0, exectime_restrict(DENY_A,
						       RESTRICT_EXECTIME |
							       RESTRICT_NNP));
			EXPECT_EQ(0, sys_keyctl(KEYCTL_SESSION_TO_PARENT));
			_exit(0);
		}
		exectime_wait_child(_metadata, child);
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, report.denied);
	EXPECT_EQ(0, report.layers);
	EXPECT_EQ(0, report.nnp);
}

/* Files opened with credentials that had a stage keep them, and nothing else.*/
TEST_F(life, kept_by_a_file)
{
	struct exec_report report;
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		ASSERT_LE(0, open("/dev/null", O_RDONLY));
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/* Opens @path with the credentials @personality.  Returns 0 or -errno. */
static int open_with_personality(const int ring_fd,
				 const struct io_uring_params *const params,
				 const int personality, const char *const path)
{
	const size_t sqes_size = params->sq_entries *
				 sizeof(struct io_uring_sqe);
	struct io_uring_sqe *sqes;
	const struct io_uring_cqe *cqe;
	__u32 *tail, *array;
	const __u32 *head;
	size_t size;
	char *ring;
	int err;

	size = params->sq_off.array + params->sq_entries * sizeof(*array);
	if (size < params->cq_off.cqes + params->cq_entries * sizeof(*cqe))
		size = params->cq_off.cqes + params->cq_entries * sizeof(*cqe);
	ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd,
		    IORING_OFF_SQ_RING);
	sqes = mmap(NULL, sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring_fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqes == MAP_FAILED)
		return -ENOMEM;

	/* One request at a time, in a ring which is empty. */
	tail = (__u32 *)(ring + params->sq_off.tail);
	array = (__u32 *)(ring + params->sq_off.array);
	head = (const __u32 *)(ring + params->cq_off.head);
	memset(&sqes[0], 0, sizeof(sqes[0]));
	sqes[0].opcode = IORING_OP_OPENAT;
	sqes[0].fd = AT_FDCWD;
	sqes[0].addr = (unsigned long)path;
	sqes[0].open_flags = O_RDONLY | O_CLOEXEC;
	sqes[0].personality = personality;
	array[*tail & (params->sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);

	if (syscall(__NR_io_uring_enter, ring_fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return -errno;

	cqe = (const struct io_uring_cqe *)(ring + params->cq_off.cqes) +
	      (*head & (params->cq_entries - 1));
	err = cqe->res;
	__atomic_store_n((__u32 *)head, *head + 1, __ATOMIC_RELEASE);
	munmap(sqes, sqes_size);
	munmap(ring, size);
	if (err < 0)
		return err;

	close(err);
	return 0;
}

/*
 * Credentials lent to a ring keep the stage that they had.  It is enforced on
 * no task that uses them, and not on the next program.
 */
TEST_F(life, kept_by_a_personality)
{
	struct io_uring_params params = {};
	struct exec_report report;
	struct exec_run run;
	int ring_fd;

	if (access("/proc/sys/kernel/io_uring_disabled", F_OK))
		SKIP(return, "The kernel is built without CONFIG_IO_URING");

	ring_fd = syscall(__NR_io_uring_setup, 4, &params);
	ASSERT_LE(0, ring_fd);
	if (exectime_fork(_metadata, &run)) {
		int staged, free;

		free = syscall(__NR_io_uring_register, ring_fd,
			       IORING_REGISTER_PERSONALITY, NULL, 0);
		ASSERT_LT(0, free);
		ASSERT_EQ(0, exectime_restrict(DENY_A, RESTRICT_EXECTIME));
		staged = syscall(__NR_io_uring_register, ring_fd,
				 IORING_REGISTER_PERSONALITY, NULL, 0);
		ASSERT_LT(0, staged);
		ASSERT_EQ(0, exectime_restrict(DENY_B, RESTRICT_EXECTIME));

		EXPECT_EQ(0, open_with_personality(ring_fd, &params, free,
						   "/mnt"));
		EXPECT_EQ(0, open_with_personality(ring_fd, &params, staged,
						   "/mnt"));
		if (exectime_exec("p"))
			_exit(1);
	}

	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

TEST_HARNESS_MAIN
