/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Paths of cgroups that are exempt from the no_new_privs rule
 */

#ifndef EXECLOCK_NNP_PATHS_H
#define EXECLOCK_NNP_PATHS_H

#include <jansson.h>

/**
 * nnp_paths_create - Make a list of paths that BPF programs can look up
 *
 * @paths: An array of paths, none of which is that of the root.
 *
 * Return: the file descriptor of a map for the list "exempt_paths", or -1 with
 * the error reported.
 */
int nnp_paths_create(const json_t *paths);

/**
 * nnp_paths_describe - Get the paths of the list in force
 *
 * @map: The map "exempt_paths".
 *
 * Return: an array of paths, or NULL with the error reported.
 */
json_t *nnp_paths_describe(int map);

#endif /* EXECLOCK_NNP_PATHS_H */
