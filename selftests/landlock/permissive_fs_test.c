// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Files that permissive layers would deny
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "common.h"
#include "permissive_case.h"
#include "permissive_equal_fs.h"
#include "permissive_mix.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

static int open_and_close(const char *const path, const int flags)
{
	const int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int open_read(struct attempt *const attempt)
{
	return open_and_close("a/file", O_RDONLY);
}

static int open_write(struct attempt *const attempt)
{
	return open_and_close("a/file", O_WRONLY);
}

static int open_both(struct attempt *const attempt)
{
	return open_and_close("a/sub/file", O_RDWR);
}

static int open_truncate(struct attempt *const attempt)
{
	return open_and_close("a/file", O_WRONLY | O_TRUNC);
}

static int open_create(struct attempt *const attempt)
{
	return open_and_close("a/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int open_dir(struct attempt *const attempt)
{
	return open_and_close("a/sub", O_RDONLY | O_DIRECTORY);
}

static int open_path(struct attempt *const attempt)
{
	return open_and_close("a/file", O_PATH);
}

static int open_tmpfile(struct attempt *const attempt)
{
	return open_and_close("a", O_WRONLY | O_TMPFILE);
}

static int execute(struct attempt *const attempt)
{
	static char *const argv[] = { "file", NULL };

	if (syscall(__NR_execveat, AT_FDCWD, "a/file", argv, argv + 1,
		    AT_EXECVE_CHECK))
		return -errno;
	return 0;
}

static int make_dir(struct attempt *const attempt)
{
	return mkdir("a/new", 0700) ? -errno : 0;
}

static int make_node(const mode_t mode, const dev_t dev)
{
	return mknod("a/new", mode | 0600, dev) ? -errno : 0;
}

static int make_reg(struct attempt *const attempt)
{
	return make_node(S_IFREG, 0);
}

static int make_fifo(struct attempt *const attempt)
{
	return make_node(S_IFIFO, 0);
}

static int make_char(struct attempt *const attempt)
{
	return make_node(S_IFCHR, makedev(1, 3));
}

static int make_whiteout(struct attempt *const attempt)
{
	return make_node(S_IFCHR, makedev(0, 0));
}

static int make_block(struct attempt *const attempt)
{
	return make_node(S_IFBLK, makedev(7, 0));
}

static int make_sock(struct attempt *const attempt)
{
	const struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = "a/new",
	};
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -EIO;
	err = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	close(fd);
	return err;
}

static int make_sym(struct attempt *const attempt)
{
	return symlink("file", "a/new") ? -errno : 0;
}

static int remove_dir(struct attempt *const attempt)
{
	return rmdir("a/dir") ? -errno : 0;
}

static int remove_file(struct attempt *const attempt)
{
	return unlink("a/file") ? -errno : 0;
}

static int remove_deep_file(struct attempt *const attempt)
{
	return unlink("a/sub/file") ? -errno : 0;
}

static int truncate_path(struct attempt *const attempt)
{
	return truncate("a/file", 1) ? -errno : 0;
}

static int read_attributes(struct attempt *const attempt)
{
	struct stat st;

	if (stat("a/file", &st) || access("a/file", R_OK | W_OK) ||
	    chmod("a/file", 0700))
		return -errno;
	return 0;
}

/* Paths. */
static const struct operation paths[] = {
	{
		.name = "open to read",
		.run = open_read,
		.fs = FS(READ_FILE),
		.blockers = { "fs.read_file" },
	},
	{
		.name = "open to write",
		.run = open_write,
		.fs = FS(WRITE_FILE),
		.blockers = { "fs.write_file" },
	},
	{
		.name = "open to read and write",
		.run = open_both,
		.fs = FS(READ_FILE) | FS(WRITE_FILE),
		.blockers = { "fs.write_file,fs.read_file" },
	},
	{
		.name = "open and truncate",
		.run = open_truncate,
		.several = true,
		.fs = FS(WRITE_FILE) | FS(TRUNCATE),
		.blockers = { "fs.write_file", "fs.truncate" },
	},
	{
		.name = "open a new file",
		.run = open_create,
		.several = true,
		.fs = FS(MAKE_REG) | FS(WRITE_FILE),
		.blockers = { "fs.make_reg", "fs.write_file" },
	},
	{
		.name = "open a directory",
		.run = open_dir,
		.fs = FS(READ_DIR),
		.blockers = { "fs.read_dir" },
	},
	{
		.name = "open a path",
		.run = open_path,
		.fs = FS(READ_FILE),
		.never = true,
	},
	{
		.name = "open a temporary file",
		.run = open_tmpfile,
		.fs = FS(WRITE_FILE),
		.blockers = { "fs.write_file" },
	},
	{
		.name = "execute",
		.run = execute,
		.fs = FS(EXECUTE),
		.blockers = { "fs.execute" },
	},
	{
		.name = "execute and read",
		.run = execute,
		.fs = FS(EXECUTE) | FS(READ_FILE),
		.blockers = { "fs.execute,fs.read_file" },
	},
	{
		.name = "make a directory",
		.run = make_dir,
		.fs = FS(MAKE_DIR),
		.blockers = { "fs.make_dir" },
	},
	{
		.name = "make a file",
		.run = make_reg,
		.fs = FS(MAKE_REG),
		.blockers = { "fs.make_reg" },
	},
	{
		.name = "make a FIFO",
		.run = make_fifo,
		.fs = FS(MAKE_FIFO),
		.blockers = { "fs.make_fifo" },
	},
	{
		.name = "make a character device",
		.run = make_char,
		.fs = FS(MAKE_CHAR),
		.blockers = { "fs.make_char" },
	},
	{
		.name = "make a whiteout",
		.run = make_whiteout,
		.fs = FS(MAKE_REG),
		.blockers = { "fs.make_reg" },
	},
	{
		.name = "make a block device",
		.run = make_block,
		.fs = FS(MAKE_BLOCK),
		.blockers = { "fs.make_block" },
	},
	{
		.name = "make a socket",
		.run = make_sock,
		.fs = FS(MAKE_SOCK),
		.blockers = { "fs.make_sock" },
	},
	{
		.name = "make a symbolic link",
		.run = make_sym,
		.fs = FS(MAKE_SYM),
		.blockers = { "fs.make_sym" },
	},
	{
		.name = "remove a directory",
		.run = remove_dir,
		.fs = FS(REMOVE_DIR),
		.blockers = { "fs.remove_dir" },
	},
	{
		.name = "remove a file",
		.run = remove_file,
		.fs = FS(REMOVE_FILE),
		.blockers = { "fs.remove_file" },
	},
	{
		.name = "remove a deep file",
		.run = remove_deep_file,
		.fs = FS(REMOVE_FILE),
		.blockers = { "fs.remove_file" },
	},
	{
		.name = "truncate",
		.run = truncate_path,
		.fs = FS(TRUNCATE),
		.blockers = { "fs.truncate" },
	},
	{
		.name = "read and change attributes",
		.run = read_attributes,
		.fs = FS(READ_FILE) | FS(WRITE_FILE),
		.never = true,
	},
};

/* Open files. */

static int open_before(struct attempt *const attempt)
{
	attempt->fd = open("a/file", O_RDWR | O_CLOEXEC);
	return attempt->fd < 0 ? -errno : 0;
}

static int open_zero_before(struct attempt *const attempt)
{
	attempt->fd = open("a/zero", O_RDWR | O_CLOEXEC);
	return attempt->fd < 0 ? -errno : 0;
}

static int truncate_open(struct attempt *const attempt)
{
	return ftruncate(attempt->fd, 1) ? -errno : 0;
}

static int open_then_truncate(struct attempt *const attempt)
{
	return open_before(attempt) ?: truncate_open(attempt);
}

static int open_then_grow(struct attempt *const attempt)
{
	int err;

	err = open_before(attempt);
	if (err)
		return err;
	return ftruncate(attempt->fd, 100000) ? -errno : 0;
}

static int open_then_reopen(struct attempt *const attempt)
{
	char path[32];
	int err;

	err = open_before(attempt);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", attempt->fd);
	return open_and_close(path, O_WRONLY | O_TRUNC);
}

static int ask_terminal(struct attempt *const attempt)
{
	struct termios termios;

	return ioctl(attempt->fd, TCGETS, &termios) ? -errno : 0;
}

static int open_then_ask(struct attempt *const attempt)
{
	return open_zero_before(attempt) ?: ask_terminal(attempt);
}

/* Commands that do not reach the device. */
static int open_then_set_nonblock(struct attempt *const attempt)
{
	int err, on = 1;

	err = open_zero_before(attempt);
	if (err)
		return err;
	return ioctl(attempt->fd, FIONBIO, &on) ? -errno : 0;
}

static int open_file_then_ask(struct attempt *const attempt)
{
	return open_before(attempt) ?: ask_terminal(attempt);
}

/* The layers of the task that opened the file decide. */
static int open_then_give(struct attempt *const attempt)
{
	return open_before(attempt) ?:
		       order_target_with(attempt, ORDER_TRUNCATE, attempt->fd);
}

static int open_then_give_device(struct attempt *const attempt)
{
	return open_zero_before(attempt) ?:
		       order_target_with(attempt, ORDER_IOCTL, attempt->fd);
}

static int take_then_truncate(struct attempt *const attempt)
{
	const enum order order = ORDER_OPEN;
	int err;

	if (write(attempt->link, &order, sizeof(order)) != sizeof(order))
		return -EPIPE;
	attempt->fd = recv_fd(attempt->link);
	if (attempt->fd < 0)
		return attempt->fd;
	err = target_answer(attempt);
	return err ?: truncate_open(attempt);
}

/* Each right of an open file is asked for by itself. */
static int open_then_both(struct attempt *const attempt)
{
	const int err = open_then_truncate(attempt);

	close(attempt->fd);
	/* There is no terminal. */
	return open_then_ask(attempt) == -EACCES ? -EACCES : err;
}

static const struct operation open_files[] = {
	{
		.name = "truncate a file opened before",
		.prepare = open_before,
		.run = truncate_open,
		.fs = FS(TRUNCATE),
		.never = true,
	},
	{
		.name = "truncate a file opened afterwards",
		.run = open_then_truncate,
		.several = true,
		.fs = FS(TRUNCATE),
		.blockers = { "fs.truncate" },
	},
	{
		.name = "grow a file opened afterwards",
		.run = open_then_grow,
		.several = true,
		.fs = FS(TRUNCATE),
		.blockers = { "fs.truncate" },
	},
	{
		.name = "open an open file again",
		.run = open_then_reopen,
		.several = true,
		.fs = FS(TRUNCATE),
		.blockers = { "fs.truncate" },
	},
	{
		.name = "open to write, then truncate",
		.run = open_then_truncate,
		.several = true,
		.fs = FS(READ_FILE) | FS(WRITE_FILE) | FS(TRUNCATE),
		.blockers = { "fs.write_file,fs.read_file", "fs.truncate" },
	},
	{
		.name = "ioctl on a device opened before",
		.prepare = open_zero_before,
		.run = ask_terminal,
		.fs = FS(IOCTL_DEV),
		.never = true,
	},
	{
		.name = "ioctl on a device opened afterwards",
		.run = open_then_ask,
		.several = true,
		.fs = FS(IOCTL_DEV),
		.blockers = { "fs.ioctl_dev" },
	},
	{
		.name = "ioctl that is not for the device",
		.run = open_then_set_nonblock,
		.several = true,
		.fs = FS(IOCTL_DEV),
		.never = true,
	},
	{
		.name = "ioctl on a file that is no device",
		.run = open_file_then_ask,
		.several = true,
		.fs = FS(IOCTL_DEV),
		.never = true,
	},
	{
		.name = "truncate, and ioctl on a device",
		.run = open_then_both,
		.several = true,
		.fs = FS(TRUNCATE) | FS(IOCTL_DEV),
		.blockers = { "fs.truncate", "fs.ioctl_dev" },
		.num_denied = 2,
	},
	{
		.name = "truncate a file that the task gave",
		.run = open_then_give,
		.several = true,
		.fs = FS(TRUNCATE),
		.target = TARGET_OUTSIDE,
		.blockers = { "fs.truncate" },
	},
	{
		.name = "ioctl on a device that the task gave",
		.run = open_then_give_device,
		.several = true,
		.fs = FS(IOCTL_DEV),
		.target = TARGET_OUTSIDE,
		.blockers = { "fs.ioctl_dev" },
	},
	{
		.name = "truncate a file that the task was given",
		.run = take_then_truncate,
		.fs = FS(TRUNCATE),
		.target = TARGET_OUTSIDE,
		.never = true,
	},
};

TEST_F(mix, paths)
{
	try_mixes(_metadata, &self->observer, paths, ARRAY_SIZE(paths),
		  variant->layers);
}

TEST_F(mix, open_files)
{
	try_mixes(_metadata, &self->observer, open_files, ARRAY_SIZE(open_files),
		  variant->layers);
}

TEST_F(equal, paths)
{
	try_all_equal(_metadata, &self->observer, paths, ARRAY_SIZE(paths),
		      &variant->rules);
}

TEST_F(equal, open_files)
{
	try_all_equal(_metadata, &self->observer, open_files, ARRAY_SIZE(open_files),
		      &variant->rules);
}

TEST_HARNESS_MAIN
