// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Take over the state of tasks from the programs of another build
 *
 * This is linked with the programs that confine, and runs while they are loaded.
 */

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>

#include "execlock.h"
#include "tasks.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * The one of another build, whose programs these replace.  It is only there
 * while they are loaded, and only if both mean the same by it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct execlock_task);
} former SEC(".maps");

/*
 * Makes a task be under the policies that it is under according to "former".
 * Returns 1, on which the loader gets EAGAIN, if there is no memory.
 */
SEC("iter.s/task")
int take_over(struct bpf_iter__task *ctx)
{
	struct task_struct *const task = ctx->task;
	const struct execlock_task *known;
	struct execlock_task copy = {};

	/* The end of the list. */
	if (!task)
		return 0;
	known = bpf_task_storage_get(&former, task, NULL, 0);
	if (!known || !is_under_any(&known->under))
		return 0;
	copy.under = known->under;
	/* By an exec that another set decides on. */
	reset_staged(&copy.under);
	/* A task that has one here was forked from one that had. */
	return !bpf_task_storage_get(&confined, task, &copy,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
}
