// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The lock under which policies in the kernel change
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpffs.h"
#include "lock.h"
#include "message.h"

#define LOCK_FILE "/run/execlock.lock"

/* Milliseconds to wait before a note says so, and between two attempts. */
#define QUIET 1000
#define PAUSE 20

/* Finds the process that has the lock: the kernel's list has its inode. */
static pid_t find_holder(const struct stat *file)
{
	FILE *const locks = fopen("/proc/locks", "re");
	unsigned long inode;
	char line[256];
	pid_t pid, holder = 0;

	while (locks && !holder && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*u: FLOCK %*s %*s %d %*x:%*x:%lu", &pid,
			   &inode) == 2 && inode == file->st_ino)
			holder = pid;
	if (locks)
		fclose(locks);
	return holder;
}

static void note_wait(int fd)
{
	struct stat st;
	pid_t holder;

	if (fstat(fd, &st))
		return;
	holder = find_holder(&st);
	/* In another PID namespace, it has no number here. */
	if (holder > 0)
		p_note("waiting for process %d, which holds " LOCK_FILE,
		       holder);
	else
		p_note("waiting for another process, which holds " LOCK_FILE);
}

static int wait_for(int fd)
{
	int waited;

	for (waited = 0; waited < QUIET; waited += PAUSE) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return -1;
		usleep(PAUSE * 1000);
	}
	note_wait(fd);
	return flock(fd, LOCK_EX);
}

/*
 * Whether other processes take the same lock: the file may have been removed.
 */
static bool is_lock_file(int fd)
{
	struct stat opened, named;

	return !fstat(fd, &opened) && !lstat(LOCK_FILE, &named) &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Returns -1 and sets errno on error.  Nothing is reported. */
static int take(void)
{
	static bool taken;
	struct stat st;
	int fd;

	while (!taken) {
		fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			  O_NONBLOCK, 0600);
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
			close(fd);
			errno = EISDIR;
			return -1;
		}
		if (wait_for(fd)) {
			close(fd);
			return -1;
		}
		taken = is_lock_file(fd);
		if (!taken)
			close(fd);
	}
	return 0;
}

int lock_take(void)
{
	if (!take())
		return 0;
	/* The errors of open(2) for links, directories and sockets. */
	if (errno == ELOOP || errno == EISDIR || errno == ENXIO)
		return p_err(LOCK_FILE " is not a regular file: remove it");
	return p_err("cannot lock " LOCK_FILE ": %s%s", strerror(errno),
		     bpffs_advice(errno));
}

void lock_take_early(void)
{
	/* Without it, nothing can be changed, and no lock file should stay. */
	if (bpffs_is_mounted())
		take();
}
