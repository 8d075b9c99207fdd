// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Who made a mount
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mounts.h"

#define MOUNTS "/proc/self/mountinfo"

/* Where libmount remembers what the kernel does not. */
#define USERS_MOUNTS "/run/mount/utab"

/* One mount, as far as it matters; parts of a line. */
struct mount {
	char *point;
	char *type;
	char *options;
};

int mounts_number(int fd, __u64 *number)
{
	struct statx st;

	/* Which mount it is comes with any answer, also with an empty one. */
	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT |
		  AT_STATX_DONT_SYNC, 0, &st))
		return -1;
	if (!(st.stx_mask & STATX_MNT_ID)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	*number = st.stx_mnt_id;
	return 0;
}

/* "36 35 98:0 /root /point options [fields...] - type source options" */
static bool parse(char *line, __u64 number, struct mount *mount)
{
	unsigned long long id;
	char *rest;

	if (sscanf(line, "%llu", &id) != 1 || id != number)
		return false;
	rest = strstr(line, " - ");
	if (!rest || sscanf(line, "%*u %*u %*s %*s %ms", &mount->point) != 1)
		return false;
	line[strcspn(line, "\n")] = '\0';
	mount->type = rest + 3;
	rest = strchr(mount->type, ' ');
	if (rest)
		*rest++ = '\0';
	rest = rest ? strchr(rest, ' ') : NULL;
	mount->options = rest ? rest + 1 : "";
	return true;
}

/* Whether an option is in a list with commas; sets @value to what it has. */
static bool has_option(const char *options, const char *name,
		       const char **value)
{
	const size_t size = strlen(name);

	while (*options) {
		if (strncmp(options, name, size) == 0) {
			*value = options + size;
			return true;
		}
		options += strcspn(options, ",");
		options += *options == ',';
	}
	return false;
}

static bool fuse_of_user(const struct mount *mount)
{
	const char *value;

	return strncmp(mount->type, "fuse", 4) == 0 &&
	       has_option(mount->options, "user_id=", &value) &&
	       strtoul(value, NULL, 10) != 0;
}

/* "ID=31 SRC=/dev/sdb1 TARGET=/point ROOT=/ OPTS=user=somebody" */
static bool is_noted(char *line, const char *point)
{
	bool found = false, user = false;
	const char *value;
	char *word, *save;

	for (word = strtok_r(line, " \n", &save); word;
	     word = strtok_r(NULL, " \n", &save)) {
		if (strncmp(word, "TARGET=", 7) == 0)
			found = strcmp(word + 7, point) == 0;
		else if (strncmp(word, "OPTS=", 5) == 0)
			user = has_option(word + 5, "user=", &value) ||
			       has_option(word + 5, "uhelper=", &value);
	}
	return found && user;
}

static bool noted_as_users(const char *point)
{
	FILE *const file = fopen(USERS_MOUNTS, "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	/* No user mounted anything yet. */
	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0)
		found = is_noted(line, point);
	free(line);
	fclose(file);
	return found;
}

int mounts_of_user(__u64 number)
{
	FILE *const file = fopen(MOUNTS, "re");
	struct mount mount = {};
	char *line = NULL;
	size_t size = 0;
	int ret = -1;

	if (!file)
		return -1;
	/* It may have been unmounted meanwhile. */
	errno = ESTALE;
	while (ret < 0 && getline(&line, &size, file) > 0)
		if (parse(line, number, &mount))
			ret = fuse_of_user(&mount) ||
			      noted_as_users(mount.point);
	free(mount.point);
	free(line);
	fclose(file);
	return ret;
}
