/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Questions to the BPF program that explains, and its answers
 */

#ifndef EXECLOCK_EXPLAIN_H
#define EXECLOCK_EXPLAIN_H

#include <linux/types.h>

#include "execlock.h"

/**
 * struct explain_request - A file of an exec
 *
 * @pid: The process that would execute it, as the asking process knows it.
 * @fd: The file, a descriptor of the process that asks.
 * @file: Number of the file in the exec, for &explain_layer.file.
 */
struct explain_request {
	__s32 pid;
	__u32 fd;
	__u32 file;
};

/**
 * struct explain_layer - A policy that would be staged
 *
 * @index: The policy, in its set.
 * @file: The file that has it.
 * @known: Whether the process has this layer already.
 * @room: Whether there is room for it.
 * @no_new_privs: Whether no_new_privs is set with it.
 */
struct explain_layer {
	__u16 index;
	__u8 file;
	__u8 known;
	__u8 room;
	__u8 no_new_privs;
};

/**
 * struct explain_answer - An exec, as far as its files were asked for
 *
 * Zeroes, but for @error, before the first one.
 *
 * @error: Zero, or a negative errno: an exec of the last file would fail with
 *         it, or the program itself did.
 * @num_layers: Number of @layers.
 * @task: As it would be known, if all of that were staged.
 * @userns: The capabilities that the program would have in user namespaces.
 * @found: The policies of @layers.
 * @holds: For each condition, the policies for which it holds, with those that
 *         do not have it.  If it is about files, that is of any of them.
 * @layers: The policies that would be staged, in this order.
 */
struct explain_answer {
	__s32 error;
	__u32 num_layers;
	struct execlock_task task;
	struct execlock_userns userns;
	struct execlock_mask found;
	struct execlock_mask holds[EXECLOCK_CONDITIONS];
	struct explain_layer layers[EXECLOCK_POLICIES];
};

#endif /* EXECLOCK_EXPLAIN_H */
