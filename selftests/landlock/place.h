/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Rules for places
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PLACE_H
#define _LANDLOCK_PLACE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A kernel with all its checks can be many times slower, and the more so in an
 * emulated machine.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

#define ACCESS_ALL (LANDLOCK_ACCESS_FS_RESOLVE_UNIX * 2 - 1)
#define ACCESS_RW \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ACCESS_MAKE                                                \
	(LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_CHAR)
#define ACCESS_REMOVE \
	(LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR)
/* All that moves files, and nothing that opens one. */
#define ACCESS_MOVE (ACCESS_MAKE | ACCESS_REMOVE | LANDLOCK_ACCESS_FS_REFER)

static int __maybe_unused add_place_flags(const int ruleset_fd,
					  const char *const dir,
					  const char *const name,
					  const __u64 access, const __u32 flags)
{
	struct landlock_place_attr rule = {
		.allowed_access = access,
		.name = (uintptr_t)name,
	};
	int err = 0;

	rule.parent_fd = open(dir, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -errno;

	if (landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PLACE, &rule, flags))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

static int __maybe_unused add_place(const int ruleset_fd, const char *const dir,
				    const char *const name, const __u64 access)
{
	return add_place_flags(ruleset_fd, dir, name, access, 0);
}

static int __maybe_unused add_beneath(const int ruleset_fd,
				      const char *const path,
				      const __u64 access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
	};
	int err = 0;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -errno;

	if (landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

static int __maybe_unused new_ruleset(const __u64 handled)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = handled,
	};

	return landlock_create_ruleset(&attr, sizeof(attr), 0);
}

/* Takes the ruleset, and leaves the calling process in its domain. */
static int __maybe_unused enforce(const int ruleset_fd, const __u32 flags)
{
	const int err = landlock_restrict_self(
				ruleset_fd,
				LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS | flags) ?
				-errno :
				0;

	close(ruleset_fd);
	return err;
}

/* The first bytes of a file, or the error of opening it. */
static int __maybe_unused read_start(const char *const path, char *const start,
				     const size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;

	len = read(fd, start, size - 1);
	close(fd);
	if (len < 0)
		return -EIO;

	start[len] = '\0';
	return 0;
}

static int __maybe_unused write_path(const char *const path,
				     const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	const size_t size = strlen(text);
	int err = 0;

	if (fd < 0)
		return -errno;

	if (write(fd, text, size) != size)
		err = -EIO;
	close(fd);
	return err;
}

/*
 * Hides the working directory, for the calling process and its children, with
 * a filesystem with a directory "d" in which the test has places, and "e"
 * beside it, each with some files and a directory.  Its name is their content.
 */
static void __maybe_unused prepare_places(struct __test_metadata *const _metadata)
{
	static const char *const files[] = {
		"d/name", "d/other", "d/sub/file", "e/file", "e/sub/file",
	};
	char cwd[PATH_MAX];

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	ASSERT_EQ(0, mount("place", cwd, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, chdir(cwd));
	ASSERT_EQ(0, mkdir("d", 0700));
	ASSERT_EQ(0, mkdir("d/sub", 0700));
	ASSERT_EQ(0, mkdir("e", 0700));
	ASSERT_EQ(0, mkdir("e/sub", 0700));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		ASSERT_EQ(0, write_path(files[i], files[i]));
}

/* What a process in a domain tries, see try_action(). */
enum action {
	ACTION_READ,
	ACTION_WRITE,
	ACTION_CREATE,
	ACTION_MKDIR,
	ACTION_SYMLINK,
	ACTION_FIFO,
	ACTION_SOCKET,
	ACTION_DEVICE,
	ACTION_UNLINK,
	ACTION_RMDIR,
	ACTION_RENAME,
	ACTION_EXCHANGE,
	ACTION_WHITEOUT,
	ACTION_LINK,
	ACTION_LINK_TMPFILE,
	ACTION_BIND_MOUNT,
	ACTION_TRUNCATE,
	ACTION_READ_LINK_OF_FD,
};

static int bind_socket(const char *const path)
{
	struct sockaddr_un address = {
		.sun_family = AF_UNIX,
	};
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err = -errno;
	close(fd);
	return err;
}

static int create_file(const char *const path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			    0600);

	if (fd < 0)
		return -errno;

	close(fd);
	return 0;
}

/* A file without a name, in @dir, gets the name @path. */
static int link_tmpfile(const char *const dir, const char *const path)
{
	const int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	int err = 0;

	if (fd < 0)
		return -errno;

	if (linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH))
		err = -errno;
	close(fd);
	return err;
}

