/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What processes under a policy were kept from
 */

#ifndef EXECLOCK_GUARD_USER_H
#define EXECLOCK_GUARD_USER_H

#include <jansson.h>

#include "bpf/guard.h"

/**
 * guard_kind - Name a kind of denial
 *
 * @kind: An &enum guard_kind.
 *
 * Return: its name, as in JSON.
 */
const char *guard_kind(__u32 kind);

/**
 * guard_counts - Read how often something was denied
 *
 * @counts: Filled in; with zeroes if another build of execlock, which does not
 *          count, loaded the policies.
 */
void guard_counts(struct guard_counts *counts);

/**
 * guard_latest - Read the latest denials
 *
 * @since: The number of the last one that is known; set to that of the latest.
 * @denials: Filled in with later ones, from the oldest on.
 *
 * Return: their number; fewer than there were if there were too many.
 */
size_t guard_latest(__u64 *since, struct guard_denial denials[GUARD_DENIALS]);

/**
 * guard_describe - Describe how often something was denied
 *
 * @counts: The counts.
 *
 * Return: an object.
 */
json_t *guard_describe(const struct guard_counts *counts);

#endif /* EXECLOCK_GUARD_USER_H */
