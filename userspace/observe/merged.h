/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - A proposal that is added to a policy file
 */

#ifndef EXECLOCK_MERGED_H
#define EXECLOCK_MERGED_H

#include <jansson.h>
#include <stdbool.h>

struct proposed;

/**
 * merged_check - Check that a proposal can be added later on
 *
 * @into: The file, or a directory of policies.
 * @name: Name of the policy; NULL for that in the file.
 * @merges: Set to whether there is a policy already, as far as that is known.
 *
 * Return: 0, or -1 with the error reported.
 */
int merged_check(const char *into, const char *name, bool *merges);

/**
 * merged_name - Find the name of the policy in a file
 *
 * @into: The file, or a directory of policies.
 * @name: Set to the name, which the caller frees; NULL for a directory.
 *
 * Return: 0, or -1 with the error reported.
 */
int merged_name(const char *into, char **name);

/**
 * merged_into - Add a proposal to a policy file
 *
 * @into: The file, or a directory of policies, in which a file may be made.
 * @name: Name of the policy; NULL for that in the file or else that of the
 *        proposal.
 * @dry_run: Whether the file stays as it is.
 * @proposed: The proposal; notes may be added.
 * @merged: Set to an object: the "file", whether it is "new", if it was
 *          "changed", and the "diff".
 *
 * Return: 0, or -1 with the error reported.
 */
int merged_into(const char *into, const char *name, bool dry_run,
		struct proposed *proposed, json_t **merged);

/**
 * merged_print - Print the difference, or that there is none
 *
 * @merged: As from merged_into().
 */
void merged_print(const json_t *merged);

#endif /* EXECLOCK_MERGED_H */
