// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wrapper of landlock.rst
 */

#include "doc.h"
#include "text/run.h"

#define WRAPPER "run.h"
#define USER 1000

static int wrapped(char *path)
{
	char *const arguments[] = { path, "look", NULL };
	const int ruleset_fd = make_ruleset(PUBLIC);
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	if (setresuid(USER, USER, USER) || run(ruleset_fd, arguments) != 1 ||
	    look())
		_exit(IS_BROKEN);
	_exit(execute(COPY));
}

int main(int argc, char *argv[])
{
	start(argc, argv);
	make_copy(04755);
	is(WRAPPER, wrapped(COPY), IS_CONFINED | HAS_NNP,
	   "an unprivileged user's program is in the domain");
	is(WRAPPER, wrapped("/missing"), IS_CONFINED | HAS_NNP,
	   "a failure leaves the wrapper free, and the ruleset staged");
	printf("1..%d\n", tests);
	return 0;
}
