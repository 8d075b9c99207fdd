// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Run a command and observe which rights it takes
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bpf/learn.h"
#include "kernel.h"
#include "learn.skel.h"
#include "memory.h"
#include "message.h"
#include "observe.h"
#include "privileges.h"

/* How often it is looked whether a process ended. */
#define POLL_MS 100

/* A command that is about to be executed. */
struct child {
	pid_t pid;
	int go;		/* where it is told to execute the command */
	int failed;	/* where it says why it cannot */
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

static void add_rights(struct observed *observed, json_t *rights,
		       const char *key, __u64 access)
{
	const __u64 old = json_integer_value(json_object_get(rights, key));

	/* A path need not be UTF-8. */
	if (json_object_set_new_nocheck(rights, key,
					json_integer(old | access)))
		observed->lost++;
}

static int handle(void *context, void *data, size_t size)
{
	struct observed *const observed = context;
	const struct learn_event *const event = data;
	char port[16];

	switch (event->kind) {
	case LEARN_PATH:
		add_rights(observed, observed->paths, event->path, event->access);
		break;
	case LEARN_PORT:
		snprintf(port, sizeof(port), "%u", event->port);
		add_rights(observed, observed->ports, port, event->access);
		break;
	case LEARN_SIGNAL:
		observed->signal = true;
		break;
	case LEARN_ABSTRACT:
		observed->abstract = true;
		break;
	case LEARN_LINK:
		observed->links++;
		break;
	case LEARN_NO_PATH:
		observed->no_path++;
		break;
	}
	return 0;
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
	/* Nobody observes. */
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
		return p_err("cannot make a pipe: %s", strerror(errno));
	if (pipe2(failed, O_CLOEXEC)) {
		p_err("cannot make a pipe: %s", strerror(errno));
		close_both(go);
		return -1;
	}
	child->pid = fork();
	if (child->pid < 0) {
		p_err("cannot make a process: %s", strerror(errno));
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

/* The child executes the command if it is told to, and otherwise ends. */
static void let_go(const struct child *child, bool execute, int *error)
{
	ssize_t size;

	if (execute && write(child->go, "", 1) != 1)
		execute = false;
	close(child->go);
	/* Either it says why not, or it executes and this end is closed. */
	do {
		size = read(child->failed, error, sizeof(*error));
	} while (size < 0 && errno == EINTR);
	close(child->failed);
	if (size != sizeof(*error))
		*error = 0;
	if (!execute)
		waitpid(child->pid, NULL, 0);
}

/* From now on, what it does is observed. */
static int mark(const struct learn_bpf *bpf, pid_t pid)
{
	const __u32 state = LEARN_STARTS;
	int pidfd, err;

	pidfd = syscall(__NR_pidfd_open, pid, 0);
	if (pidfd < 0)
		return p_err("cannot open process %d: %s", pid,
			     strerror(errno));
	err = bpf_map_update_elem(bpf_map__fd(bpf->maps.tree), &pidfd, &state,
				  BPF_NOEXIST);
	if (err)
		p_err("cannot mark process %d: %s", pid, strerror(errno));
	close(pidfd);
	return err;
}

/* Collects processes that ended.  Returns whether there still is one. */
static bool collect(struct observed *observed, pid_t command)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		observed->status = status;
		observed->ended = true;
	}
	return pid == 0;
}

static int follow(struct observed *observed, const struct learn_bpf *bpf,
		  pid_t command)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(bpf->maps.events), handle, observed,
				NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	do {
		err = ring_buffer__poll(ring, POLL_MS);
		observed->running = collect(observed, command);
	} while ((err >= 0 || err == -EINTR) && observed->running && !stopped);
	if (err >= 0 || err == -EINTR)
		/* What came until the last one ended. */
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

	/* Daemons become children of ours, so that they can be waited for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	handle_signals(stop);
	if (start(&child, command, quiet))
		return -1;
	err = mark(bpf, child.pid);
	let_go(&child, !err, &observed->error);
	if (err)
		return err;
	/* What is left to do is for files. */
	err = privileges_keep(PRIVILEGES_FILES) ?:
	      follow(observed, bpf, child.pid);
	/*
	 * It is ending.  A service manager stops the daemon, which ends this,
	 * and then sends a signal to what is left, which has to write the policy.
	 */
	handle_signals(SIG_IGN);
	return err;
}

int observe(struct observed *observed, char **command, bool quiet)
{
	struct learn_bpf *bpf;
	int err;

	memset(observed, 0, sizeof(*observed));
	observed->paths = json_object();
	observed->ports = json_object();
	if (!observed->paths || !observed->ports)
		return p_err("out of memory");
	bpf = learn_bpf__open();
	if (!bpf || memory_load(bpf->skeleton))
		return kernel_refuses("learn ...");
	err = learn_bpf__attach(bpf);
	if (err)
		p_err("cannot attach the BPF programs: %s", strerror(-err));
	else
		err = run(observed, bpf, command, quiet);
	learn_bpf__destroy(bpf);
	return err;
}

void observed_free(struct observed *observed)
{
	json_decref(observed->paths);
	json_decref(observed->ports);
	memset(observed, 0, sizeof(*observed));
}
