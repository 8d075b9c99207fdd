/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the BPF program that explains tells of a file
 */

#ifndef EXECLOCK_EXPLAIN_H
#define EXECLOCK_EXPLAIN_H

#include <linux/types.h>

#include "execlock.h"

/** EXPLAIN_NAME - Room for the name of a file, with its NUL */
#define EXPLAIN_NAME 256

/** EXPLAIN_DEPTH - As many directories as the programs that confine look at */
#define EXPLAIN_DEPTH 4096

/**
 * struct explain_chain - A file, and the directories that it is in
 *
 * @count: How many there are in @files; zero if nothing was found.
 * @end: Whether there is none above these.
 * @name: Name of the file in its directory, as the kernel knows it.
 * @files: The file, the directory that it is in, and so on; the device is
 *         always that of the file.
 */
struct explain_chain {
	__u32 count;
	__u32 end;
	char name[EXPLAIN_NAME];
	struct execlock_file files[EXPLAIN_DEPTH];
};

#endif /* EXECLOCK_EXPLAIN_H */
