/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Denials by the guard of the policies
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
 * guard_counts - Read the numbers of denials
 *
 * @counts: Filled in; with zeroes if another build of execlock loaded the
 *          policies and does not count denials in this way.
 */
void guard_counts(struct guard_counts *counts);

/**
 * guard_latest - Read the latest denials
 *
 * @since: Number of the last known denial; set to the number of the latest one.
 * @denials: Filled in with the later ones, from the oldest on.
 *
 * Return: the number of @denials; the oldest are lost if there were too many.
 */
size_t guard_latest(__u64 *since, struct guard_denial denials[GUARD_DENIALS]);

/**
 * guard_describe - Describe the numbers of denials
 *
 * @counts: The counts.
 *
 * Return: an object.
 */
json_t *guard_describe(const struct guard_counts *counts);

#endif /* EXECLOCK_GUARD_USER_H */
