// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tutorial of landlock.rst, whose parts are one function
 */

#include "doc.h"

#include <linux/types.h>

#define TUTORIAL "tutorial.c"
#define USER 1000
#define BELOW_USR "/usr/doc-example"

static int tutorial(void)
{
#include "text/tutorial.c"
	return 0;
}

static int restricted(void)
{
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	if (setresuid(USER, USER, USER) || tutorial())
		_exit(IS_BROKEN);
	_exit((can_read(BELOW_USR) ? 0 : IS_BROKEN) |
	      (can_read(SECRET) ? 0 : IS_CONFINED) |
	      (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? HAS_NNP : 0));
}

int main(int argc, char *argv[])
{
	start(argc, argv);
	make_file(BELOW_USR);
	is(TUTORIAL, restricted(), IS_CONFINED | HAS_NNP,
	   "all its parts together confine their own process");
	printf("1..%d\n", tests);
	return 0;
}
