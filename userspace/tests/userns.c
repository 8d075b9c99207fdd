// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Tell which capabilities this program has in user namespaces
 *
 * usage: userns [WORD [ARG]...]
 *
 * Without a word: create a user namespace and print the effective capabilities
 * in it.  The words, each for the rest of the arguments:
 *
 *	exec FILE [ARG]...	execute a file
 *	fork ...		do the rest in a child
 *	wait FIFO ...		create this FIFO, and read a line from it first
 *	effective		print the effective capabilities here
 *	hold FIFO		create a user namespace, print the process ID and
 *				wait as "wait" does
 *	join PID		join the user namespace of a process, and print
 *				the effective capabilities in it
 *	attach PID		attach to a process with ptrace(2), and detach
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *doing)
{
	printf("%s: %s\n", doing, strerror(errno));
	return 1;
}

static int print_effective(void)
{
	FILE *const status = fopen("/proc/self/status", "re");
	char line[256];

	if (!status)
		return fail("/proc/self/status");
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "CapEff:\t", 8) == 0)
			fputs(line + 8, stdout);
	fclose(status);
	return 0;
}

static int create(void)
{
	return unshare(CLONE_NEWUSER) ? fail("unshare") : print_effective();
}

static int wait_for(const char *fifo)
{
	char line[16];
	int fd;

	if (mkfifo(fifo, 0600))
		return fail(fifo);
	fd = open(fifo, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, line, sizeof(line)) < 0)
		return fail(fifo);
	close(fd);
	return 0;
}

static int hold(const char *fifo)
{
	if (unshare(CLONE_NEWUSER))
		return fail("unshare");
	printf("%d\n", getpid());
	fflush(stdout);
	return wait_for(fifo);
}

static int join(const char *pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("open");
	return setns(fd, CLONE_NEWUSER) ? fail("setns") : print_effective();
}

static int attach(const char *text)
{
	const pid_t pid = atoi(text);

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return fail("ptrace");
	waitpid(pid, NULL, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	puts("attached");
	return 0;
}

/* In a child, of which the exit status is this process's. */
static void do_in_child(void)
{
	const pid_t child = fork();
	int status;

	if (child > 0 && waitpid(child, &status, 0) == child)
		exit(WEXITSTATUS(status));
	if (child)
		exit(fail("fork"));
}

int main(int argc, char **argv)
{
	for (argv++; *argv; argv++) {
		const char *const word = *argv;

		if (strcmp(word, "fork") == 0) {
			do_in_child();
			continue;
		}
		if (strcmp(word, "effective") == 0)
			return print_effective();
		if (!*++argv)
			return 2;
		if (strcmp(word, "exec") == 0) {
			execv(*argv, argv);
			return fail(*argv);
		}
		if (strcmp(word, "hold") == 0)
			return hold(*argv);
		if (strcmp(word, "join") == 0)
			return join(*argv);
		if (strcmp(word, "attach") == 0)
			return attach(*argv);
		if (strcmp(word, "wait") || wait_for(*argv))
			return 2;
	}
	return create();
}
