/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies that would lock out root
 */

#ifndef EXECLOCK_LOCKOUT_H
#define EXECLOCK_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

/**
 * lockout_check - Refuse policies under which nobody could unload them again
 *
 * A process under a policy, and its descendants, may not touch the policies in
 * force unless the policy has "managesPolicies".  So a policy is refused if
 * it would be applied to execlock itself, to a program that execlock was started
 * from, or to what root logs in with, were it executed now: in the contexts of
 * these processes, and of root.
 *
 * The files are compared as user space sees them, because nothing is loaded to
 * check policies.
 *
 * @policies: The policies, as a set.
 * @count: Their number.
 * @for_others: Whether execlock decides for others, see struct resolve_trust.
 * @all: Whether all of these policies are reported, or only the first.
 *
 * Return: 0, %POLICY_UNUSABLE with an error reported for these policies, or -1
 * with the error reported if the system is at fault.
 */
int lockout_check(const struct policy *policies, size_t count, bool for_others,
		  bool all);

/**
 * lockout_check_cgroup - The same for the policy of a cgroup
 *
 * @policy: The policy, whose "match" plays no part.
 * @cgroup: The cgroup.
 *
 * Return: as lockout_check().
 */
int lockout_check_cgroup(const struct policy *policy, const char *cgroup);

#endif /* EXECLOCK_LOCKOUT_H */
