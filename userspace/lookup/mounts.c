// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Who made a mount
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

/* A mount that was asked about. */
struct known {
	__u64 number;
	bool of_user;
};

/*
 * Each path of each policy asks about the same few mounts, and the kernel has to
 * list all of them to answer.  What is known holds until the mounts change.
 */
static struct {
	struct known *mounts;
	size_t count;
	/* Tells when mounts change. */
	int fd;
	/* Which file USERS_MOUNTS was: it is replaced when it changes. */
	struct stat noted;
} all = { .fd = -1 };

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

	for (word = strtok_r(line, "\n ", &save); word;
	     word = strtok_r(NULL, "\n ", &save)) {
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

/* Whether mounts changed since the last call; true unless that is known. */
static bool changed(void)
{
	struct pollfd mounts = { .events = POLLPRI };
	struct stat noted;
	bool same;

	if (stat(USERS_MOUNTS, &noted))
		memset(&noted, 0, sizeof(noted));
	same = noted.st_dev == all.noted.st_dev &&
	       noted.st_ino == all.noted.st_ino &&
	       noted.st_size == all.noted.st_size &&
	       noted.st_ctim.tv_sec == all.noted.st_ctim.tv_sec &&
	       noted.st_ctim.tv_nsec == all.noted.st_ctim.tv_nsec;
	all.noted = noted;
	if (all.fd < 0) {
		all.fd = open(MOUNTS, O_RDONLY | O_CLOEXEC);
		return true;
	}
	mounts.fd = all.fd;
	return poll(&mounts, 1, 0) || !same;
}

static const struct known *find_known(__u64 number)
{
	size_t i;

	for (i = 0; i < all.count; i++)
		if (all.mounts[i].number == number)
			return &all.mounts[i];
	return NULL;
}

static void remember(__u64 number, bool of_user)
{
	struct known *more;

	/* Where nothing tells of changes, nothing is known for long. */
	if (all.fd < 0)
		return;
	more = reallocarray(all.mounts, all.count + 1, sizeof(*more));
	if (!more)
		return;
	all.mounts = more;
	more[all.count].number = number;
	more[all.count].of_user = of_user;
	all.count++;
}

static int look_up(__u64 number)
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

int mounts_of_user(__u64 number)
{
	const struct known *known;
	int ret;

	if (changed())
		all.count = 0;
	known = find_known(number);
	if (known)
		return known->of_user;
	ret = look_up(number);
	if (ret >= 0)
		remember(number, ret);
	return ret;
}
