// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Look for a command, or let the C library do so
 *
 * usage: command find NAME
 *	  command execute NAME
 *	  command execve FILE
 *	  command format FILE
 *
 * Prints the path that path_lookup() finds, or why it does not; or executes the
 * command, which should print its path; or executes a file, and prints why not; or
 * prints what the kernel is said to take a file for.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "binfmt.h"
#include "path_lookup.h"

static void print_format(const char *path)
{
	static const char *const kinds[] = {
		[BINFMT_NONE] = "none",
		[BINFMT_ELF] = "ELF",
		[BINFMT_SCRIPT] = "script",
		[BINFMT_MISC] = "misc",
	};
	struct binfmt binfmt;

	binfmt_read(open(path, O_RDONLY), path, &binfmt);
	if (binfmt.error)
		puts(strerror(-binfmt.error));
	else
		printf("%s %s\n", kinds[binfmt.kind], binfmt.interpreter);
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	int err;

	if (argc != 3) {
		fputs("usage: command find|execute|execve|format NAME\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "find") == 0) {
		err = path_lookup(argv[2], path);
		puts(err ? strerror(-err) : path);
	} else if (strcmp(argv[1], "execute") == 0) {
		execvp(argv[2], argv + 2);
		puts(strerror(errno));
	} else if (strcmp(argv[1], "execve") == 0) {
		execve(argv[2], argv + 2, environ);
		puts(strerror(errno));
	} else {
		print_format(argv[2]);
	}
	return 0;
}
