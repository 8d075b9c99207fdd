/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The list of processes under policies, as its readers get it
 */

#ifndef EXECLOCK_PROCESSES_H
#define EXECLOCK_PROCESSES_H

#include <linux/types.h>

#include "execlock.h"

/**
 * struct process_record - A process under policies
 *
 * @pid: Its number.
 * @num_under: Number of @under.
 * @under: IDs of the policies that it is under, see struct execlock_policy.
 * @layers: Of each of its layers, from the innermost one, the kernel's number of
 *          the policy; zero if nothing replaces it.
 * @sees_layers: Whether this could be found out.
 * @zero: Padding.
 */
struct process_record {
	__u32 pid;
	__u32 num_under;
	__u32 under[EXECLOCK_LAYERS];
	__u64 layers[EXECLOCK_LAYERS];
	__u32 sees_layers;
	__u32 zero;
};

#endif /* EXECLOCK_PROCESSES_H */
