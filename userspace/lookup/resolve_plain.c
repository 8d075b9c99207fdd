// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Paths that are opened as they are anywhere else
 */

#include <errno.h>
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

/* Opens the directory of a path, and finds the last component. */
static int open_above(const char *path, const char **name)
{
	const char *const slash = strrchr(path, '/');
	const int size = slash ? slash - path : 0;
	char above[PATH_MAX];

	*name = slash ? slash + 1 : path;
	snprintf(above, sizeof(above), "%.*s", size, path);
	return open(*above ? above : slash ? "/" : ".",
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Without slashes at the end, unless there is nothing else. */
static void strip(char *path)
{
	size_t size = strlen(path);

	while (size > 1 && path[size - 1] == '/')
		path[--size] = '\0';
}

/* Sets the link, if the path is that of one. */
static void find_link(const char *given, struct resolved *resolved)
{
	char path[PATH_MAX], text;
	const char *name;
	int dir;

	snprintf(path, sizeof(path), "%s", given);
	strip(path);
	dir = open_above(path, &name);
	if (dir >= 0 && strlen(name) < sizeof(resolved->link_name) &&
	    readlinkat(dir, name, &text, sizeof(text)) > 0) {
		resolved->link = dir;
		snprintf(resolved->link_name, sizeof(resolved->link_name),
			 "%s", name);
	} else if (dir >= 0) {
		close(dir);
	}
}

/*
 * Sets the path to the one where the file would be: links that lead there are
 * followed.
 */
static void follow_missing(char real[PATH_MAX])
{
	char text[PATH_MAX];
	ssize_t size;
	int links;

	for (links = 0; links < MAX_LINKS; links++) {
		char *const slash = strrchr(real, '/');
		size_t kept;

		size = readlink(real, text, sizeof(text) - 1);
		if (size <= 0)
			return;
		kept = slash && *text != '/' ? (size_t)(slash + 1 - real) : 0;
		if (kept + size >= PATH_MAX)
			return;
		text[size] = '\0';
		memcpy(real + kept, text, size + 1);
		strip(real);
	}
}

enum resolve_result walk_plainly(const char *path, unsigned int flags,
				 struct resolved *resolved)
{
	struct walk walk = { .out = resolved };
	enum resolve_result result = RESOLVED;

	resolved->fd = open(path, O_PATH | O_CLOEXEC |
			    (flags & RESOLVE_DIRECTORY ? O_DIRECTORY : 0));
	if (resolved->fd < 0) {
		result = walk_fail(&walk);
		snprintf(resolved->real, sizeof(resolved->real), "%s", path);
		strip(resolved->real);
		if (resolved->error == ENOENT)
			follow_missing(resolved->real);
	} else {
		read_real(resolved);
	}
	find_link(path, resolved);
	/* A relative path is none without links. */
	if (result != RESOLVED || resolved->real[0] == '/')
		resolved->dir = open_above(resolved->real, &resolved->name);
	return result;
}
