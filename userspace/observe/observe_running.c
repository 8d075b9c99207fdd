// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Observe processes that somebody else starts, or that run already
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bpf/learn.h"
#include "cgroupfs.h"
#include "hash.h"
#include "message.h"
#include "notify.h"
#include "observe_running.h"
#include "observed.h"
#include "observer.h"
#include "policy_names.h"
#include "privileges.h"
#include "unit_cgroup.h"
#include "units.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Threads can begin while others are marked, but not for ever. */
#define MAX_ROUNDS 10

/**
 * struct running - An observation under way
 *
 * @target: The processes.
 * @bpf: The programs that observe.
 * @observed: The accesses so far.
 * @marked: Number of threads that were marked in this round.
 * @begin: When it began, in seconds of CLOCK_MONOTONIC.
 * @shown: When the progress was shown last.
 */
struct running {
	struct observe_target *target;
	struct learn_bpf *bpf;
	struct observed *observed;
	unsigned int marked;
	time_t begin;
	time_t shown;
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void add_start(const char *path, void *data)
{
	char *const real = realpath(path, NULL);

	json_array_append_new(data, json_string(real ?: path));
	free(real);
}

/* Lists the programs of a service.  Returns NULL with the error reported. */
static json_t *list_starts(const char *service)
{
	json_t *const starts = json_array();

	if (!units_starts(service, add_start, starts))
		p_err("cannot observe %s: systemd has no file of this name; \"systemctl list-unit-files\" lists them",
		      service);
	else if (!json_array_size(starts))
		p_err("cannot observe %s: its \"ExecStart=\" has no absolute path; use --cgroup",
		      service);
	else
		return starts;
	json_decref(starts);
	return NULL;
}

/* A thread that has ended by now is none to be observed. */
static void mark_thread(int thread, void *data)
{
	struct running *const running = data;
	int pidfd;

	pidfd = syscall(__NR_pidfd_open, thread, PIDFD_THREAD);
	if (pidfd < 0)
		return;
	if (!observer_mark(running->bpf, pidfd, LEARN_RUNNING))
		running->marked++;
	else if (errno != EEXIST && errno != ESRCH)
		running->observed->lost++;
	close(pidfd);
}

/* The program of the first process: systemd executed it, maybe by a wrapper. */
static void add_program(int thread, void *data)
{
	struct running *const running = data;
	char link[32], path[PATH_MAX];
	ssize_t size;

	if (json_array_size(running->observed->programs))
		return;
	snprintf(link, sizeof(link), "/proc/%d/exe", thread);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0)
		return;
	path[size] = '\0';
	json_array_append_new(running->observed->programs, json_string(path));
}

static void mark_running(struct running *running)
{
	const char *const place = running->target->place;
	int i;

	if (!place)
		return;
	for (i = 0; i < MAX_ROUNDS; i++) {
		running->marked = 0;
		cgroupfs_threads(place, mark_thread, running);
		if (!running->marked)
			break;
	}
	cgroupfs_threads(place, add_program, running);
}

static void show_progress(struct running *running)
{
	const struct observed *const observed = running->observed;

	if (json_output || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rexeclock: %zu programs, %zu paths, %zu ports",
		json_object_size(observed->execs) - 1,
		json_object_size(observed->paths),
		json_object_size(observed->ports));
}

static bool goes_on(struct observed *observed, void *data)
{
	struct running *const running = data;
	struct observe_target *const target = running->target;
	const time_t now = seconds();

	if (now == running->shown)
		return true;
	running->shown = now;
	show_progress(running);
	return !target->seconds || now - running->begin < target->seconds;
}

static int find_policy(const char *name, struct observer_watch *watch)
{
	watch->policy = hash_policy(name);
	if (policy_names_of_policy(watch->policy))
		return 0;
	return p_err("cannot observe the processes of policy \"%s\": it is not in force; \"execlock status\" lists the policies",
		     name);
}

static int find_target(struct observed *observed, struct observe_target *target,
		       struct observer_watch *watch)
{
	json_t *starts = NULL;
	const char *why;

	if (target->policy)
		return find_policy(target->policy, watch);
	if (target->service) {
		starts = list_starts(target->service);
		if (!starts)
			return -1;
		target->place = unit_cgroup(target->service, &why);
	} else {
		target->place = strdup(target->cgroup);
		why = "out of memory";
	}
	observed_watch(observed, starts);
	watch->is_service = target->service;
	watch->cgroup = target->place;
	return target->place ? 0 : p_err("cannot observe %s: it %s",
					 target->service ?: target->cgroup, why);
}

static int follow(struct running *running)
{
	int err;

	observer_catch_signals();
	/* Before it gives up what it takes to look at other processes. */
	mark_running(running);
	err = privileges_keep(PRIVILEGES_FILES);
	if (err)
		return err;
	notify_ready();
	running->begin = seconds();
	err = observer_follow(running->bpf, running->observed, goes_on,
			      running);
	if (!json_output && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return err;
}

int observe_running(struct observed *observed, struct observe_target *target)
{
	struct observer_watch watch = {};
	struct running running = { .target = target, .observed = observed };
	int err;

	if (observed_init(observed) || find_target(observed, target, &watch))
		return -1;
	if (target->policy)
		observed_watch(observed, NULL);
	running.bpf = observer_start(&watch);
	err = running.bpf ? follow(&running) : -1;
	observer_stop(running.bpf);
	return err;
}
