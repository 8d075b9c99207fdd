// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Run a command and observe which rights it uses
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bpf/learn.h"
#include "features.h"
#include "learn.skel.h"
#include "memory.h"
#include "message.h"
#include "observe.h"
#include "observed.h"
#include "privileges.h"
#include "util.h"

/* A process that outlives the command for longer is a daemon. */
#define OUTLIVE_SECONDS 2

/* Milliseconds between two checks whether a process ended. */
#define POLL_MS 100

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

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static void handle_signals(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

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
	handle_signals(SIG_DFL);
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

/* Makes the BPF programs observe a process and its descendants. */
static int mark(const struct learn_bpf *bpf, pid_t pid)
{
	/* No exec yet. */
	const struct learn_state state = {};
	int pidfd, err;

	pidfd = syscall(__NR_pidfd_open, pid, 0);
	if (pidfd < 0)
		return p_err("cannot open process %d: %s", pid,
			     strerror(errno));
	err = bpf_map_update_elem(bpf_map__fd(bpf->maps.tree), &pidfd, &state,
				  BPF_NOEXIST);
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
static bool collect(struct observed *observed, pid_t command)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		observed->status = status;
		observed->ended = true;
		observed->end = seconds();
	}
	if (observed->ended && pid == 0 &&
	    seconds() - observed->end > OUTLIVE_SECONDS)
		observed->outlives = true;
	return pid == 0;
}

static int follow(struct observed *observed, const struct learn_bpf *bpf,
		  pid_t command)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(bpf->maps.events), observed_event,
				observed, NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	do {
		err = ring_buffer__poll(ring, POLL_MS);
		observed->running = collect(observed, command);
	} while ((err >= 0 || err == -EINTR) && observed->running && !stopped);
	if (err >= 0 || err == -EINTR)
		/* The events until the last process ended. */
		err = ring_buffer__consume(ring);
	if (err < 0)
		p_err("cannot read the ring buffer: %s", strerror(-err));
	ring_buffer__free(ring);
	observed->lost += bpf->bss->lost;
	return err < 0 ? -1 : 0;
}

static int run(struct observed *observed, const struct learn_bpf *bpf,
	       char **command, bool quiet)
{
	struct child child = {};
	int err;

	/* Daemons become children of this process, which can wait for them. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	handle_signals(stop);
	if (start(&child, command, quiet))
		return -1;
	err = mark(bpf, child.pid);
	let_go(&child, !err, &observed->error);
	if (err)
		return err;
	/* From now on, it only needs access to files. */
	err = privileges_keep(PRIVILEGES_FILES) ?:
	      follow(observed, bpf, child.pid);
	/*
	 * A service manager that stops a daemon also sends a signal to the
	 * remaining processes of the service: this one must still write the
	 * policy.
	 */
	handle_signals(SIG_IGN);
	return err;
}

int observe(struct observed *observed, char **command, bool quiet)
{
	struct learn_bpf *bpf;
	int err;

	if (observed_init(observed))
		return -1;
	bpf = learn_bpf__open();
	if (!bpf || memory_load(bpf->skeleton))
		return features_report_refused("learn ...");
	err = learn_bpf__attach(bpf);
	if (err)
		p_err("cannot attach the BPF programs: %s", strerror(-err));
	else
		err = run(observed, bpf, command, quiet);
	learn_bpf__destroy(bpf);
	return err;
}
