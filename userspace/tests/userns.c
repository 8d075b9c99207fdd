// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Create, join and use user namespaces
 *
 * usage: userns [WORD [ARG]]...
 *
 * Without a word: "new effective".  The words, one after the other:
 *
 *	new			create a user namespace
 *	join PID		join the user namespace of a process
 *	open PID		open the user namespace of a process
 *	joinfd			join the namespace that was opened
 *	map			be root there
 *	root DIRECTORY		have another root directory
 *	effective		print the effective capabilities
 *	use			use CAP_SYS_ADMIN: create a UTS namespace
 *	keep CAPABILITY		keep this one alone, by its number
 *	noroot			execute nothing with the privileges of root
 *	pid			print the process ID
 *	wait FIFO		create this FIFO, and read a line from it
 *	attach PID		attach to a process with ptrace(2), and detach
 *	fork			do the rest in a child
 *	share			the same, with the same working directory
 *	traced			the same, in a child that this process traces
 *	child FILE		execute a file in a child
 *	exec FILE		execute a file with the rest of the arguments
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <linux/types.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Before it is in another user namespace. */
static uid_t user;

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
	return unshare(CLONE_NEWUSER) ? fail("unshare") : 0;
}

static int use(void)
{
	if (unshare(CLONE_NEWUTS))
		return fail("use");
	puts("used");
	return 0;
}

static int map(void)
{
	FILE *const file = fopen("/proc/self/uid_map", "we");

	if (!file || fprintf(file, "0 %d 1", user) < 0 || fclose(file))
		return fail("map");
	return 0;
}

static int keep(const char *capability)
{
	const int cap = atoi(capability);
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	data[cap / 32].permitted = 1U << cap % 32;
	data[cap / 32].effective = data[cap / 32].permitted;
	return syscall(SYS_capset, &header, data) ? fail("capset") : 0;
}

static int set_noroot(void)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0) ?
	       fail("securebits") : 0;
}

static int print_pid(void)
{
	printf("%d\n", getpid());
	return 0;
}

static int wait_for(const char *fifo)
{
	char line[16];
	int fd;

	fflush(stdout);
	if (mkfifo(fifo, 0600))
		return fail(fifo);
	fd = open(fifo, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, line, sizeof(line)) < 0)
		return fail(fifo);
	close(fd);
	return 0;
}

static int opened = -1;

static int open_namespace(const char *pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/ns/user", pid);
	opened = open(path, O_RDONLY | O_CLOEXEC);
	return opened < 0 ? fail("open") : 0;
}

static int join_opened(void)
{
	return setns(opened, CLONE_NEWUSER) ? fail("setns") : 0;
}

static int join(const char *pid)
{
	return open_namespace(pid) ?: join_opened();
}

static int change_root(const char *directory)
{
	return chroot(directory) || chdir("/") ? fail("chroot") : 0;
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

/* Waits for a child, and exits as it does. */
static void await(pid_t child)
{
	int status;

	while (waitpid(child, &status, __WALL) == child) {
		if (WIFEXITED(status))
			exit(WEXITSTATUS(status));
		/* A child that is traced stops after its exec. */
		ptrace(PTRACE_CONT, child, NULL, NULL);
	}
	exit(fail("wait"));
}

static int go_on_in_child(unsigned long flags)
{
	const long child = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL,
				   NULL, NULL);

	if (child < 0)
		return fail("clone");
	if (child)
		await(child);
	return 0;
}

static int execute_in_child(const char *file)
{
	const pid_t child = fork();

	if (child < 0)
		return fail("fork");
	if (child)
		return waitpid(child, NULL, 0) == child ? 0 : fail("wait");
	execl(file, file, NULL);
	_exit(127);
}

static int go_on_traced(void)
{
	const pid_t child = fork();

	if (child < 0)
		return fail("fork");
	if (child)
		await(child);
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? fail("traceme") : 0;
}

static int do_word(const char *word)
{
	if (strcmp(word, "new") == 0)
		return create();
	if (strcmp(word, "effective") == 0)
		return print_effective();
	if (strcmp(word, "use") == 0)
		return use();
	if (strcmp(word, "map") == 0)
		return map();
	if (strcmp(word, "noroot") == 0)
		return set_noroot();
	if (strcmp(word, "pid") == 0)
		return print_pid();
	if (strcmp(word, "joinfd") == 0)
		return join_opened();
	if (strcmp(word, "fork") == 0)
		return go_on_in_child(0);
	if (strcmp(word, "share") == 0)
		return go_on_in_child(CLONE_FS);
	if (strcmp(word, "traced") == 0)
		return go_on_traced();
	return -1;
}

static int do_word_with(const char *word, char **args)
{
	if (strcmp(word, "join") == 0)
		return join(*args);
	if (strcmp(word, "open") == 0)
		return open_namespace(*args);
	if (strcmp(word, "root") == 0)
		return change_root(*args);
	if (strcmp(word, "keep") == 0)
		return keep(*args);
	if (strcmp(word, "child") == 0)
		return execute_in_child(*args);
	if (strcmp(word, "wait") == 0)
		return wait_for(*args);
	if (strcmp(word, "attach") == 0)
		return attach(*args);
	if (strcmp(word, "exec"))
		return 2;
	fflush(stdout);
	execv(*args, args);
	return fail(*args);
}

int main(int argc, char **argv)
{
	int err = 0;

	user = geteuid();
	if (argc < 2)
		return create() ?: print_effective();
	for (argv++; !err && *argv; argv++) {
		err = do_word(*argv);
		if (err < 0)
			err = argv[1] ? do_word_with(argv[0], argv + 1) : 2;
		else
			continue;
		argv++;
	}
	return err;
}
