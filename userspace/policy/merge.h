/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Add to a policy the accesses that another one allows
 */

#ifndef EXECLOCK_MERGE_H
#define EXECLOCK_MERGE_H

#include <jansson.h>

#include "policy.h"

/**
 * struct merge - Accesses that are to be allowed
 *
 * @rules: A policy, the rules, users' paths and capabilities of which are added;
 *         or zeroes.
 * @open: Rights that cannot be denied any more, by kind: no rule could allow the
 *        accesses that need them.
 */
struct merge {
	struct policy rules;
	__u64 open[RIGHTS_KINDS];
};

/**
 * merge_into - Add accesses to a policy
 *
 * Nothing that the policy allowed is denied afterwards.  What it allows already
 * adds nothing, so that the same accesses can be added again.
 *
 * @root: The document of the policy's own file, which is changed.
 * @policy: The policy, as it was before, with the files that it includes.
 * @merge: The accesses.
 *
 * Return: 0, or -1 with the error reported.
 */
int merge_into(json_t *root, const struct policy *policy,
	       const struct merge *merge);

#endif /* EXECLOCK_MERGE_H */
