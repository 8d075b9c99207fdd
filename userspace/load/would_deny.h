/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Numbers of accesses that permissive policies would deny
 */

#ifndef EXECLOCK_WOULD_DENY_USER_H
#define EXECLOCK_WOULD_DENY_USER_H

#include <linux/types.h>
#include <stddef.h>

#include "bpf/execlock.h"

/**
 * struct would_deny - Permissive policies of which is counted
 *
 * @rulesets: IDs of their rulesets, see execlock_layer_id().
 * @count: Their number.
 */
struct would_deny {
	__u64 rulesets[EXECLOCK_POLICIES];
	size_t count;
};

/**
 * would_deny_add - Count what permissive policies would deny
 *
 * Call this before the policies are in force.  Numbers of rulesets that are
 * known already go on.
 *
 * @policies: The policies; if there are none, nothing is done.
 *
 * Return: 0, or -1 with the error reported.
 */
int would_deny_add(const struct would_deny *policies);

/**
 * would_deny_settle - Count no more for other policies
 *
 * Call this when the policies are in force.
 *
 * @policies: The policies; if there are none, nothing is counted any more.
 *
 * Return: 0, or -1 with the error reported.
 */
int would_deny_settle(const struct would_deny *policies);

/**
 * would_deny_open - Open the map of the numbers
 *
 * Return: its file descriptor, or -1 if nothing is counted.
 */
int would_deny_open(void);

/**
 * would_deny_read - Read the number of a policy
 *
 * @map: The result of would_deny_open().
 * @ruleset: ID of the policy's ruleset, see execlock_layer_id().
 *
 * Return: the number.
 */
__u64 would_deny_read(int map, __u64 ruleset);

#endif /* EXECLOCK_WOULD_DENY_USER_H */
