/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Variables in paths
 */

#ifndef EXECLOCK_EXPAND_H
#define EXECLOCK_EXPAND_H

#include "source.h"

/**
 * expand - Replace each variable in a path by each of its texts
 *
 * Two variables of two texts each make four paths, in the order of the texts,
 * the last variable changing fastest.  A variable without texts makes none.
 *
 * @path: The path; its "${NAME}" are replaced.
 * @variables: Object from the variables' names to arrays of strings.
 * @emit: Called for each result; stops the work unless it returns 0.
 * @data: Passed to @emit.
 *
 * Return: 0, or -1 with the error reported.
 */
int expand(const struct node *path, const json_t *variables,
	   int (*emit)(const char *path, void *data), void *data);

#endif /* EXECLOCK_EXPAND_H */
