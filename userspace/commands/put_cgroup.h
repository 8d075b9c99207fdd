/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put the policy of a cgroup in force
 */

#ifndef EXECLOCK_PUT_CGROUP_H
#define EXECLOCK_PUT_CGROUP_H

#include <stdbool.h>

#include "policy.h"

/**
 * put_cgroup - Put the policy of a cgroup in force
 *
 * @cgroup: Name of the cgroup.
 * @policy: The policy, which policy_refuse_for() accepted.
 * @allow_lockout: Whether it may lock execlock out, see lockout_check_cgroup().
 *
 * Return: an &enum status, with the error reported; rules may be left out.
 */
int put_cgroup(const char *cgroup, struct policy *policy, bool allow_lockout);

#endif /* EXECLOCK_PUT_CGROUP_H */
