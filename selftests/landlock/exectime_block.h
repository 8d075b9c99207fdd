/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Arguments that block execve(2)
 */

#ifndef _LANDLOCK_EXECTIME_BLOCK_H
#define _LANDLOCK_EXECTIME_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct exec_block - An argument that execve(2) cannot read until told to
 *
 * @uffd: Tells when a task tries.
 * @page: The argument.
 * @size: Size of a page.
 */
struct exec_block {
	int uffd;
	char *page;
	size_t size;
};

int exectime_block_init(struct exec_block *const block);

bool exectime_can_block(void);

int exectime_block_wait(const struct exec_block *const block);

int exectime_block_end(const struct exec_block *const block);

#endif /* _LANDLOCK_EXECTIME_BLOCK_H */
