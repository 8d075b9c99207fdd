/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Operations below layers that deny, allow, or only report
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_CASE_H
#define _LANDLOCK_PERMISSIVE_CASE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "permissive.h"
#include "permissive_report.h"
#include "permissive_target.h"

#define MAX_LAYERS 4

/* A port that rules may name. */
#define CASE_PORT 4242

enum target_place {
	/* There is none. */
	TARGET_NONE,
	/* It is in the first layers, some or none of them. */
	TARGET_INSIDE,
	/* It is in no layer. */
	TARGET_OUTSIDE,
};

/**
 * struct operation - Something that a task tries
 *
 * @name: For messages.
 * @prepare: Done before there are layers, if any.  Returns 0 or -errno.
 * @run: The operation.  Returns 0 or -errno.
 * @arg: Its details, if any.
 * @fs: File access rights that it needs.
 * @net: Network access rights that it needs.
 * @scoped: Scopes that can deny it.
 * @topology: Whether any layer denies it that handles access to files.
 * @no_rule: Whether no rule of a layer that handles its rights can allow it.
 * @every_layer: Whether any layer denies it, if the target is not in it.
 * @never: Whether no layer denies it.
 * @silent: Whether layers do not say that they deny it.
 * @refused: Whether layers refuse its address without a word, but for those that
 *           only report.
 * @several: Whether there are several checks, one after the other.
 * @target: Whether there is another process, and where.
 * @error: Error of a denial, EACCES if it is 0.
 * @blockers: Denials, in their order, if all rights are missing.
 * @num_denied: Number of those that a layer reports which denies them, 1 if it is
 *              0.  The others are of checks that come later.
 */
struct operation {
	const char *name;
	int (*prepare)(struct attempt *const attempt);
	int (*run)(struct attempt *const attempt);
	const void *arg;
	__u64 fs;
	__u64 net;
	__u64 scoped;
	bool topology;
	bool no_rule;
	bool every_layer;
	bool never;
	bool silent;
	bool refused;
	bool several;
	enum target_place target;
	int error;
	const char *blockers[4];
	int num_denied;
};

/**
 * struct stack - Layers of a task
 *
 * @num: Their number.
 * @rules: Of each layer, the oldest first.
 * @flags: Of landlock_restrict_self(2).
 * @inside: Number of layers that the target is in, if it is TARGET_INSIDE.
 * @sibling: Whether the target has one more layer, of its own.
 */
struct stack {
	int num;
	struct layer_rules rules[MAX_LAYERS];
	__u32 flags[MAX_LAYERS];
	int inside;
	bool sibling;
};

/**
 * struct outcome - How an operation ended
 *
 * @broken: Error of its preparation, which is one of the test.
 * @result: 0 or -errno.
 * @recorded: Whether the records of audit are those of @reports.
 * @reports: Its reports.
 */
struct outcome {
	int broken;
	int result;
	bool recorded;
	struct reports reports;
};

/* For the network namespace that the test has for itself. */
static void __maybe_unused
set_up_loopback(struct __test_metadata *const _metadata)
{
	struct ifreq ifreq = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, SIOCSIFFLAGS, &ifreq));
	ASSERT_EQ(0, close(fd));
}

static int make_file(const char *const path, const mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	const int err = fd < 0 || write(fd, "content", 7) != 7 ? -EIO : 0;

	close(fd);
	return err;
}

/* Mounts a file system for the files of all attempts of a test. */
static void __maybe_unused mount_files(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, mount("permissive", "/mnt", "tmpfs", 0, "mode=0755"));
	ASSERT_EQ(0, chdir("/mnt"));
}

/* Files of one attempt, in a directory of its own. */
static int make_files(void)
{
	static const char *const dirs[] = { "a", "a/dir", "a/sub", "a/sub/dir",
					    "b", "b/dir", "b/sub" };
	static const char *const files[] = { "a/file", "a/file2", "a/sub/file",
					     "b/file", "file" };
	char name[32];

	snprintf(name, sizeof(name), "%d", getpid());
	if (mkdir(name, 0755) || chdir(name))
		return -errno;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (mkdir(dirs[i], 0755))
			return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (make_file(files[i], 0755))
			return -errno;
	if (mknod("a/zero", S_IFCHR | 0666, makedev(1, 5)))
		return -errno;
	return 0;
}

/* Starts the target if it has to be in @num layers. */
static int maybe_start_target(const struct operation *const op,
			      const struct stack *const stack, const int num,
			      struct attempt *const attempt)
{
	const int inside = op->target == TARGET_OUTSIDE ? 0 : stack->inside;
	int err;

	if (op->target == TARGET_NONE || num != inside)
		return 0;

	err = start_target(attempt);
	if (!err && stack->sibling)
		err = order_target(attempt, ORDER_RESTRICT);
	return err;
}

static int prepare_attempt(const struct operation *const op,
			   const struct stack *const stack,
			   struct attempt *const attempt)
{
	int err;

	/* It changes the mounts. */
	if (op->topology && unshare(CLONE_NEWNS))
		return -errno;

	err = make_files();
	if (!err && op->prepare)
		err = op->prepare(attempt);
	if (!err)
		err = maybe_start_target(op, stack, 0, attempt);
	for (int i = 0; !err && i < stack->num; i++) {
		err = permissive_restrict(&stack->rules[i], stack->flags[i]);
		if (!err)
			err = maybe_start_target(op, stack, i + 1, attempt);
	}
	return err;
}

/* Runs the operation in a child of its own, and collects its reports. */
static void __maybe_unused
run_operation(struct __test_metadata *const _metadata,
	      struct observer *const observer, const struct operation *const op,
	      const struct stack *const stack, struct outcome *const outcome)
{
	int fds[2], status;
	pid_t child;

	memset(outcome, 0, sizeof(*outcome));
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct attempt attempt = {
			.op = op,
			.fd = -1,
			.other_fd = -1,
		};

		outcome->broken = prepare_attempt(op, stack, &attempt);
		if (!outcome->broken)
			outcome->result = op->run(&attempt);
		_exit(write(fds[1], outcome, sizeof(*outcome)) !=
		      sizeof(*outcome));
	}
	ASSERT_EQ(0, close(fds[1]));
	ASSERT_EQ(sizeof(*outcome), read(fds[0], outcome, sizeof(*outcome)));
	ASSERT_EQ(0, close(fds[0]));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(0, outcome->broken)
	{
		TH_LOG("%s: %s", op->name, strerror(-outcome->broken));
	}

	read_reports(observer, child, &outcome->reports);
	ASSERT_EQ(stack->num, outcome->reports.num_domains);
	outcome->recorded =
		records_match(_metadata, observer, &outcome->reports);
}

#endif /* _LANDLOCK_PERMISSIVE_CASE_H */
