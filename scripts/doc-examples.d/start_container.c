// SPDX-License-Identifier: GPL-2.0-only
/*
 * The container runtime of landlock.rst
 */

#include "doc.h"

#include <sys/mount.h>

#define RUNTIME "start_container.h"
#define USER 1000

/* An action that no domain for files allows. */
static int set_up_container(void)
{
	return unshare(CLONE_NEWNS) ||
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       mount("tmpfs", "/mnt", "tmpfs", 0, NULL) ||
	       access(SECRET, R_OK);
}

#include "text/start_container.h"

static char *const environment[] = { NULL };

/* Returns the findings of the container's program, or an error. */
static int contained(const char *path)
{
	char *const arguments[] = { COPY, "look", NULL };
	const int ruleset_fd = make_ruleset(PUBLIC);
	const pid_t pid = fork();
	int err;

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	err = start_container(ruleset_fd, path, arguments, environment);
	/* Not restricted, without no_new_privs, but still staged. */
	if (err != -1 || look() || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
		_exit(IS_BROKEN);
	_exit(execute(COPY));
}

int main(int argc, char *argv[])
{
	start(argc, argv);
	make_copy(0755);
	mkdir("/mnt", 0755);
	is(RUNTIME, contained(COPY), IS_CONFINED | HAS_NNP | IS_ROOT,
	   "the container's program is in the domain, with no_new_privs");
	is(RUNTIME, contained("/missing"), IS_CONFINED | HAS_NNP | IS_ROOT,
	   "so is a program that is executed when this failed, and not the runtime");
	printf("1..%d\n", tests);
	return 0;
}
