// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: execfd FILE [ARG...]
 *
 * Execute FILE without its path: by an open descriptor, with execveat(2).
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd;

	if (argc < 2) {
		fputs("usage: execfd FILE [ARG...]\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_PATH);
	if (fd < 0) {
		perror(argv[1]);
		return 127;
	}
	syscall(SYS_execveat, fd, "", argv + 1, environ, AT_EMPTY_PATH);
	perror("execveat");
	return 126;
}
