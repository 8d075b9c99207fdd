// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Look for a command, or let the C library do so
 *
 * usage: command find NAME
 *	  command execute NAME
 *	  command shell FILE
 *
 * Prints the path that command_find() finds, or why it does not; or executes the
 * command, which should print its path; or prints whether the shell is said to
 * execute a file.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../command.h"

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	int err;

	if (argc != 3) {
		fputs("usage: command find|execute|shell NAME\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "find") == 0) {
		err = command_find(argv[2], path);
		puts(err ? strerror(-err) : path);
	} else if (strcmp(argv[1], "execute") == 0) {
		execvp(argv[2], argv + 2);
		puts(strerror(errno));
	} else {
		puts(command_for_shell(open(argv[2], O_RDONLY)) ? "yes" : "no");
	}
	return 0;
}