/* Opens @path without reading it, and then once more by this descriptor. */
static int read_link_of_fd(const char *const path)
{
	char link[32], start[2];
	const int fd = open(path, O_PATH | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	err = read_start(link, start, sizeof(start));
	close(fd);
	return err;
}

static int __maybe_unused try_action(const enum action action,
				     const char *const path,
				     const char *const other)
{
	char start[2];

	switch (action) {
	case ACTION_READ:
		return read_start(path, start, sizeof(start));
	case ACTION_WRITE:
		return write_path(path, "written");
	case ACTION_CREATE:
		return create_file(path);
	case ACTION_MKDIR:
		return mkdir(path, 0700) ? -errno : 0;
	case ACTION_SYMLINK:
		return symlink(other, path) ? -errno : 0;
	case ACTION_FIFO:
		return mknod(path, S_IFIFO | 0600, 0) ? -errno : 0;
	case ACTION_SOCKET:
		return bind_socket(path);
	case ACTION_DEVICE:
		return mknod(path, S_IFCHR | 0600, makedev(1, 3)) ? -errno : 0;
	case ACTION_UNLINK:
		return unlink(path) ? -errno : 0;
	case ACTION_RMDIR:
		return rmdir(path) ? -errno : 0;
	case ACTION_RENAME:
		return rename(path, other) ? -errno : 0;
	case ACTION_EXCHANGE:
		return renameat2(AT_FDCWD, path, AT_FDCWD, other,
				 RENAME_EXCHANGE) ?
			       -errno :
			       0;
	case ACTION_WHITEOUT:
		return renameat2(AT_FDCWD, path, AT_FDCWD, other,
				 RENAME_WHITEOUT) ?
			       -errno :
			       0;
	case ACTION_LINK:
		return link(path, other) ? -errno : 0;
	case ACTION_LINK_TMPFILE:
		return link_tmpfile(path, other);
	case ACTION_BIND_MOUNT:
		return mount(path, other, NULL, MS_BIND, NULL) ? -errno : 0;
	case ACTION_TRUNCATE:
		return truncate(path, 0) ? -errno : 0;
	case ACTION_READ_LINK_OF_FD:
		return read_link_of_fd(path);
	}
	return -EINVAL;
}

/**
 * struct confined - Process that does as it is told, in a domain
 *
 * @socket: Connection to the process, which ends with it.
 * @pid: The process.
 */
struct confined {
	int socket;
	pid_t pid;
};

struct order {
	enum action action;
	char path[64];
	char other[64];
};

static void __noreturn obey(const int socket)
{
	struct order order;

	while (read(socket, &order, sizeof(order)) == sizeof(order)) {
		const int err = try_action(order.action, order.path,
					   order.other);

		if (write(socket, &err, sizeof(err)) != sizeof(err))
			break;
	}
	_exit(0);
}

/* Takes the rulesets, up to the first one that is negative. */
static void __maybe_unused start_confined(struct __test_metadata *const _metadata,
					  struct confined *const confined,
					  const int *const rulesets,
					  const __u32 flags)
{
	int sockets[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				sockets));
	confined->pid = fork();
	ASSERT_LE(0, confined->pid);
	if (!confined->pid) {
		close(sockets[0]);
		for (size_t i = 0; rulesets[i] >= 0; i++) {
			if (enforce(rulesets[i], flags))
				_exit(1);
		}
		obey(sockets[1]);
	}
	close(sockets[1]);
	confined->socket = sockets[0];
	for (size_t i = 0; rulesets[i] >= 0; i++)
		ASSERT_EQ(0, close(rulesets[i]));
}

static int __maybe_unused ask(const struct confined *const confined,
			      const enum action action, const char *const path,
			      const char *const other)
{
	struct order order = {
		.action = action,
	};
	int err;

	strncpy(order.path, path, sizeof(order.path) - 1);
	if (other)
		strncpy(order.other, other, sizeof(order.other) - 1);
	if (write(confined->socket, &order, sizeof(order)) != sizeof(order) ||
	    read(confined->socket, &err, sizeof(err)) != sizeof(err))
		return -ESRCH;

	return err;
}

static void __maybe_unused stop_confined(struct __test_metadata *const _metadata,
					 const struct confined *const confined)
{
	int status;

	/* Other processes may have it too. */
	ASSERT_EQ(0, shutdown(confined->socket, SHUT_RDWR));
	ASSERT_EQ(0, close(confined->socket));
	ASSERT_EQ(confined->pid, waitpid(confined->pid, &status, 0));
	EXPECT_EQ(0, status);
}

#endif /* _LANDLOCK_PLACE_H */
