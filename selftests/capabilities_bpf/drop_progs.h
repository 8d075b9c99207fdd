/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities tests - Helpers for the programs of drop.bpf.c
 */

#ifndef _DROP_PROGS_H
#define _DROP_PROGS_H

#include "../capabilities/userns_caps.h"

#include "progs/drop.h"
#include "drop.skel.h"

/* The first two are dropped, each by another program if there are several. */
#define DROP_1 CAP(CAP_NET_ADMIN)
#define DROP_2 CAP(CAP_SYS_ADMIN)
#define DROP_3 CAP(CAP_NET_RAW)
#define DROP_ALL (DROP_1 | DROP_2 | DROP_3)

/* Loads the programs, and attaches the last ones first if @backward is set. */
static __maybe_unused struct drop *
load_drop(struct __test_metadata *const _metadata, const bool backward)
{
	struct drop *const skel = drop__open_and_load();
	struct bpf_program *prog = NULL;

	ASSERT_NE(NULL, skel)
	{
		TH_LOG("Failed to load the programs: %s", strerror(errno));
	}
	if (!backward) {
		ASSERT_EQ(0, drop__attach(skel));
		return skel;
	}
	while ((prog = bpf_object__prev_program(skel->obj, prog)))
		ASSERT_NE(NULL, bpf_program__attach(prog));
	return skel;
}

/* Lets the programs act upon the current process, from now on. */
static __maybe_unused void become_target(struct drop *const skel,
					 const struct drop_orders *const orders)
{
	skel->bss->orders = *orders;
	skel->bss->num_calls = 0;
	skel->bss->num_errors = 0;
	skel->bss->num_execs = 0;
	skel->bss->target_pid = getpid();
}

static __maybe_unused void write_file(struct __test_metadata *const _metadata,
				      const char *const path,
				      const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	ASSERT_LE(0, fd)
	{
		TH_LOG("Failed to open %s: %s", path, strerror(errno));
	}
	ASSERT_EQ(strlen(text), write(fd, text, strlen(text)));
	ASSERT_EQ(0, close(fd));
}

static __maybe_unused void expect_sets(struct __test_metadata *const _metadata,
				       const struct cap_sets *const sets,
				       const struct cap_sets *const expected)
{
	EXPECT_EQ(expected->inheritable, sets->inheritable);
	EXPECT_EQ(expected->permitted, sets->permitted);
	EXPECT_EQ(expected->effective, sets->effective);
	EXPECT_EQ(expected->bounding, sets->bounding);
	EXPECT_EQ(expected->ambient, sets->ambient);
	EXPECT_EQ(expected->userns, sets->userns);
}

static __maybe_unused void
expect_own_sets(struct __test_metadata *const _metadata,
		const struct cap_sets *const expected)
{
	struct cap_sets sets;

	own_sets(_metadata, &sets);
	expect_sets(_metadata, &sets, expected);
}

/* Of root that lost nothing. */
static const struct cap_sets __maybe_unused full_sets = {
	.permitted = CAPS_ALL,
	.effective = CAPS_ALL,
	.bounding = CAPS_ALL,
	.userns = CAPS_ALL,
};

/* Of a process that is root of a user namespace, and did not lose @set. */
static __maybe_unused struct cap_sets
sets_in_space(const unsigned long long set)
{
	return (struct cap_sets){
		.permitted = set & sysctl_mask(),
		.effective = set & sysctl_mask(),
		.bounding = set & sysctl_mask(),
		.userns = set,
	};
}

/* Waits for the parent to be in a user namespace, and maps two users. */
static __maybe_unused void map_parent(struct __test_metadata *const _metadata,
				      const int ready)
{
	char path[64], text[64];

	await(_metadata, ready);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", getppid());
	snprintf(text, sizeof(text), "0 0 1\n1 %d 1\n", USER);
	write_file(_metadata, path, text);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", getppid());
	write_file(_metadata, path, "0 0 1\n");
}

/* Becomes root of a user namespace, in which USER has the ID 1. */
static __maybe_unused void enter_space(struct __test_metadata *const _metadata)
{
	pid_t mapper;
	int ready[2];

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	mapper = fork();
	ASSERT_LE(0, mapper);
	if (mapper == 0) {
		map_parent(_metadata, ready[0]);
		end_child(_metadata);
	}
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	tell(_metadata, ready[1]);
	wait_child(_metadata, mapper);
	ASSERT_EQ(0, close(ready[0]));
	ASSERT_EQ(0, close(ready[1]));
}

#endif /* _DROP_PROGS_H */
