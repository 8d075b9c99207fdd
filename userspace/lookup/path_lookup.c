// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Find the file of a command in PATH
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "path_lookup.h"

/* The directories to search without PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* Returns 0, or the error of execve(2) before it reads the file. */
static int try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? -errno : 0;
}

/* Whether execvp(3) continues with the next directory after this error. */
static bool may_go_on(int err)
{
	switch (err) {
	case -EACCES:
	case -ENODEV:
	case -ENOENT:
	case -ENOTDIR:
	case -ESTALE:
	case -ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

int path_lookup(const char *name, char *path)
{
	const char *dir = getenv("PATH") ?: DEFAULT_PATH;
	int err, result = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (strchr(name, '/')) {
		snprintf(path, PATH_MAX, "%s", name);
		return 0;
	}
	for (;; dir++) {
		const size_t size = strcspn(dir, ":");

		/* A path that is too long does not exist. */
		if (snprintf(path, PATH_MAX, "%.*s%s%s", (int)size, dir,
			     size ? "/" : "", name) < PATH_MAX) {
			err = try_path(path);
			if (!may_go_on(err))
				return err;
			if (err == -EACCES)
				result = -EACCES;
		}
		dir += size;
		if (!*dir)
			return result;
	}
}
