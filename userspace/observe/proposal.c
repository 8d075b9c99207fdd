// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - A policy in the making, shared by the parts of propose()
 */

#include <string.h>

#include "compare.h"
#include "proposal.h"

bool proposal_is_mixed(const char *directory)
{
	if (strcmp(directory, "/") == 0 || strcmp(directory, "/root") == 0)
		return true;
	return compare_beneath(directory, "/home") && proposal_depth(directory) <= 2;
}

const char *proposal_above(const char *path, const char *const *directories)
{
	for (; *directories; directories++)
		if (compare_beneath(path, *directories))
			return *directories;
	return NULL;
}

/*
 * Packages replace their files, and have other files in the next version.
 * Anybody may read them, and they have no secrets.
 */
const char *const proposal_packages[] = {
	"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", NULL
};

bool proposal_can_name(const char *path)
{
	json_t *const text = json_string(path);

	json_decref(text);
	return text && !strstr(path, "${") && !strchr(path, '*');
}

int proposal_depth(const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += path[0] == '/' && path[1] != '\0';
	return depth;
}

bool proposal_is_daemon(const struct observed *observed)
{
	return observed->listens || observed->pid_file || observed->outlives ||
	       observed->running;
}
