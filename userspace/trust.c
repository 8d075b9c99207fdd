// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Who else could have written a file
 */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "trust.h"

/* Whether @name is a file itself, and not a link to it. */
static bool is_itself(const char *name, const struct stat *st)
{
	struct stat own;

	return !lstat(name, &own) && own.st_dev == st->st_dev &&
	       own.st_ino == st->st_ino;
}

/* An access control list shows as well: its mask is the group's permissions. */
static int check(const char *name, const char *path, const struct stat *st,
		 bool above)
{
	const bool sticky = above && st->st_mode & S_ISVTX;
	const bool same = !above && is_itself(name, st);
	const char *const because = same ? "" : ", which it depends on,";

	if (st->st_uid)
		return p_err("%s is refused: %s%s belongs to user %u and not to root",
			     name, same ? "it" : path, because, st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH) && !sticky)
		return p_err("%s is refused: %s%s can be written by others than its owner (mode %04o), try \"chmod go-w %s\"",
			     name, same ? "it" : path, because,
			     st->st_mode & 07777, path);
	return 0;
}

/* @path is a real one: no symbolic links, no relative components. */
static int check_above(const char *name, char *path)
{
	struct stat st;
	char *slash;

	while ((slash = strrchr(path, '/')) && path[1]) {
		slash[slash == path] = '\0';
		if (lstat(path, &st))
			return p_err("cannot stat %s, where %s is: %s", path,
				     name, strerror(errno));
		if (check(name, path, &st, true))
			return -1;
	}
	return 0;
}

int trust_check(const char *name, int fd)
{
	char link[64], path[PATH_MAX];
	struct stat st;
	ssize_t size;

	if (fstat(fd, &st))
		return p_err("cannot stat %s: %s", name, strerror(errno));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0)
		return p_err("cannot read %s, which tells where %s is: %s",
			     link, name, strerror(errno));
	path[size] = '\0';
	if (check(name, path, &st, false))
		return -1;
	/* Otherwise it is a memfd or the like, which has no path. */
	if (path[0] != '/')
		return p_err("%s is refused: it is in no directory", name);
	return check_above(name, path);
}
