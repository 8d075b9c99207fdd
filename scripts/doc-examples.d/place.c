// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule for a name of landlock.rst
 */

#include "doc.h"

#include <signal.h>

#include "text/place.h"

#define PLACE "place.h"

/* The domain begins before the file is replaced, and reads it afterwards. */
static int sandboxed(const int ruleset_fd)
{
	const pid_t pid = fork();
	int status;

	need(pid >= 0, "cannot make a process");
	if (!pid) {
		if (landlock_restrict_self(ruleset_fd,
					   LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS))
			_exit(IS_BROKEN);
		raise(SIGSTOP);
		_exit((can_read("/etc/passwd") ? 0 : IS_BROKEN) | look());
	}
	need(waitpid(pid, &status, WUNTRACED) == pid, "cannot wait");
	make_file("/etc/passwd.new");
	need(!rename("/etc/passwd.new", "/etc/passwd"), "cannot replace it");
	kill(pid, SIGCONT);
	return status_of(pid);
}

int main(int argc, char *argv[])
{
	int ruleset_fd;

	start(argc, argv);
	ruleset_fd = make_ruleset(PUBLIC);
	is(PLACE, allow_passwd(ruleset_fd), 0, "a rule for a name");
	is(PLACE, sandboxed(ruleset_fd), IS_CONFINED,
	   "the file can be replaced");
	printf("1..%d\n", tests);
	return 0;
}
