// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of exec-policy.rst that denies new privileges
 */

#include "deny_elevation.skel.h"
#include "doc.h"

#define PROGRAM "deny_elevation.bpf.c"
#define USER 1000

/* Becomes user 0 of a user namespace in which this user is mapped, too. */
static int enter_namespace(void)
{
	static const char map[] = "0 0 2000";
	int to[2], from[2], fd;
	char path[64], byte;
	pid_t pid;
	bool done;

	/* Only a process that is privileged outside can map more than one ID. */
	if (pipe(to) || pipe(from))
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		if (read(to[0], &byte, 1) != 1)
			_exit(1);
		snprintf(path, sizeof(path), "/proc/%d/uid_map", getppid());
		fd = open(path, O_WRONLY);
		done = fd >= 0 && write(fd, map, sizeof(map) - 1) > 0;
		snprintf(path, sizeof(path), "/proc/%d/gid_map", getppid());
		fd = open(path, O_WRONLY);
		done = done && fd >= 0 && write(fd, map, sizeof(map) - 1) > 0;
		_exit(done ? 0 : 1);
	}
	if (unshare(CLONE_NEWUSER) || write(to[1], "x", 1) != 1)
		return -1;
	return status_of(pid);
}

int main(int argc, char *argv[])
{
	struct deny_elevation *skel;

	start(argc, argv);
	make_copy(04755);
	need(found_by(USER, COPY, NULL) == IS_ROOT,
	     "a set-user-ID program does not work");
	need(found_by(USER, COPY, enter_namespace) == IS_ROOT,
	     "nor does it in a user namespace");

	skel = deny_elevation__open();
	need(skel, "cannot open the BPF program");
	is(PROGRAM, deny_elevation__load(skel), 0, "the verifier accepts it");
	need(!deny_elevation__attach(skel), "cannot attach it");
	is(PROGRAM, found_by(USER, COPY, NULL), 0,
	   "a set-user-ID program gains nothing, and has no no_new_privs");
	is(PROGRAM, found_by(USER, COPY, enter_namespace), IS_ROOT,
	   "but it does in another user namespace");
	is(PROGRAM, found_by(0, COPY, NULL), IS_ROOT, "root stays root");
	printf("1..%d\n", tests);
	return 0;
}
