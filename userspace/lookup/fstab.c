// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Mounts that the system is to have, and has not
 */

#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare.h"
#include "fstab.h"

#define FSTAB "/etc/fstab"

/* Where nothing is mounted.  The memory is for the rest of the command. */
static char **points;
static size_t num_points;

/* In doubt, it is: then nothing is said about it. */
static bool is_mounted(const char *point)
{
	struct statx st;

	return statx(AT_FDCWD, point, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0,
		     &st) ||
	       !(st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) ||
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* Swap and the like have no directory. */
static void add_point(const char *point)
{
	char **more;

	if (*point != '/' || is_mounted(point))
		return;
	more = reallocarray(points, num_points + 1, sizeof(*more));
	if (!more)
		return;
	points = more;
	points[num_points] = realpath(point, NULL);
	if (points[num_points])
		num_points++;
}

static void read_points(void)
{
	static bool done;
	const struct mntent *entry;
	FILE *file;

	if (done)
		return;
	done = true;
	file = setmntent(FSTAB, "re");
	if (!file)
		return;
	while ((entry = getmntent(file)))
		add_point(entry->mnt_dir);
	endmntent(file);
}

const char *fstab_hides(const char *path)
{
	size_t i;

	read_points();
	for (i = 0; i < num_points; i++)
		if (compare_beneath(path, points[i]))
			return points[i];
	return NULL;
}
