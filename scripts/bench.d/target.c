// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: target [denied|nnp|exit|hold|open]
 *
 * The program that is executed to measure what this costs.  Without an argument
 * there is nothing to do.
 *
 *	denied  succeed if writing to a file is denied
 *	nnp     succeed if no_new_privs is set
 *	exit    tell when, and exit
 *	hold    stay
 *	open    open and close a file, and tell what this costs
 */

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "measure.h"
#include "target.h"

static int denied(void)
{
	const int fd = open(FORBIDDEN, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		return 1;
	/* The latter is what a read-only mount says. */
	if (errno != EACCES && errno != EROFS)
		err(2, "open " FORBIDDEN);
	return 0;
}

static void open_and_close(int count)
{
	while (count--) {
		const int fd = open(DEEP, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			err(2, "open " DEEP);
		close(fd);
	}
}

static int opens(void)
{
	struct shared shared = {};
	uint64_t begin;

	open_and_close(NUM_OPENS / 10);
	begin = instructions();
	open_and_close(NUM_OPENS);
	shared.opens = instructions() - begin;
	if (pwrite(SHARED_FD, &shared, sizeof(shared), 0) != sizeof(shared))
		err(2, "pwrite");
	return 0;
}

int main(int argc, char **argv)
{
	struct shared shared = {};

	if (argc < 2)
		return 0;
	if (!strcmp(argv[1], "denied"))
		return denied();
	if (!strcmp(argv[1], "nnp"))
		return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
	if (!strcmp(argv[1], "exit")) {
		/* The rest of the call is part of it, on all kernels. */
		shared.start = instructions();
		if (pwrite(SHARED_FD, &shared, sizeof(shared), 0) !=
		    sizeof(shared))
			err(2, "pwrite");
		_exit(0);
	}
	if (!strcmp(argv[1], "hold"))
		for (;;)
			pause();
	if (!strcmp(argv[1], "open"))
		return opens();
	errx(2, "%s: what is this?", argv[1]);
}
