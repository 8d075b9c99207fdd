/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a policy to a Landlock ruleset
 */

#ifndef EXECLOCK_RULESET_H
#define EXECLOCK_RULESET_H

#include "policy.h"

/**
 * struct ruleset_options - What depends on who asks for a ruleset
 *
 * @abi: The kernel's Landlock ABI version.
 * @relative: Whether paths may be relative to the working directory.
 */
struct ruleset_options {
	int abi;
	bool relative;
};

/**
 * ruleset_create - Build the ruleset of a policy
 *
 * Paths are looked up now: a rule is for the file that is there at this time.
 *
 * @policy: The policy.
 * @options: Circumstances.
 * @fd: Set to the ruleset's file descriptor.
 *
 * Return: 0, or, with the error reported, %POLICY_UNUSABLE if the policy is at
 * fault, or -1 if the system is, which lacks memory or file descriptors.
 */
int ruleset_create(const struct policy *policy,
		   const struct ruleset_options *options, int *fd);

#endif /* EXECLOCK_RULESET_H */
