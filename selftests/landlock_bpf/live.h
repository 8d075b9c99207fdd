/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for policies that are replaced while tasks run
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _LIVE_H
#define _LIVE_H

#include <linux/bpf.h>
#include <linux/landlock.h>
#include <unistd.h>

#include "stage_progs.h"

#define LIVE LANDLOCK_POLICY_LIVE
#define LIVE_PERMISSIVE (LANDLOCK_POLICY_LIVE | LANDLOCK_POLICY_PERMISSIVE)

/* Stores a ruleset with flags of a policy.  Returns 0 or -errno. */
static int __maybe_unused store_flags(const int map_fd, const __u32 slot,
				      const int ruleset_fd, const __u32 flags)
{
	const struct bpf_landlock_ruleset_info info = {
		.ruleset_fd = ruleset_fd,
		.flags = flags,
	};

	return bpf_map_update_elem(map_fd, &slot, &info, BPF_ANY);
}

static int __maybe_unused store_attr(const int map_fd, const __u32 slot,
				     const struct landlock_ruleset_attr *const attr,
				     const __u32 flags)
{
	const int ruleset_fd = landlock_create_ruleset(attr, sizeof(*attr), 0);
	int err;

	if (ruleset_fd < 0)
		return -errno;

	err = store_flags(map_fd, slot, ruleset_fd, flags);
	close(ruleset_fd);
	return err;
}

/* Stores a ruleset that denies @denied. */
static int __maybe_unused store_live(const int map_fd, const __u32 slot,
				     const __u64 denied, const __u32 flags)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = denied,
	};

	return store_attr(map_fd, slot, &attr, flags);
}

/**
 * struct live_run - A child that follows a plan step by step
 *
 * @run: The child, and where its reports come from.
 * @go: Where a byte lets it go on from step 'w'.
 */
struct live_run {
	struct exec_run run;
	int go;
};

/* Starts a child that executes @plan, for which the programs stage. */
static __maybe_unused void live_begin(struct __test_metadata *const _metadata,
				      struct stage *const skel,
				      struct live_run *const live,
				      const char *const plan)
{
	int sync[2];

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	if (exectime_fork(_metadata, &live->run)) {
		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		skel->bss->target_pid = getpid();
		exectime_exec(plan);
		_exit(1);
	}
	EXPECT_EQ(0, close(sync[0]));
	live->go = sync[1];
}

/* Gets the next report, and lets the child go on behind it. */
static __maybe_unused void live_report(struct __test_metadata *const _metadata,
				       struct live_run *const live,
				       struct exec_report *const report)
{
	ASSERT_EQ(sizeof(*report),
		  read(live->run.fd, report, sizeof(*report)));
}

static __maybe_unused void live_go_on(struct __test_metadata *const _metadata,
				      struct live_run *const live)
{
	ASSERT_EQ(1, write(live->go, ".", 1));
}

static __maybe_unused void live_end(struct __test_metadata *const _metadata,
				    struct live_run *const live)
{
	struct exec_report extra;

	EXPECT_EQ(0, exectime_wait(_metadata, &live->run, &extra, 0));
	EXPECT_EQ(0, close(live->go));
}

/* Expects the denials of the child's next report. */
#define EXPECT_DENIED(_denied)                                        \
	do {                                                          \
		struct exec_report _report = {};                      \
								      \
		live_report(_metadata, &live, &_report);              \
		EXPECT_EQ((_denied), _report.denied);                 \
	} while (0)

#endif /* _LIVE_H */
