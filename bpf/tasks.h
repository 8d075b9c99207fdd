/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The state of tasks in BPF programs
 */

#ifndef EXECLOCK_TASKS_H
#define EXECLOCK_TASKS_H

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <stdbool.h>
#include <stddef.h>

#include "execlock.h"

/*
 * A task has none until it executes something that a policy matches.  There is
 * one for all that is to be known, because each costs more than an exec's whole
 * way through these programs.
 */
struct confined_map {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct execlock_task);
};

/* One of the objects that are linked together has it. */
extern struct confined_map confined SEC(".maps");

static __always_inline struct execlock_task *find_task(struct task_struct *task)
{
	return bpf_task_storage_get(&confined, task, NULL, 0);
}

/*
 * Whether there is something to be known of a task.  A policy without room for
 * its layer bounds the capabilities in user namespaces all the same.
 */
static __always_inline bool is_under_any(const struct execlock_under *under)
{
	return under->count || under->userns.bounded;
}

/* Forgets the policies that an exec would put a task under. */
static __always_inline void reset_staged(struct execlock_under *under)
{
	under->staged = 0;
	under->staged_effects = 0;
	under->staged_no_new_privs = 0;
	under->staged_userns = (struct execlock_userns) {};
}

#endif /* EXECLOCK_TASKS_H */
