/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The names of policies, by the numbers that the kernel has
 */

#ifndef EXECLOCK_POLICY_NAMES_H
#define EXECLOCK_POLICY_NAMES_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * policy_names_of_ruleset - Find the policy that a ruleset belongs to
 *
 * @ruleset: ID of the ruleset or, of a policy that can be replaced, ID of the
 *           policy, as in trace events.
 * @of_cgroup: Set to whether it is the policy of a cgroup.
 *
 * Sets that were replaced a while ago are known, too.
 *
 * Return: name of the policy, or NULL if there is none, or it is not known any
 * more.
 */
const char *policy_names_of_ruleset(__u64 ruleset, bool *of_cgroup);

/**
 * policy_names_of_policy - Find the name of a policy
 *
 * @id: As in struct execlock_policy.
 *
 * Return: its name, or NULL if it is not known any more.
 */
const char *policy_names_of_policy(__u32 id);

#endif /* EXECLOCK_POLICY_NAMES_H */
