// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Wait for the execs that BPF programs are deciding on
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/execs.h"
#include "execs.h"
#include "execs.skel.h"
#include "message.h"

/* Seconds to wait for execs, and microseconds between two checks. */
#define PATIENCE 10
#define PAUSE 10000

/* Tasks that may be inside a BPF program. */
struct tasks {
	struct execs_task *tasks;
	size_t count;
};

static bool has(const struct tasks *tasks, const struct execs_task *task)
{
	size_t i;

	for (i = 0; i < tasks->count; i++)
		if (!memcmp(&tasks->tasks[i], task, sizeof(*task)))
			return true;
	return false;
}

/* Removes the tasks that are not among the others. */
static void intersect(struct tasks *tasks, const struct tasks *others)
{
	size_t i, kept = 0;

	for (i = 0; i < tasks->count; i++)
		if (has(others, &tasks->tasks[i]))
			tasks->tasks[kept++] = tasks->tasks[i];
	tasks->count = kept;
}

static int read_tasks(int iter, struct tasks *tasks)
{
	size_t size = 0, room = 0;
	char *buffer = NULL;
	ssize_t count;

	do {
		if (size == room) {
			char *larger;

			room = room ? 2 * room : 4096;
			larger = realloc(buffer, room);
			if (!larger) {
				free(buffer);
				errno = ENOMEM;
				return -1;
			}
			buffer = larger;
		}
		count = read(iter, buffer + size, room - size);
		if (count > 0)
			size += count;
	} while (count > 0 || (count < 0 && errno == EINTR));
	if (count < 0) {
		free(buffer);
		return -1;
	}
	tasks->tasks = (struct execs_task *)buffer;
	tasks->count = size / sizeof(*tasks->tasks);
	return 0;
}

static int find(const struct bpf_link *link, struct tasks *tasks)
{
	const int iter = bpf_iter_create(bpf_link__fd(link));
	int err = iter < 0 ? -1 : read_tasks(iter, tasks);

	if (err)
		err = p_err("cannot find the execs that are inside a BPF program: %s",
			    strerror(errno));
	if (iter >= 0)
		close(iter);
	return err;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Waits until each of the tasks was seen outside once. */
static int wait_by(const struct bpf_link *link)
{
	const time_t end = seconds() + PATIENCE;
	struct tasks inside, now;
	int err;

	err = find(link, &inside);
	if (err)
		return err;
	while (inside.count && seconds() < end) {
		usleep(PAUSE);
		err = find(link, &now);
		if (err)
			break;
		intersect(&inside, &now);
		free(now.tasks);
	}
	free(inside.tasks);
	return err ?: !!inside.count;
}

int execs_wait(void)
{
	struct execs_bpf *const bpf = execs_bpf__open_and_load();
	struct bpf_link *link;
	int err;

	if (!bpf)
		return p_err("the kernel refuses the BPF program that finds execs: %s",
			     strerror(errno));
	link = bpf_program__attach_iter(bpf->progs.find_execs, NULL);
	if (link)
		err = wait_by(link);
	else
		err = p_err("cannot find the execs that are inside a BPF program: %s",
			    strerror(errno));
	bpf_link__destroy(link);
	execs_bpf__destroy(bpf);
	return err;
}
