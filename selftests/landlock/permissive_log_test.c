// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Logs of permissive layers, and layers that are not logged
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "common.h"
#include "permissive_case.h"

#define SAME_EXEC_OFF LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF
#define NEW_EXEC_ON LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON
#define SUBDOMAINS_OFF LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF

#define QUIET LANDLOCK_ADD_RULE_QUIET

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define WRITE_FILE LANDLOCK_ACCESS_FS_WRITE_FILE
#define MAKE_DIR LANDLOCK_ACCESS_FS_MAKE_DIR
#define REFER LANDLOCK_ACCESS_FS_REFER
#define TRUNCATE LANDLOCK_ACCESS_FS_TRUNCATE
#define IOCTL_DEV LANDLOCK_ACCESS_FS_IOCTL_DEV

static int open_file(struct attempt *const attempt)
{
	const int fd = open("a/file", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int make_dir(struct attempt *const attempt)
{
	return mkdir("a/new", 0700) ? -errno : 0;
}

static int move_file(struct attempt *const attempt)
{
	return rename("a/file", "b/new") ? -errno : 0;
}

static int truncate_file(struct attempt *const attempt)
{
	const int fd = open("a/file", O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = ftruncate(fd, 1) ? -errno : 0;
	close(fd);
	return err;
}

static int ask_device(struct attempt *const attempt)
{
	struct termios termios;
	const int fd = open("a/zero", O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = ioctl(fd, TCGETS, &termios) ? -errno : 0;
	close(fd);
	return err;
}

static int mount_a(struct attempt *const attempt)
{
	return mount("permissive", "a", "tmpfs", 0, NULL) ? -errno : 0;
}

static int send_signal(struct attempt *const attempt)
{
	return kill(attempt->target, 0) ? -errno : 0;
}

static int bind_port(struct attempt *const attempt)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(CASE_PORT),
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -EIO;
	err = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	err = err ? -errno : 0;
	close(fd);
	return err;
}

FIXTURE(muted)
{
	struct observer observer;
};

FIXTURE_VARIANT(muted)
{
	const struct operation op;
	int num;
	const struct layer_rules rules[2];
	const __u32 flags[2];
	/* Reports of each layer if it is permissive: how many, and whether logged. */
	const int num_reports[2];
	const int logged[2];
};

	/* Flags. */

#define DENY(_rights)                               \
	{                                           \
		.attr.handled_access_fs = (_rights) \
	}

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, no_flag) {
	/* clang-format on */
	.op = { .name = "make a directory", .run = make_dir },
	.num = 1,
	.rules = { DENY(MAKE_DIR) },
	.num_reports = { 1 },
	.logged = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, same_exec_off) {
	/* clang-format on */
	.op = { .name = "make a directory", .run = make_dir },
	.num = 1,
	.rules = { DENY(MAKE_DIR) },
	.flags = { SAME_EXEC_OFF },
	.num_reports = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, new_exec_on) {
	/* clang-format on */
	.op = { .name = "make a directory", .run = make_dir },
	.num = 1,
	.rules = { DENY(MAKE_DIR) },
	.flags = { NEW_EXEC_ON },
	.num_reports = { 1 },
	.logged = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, one_same_exec_off) {
	/* clang-format on */
	.op = { .name = "make a directory", .run = make_dir },
	.num = 2,
	.rules = { DENY(MAKE_DIR), DENY(MAKE_DIR) },
	.flags = { SAME_EXEC_OFF, 0 },
	.num_reports = { 1, 1 },
	.logged = { 0, 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, subdomains_off) {
	/* clang-format on */
	.op = { .name = "make a directory", .run = make_dir },
	.num = 2,
	.rules = { DENY(MAKE_DIR), DENY(MAKE_DIR) },
	.flags = { SUBDOMAINS_OFF, 0 },
	.num_reports = { 1, 1 },
	.logged = { 1, 0 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, truncate_same_exec_off) {
	/* clang-format on */
	.op = { .name = "truncate", .run = truncate_file },
	.num = 1,
	.rules = { DENY(TRUNCATE) },
	.flags = { SAME_EXEC_OFF },
	.num_reports = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, signal_same_exec_off) {
	/* clang-format on */
	.op = {
		.name = "send a signal",
		.run = send_signal,
		.target = TARGET_OUTSIDE,
	},
	.num = 2,
	.rules = {
		{ .attr.scoped = LANDLOCK_SCOPE_SIGNAL },
		{ .attr.scoped = LANDLOCK_SCOPE_SIGNAL },
	},
	.flags = { 0, SAME_EXEC_OFF },
	.num_reports = { 1, 1 },
	.logged = { 1, 0 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, mount_same_exec_off) {
	/* clang-format on */
	.op = { .name = "mount", .run = mount_a, .topology = true },
	.num = 2,
	.rules = { DENY(WRITE_FILE), DENY(WRITE_FILE) },
	.flags = { SAME_EXEC_OFF, 0 },
	.num_reports = { 1, 1 },
	.logged = { 0, 1 },
};

/* Quiet rules and quiet masks. */

/* A ruleset that denies rights, and is quiet about some of them on a path. */
#define DENY_QUIET(_rights, _quiet, _path)                   \
	{                                                    \
		.attr.handled_access_fs = (_rights),         \
		.attr.quiet_access_fs = (_quiet), .paths = { \
			{ (_path), 0, QUIET }                \
		}                                            \
	}

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet) {
	/* clang-format on */
	.op = { .name = "open", .run = open_file },
	.num = 1,
	.rules = { DENY_QUIET(READ_FILE | WRITE_FILE, READ_FILE | WRITE_FILE,
			      "a") },
	.num_reports = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_for_some) {
	/* clang-format on */
	.op = { .name = "open", .run = open_file },
	.num = 1,
	.rules = { DENY_QUIET(READ_FILE | WRITE_FILE, READ_FILE, "a") },
	.num_reports = { 1 },
	.logged = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_elsewhere) {
	/* clang-format on */
	.op = { .name = "open", .run = open_file },
	.num = 1,
	.rules = { DENY_QUIET(READ_FILE | WRITE_FILE, READ_FILE | WRITE_FILE,
			      "b") },
	.num_reports = { 1 },
	.logged = { 1 },
};

/* Each layer is quiet for itself. */

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, one_quiet) {
	/* clang-format on */
	.op = { .name = "open", .run = open_file },
	.num = 2,
	.rules = {
		DENY_QUIET(READ_FILE | WRITE_FILE, READ_FILE | WRITE_FILE, "a"),
		DENY(READ_FILE),
	},
	.num_reports = { 1, 1 },
	.logged = { 0, 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, other_quiet) {
	/* clang-format on */
	.op = { .name = "open", .run = open_file },
	.num = 2,
	.rules = {
		DENY(WRITE_FILE),
		DENY_QUIET(READ_FILE | WRITE_FILE, READ_FILE | WRITE_FILE, "/"),
	},
	.num_reports = { 1, 1 },
	.logged = { 1, 0 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_truncate) {
	/* clang-format on */
	.op = { .name = "truncate", .run = truncate_file },
	.num = 2,
	.rules = {
		DENY_QUIET(TRUNCATE, TRUNCATE, "b"),
		DENY_QUIET(TRUNCATE, TRUNCATE, "a"),
	},
	.num_reports = { 1, 1 },
	.logged = { 1, 0 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_ioctl) {
	/* clang-format on */
	.op = { .name = "ioctl", .run = ask_device },
	.num = 2,
	.rules = {
		DENY_QUIET(IOCTL_DEV | TRUNCATE, IOCTL_DEV, "/"),
		DENY(IOCTL_DEV),
	},
	.num_reports = { 1, 1 },
	.logged = { 0, 1 },
};

/* Quiet about another right of the open file. */

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_other_ioctl) {
	/* clang-format on */
	.op = { .name = "ioctl", .run = ask_device },
	.num = 1,
	.rules = { DENY_QUIET(IOCTL_DEV | TRUNCATE, TRUNCATE, "/") },
	.num_reports = { 1 },
	.logged = { 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_rename) {
	/* clang-format on */
	.op = { .name = "rename", .run = move_file },
	.num = 2,
	.rules = { DENY_QUIET(REFER, REFER, "/"), DENY(REFER) },
	.num_reports = { 2, 2 },
	.logged = { 0, 1 },
};

/* By rules for the directories, which a rename looks at first. */

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_rename_dirs) {
	/* clang-format on */
	.op = { .name = "rename", .run = move_file },
	.num = 2,
	.rules = {
		{
			.attr.handled_access_fs = REFER,
			.attr.quiet_access_fs = REFER,
			.paths = { { "a", 0, QUIET }, { "b", 0, QUIET } },
		},
		DENY(REFER),
	},
	.num_reports = { 2, 2 },
	.logged = { 0, 1 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_signal) {
	/* clang-format on */
	.op = {
		.name = "send a signal",
		.run = send_signal,
		.target = TARGET_OUTSIDE,
	},
	.num = 2,
	.rules = {
		{ .attr.scoped = LANDLOCK_SCOPE_SIGNAL },
		{
			.attr.scoped = LANDLOCK_SCOPE_SIGNAL,
			.attr.quiet_scoped = LANDLOCK_SCOPE_SIGNAL,
		},
	},
	.num_reports = { 1, 1 },
	.logged = { 1, 0 },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(muted, quiet_port) {
	/* clang-format on */
	.op = { .name = "bind", .run = bind_port },
	.num = 2,
	.rules = {
		{
			.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
			.attr.quiet_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
			.ports = { { CASE_PORT, 0, QUIET } },
		},
		{ .attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP },
	},
	.num_reports = { 1, 1 },
	.logged = { 0, 1 },
};

FIXTURE_SETUP(muted)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	set_up_loopback(_metadata);
}

FIXTURE_TEARDOWN(muted)
{
	observe_no_more(_metadata, &self->observer);
}

static void fill_stack(const FIXTURE_VARIANT(muted) * const variant,
		       struct stack *const stack, const __u32 flags,
		       const int num)
{
	memset(stack, 0, sizeof(*stack));
	stack->num = num;
	for (int i = 0; i < num; i++) {
		stack->rules[i] = variant->rules[i];
		stack->flags[i] = variant->flags[i] | flags;
	}
}

/* Audit has the same records, or none: cf. records_match(). */
TEST_F(muted, permissive)
{
	int num_reports[2] = {};
	struct outcome outcome;
	struct stack stack;
	int result;

	fill_stack(variant, &stack, 0, 0);
	run_operation(_metadata, &self->observer, &variant->op, &stack,
		      &outcome);
	result = outcome.result;

	fill_stack(variant, &stack, PERMISSIVE, variant->num);
	run_operation(_metadata, &self->observer, &variant->op, &stack,
		      &outcome);
	EXPECT_EQ(result, outcome.result);
	EXPECT_TRUE(outcome.recorded);
	for (int i = 0; i < outcome.reports.num; i++) {
		const struct report *const report = &outcome.reports.list[i];

		ASSERT_GT(2, report->layer);
		EXPECT_EQ(1, report->permissive);
		EXPECT_EQ(variant->logged[report->layer], report->logged);
		num_reports[report->layer]++;
	}
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(variant->num_reports[i], num_reports[i]);
}

/* The youngest layer, which denies, is logged as it is if it is permissive. */
TEST_F(muted, enforced)
{
	const int last = variant->num - 1;
	struct outcome outcome;
	struct stack stack;

	fill_stack(variant, &stack, PERMISSIVE, variant->num);
	stack.flags[last] = variant->flags[last];
	run_operation(_metadata, &self->observer, &variant->op, &stack,
		      &outcome);
	EXPECT_GT(0, outcome.result);
	EXPECT_TRUE(outcome.recorded);
	EXPECT_EQ(variant->num_reports[last], outcome.reports.num);
	for (int i = 0; i < outcome.reports.num; i++) {
		EXPECT_EQ(last, outcome.reports.list[i].layer);
		EXPECT_EQ(0, outcome.reports.list[i].permissive);
		EXPECT_EQ(variant->logged[last],
			  outcome.reports.list[i].logged);
	}
}

/* Whole records. */
FIXTURE(records)
{
	struct observer observer;
};

FIXTURE_VARIANT(records)
{
	const __u32 flags;
	const char *const access;
	const char *const allocated;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(records, permissive) {
	/* clang-format on */
	.flags = PERMISSIVE,
	.access = REGEX_LANDLOCK_PREFIX
	" blockers=fs\\.make_dir path=\"/mnt/[0-9]\\+/a\" dev=\"tmpfs\" ino=[0-9]\\+ permissive=1$",
	.allocated = REGEX_LANDLOCK_PREFIX
	" status=allocated mode=permissive pid=[0-9]\\+ uid=0 exe=\"[^\"]*_test\" comm=\"permissive_log_\"$",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(records, enforcing) {
	/* clang-format on */
	.access = REGEX_LANDLOCK_PREFIX
	" blockers=fs\\.make_dir path=\"/mnt/[0-9]\\+/a\" dev=\"tmpfs\" ino=[0-9]\\+$",
	.allocated = REGEX_LANDLOCK_PREFIX
	" status=allocated mode=enforcing pid=[0-9]\\+ uid=0 exe=\"[^\"]*_test\" comm=\"permissive_log_\"$",
};

FIXTURE_SETUP(records)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
}

FIXTURE_TEARDOWN(records)
{
	observe_no_more(_metadata, &self->observer);
}

/* Two denials introduce the layer once, and are counted when it is freed. */
TEST_F(records, text)
{
	static const struct layer_rules rules = DENY(MAKE_DIR);
	const int fd = self->observer.audit;
	__u64 access[2] = { 1, 2 }, allocated = 3, freed = 4;
	struct audit_records rest = {};
	int gate[2], status;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe2(gate, O_CLOEXEC));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		close(gate[1]);
		if (make_files() || permissive_restrict(&rules, variant->flags))
			_exit(1);
		for (int i = 0; i < 2; i++)
			if (!mkdir("a/new", 0700) != !!variant->flags ||
			    !rmdir("a/new") != !!variant->flags)
				_exit(2);
		_exit(read(gate[0], &byte, 1));
	}
	ASSERT_EQ(0, close(gate[0]));

	EXPECT_EQ(0, audit_match_record(fd, AUDIT_LANDLOCK_ACCESS,
					variant->access, &access[0]));
	EXPECT_EQ(0, audit_match_record(fd, AUDIT_LANDLOCK_DOMAIN,
					variant->allocated, &allocated));
	EXPECT_EQ(0, audit_match_record(fd, AUDIT_LANDLOCK_ACCESS,
					variant->access, &access[1]));
	EXPECT_EQ(0, audit_count_records(fd, &rest));
	EXPECT_EQ(0, rest.access);
	EXPECT_EQ(0, rest.domain);
	EXPECT_EQ(access[0], access[1]);
	EXPECT_EQ(access[0], allocated);

	/* A task without executable file frees it. */
	EXPECT_EQ(0,
		  audit_filter_exe(fd, &self->observer.filter, AUDIT_DEL_RULE));
	EXPECT_EQ(0, audit_filter_drop(fd, AUDIT_ADD_RULE));
	ASSERT_EQ(0, close(gate[1]));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, matches_log_domain_deallocated(fd, 2, allocated, &freed));
	EXPECT_EQ(allocated, freed);
}

TEST_HARNESS_MAIN
