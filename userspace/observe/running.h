/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Processes that run without the policies of their programs
 */

#ifndef EXECLOCK_RUNNING_H
#define EXECLOCK_RUNNING_H

#include <jansson.h>

/**
 * running_list - List the processes that would be under more policies if they
 *                executed their programs again
 *
 * Of a script, the program is its interpreter: the kernel does not know which
 * script it was.
 *
 * Return: an array with an object for each policy that has such processes, or
 * NULL with the error reported.
 */
json_t *running_list(void);

/**
 * running_print - Print the processes
 *
 * @list: The result of running_list().
 */
void running_print(const json_t *list);

#endif /* EXECLOCK_RUNNING_H */
