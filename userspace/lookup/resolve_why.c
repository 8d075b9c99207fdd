// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Why a path does not lead to a file, for messages
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolve.h"

char *resolve_whose(const struct resolved *resolved)
{
	char *text;
	int size;

	if (resolved->uid)
		size = asprintf(&text, "%s belongs to user %u",
				resolved->place, resolved->uid);
	else
		size = asprintf(&text,
				"%s can be written by others than root (mode %04o)",
				resolved->place, resolved->mode & 07777);
	return size < 0 ? NULL : text;
}

static char *why_refused(const struct resolved *resolved, const char *path)
{
	char *const whose = resolve_whose(resolved);
	char *text = NULL;

	if (whose && asprintf(&text, "%s is refused: %s, so others than root decide where it leads; to allow a user's path, add it, or a directory above it, to \"userPaths\" in \"enforce\"",
			      path, whose) < 0)
		text = NULL;
	free(whose);
	return text;
}

static char *why_missing(const struct resolved *resolved, const char *path)
{
	const char *const reason = resolved->reason ?:
				   strerror(resolved->error);
	char *text, *whose;
	int size;

	if (!resolved->place[0]) {
		size = asprintf(&text, "cannot open %s: %s", path, reason);
		return size < 0 ? NULL : text;
	}
	whose = resolve_whose(resolved);
	if (!whose)
		return NULL;
	size = asprintf(&text, "cannot open %s: %s (%s)", path, reason, whose);
	free(whose);
	return size < 0 ? NULL : text;
}

char *resolve_why(const struct resolved *resolved, const char *path,
		  enum resolve_result result)
{
	char *text;

	if (result == RESOLVE_REFUSED)
		return why_refused(resolved, path);
	if (result != RESOLVE_INVALID)
		return why_missing(resolved, path);
	if (asprintf(&text, "%s is refused: %s is a link to an open file of a process, and leads elsewhere for each process; write the path of the file itself",
		     path, resolved->real) < 0)
		return NULL;
	return text;
}
