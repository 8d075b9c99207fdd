// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From the name of a user or group to its number
 */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "resolve.h"

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

static bool find_user(FILE *file, const char *name, __u32 *id)
{
	const struct passwd *entry;

	while ((entry = fgetpwent(file)))
		if (strcmp(entry->pw_name, name) == 0) {
			*id = entry->pw_uid;
			return true;
		}
	return false;
}

static bool find_group(FILE *file, const char *name, __u32 *id)
{
	const struct group *entry;

	while ((entry = fgetgrent(file)))
		if (strcmp(entry->gr_name, name) == 0) {
			*id = entry->gr_gid;
			return true;
		}
	return false;
}

static char *look_up(const char *name, FILE *file, const char *list,
		     const char *kind,
		     bool (*find)(FILE *file, const char *name, __u32 *id),
		     __u32 *id)
{
	bool found = false;
	char *why;
	int size;

	if (file) {
		found = find(file, name, id);
		fclose(file);
	}
	if (found)
		return NULL;
	if (file)
		size = asprintf(&why, "there is no %s \"%s\" in %s", kind,
				name, list);
	else
		size = asprintf(&why, "cannot open %s: %s", list,
				strerror(errno));
	return size < 0 ? strdup("out of memory") : why;
}

char *accounts_find_user(const char *name, bool for_others, __u32 *id)
{
	return look_up(name, resolve_list(USERS, for_others), USERS, "user",
		       find_user, id);
}

char *accounts_find_group(const char *name, bool for_others, __u32 *id)
{
	return look_up(name, resolve_list(GROUPS, for_others), GROUPS, "group",
		       find_group, id);
}
