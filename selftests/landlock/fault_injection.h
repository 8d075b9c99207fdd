/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Make one memory allocation fail
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 * Requires kselftest_harness.h to be included first.
 */

#ifndef _LANDLOCK_FAULT_INJECTION_H
#define _LANDLOCK_FAULT_INJECTION_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* By default, only the allocations that cannot wait for memory fail. */
static int fault_ignore_wait(const bool ignore)
{
	const int fd = open("/sys/kernel/debug/failslab/ignore-gfp-wait",
			    O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;

	if (write(fd, ignore ? "Y" : "N", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

static bool fault_prepare(void)
{
	return !fault_ignore_wait(false) &&
	       !access("/proc/thread-self/fail-nth", W_OK);
}

static void fault_restore(void)
{
	fault_ignore_wait(true);
}

/* Makes the allocation number @nth of this thread fail, or none with 0. */
static void fault_set(struct __test_metadata *const _metadata, const int fd,
		      const int nth)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", nth);
	ASSERT_EQ(strlen(number), pwrite(fd, number, strlen(number), 0));
}

/* Number of allocations left before the failing one, 0 if it failed. */
static int __maybe_unused fault_left(struct __test_metadata *const _metadata,
				     const int fd)
{
	char number[16] = {};

	ASSERT_LT(0, pread(fd, number, sizeof(number) - 1, 0));
	return atoi(number);
}

#endif /* _LANDLOCK_FAULT_INJECTION_H */
