// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core files, mounts, and renaming in a domain, as execlock-policy(5) says
 */

#include "doc.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#define CORES "execlock-policy.5, core files"
#define MOUNTS "execlock-policy.5, mounts"
#define REFER "execlock-policy.5, refer"
#define DIR "/cores"
#define HANDLED "/handled"

/* Enforces these rights, which are allowed below @dir, if there is one. */
static int restrict_to(__u64 handled, __u64 net, const char *dir, __u64 allowed)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = handled,
		.handled_access_net = net,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = allowed,
	};
	const int fd = landlock_create_ruleset(&attr, sizeof(attr), 0);

	if (dir) {
		rule.parent_fd = open(dir, O_PATH | O_CLOEXEC);
		if (landlock_add_rule(fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
			return -1;
	}
	return landlock_restrict_self(fd, 0);
}

#define TO_CREATE (LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_WRITE_FILE)

static void set_pattern(const char *pattern)
{
	const int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);

	need(fd >= 0 && write(fd, pattern, strlen(pattern)) > 0, pattern);
	close(fd);
}

/* Whether a process that dies in a domain leaves @file. */
static bool leaves(const char *file, bool allowed)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const pid_t pid = fork();
	int status;

	need(pid >= 0, "cannot make a process");
	if (!pid) {
		if (setrlimit(RLIMIT_CORE, &all) ||
		    restrict_to(TO_CREATE, 0, allowed ? DIR : NULL, TO_CREATE))
			_exit(IS_BROKEN);
		abort();
	}
	need(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status),
	     "a process does not die");
	return !access(file, F_OK);
}

/* Returns why a process in a domain cannot mount. */
static int mount_error(__u64 handled, __u64 net)
{
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	if (unshare(CLONE_NEWNS) || restrict_to(handled, net, NULL, 0))
		_exit(IS_BROKEN);
	_exit(mount("tmpfs", "/mnt", "tmpfs", 0, NULL) ? errno : 0);
}

/* Returns why a process in a domain cannot rename to another directory. */
static int rename_error(__u64 handled, const char *dir, __u64 allowed)
{
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	if (restrict_to(handled, 0, dir, allowed))
		_exit(IS_BROKEN);
	_exit(rename("/from/file", "/to/file") ? errno : 0);
}

int main(int argc, char *argv[])
{
	const __u64 refer = LANDLOCK_ACCESS_FS_REFER;

	if (argc == 2 && strcmp(argv[1], "handle") == 0) {
		make_file(HANDLED);
		return 0;
	}
	start(argc, argv);
	make_copy(0755);
	mkdir(DIR, 0755);
	mkdir("/mnt", 0755);
	mkdir("/from", 0755);
	mkdir("/to", 0755);

	set_pattern(DIR "/core");
	is(CORES, leaves(DIR "/core", false), false,
	   "there is none without the rights for its directory");
	is(CORES, leaves(DIR "/core", true), true, "there is one with them");
	set_pattern("|" COPY " handle");
	is(CORES, leaves(HANDLED, false), true,
	   "the program that handles them is not in the domain");

	is(MOUNTS, mount_error(LANDLOCK_ACCESS_FS_MAKE_SOCK, 0), EPERM,
	   "denied with any right for files");
	is(MOUNTS, mount_error(0, LANDLOCK_ACCESS_NET_BIND_TCP), 0,
	   "not denied with others");

	make_file("/from/file");
	is(REFER, rename_error(LANDLOCK_ACCESS_FS_MAKE_SOCK, NULL, 0), EXDEV,
	   "denied although it is not handled");
	is(REFER, rename_error(refer, "/", refer), 0, "allowed by a rule");
	printf("1..%d\n", tests);
	return 0;
}
