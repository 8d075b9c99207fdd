// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Processes that are under policies
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "loaded.h"
#include "message.h"
#include "pins.h"
#include "processes.h"

static int out_of_memory(void)
{
	return p_err("cannot list the processes under policies: out of memory");
}

/* Doubles the room each time that it is full. */
static struct process_record *make_room(struct processes *processes)
{
	const size_t count = processes->count;
	struct process_record *list;

	if (count & (count - 1))
		return &processes->list[count];
	list = reallocarray(processes->list, count ? count * 2 : 1,
			    sizeof(*list));
	if (!list)
		return NULL;
	processes->list = list;
	return &list[count];
}

/* Reads one record, of which the kernel may give a part.  Returns its size. */
static ssize_t read_record(int iter, struct process_record *record)
{
	size_t size = 0;
	ssize_t part;

	do {
		part = read(iter, (char *)record + size,
			    sizeof(*record) - size);
		if (part > 0)
			size += part;
		else if (part < 0 && errno != EAGAIN && errno != EINTR)
			return part;
	} while (part && size < sizeof(*record));
	return size;
}

static int read_all(struct processes *processes, int iter)
{
	struct process_record *record;
	ssize_t size;

	for (;;) {
		record = make_room(processes);
		if (!record)
			return out_of_memory();
		size = read_record(iter, record);
		if (size < 0)
			return p_err("cannot list the processes under policies: %s",
				     strerror(errno));
		if (size != sizeof(*record))
			return 0;
		processes->count++;
	}
}

static int read_list(struct processes *processes, const struct attached *set)
{
	const int link = attached_link(set, "processes");
	const int iter = link < 0 ? -1 : bpf_iter_create(link);
	int err;

	if (link < 0)
		return loaded_foreign();
	if (iter < 0)
		return p_err("cannot list the processes under policies: %s",
			     strerror(errno));
	err = read_all(processes, iter);
	close(iter);
	return err;
}

int processes_read(struct processes *processes)
{
	struct attached set;
	int ret;

	memset(processes, 0, sizeof(*processes));
	ret = pins_find(&pins_policies, &set);
	if (ret <= 0)
		return ret;
	ret = read_list(processes, &set);
	attached_close(&set);
	return ret;
}

static bool is_under(const struct process_record *process, __u32 id)
{
	__u32 i;

	for (i = 0; i < process->num_under && i < EXECLOCK_LAYERS; i++)
		if (process->under[i] == id)
			return true;
	return false;
}

static bool has_layer(const struct process_record *process, __u64 id)
{
	__u32 i;

	for (i = 0; i < EXECLOCK_LAYERS; i++)
		if (process->layers[i] == id)
			return true;
	return false;
}

struct process_counts processes_count(const struct processes *processes,
				      const struct loaded *loaded,
				      const struct execlock_policy *policy)
{
	struct process_counts counts = {};
	struct execlock_ruleset ruleset;
	size_t i;

	loaded_ruleset(loaded, policy, &ruleset);
	for (i = 0; i < processes->count; i++) {
		const struct process_record *const process =
			&processes->list[i];

		if (!is_under(process, policy->id))
			continue;
		counts.under++;
		if (process->sees_layers && ruleset.policy_id &&
		    !has_layer(process, ruleset.policy_id))
			counts.former++;
	}
	return counts;
}

void processes_free(struct processes *processes)
{
	free(processes->list);
}
