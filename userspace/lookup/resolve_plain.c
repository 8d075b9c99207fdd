// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Paths that are opened as they are anywhere else
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "resolve.h"
#include "resolve_walk.h"

/* Sets the path without links, as the kernel says it. */
static void read_real(struct resolved *resolved)
{
	char link[64];
	ssize_t size;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", resolved->fd);
	size = readlink(link, resolved->real, sizeof(resolved->real) - 1);
	resolved->real[size > 0 ? size : 0] = '\0';
}

enum resolve_result walk_plainly(const char *path, unsigned int flags,
				 struct resolved *resolved)
{
	struct walk walk = { .out = resolved };
	enum resolve_result result = RESOLVED;
	char *slash;

	resolved->fd = open(path, O_PATH | O_CLOEXEC |
			    (flags & RESOLVE_DIRECTORY ? O_DIRECTORY : 0));
	if (resolved->fd < 0) {
		result = walk_fail(&walk);
		snprintf(resolved->real, sizeof(resolved->real), "%s", path);
	} else {
		read_real(resolved);
	}
	slash = strrchr(resolved->real, '/');
	if (resolved->real[0] != '/')
		return result;
	*slash = '\0';
	resolved->dir = open(*resolved->real ? resolved->real : "/",
			     O_PATH | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	resolved->name = slash + 1;
	return result;
}
