/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Tasks that the BPF program that finds execs reports
 */

#ifndef EXECLOCK_EXECS_H
#define EXECLOCK_EXECS_H

#include <linux/types.h>

/**
 * struct execs_task - A task that may be inside a BPF program of its exec
 *
 * @start: Its start time, because numbers of tasks are used again.
 * @id: Its number.
 * @zero: Padding.
 */
struct execs_task {
	__u64 start;
	__u32 id;
	__u32 zero;
};

#endif /* EXECLOCK_EXECS_H */
