/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The walk along a path, for resolve*.c alone
 */

#ifndef EXECLOCK_RESOLVE_WALK_H
#define EXECLOCK_RESOLVE_WALK_H

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "resolve.h"

/** MAX_LINKS - As the kernel's MAXSYMLINKS */
#define MAX_LINKS 40

/**
 * struct walk - A walk along a path
 *
 * @out: Where the result goes.
 * @trust: Users who may decide where the path leads, or NULL.
 * @flags: RESOLVE_*.
 * @dir: The directory where the walk is.
 * @st: Owner and mode of @dir.
 * @mount: The mount of @dir.
 * @rest: The rest of the path.
 * @links: How many links were followed.
 * @of_path: Whether @rest is still an end of the path that was given.
 */
struct walk {
	struct resolved *out;
	const struct resolve_trust *trust;
	unsigned int flags;
	int dir;
	struct stat st;
	__u64 mount;
	char rest[PATH_MAX];
	int links;
	bool of_path;
};

/**
 * walk_container - Find the container in which a path is looked up
 *
 * @walk: The walk, or NULL.
 *
 * Return: the container, or NULL.
 */
static inline const struct resolve_container *
walk_container(const struct walk *walk)
{
	return walk && walk->trust ? walk->trust->container : NULL;
}

/**
 * walk_open_below - Open a file below a directory without links
 *
 * @walk: The walk, or NULL.
 * @dir: The directory.
 * @path: The path from there, which does not lead out of the directory.
 * @flags: Flags of open(2), but for O_CLOEXEC, which is added.
 *
 * Nor does the path go through a mount, unless it is one of a container.
 *
 * Return: a file descriptor, or -1 with errno set.
 */
int walk_open_below(const struct walk *walk, int dir, const char *path,
		    int flags);

/**
 * walk_fail - End a walk because of errno
 *
 * @walk: The walk.
 *
 * Return: %RESOLVE_MISSING or %RESOLVE_FAILED.
 */
enum resolve_result walk_fail(struct walk *walk);

/**
 * walk_fail_with - End a walk
 *
 * @walk: The walk.
 * @err: An error number.
 * @reason: A better description of it, or NULL.
 *
 * Return: as walk_fail().
 */
enum resolve_result walk_fail_with(struct walk *walk, int err,
				   const char *reason);

/**
 * walk_push - Add components to the path without links
 *
 * @walk: The walk.
 * @name: The components.
 * @size: Their size.
 *
 * Return: 0, or -1 with errno set.
 */
int walk_push(struct walk *walk, const char *name, size_t size);

/**
 * walk_set_place - Remember the first place on the way that others may write
 *
 * @walk: The walk, which is there.
 * @st: The directory or link.
 */
void walk_set_place(struct walk *walk, const struct stat *st);

/**
 * walk_beyond - Go to the end in directories that others than root may write
 *
 * @walk: The walk, which is in the first of them.
 * @rest: The rest of the path, not empty; it is changed.
 *
 * Return: the result for the path.
 */
enum resolve_result walk_beyond(struct walk *walk, char *rest);

/**
 * walk_plainly - Open a path as it is opened anywhere else
 *
 * @path: The path.
 * @flags: RESOLVE_*.
 * @resolved: Filled in.
 *
 * Return: the result for the path.
 */
enum resolve_result walk_plainly(const char *path, unsigned int flags,
				 struct resolved *resolved);

#endif /* EXECLOCK_RESOLVE_WALK_H */
