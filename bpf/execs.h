/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the BPF program that looks for execs tells
 */

#ifndef EXECLOCK_EXECS_H
#define EXECLOCK_EXECS_H

#include <linux/types.h>

/**
 * struct execs_task - A task that may be inside a BPF program of its exec
 *
 * @start: When it started.  Numbers of tasks are used again.
 * @id: Its number.
 * @zero: Padding.
 */
struct execs_task {
	__u64 start;
	__u32 id;
	__u32 zero;
};

#endif /* EXECLOCK_EXECS_H */
