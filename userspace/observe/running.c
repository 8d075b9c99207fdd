// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Processes that run without the policies of their programs
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "loaded.h"
#include "matcher.h"
#include "message.h"
#include "running.h"
#include "sanitize.h"

/* So many processes of a policy are shown to people. */
#define SHOWN 4

/* The work as a whole. */
struct looking {
	struct loaded loaded;
	struct matcher matcher;
	/* For each policy, its processes; NULL if there are none. */
	json_t *processes[EXECLOCK_POLICIES];
};

/* One that has ended meanwhile has no cgroup. */
static void add_process(struct looking *looking, __u32 policy, pid_t pid)
{
	struct context context;
	json_t **const list = &looking->processes[policy];

	if (!*list)
		*list = json_array();
	if (!context_read(&context, pid) && !context.zombie)
		json_array_append_new(*list,
				      json_pack("{s:i, s:o}", "pid", (int)pid,
						"cgroup",
						sanitize_name(context.cgroup)));
	context_release(&context);
}

static void look_at(struct looking *looking, pid_t pid)
{
	const struct explain_answer *const answer = looking->matcher.answer;
	char link[64];
	int fd, err;
	__u32 i;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	fd = open(link, O_PATH | O_CLOEXEC);
	/* A thread of the kernel has no program. */
	if (fd < 0)
		return;
	looking->matcher.pid = pid;
	matcher_begin(&looking->matcher);
	err = matcher_ask(&looking->matcher, fd, 0);
	close(fd);
	for (i = 0; !err && i < answer->num_layers; i++)
		if (!answer->layers[i].known)
			add_process(looking, answer->layers[i].index, pid);
}

static int look_at_all(struct looking *looking)
{
	DIR *const processes = opendir("/proc");
	const struct dirent *entry;
	pid_t pid;

	if (!processes)
		return p_err("cannot list the processes in /proc: %s",
			     strerror(errno));
	while ((entry = readdir(processes))) {
		pid = atoi(entry->d_name);
		/* This one ends. */
		if (pid && pid != getpid())
			look_at(looking, pid);
	}
	closedir(processes);
	return 0;
}

/* Takes the processes of each policy. */
static json_t *describe(struct looking *looking)
{
	json_t *const list = json_array();
	struct execlock_policy policy;
	__u32 i;

	for (i = 0; i < looking->loaded.header.policies; i++) {
		json_t *const processes = looking->processes[i];

		if (!json_array_size(processes) ||
		    loaded_policy(&looking->loaded, i, &policy))
			json_decref(processes);
		else
			json_array_append_new(list,
					      json_pack("{s:s, s:o}", "policy",
							policy.name, "processes",
							processes));
	}
	return list;
}

json_t *running_list(void)
{
	struct looking *const looking = calloc(1, sizeof(*looking));
	json_t *list = NULL;
	int found;

	if (!looking) {
		p_err("out of memory");
		return NULL;
	}
	found = loaded_open(&looking->loaded);
	if (!found)
		list = json_array();
	if (found > 0 &&
	    !matcher_open(&looking->matcher, &looking->loaded, getpid()) &&
	    !look_at_all(looking))
		list = describe(looking);
	matcher_close(&looking->matcher);
	if (found > 0)
		loaded_close(&looking->loaded);
	free(looking);
	return list;
}

/* "812 (nginx.service)" */
static void print_process(const json_t *process)
{
	const char *const cgroup =
		json_string_value(json_object_get(process, "cgroup"));
	const char *const slash = cgroup ? strrchr(cgroup, '/') : NULL;

	printf("%lld",
	       json_integer_value(json_object_get(process, "pid")));
	if (slash && slash[1])
		printf(" (%s)", slash + 1);
}

void running_print(const json_t *list)
{
	const json_t *policy, *processes, *process;
	size_t i, j, count;

	json_array_foreach(list, i, policy) {
		processes = json_object_get(policy, "processes");
		count = json_array_size(processes);
		printf("policy \"%s\" does not hold for %zu %s already, until %s restarted: ",
		       json_string_value(json_object_get(policy, "policy")),
		       count, count == 1 ? "process that runs" :
					   "processes that run",
		       count == 1 ? "it is" : "they are");
		json_array_foreach(processes, j, process) {
			if (j == SHOWN)
				break;
			fputs(j ? ", " : "", stdout);
			print_process(process);
		}
		if (count > SHOWN)
			printf(" and %zu more", count - SHOWN);
		putchar('\n');
	}
}
