// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which file a command is
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

/* Where it is looked if there is no PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* Returns what execve(2) would say before it looks into the file. */
static int try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? -errno : 0;
}

/* Whether the next directory can still have the command. */
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

		/* What is too long cannot be there. */
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
