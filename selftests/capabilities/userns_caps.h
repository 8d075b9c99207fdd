/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of capabilities in user namespaces - Helpers
 *
 * A set of capabilities is a number with the bit 1 << CAP_* for each one.
 * Tests compute the sets that they expect, and take none of them from the kernel.
 */

#ifndef _USERNS_CAPS_H
#define _USERNS_CAPS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#ifndef PR_CAP_USERNS
#define PR_CAP_USERNS 48
#define PR_CAP_USERNS_IS_SET 1
#define PR_CAP_USERNS_RAISE 2
#define PR_CAP_USERNS_LOWER 3
#define PR_CAP_USERNS_CLEAR_ALL 4
#endif

#ifndef SECBIT_USERNS_STRICT_CAPS
#define SECBIT_USERNS_STRICT_CAPS issecure_mask(12)
#define SECBIT_USERNS_STRICT_CAPS_LOCKED issecure_mask(13)
#endif

#define CAPS_NONE 0ULL
#define CAPS_ALL (CAP(CAP_LAST_CAP + 1) - 1)
#define CAP(cap) (1ULL << (cap))

/*
 * Nobody can set a bit of the sysctl again.  These are the ones that
 * userns_sysctl_test clears, so no other test needs them in a namespace.
 */
#define CAPS_SYSCTL_CLEARS \
	(CAP(CAP_SYS_TIME) | CAP(CAP_WAKE_ALARM) | CAP(CAP_BLOCK_SUSPEND))
#define SYSCTL_PATH "/proc/sys/kernel/cap_bound_userns_mask"

/* An unprivileged user, and another. */
#define USER 1000
#define OTHER_USER 1001

/**
 * struct cap_sets - Sets of a task, as in /proc/PID/status
 */
struct cap_sets {
	unsigned long long inheritable;
	unsigned long long permitted;
	unsigned long long effective;
	unsigned long long bounding;
	unsigned long long ambient;
	unsigned long long userns;
};

/* Reads a status file in /proc.  Returns the number of sets in it. */
static int __maybe_unused read_sets(const char *const path,
				    struct cap_sets *const sets)
{
	char line[256];
	int num = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		num += sscanf(line, "CapInh: %llx", &sets->inheritable) == 1;
		num += sscanf(line, "CapPrm: %llx", &sets->permitted) == 1;
		num += sscanf(line, "CapEff: %llx", &sets->effective) == 1;
		num += sscanf(line, "CapBnd: %llx", &sets->bounding) == 1;
		num += sscanf(line, "CapAmb: %llx", &sets->ambient) == 1;
		num += sscanf(line, "CapUNs: %llx", &sets->userns) == 1;
	}
	fclose(file);
	return num;
}

/* Reads the sets of the calling thread. */
static void __maybe_unused own_sets(struct __test_metadata *const _metadata,
				    struct cap_sets *const sets)
{
	ASSERT_EQ(6, read_sets("/proc/thread-self/status", sets));
}

static int __maybe_unused set_caps(const unsigned long long permitted,
				   const unsigned long long effective,
				   const unsigned long long inheritable)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct data[] = {
		{
			.permitted = permitted,
			.effective = effective,
			.inheritable = inheritable,
		},
		{
			.permitted = permitted >> 32,
			.effective = effective >> 32,
			.inheritable = inheritable >> 32,
		},
	};

	return syscall(SYS_capset, &header, data);
}

/* The operation @op, with valid arguments. */
static long __maybe_unused prctl_userns(const unsigned long op,
					const unsigned long cap)
{
	return prctl(PR_CAP_USERNS, op, cap, 0, 0);
}

/* Lowers what is not in @set. */
static void __maybe_unused
lower_userns(struct __test_metadata *const _metadata,
	     const unsigned long long set)
{
	int cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(set & CAP(cap)))
			ASSERT_EQ(0, prctl_userns(PR_CAP_USERNS_LOWER, cap));
}

/* Drops from the bounding set what is not in @set. */
static void __maybe_unused
drop_bounding(struct __test_metadata *const _metadata,
	      const unsigned long long set)
{
	int cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(set & CAP(cap)))
			ASSERT_EQ(0, prctl(PR_CAPBSET_DROP, cap, 0, 0, 0));
}

/*
 * Becomes a user, who has no capability unless the securebits say so.  No
 * dumpable process any more, it would not own its files in /proc.
 */
static void __maybe_unused become_user(struct __test_metadata *const _metadata,
				       const uid_t uid)
{
	ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setresgid(uid, uid, uid));
	ASSERT_EQ(0, setresuid(uid, uid, uid));
	ASSERT_EQ(0, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

/* Ends a child with the result that it has so far. */
static void __noreturn __maybe_unused
end_child(const struct __test_metadata *const _metadata)
{
	_exit(_metadata->exit_code);
}

/* Waits for a child, which must succeed. */
static void __maybe_unused wait_child(struct __test_metadata *const _metadata,
				      const pid_t child)
{
	int status;

	ASSERT_LT(0, child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* Tells the other end of a pipe or socket to go on. */
static void __maybe_unused tell(struct __test_metadata *const _metadata,
				const int fd)
{
	ASSERT_EQ(1, write(fd, "", 1));
}

static void __maybe_unused await(struct __test_metadata *const _metadata,
				 const int fd)
{
	char byte;

	ASSERT_EQ(1, read(fd, &byte, 1));
}

/* What the sysctl lets into user namespaces, or 0 for what no test expects. */
static unsigned long long __maybe_unused sysctl_mask(void)
{
	unsigned long long mask = 0;
	FILE *file;

	file = fopen(SYSCTL_PATH, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llx", &mask) != 1 ||
	    (mask | CAPS_SYSCTL_CLEARS) != CAPS_ALL)
		mask = 0;
	fclose(file);
	return mask;
}

/* Returns why the tests cannot run, or NULL. */
static const char __maybe_unused *userns_caps_missing(void)
{
	struct cap_sets sets = {};

	if (prctl_userns(PR_CAP_USERNS_IS_SET, CAP_CHOWN) == -1 &&
	    errno == EINVAL)
		return "this kernel has no CONFIG_USER_NS_CAPS";
	if (read_sets("/proc/self/status", &sets) < 0)
		return "no file system is at /proc";
	if (sets.effective != CAPS_ALL || sets.bounding != CAPS_ALL)
		return "needs root with all capabilities";
	if (prctl(PR_GET_SECUREBITS, 0, 0, 0, 0))
		return "needs default securebits";
	if (!sysctl_mask())
		return "the sysctl cleared a capability that tests need";
	return NULL;
}

#endif /* _USERNS_CAPS_H */
