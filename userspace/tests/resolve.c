// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Resolve a path as for a policy, and print what came of it
 *
 * usage: resolve [-a] [-d] [-u PATH]... [-r ROOT [-i UID]] PATH
 *
 *	-a	refuse nothing (RESOLVE_ANYWAY)
 *	-d	it must be a directory
 *	-u PATH	where users' own paths are meant
 *	-r ROOT	in a container with this root directory
 *	-i UID	of which this user is root, instead of 0
 *
 * Prints one word, and the path without links or why there is none.  Fails if
 * that path is not what was opened.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "resolve.h"

static const char *const words[] = {
	[RESOLVED] = "resolved",
	[RESOLVE_MISSING] = "missing",
	[RESOLVE_REFUSED] = "refused",
	[RESOLVE_INVALID] = "invalid",
	[RESOLVE_FAILED] = "failed",
};

/* The path and the name in the directory must lead to what is open. */
static int check(const struct resolved *resolved, int root)
{
	const char *const real = resolved->real;
	struct stat opened, named;

	if (fstat(resolved->fd, &opened) ||
	    fstatat(root, root < 0 ? real : real[1] ? real + 1 : ".", &named,
		    AT_SYMLINK_NOFOLLOW))
		return 1;
	if (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
		return 1;
	if (resolved->dir < 0)
		return 0;
	return fstatat(resolved->dir, resolved->name, &named,
		       AT_SYMLINK_NOFOLLOW) ||
	       opened.st_dev != named.st_dev || opened.st_ino != named.st_ino;
}

static int print(const char *path, const struct resolve_trust *trust,
		 unsigned int flags)
{
	struct resolved resolved;
	enum resolve_result result;
	int err = 0;
	char *why;

	result = resolve(path, trust, flags, &resolved);
	if (result == RESOLVED) {
		err = check(&resolved, trust->container ?
				       trust->container->root : -1);
		printf("%s %s%s\n", words[result], resolved.real,
		       err ? ", which is not what was opened" : "");
	} else {
		why = resolve_why(&resolved, path, result);
		printf("%s %s\n", words[result], why);
		free(why);
	}
	resolve_release(&resolved);
	return err;
}

int main(int argc, char **argv)
{
	char *paths[16];
	struct resolve_container container = { .root = -1 };
	struct resolve_trust trust = { .for_others = true, .users = paths };
	unsigned int flags = 0;
	int option, err = 0;

	while ((option = getopt(argc, argv, "adi:r:u:")) >= 0) {
		if (option == 'a')
			flags |= RESOLVE_ANYWAY;
		else if (option == 'd')
			flags |= RESOLVE_DIRECTORY;
		else if (option == 'i')
			container.uid = atoi(optarg);
		else if (option == 'r')
			container.root = open(optarg, O_PATH | O_DIRECTORY);
		else if (option == 'u' && trust.num_users < 16)
			trust.users[trust.num_users++] = optarg;
		else
			return 2;
	}
	if (container.root >= 0)
		trust.container = &container;
	for (; optind < argc; optind++)
		err |= print(argv[optind], &trust, flags);
	return err;
}
