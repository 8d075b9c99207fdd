/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The library of the tests of examples: results, a ruleset, and a program to
 * execute that reports which accesses are denied
 */

#ifndef _DOC_H
#define _DOC_H

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* No rule is for this file. */
#define SECRET "/secret"
/* A rule is for this one. */
#define PUBLIC "/public"

/* Exit status of the executed program, which is this one: its findings. */
#define IS_CONFINED 0x01
#define HAS_NNP 0x02
#define IS_ROOT 0x04
#define IS_BROKEN 0x40
/* More than any of these: it was not executed, because of this error. */
#define NOT_EXECUTED(error) (0x80 | (error))

/* A copy of this program, for files with another mode. */
#define COPY "/copy"

static int tests;

/* One line of TAP: the example, and the claim about it. */
static inline void is(const char *example, int got, int expected,
		      const char *what)
{
	printf("%sok %d - %s: %s\n", got == expected ? "" : "not ", ++tests,
	       example, what);
	if (got != expected)
		printf("# got %#x, expected %#x\n", got, expected);
	fflush(stdout);
}

/* No test is possible after this failure. */
static inline void need(bool done, const char *what)
{
	if (done)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static inline int landlock_create_ruleset(const struct landlock_ruleset_attr *attr,
					  size_t size, __u32 flags)
{
	return syscall(__NR_landlock_create_ruleset, attr, size, flags);
}

static inline int landlock_add_rule(int ruleset_fd,
				    enum landlock_rule_type type,
				    const void *attr, __u32 flags)
{
	return syscall(__NR_landlock_add_rule, ruleset_fd, type, attr, flags);
}

static inline int landlock_restrict_self(int ruleset_fd, __u32 flags)
{
	return syscall(__NR_landlock_restrict_self, ruleset_fd, flags);
}

/* A ruleset that allows to read @path, and nothing else. */
static inline int make_ruleset(const char *path)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	const int fd = landlock_create_ruleset(&attr, sizeof(attr), 0);

	need(fd >= 0 && rule.parent_fd >= 0 &&
	     !landlock_add_rule(fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0),
	     "cannot make a ruleset");
	close(rule.parent_fd);
	return fd;
}

static inline void make_file(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	need(fd >= 0 && write(fd, "4711\n", 5) == 5, path);
	close(fd);
}

static inline bool can_read(const char *path)
{
	const int fd = open(path, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Returns IS_CONFINED, 0, or IS_BROKEN for a domain that nobody meant. */
static inline int look(void)
{
	if (!can_read(PUBLIC))
		return IS_BROKEN;
	return can_read(SECRET) ? 0 : IS_CONFINED;
}

/* To be called first: the executed program ends here. */
static inline void start(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "look") == 0)
		exit(look() | (geteuid() ? 0 : IS_ROOT) |
		     (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? HAS_NNP : 0));
	make_file(SECRET);
	make_file(PUBLIC);
}

/* Executes @path in this process, and returns why this is not possible. */
static inline int execute(const char *path)
{
	execl(path, path, "look", NULL);
	return NOT_EXECUTED(errno);
}

static inline int status_of(pid_t pid)
{
	int status;

	need(waitpid(pid, &status, 0) == pid, "cannot wait for a process");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * Executes @path as @uid, and returns its findings.  @prepare is called before
 * in its process, and must return 0.
 */
static inline int found_by(uid_t uid, const char *path, int (*prepare)(void))
{
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	if ((prepare && prepare()) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		_exit(IS_BROKEN);
	_exit(execute(path));
}

/* A copy of this program with another mode, owned by root. */
static inline void make_copy(mode_t mode)
{
	const int from = open("/proc/self/exe", O_RDONLY);
	const int to = open(COPY, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	char buffer[65536];
	ssize_t size;

	need(from >= 0 && to >= 0, COPY);
	while ((size = read(from, buffer, sizeof(buffer))) > 0)
		need(write(to, buffer, size) == size, COPY);
	need(!size && !fchmod(to, mode), COPY);
	close(from);
	close(to);
}

#endif /* _DOC_H */
