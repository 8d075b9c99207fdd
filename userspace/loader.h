/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put a policy set in force
 */

#ifndef EXECLOCK_LOADER_H
#define EXECLOCK_LOADER_H

#include "kernel.h"
#include "policy.h"

/** LOADER_BAD_POLICY - See loader_load() */
#define LOADER_BAD_POLICY 1

/**
 * loader_load - Replace the policy set in force by another one
 *
 * All or nothing: after an error, the former set is in force as before.  There
 * is no moment without a set; for a moment, both are in force.
 *
 * @policies: The new set.
 * @rulesets: Their rulesets' file descriptors.
 * @count: Their number.
 * @kernel: What the kernel can do, which must be enough.
 *
 * Return: 0, or, with the error reported, LOADER_BAD_POLICY if a policy is at
 * fault, or -1 if the system is.
 */
int loader_load(const struct policy *policies, const int *rulesets,
		size_t count, const struct kernel *kernel);

#endif /* EXECLOCK_LOADER_H */
