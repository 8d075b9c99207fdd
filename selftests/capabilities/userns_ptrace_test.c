// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - Access of a task to another one
 *
 * A lowered set would be worth nothing if it could be had back from another
 * process of the same user.
 */

#define _GNU_SOURCE
#include <linux/kcmp.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "userns_caps.h"

#define LOWERED (CAPS_ALL & ~CAP(CAP_NET_ADMIN))
#define PTRACE CAP(CAP_SYS_PTRACE)
/* Without what lets a profiler read the memory of all processes. */
#define OTHERS \
	(CAPS_ALL & ~(PTRACE | CAP(CAP_PERFMON) | CAP(CAP_SYS_ADMIN)))

/* Where the target is, and where the tracer. */
enum where {
	/* Both where the test started. */
	BOTH_OUTSIDE,
	/* Both in a namespace that the tracer created. */
	BOTH_INSIDE,
	/* The target in a namespace that it created, the tracer outside. */
	TARGET_INSIDE,
};

FIXTURE(access)
{
	/* The target, and the end of a pipe of each process. */
	pid_t target;
	int told, tell;
};

FIXTURE_VARIANT(access)
{
	enum where where;
	unsigned long long let_in;
	uid_t uid;
	/* Sets for user namespaces of both. */
	unsigned long long tracer, target;
	/* Capabilities of the tracer where it is. */
	unsigned long long permitted, effective;
	/* Securebits of both, whose bounding set has no CAP_NET_ADMIN then. */
	unsigned long tracer_securebits, target_securebits;
	bool allowed;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, both_full) {
	/* clang-format on */
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = CAPS_ALL,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, both_lowered) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = LOWERED,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, both_cleared) {
	/* clang-format on */
	.uid = USER,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, target_lowered) {
	/* clang-format on */
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = LOWERED,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_lowered) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_cleared) {
	/* clang-format on */
	.uid = USER,
	.target = CAP(CAP_LAST_CAP),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, lowered_differently) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL & ~CAP(CAP_NET_RAW),
};

/* The bounding set of a strict process counts as a lowered set. */
/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_strict) {
	/* clang-format on */
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = CAPS_ALL,
	.tracer_securebits = SECBIT_USERNS_STRICT_CAPS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, target_strict) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
	.target_securebits = SECBIT_USERNS_STRICT_CAPS,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, both_strict) {
	/* clang-format on */
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = CAPS_ALL,
	.tracer_securebits = SECBIT_USERNS_STRICT_CAPS,
	.target_securebits = SECBIT_USERNS_STRICT_CAPS,
	.allowed = true,
};

/* A capability helps that lets the tracer change privileged tasks. */
/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_lowered_with_ptrace) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
	.permitted = PTRACE,
	.effective = PTRACE,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_lowered_with_others) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
	.permitted = OTHERS,
	.effective = OTHERS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, tracer_lowered_not_effective) {
	/* clang-format on */
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
	.permitted = PTRACE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, root) {
	/* clang-format on */
	.target = CAPS_ALL,
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.allowed = true,
};

/* The same inside of a namespace. */
/* clang-format off */
FIXTURE_VARIANT_ADD(access, inside_both_lowered) {
	/* clang-format on */
	.where = BOTH_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = LOWERED,
	.target = LOWERED,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, inside_tracer_lowered) {
	/* clang-format on */
	.where = BOTH_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, inside_tracer_lowered_with_ptrace) {
	/* clang-format on */
	.where = BOTH_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = LOWERED,
	.target = CAPS_ALL,
	.permitted = PTRACE,
	.effective = PTRACE,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, inside_tracer_lowered_with_others) {
	/* clang-format on */
	.where = BOTH_INSIDE,
	.let_in = CAPS_ALL & ~PTRACE,
	.uid = USER,
	.tracer = LOWERED & ~PTRACE,
	.target = CAPS_ALL & ~PTRACE,
	.permitted = OTHERS & ~CAPS_SYSCTL_CLEARS,
	.effective = OTHERS & ~CAPS_SYSCTL_CLEARS,
};

/* The owner of a namespace, outside, needs the capability over it. */
/* clang-format off */
FIXTURE_VARIANT_ADD(access, owner) {
	/* clang-format on */
	.where = TARGET_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = CAPS_ALL,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, owner_has_ptrace) {
	/* clang-format on */
	.where = TARGET_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = PTRACE,
	.target = CAPS_ALL,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, owner_lowered) {
	/* clang-format on */
	.where = TARGET_INSIDE,
	.let_in = CAPS_ALL,
	.uid = USER,
	.tracer = CAPS_ALL & ~PTRACE,
	.target = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, owner_not_let_in) {
	/* clang-format on */
	.where = TARGET_INSIDE,
	.let_in = CAPS_ALL & ~PTRACE,
	.uid = USER,
	.tracer = CAPS_ALL,
	.target = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(access, root_over_namespace) {
	/* clang-format on */
	.where = TARGET_INSIDE,
	.let_in = CAPS_NONE,
	.target = CAPS_NONE,
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.allowed = true,
};

static void become_strict(struct __test_metadata *const _metadata,
			  const unsigned long securebits)
{
	if (!securebits)
		return;
	drop_bounding(_metadata, LOWERED);
	ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, securebits, 0, 0, 0));
}

