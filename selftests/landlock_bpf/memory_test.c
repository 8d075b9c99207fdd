// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - BPF programs that wait for memory
 */

#include "landlock_bpf.h"

#include "memory.skel.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

/* With free memory, there is nothing to wait for. */
TEST(enough_memory)
{
	char *const argv[] = { "self", NULL };
	struct memory *skel;

	skel = memory__open_and_load();
	ASSERT_NE(NULL, skel);
	skel->bss->result = -1;
	ASSERT_EQ(0, memory__attach(skel));

	/* The hook runs, and this process goes on. */
	skel->bss->target_pid = getpid();
	EXPECT_EQ(0, syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", argv,
			     environ, AT_EXECVE_CHECK));
	skel->bss->target_pid = 0;

	EXPECT_EQ(1, skel->bss->num_waits);
	EXPECT_EQ(0, skel->bss->result);
	memory__destroy(skel);
}

TEST_HARNESS_MAIN
