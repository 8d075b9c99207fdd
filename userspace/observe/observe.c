// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Run a command and observe which rights it uses
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "observe.h"
#include "observed.h"
#include "observer.h"
#include "privileges.h"
#include "util.h"

/* A process that outlives the command for longer is a daemon. */
#define OUTLIVE_SECONDS 2

/**
 * struct child - A process that is about to execute the command
 *
 * @pid: Its number.
 * @go: Pipe through which it is told to execute the command.
 * @failed: Pipe through which it reports an errno.
 */
struct child {
	pid_t pid;
	int go;
	int failed;
};

/* In the child: waits for the parent, then becomes the command. */
static void become(char **command, bool quiet, int go, int failed)
{
	ssize_t size;
	char byte;
	int err;

	do {
		size = read(go, &byte, 1);
	} while (size < 0 && errno == EINTR);
	/* The parent cannot observe it. */
	if (size != 1)
		_exit(1);
	observer_default_signals();
	if (quiet)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(command[0], command);
	err = errno;
	if (write(failed, &err, sizeof(err)) < 0)
		_exit(1);
	_exit(1);
}

static void close_both(const int pipe[2])
{
	close(pipe[0]);
	close(pipe[1]);
}

static int start(struct child *child, char **command, bool quiet)
{
	int go[2], failed[2];

	if (pipe2(go, O_CLOEXEC))
		return p_err("cannot create a pipe: %s", strerror(errno));
	if (pipe2(failed, O_CLOEXEC)) {
		p_err("cannot create a pipe: %s", strerror(errno));
		close_both(go);
		return -1;
	}
	child->pid = fork();
	if (child->pid < 0) {
		p_err("cannot create a process: %s", strerror(errno));
		close_both(go);
		close_both(failed);
		return -1;
	}
	if (child->pid == 0) {
		close(go[1]);
		become(command, quiet, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	child->go = go[1];
	child->failed = failed[0];
	return 0;
}

/* Makes the child execute the command, or else end. */
static void let_go(const struct child *child, bool execute, int *error)
{
	ssize_t size;

	if (execute && write(child->go, "", 1) != 1)
		execute = false;
	close(child->go);
	/* It reports an errno, or its end is closed by the exec. */
	do {
		size = read(child->failed, error, sizeof(*error));
	} while (size < 0 && errno == EINTR);
	close(child->failed);
	if (size != sizeof(*error))
		*error = 0;
	if (!execute)
		waitpid(child->pid, NULL, 0);
}

/* Makes the BPF programs observe a process, which has executed nothing yet. */
static int mark(const struct learn_bpf *bpf, pid_t pid)
{
	int pidfd, err;

	pidfd = syscall(__NR_pidfd_open, pid, 0);
	if (pidfd < 0)
		return p_err("cannot open process %d: %s", pid,
			     strerror(errno));
	err = observer_mark(bpf, pidfd, 0);
	if (err)
		p_err("cannot observe process %d: %s", pid, strerror(errno));
	close(pidfd);
	return err;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Collects processes that ended.  Returns whether one is left. */
static bool collect(struct observed *observed, void *data)
{
	const pid_t *const command = data;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != *command)
			continue;
		observed->status = status;
		observed->ended = true;
		observed->end = seconds();
	}
	if (observed->ended && pid == 0 &&
	    seconds() - observed->end > OUTLIVE_SECONDS)
		observed->outlives = true;
	observed->running = pid == 0;
	return observed->running;
}

static int run(struct observed *observed, const struct learn_bpf *bpf,
	       char **command, bool quiet)
{
	struct child child = {};
	int err;

	/* Daemons become children of this process, which can wait for them. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	observer_catch_signals();
	if (start(&child, command, quiet))
		return -1;
	err = mark(bpf, child.pid);
	let_go(&child, !err, &observed->error);
	if (err)
		return err;
	/* From now on, it only needs access to files. */
	return privileges_keep(PRIVILEGES_FILES) ?:
	       observer_follow(bpf, observed, collect, &child.pid);
}

int observe(struct observed *observed, char **command, bool quiet)
{
	struct learn_bpf *bpf;
	int err;

	if (observed_init(observed))
		return -1;
	bpf = observer_start(NULL);
	err = bpf ? run(observed, bpf, command, quiet) : -1;
	observer_stop(bpf);
	return err;
}
