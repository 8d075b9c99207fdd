/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Processes that are under policies
 */

#ifndef EXECLOCK_PROCESSES_USER_H
#define EXECLOCK_PROCESSES_USER_H

#include <stddef.h>

#include "bpf/processes.h"

struct loaded;

/**
 * struct processes - The processes that are under policies
 *
 * @list: They.
 * @count: Their number.
 */
struct processes {
	struct process_record *list;
	size_t count;
};

/**
 * struct process_counts - Numbers of processes
 *
 * @under: Those that are under a policy.
 * @former: Those of them that have the rules of a former load, and keep them.
 */
struct process_counts {
	size_t under;
	size_t former;
};

/**
 * processes_read - List the processes that are under policies
 *
 * @processes: Filled in; release it with processes_free(), also after an error.
 *
 * Return: 0, also if no set is in force, or -1 with the error reported.
 */
int processes_read(struct processes *processes);

/**
 * processes_count - Count the processes of a policy
 *
 * @processes: All of them.
 * @loaded: The set of the policy.
 * @policy: The policy.
 *
 * Without the kernel's policies, and without CONFIG_KALLSYMS_ALL, nothing is known
 * of former loads.
 *
 * Return: their numbers.
 */
struct process_counts processes_count(const struct processes *processes,
				      const struct loaded *loaded,
				      const struct execlock_policy *policy);

/**
 * processes_free - Release the list
 *
 * @processes: The list.
 */
void processes_free(struct processes *processes);

#endif /* EXECLOCK_PROCESSES_USER_H */
