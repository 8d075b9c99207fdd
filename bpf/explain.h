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

/**
 * struct explain_file - A file, then each directory that it is in
 *
 * @file: The file or directory; its device is the file's.
 * @depth: Zero for the file, one for the directory that it is in, and so on.
 * @end: Whether there is none above.
 * @name: Its name there, as the kernel knows it.
 */
struct explain_file {
	struct execlock_file file;
	__u32 depth;
	__u32 end;
	char name[EXPLAIN_NAME];
};

#endif /* EXECLOCK_EXPLAIN_H */
