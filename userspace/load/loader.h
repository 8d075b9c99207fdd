/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put a policy set in force
 */

#ifndef EXECLOCK_LOADER_H
#define EXECLOCK_LOADER_H

#include "features.h"
#include "policy.h"

/**
 * loader_load - Replace the policy set in force by another one
 *
 * All or nothing: after an error, the former set is in force as before.  Each
 * exec is subject to exactly one of both.
 *
 * There is one exception.  If the former set was loaded by another build of
 * execlock, whose BPF programs are others, both are in force for a moment.
 * Which policies processes are under is taken over, if both builds remember it
 * in the same way; else there is a warning if the new set depends on it.
 *
 * @policies: The new set, at least one.
 * @count: Their number, at most %EXECLOCK_POLICIES.
 * @kernel: What the kernel can do, which must be enough.
 *
 * Return: 0, or, with the error reported, %POLICY_UNUSABLE if a policy is at
 * fault, or -1 if the system is.
 */
int loader_load(struct policy *policies, size_t count,
		const struct features *kernel);

#endif /* EXECLOCK_LOADER_H */