/* The target is a user, and without capabilities unless it is alone inside. */
static void __noreturn be_target(struct __test_metadata *const _metadata,
				 const FIXTURE_VARIANT(access) * const variant,
				 const int told, const int reply)
{
	char byte;

	become_strict(_metadata, variant->target_securebits);
	if (!getuid())
		become_user(_metadata, USER);
	if (variant->where == TARGET_INSIDE) {
		lower_userns(_metadata, variant->let_in);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	} else {
		ASSERT_EQ(0, set_caps(0, 0, 0));
	}
	lower_userns(_metadata, variant->target);
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	/* Only matters where Yama has the same question. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	tell(_metadata, reply);
	/* Told to ask for a tracer, or to end. */
	if (read(told, &byte, 1) == 1) {
		const long ret = ptrace(PTRACE_TRACEME, 0, 0, 0);

		EXPECT_EQ(variant->allowed ? 0 : -1, ret);
		if (!variant->allowed)
			EXPECT_EQ(EPERM, errno);
	}
	end_child(_metadata);
}

FIXTURE_SETUP(access)
{
	const char *const missing = userns_caps_missing();
	int to[2], from[2];

	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	if (variant->where == BOTH_INSIDE) {
		become_user(_metadata, variant->uid);
		lower_userns(_metadata, variant->let_in);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	}

	ASSERT_EQ(0, pipe(to));
	ASSERT_EQ(0, pipe(from));
	self->target = fork();
	ASSERT_LE(0, self->target);
	if (!self->target) {
		close(to[1]);
		prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
		be_target(_metadata, variant, to[0], from[1]);
	}
	ASSERT_EQ(0, close(to[0]));
	ASSERT_EQ(0, close(from[1]));
	self->tell = to[1];
	self->told = from[0];
	await(_metadata, self->told);

	become_strict(_metadata, variant->tracer_securebits);
	if (variant->where != BOTH_INSIDE && variant->uid)
		become_user(_metadata, variant->uid);
	ASSERT_EQ(0, set_caps(variant->permitted, variant->effective, 0));
	lower_userns(_metadata, variant->tracer);
}

FIXTURE_TEARDOWN(access)
{
	close(self->tell);
	wait_child(_metadata, self->target);
}

/* Expects 0, or -1 and an error. */
static void expect_access(struct __test_metadata *const _metadata,
			  const FIXTURE_VARIANT(access) * const variant,
			  const long ret, const int error)
{
	const int seen = errno;

	if (variant->allowed) {
		EXPECT_LE(0, ret)
		{
			TH_LOG("errno %d", seen);
		}
	} else {
		EXPECT_EQ(-1, ret);
		EXPECT_EQ(error, seen);
	}
}

/* Lets a target go that is about to stop. */
static void detach(struct __test_metadata *const _metadata, const pid_t target)
{
	int status;

	ASSERT_EQ(target, waitpid(target, &status, __WALL));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, target, 0, 0));
}

TEST_F(access, attach)
{
	const long ret = ptrace(PTRACE_ATTACH, self->target, 0, 0);

	expect_access(_metadata, variant, ret, EPERM);
	if (!ret)
		detach(_metadata, self->target);
}

TEST_F(access, seize)
{
	const long ret = ptrace(PTRACE_SEIZE, self->target, 0, 0);

	expect_access(_metadata, variant, ret, EPERM);
	if (ret)
		return;
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->target, 0, 0));
	detach(_metadata, self->target);
}

TEST_F(access, traceme)
{
	tell(_metadata, self->tell);
}

/* The two processes have the same addresses. */
static int word = 1;

TEST_F(access, read_memory)
{
	int copy;
	const struct iovec local = { &copy, sizeof(copy) };
	const struct iovec remote = { &word, sizeof(word) };

	expect_access(_metadata, variant,
		      process_vm_readv(self->target, &local, 1, &remote, 1, 0),
		      EPERM);
}

TEST_F(access, write_memory)
{
	const struct iovec local = { &word, sizeof(word) };
	const struct iovec remote = { &word, sizeof(word) };

	expect_access(_metadata, variant,
		      process_vm_writev(self->target, &local, 1, &remote, 1, 0),
		      EPERM);
}

TEST_F(access, get_fd)
{
	const int pidfd = syscall(SYS_pidfd_open, self->target, 0);

	ASSERT_LE(0, pidfd);
	expect_access(_metadata, variant,
		      syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO, 0), EPERM);
}

TEST_F(access, compare)
{
	const pid_t tracer = getpid();

	if (syscall(SYS_kcmp, tracer, tracer, KCMP_VM, 0, 0))
		SKIP(return, "this kernel has no CONFIG_KCMP");
	expect_access(_metadata, variant,
		      syscall(SYS_kcmp, tracer, self->target, KCMP_VM, 0, 0),
		      EPERM);
}

/* Files that say more than anyone may know. */
static int open_file_of(const pid_t target, const char *const name,
			const int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", target, name);
	return open(path, flags | O_CLOEXEC);
}

TEST_F(access, memory_file)
{
	expect_access(_metadata, variant,
		      open_file_of(self->target, "mem", O_RDWR), EACCES);
}

TEST_F(access, environ_file)
{
	expect_access(_metadata, variant,
		      open_file_of(self->target, "environ", O_RDONLY), EACCES);
}

TEST_F(access, root_link)
{
	expect_access(_metadata, variant,
		      open_file_of(self->target, "root", O_RDONLY), EACCES);
}

TEST_F(access, namespace_file)
{
	expect_access(_metadata, variant,
		      open_file_of(self->target, "ns/user", O_RDONLY), EACCES);
}

/* What anyone may know. */
TEST_F(access, status_file)
{
	struct cap_sets sets;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", self->target);
	ASSERT_EQ(6, read_sets(path, &sets));
	EXPECT_EQ(variant->target, sets.userns);
}

TEST_HARNESS_MAIN
