/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Variables in paths
 */

#ifndef EXECLOCK_EXPAND_H
#define EXECLOCK_EXPAND_H

#include "json_source.h"

/** EXPAND_MAX_STEPS - Far more than a policy needs, and reached in a second */
#define EXPAND_MAX_STEPS 1000000
/** EXPAND_MAX_SIZE - Also far more, and less than any machine has */
#define EXPAND_MAX_SIZE (64 << 20)

/**
 * struct expand_usage - Steps and memory of the paths of a policy so far
 *
 * A few short lines can stand for any number of paths, so there are limits to
 * what all of them take together.
 *
 * @steps: Variables that were replaced, and paths that came of it.
 * @size: Bytes in these paths.
 */
struct expand_usage {
	size_t steps;
	size_t size;
};

/**
 * expand - Replace each variable in a path by each of its texts
 *
 * Two variables of two texts each make four paths, in the order of the texts,
 * the last variable changing fastest.  A variable without texts makes none.
 *
 * @path: The path; its "${NAME}" are replaced.
 * @variables: Object from the variables' names to arrays of strings.
 * @usage: Increased by what this path takes; zeroes at first.
 * @emit: Called for each result; stops the work unless it returns 0.
 * @data: Passed to @emit.
 *
 * Return: 0, or -1 with the error reported.
 */
int expand(const struct node *path, const json_t *variables,
	   struct expand_usage *usage,
	   int (*emit)(const char *path, void *data), void *data);

#endif /* EXECLOCK_EXPAND_H */
