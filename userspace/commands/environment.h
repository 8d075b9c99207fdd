/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The variables that a command gets
 */

#ifndef EXECLOCK_ENVIRONMENT_H
#define EXECLOCK_ENVIRONMENT_H

#include <stddef.h>

/**
 * struct environment - The variables that a command gets
 *
 * @items: NAME or PREFIX*, for variables of the caller, and NAME=VALUE; all of
 *         the caller's if there is none.
 * @count: Number of @items.
 */
struct environment {
	char **items;
	size_t count;
};

/**
 * environment_add - Add variables
 *
 * @environment: Zeroes at first; release it with environment_free().
 * @item: NAME, PREFIX* or NAME=VALUE; it must last.
 *
 * Return: NULL, or the error.
 */
const char *environment_add(struct environment *environment, char *item);

/**
 * environment_make - List the variables
 *
 * Of two items that give the same variable, the last one holds.
 *
 * @environment: The items.
 *
 * Return: the variables, for execvpe(3); NULL without memory.
 */
char **environment_make(const struct environment *environment);

/**
 * environment_free - Release the items
 *
 * @environment: The items.
 */
void environment_free(struct environment *environment);

#endif /* EXECLOCK_ENVIRONMENT_H */
