/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for rulesets enforced at execve(2) time
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_EXECTIME_H
#define _LANDLOCK_EXECTIME_H

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exectime_plan.h"
#include "exectime_probe.h"

/*
 * A kernel with all its checks can be many times slower, and the more so in an
 * emulated machine.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

/* A thread that is only there. */
static __maybe_unused void *exectime_idle(void *const data)
{
	while (true)
		pause();
	return data;
}

/**
 * struct exec_run - A child that is going to execute a plan
 *
 * @child: The child, or 0 in this child.
 * @fd: Where its reports can be read.
 */
struct exec_run {
	pid_t child;
	int fd;
};

/*
 * Forks a child whose reports are collected by exectime_wait().  Returns true
 * in the child.
 */
static bool __maybe_unused
exectime_fork(struct __test_metadata *const _metadata,
	      struct exec_run *const run)
{
	int fds[2];
	char fd[16];

	/* Reports cross any number of execve(2). */
	ASSERT_EQ(0, pipe2(fds, 0));
	run->child = fork();
	ASSERT_LE(0, run->child);
	if (run->child) {
		EXPECT_EQ(0, close(fds[1]));
		run->fd = fds[0];
		return false;
	}

	EXPECT_EQ(0, close(fds[0]));
	snprintf(fd, sizeof(fd), "%d", fds[1]);
	setenv(EXECTIME_FD, fd, 1);
	return true;
}

/*
 * Reads at most @num_max reports, and waits for the child.  Returns the number
 * of reports.
 */
static int __maybe_unused
exectime_wait_status(struct __test_metadata *const _metadata,
		     struct exec_run *const run,
		     struct exec_report *const reports, const int num_max,
		     int *const status)
{
	struct exec_report extra;
	int num = 0;

	while (read(run->fd, num < num_max ? &reports[num] : &extra,
		    sizeof(extra)) == sizeof(extra))
		num++;
	EXPECT_EQ(0, close(run->fd));
	EXPECT_EQ(run->child, waitpid(run->child, status, 0));
	return num;
}

static int __maybe_unused exectime_wait(struct __test_metadata *const _metadata,
					struct exec_run *const run,
					struct exec_report *const reports,
					const int num_max)
{
	int num, status;

	num = exectime_wait_status(_metadata, run, reports, num_max, &status);
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	return num;
}

/* Waits for a child, which must succeed. */
static __maybe_unused void
exectime_wait_child(struct __test_metadata *const _metadata, const pid_t child)
{
	int status;

	ASSERT_LT(0, child);
	EXPECT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/*
 * Mounts a file system of our own, in which anyone can do anything, and makes
 * it the current directory.  Anyone includes set-user-ID programs.
 */
static void __maybe_unused
exectime_prepare_dir(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("exectime", "/mnt", "tmpfs", 0, "mode=0777"));
	ASSERT_EQ(0, chdir("/mnt"));
}

/* Mounts a file system, "mnt", and returns a ruleset that denies A elsewhere. */
static int __maybe_unused
exectime_mount_ruleset(struct __test_metadata *const _metadata)
{
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = DENY_A,
	};
	int ruleset_fd;

	ASSERT_EQ(0, mkdir("mnt", 0700));
	ASSERT_EQ(0, mount("exectime", "mnt", "tmpfs", 0, NULL));
	ruleset_fd = exectime_ruleset(DENY_A);
	ASSERT_LE(0, ruleset_fd);
	path_beneath.parent_fd = open("mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, 0));
	ASSERT_EQ(0, close(path_beneath.parent_fd));
	return ruleset_fd;
}

/* Copies the running program, without the ownership and the mode. */
static void __maybe_unused
exectime_copy_self(struct __test_metadata *const _metadata,
		   const char *const path, const mode_t mode)
{
	static char buf[65536];
	int from, to;
	ssize_t len;

	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, from);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	ASSERT_LE(0, to);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		ASSERT_EQ(len, write(to, buf, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(to, mode));
	ASSERT_EQ(0, close(to));
	ASSERT_EQ(0, close(from));
}

static void __maybe_unused
exectime_write_file(struct __test_metadata *const _metadata,
		    const char *const path, const char *const content,
		    const mode_t mode)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	ASSERT_LE(0, fd);
	ASSERT_EQ(strlen(content), write(fd, content, strlen(content)));
	ASSERT_EQ(0, fchmod(fd, mode));
	ASSERT_EQ(0, close(fd));
}

#endif /* _LANDLOCK_EXECTIME_H */
