/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a policy to a Landlock ruleset
 */

#ifndef EXECLOCK_RULESET_H
#define EXECLOCK_RULESET_H

#include "policy.h"

struct bpf_program;

/**
 * struct ruleset_options - The caller's part of the work
 *
 * @abi: The Landlock ABI version that the policy is for.
 * @kernel_abi: That of the kernel; 0 not to ask it.  If it is less than @abi,
 *              rules are made without the rights that the kernel lacks.
 * @places: Whether the policy is for a kernel that has rules for names.
 * @kernel_places: Whether this kernel has them.
 * @relative: Whether paths may be relative to the working directory.
 * @all: Whether the work goes on after an error, to report all of them.
 * @identify: The program of bpf/identify.bpf.c, loaded, to find out
 *            the content of the ruleset; or NULL.
 */
struct ruleset_options {
	int abi;
	int kernel_abi;
	bool places;
	bool kernel_places;
	bool relative;
	bool all;
	const struct bpf_program *identify;
};

/**
 * ruleset_create - Build the ruleset of a policy
 *
 * Paths are looked up now: a rule is for the file that is there at this time,
 * and another one for its name, if nobody but root decides which file has it.
 * Those that are missing have a rule for the name, or are left out, see
 * policy_leave_out().
 *
 * @policy: The policy.
 * @options: Circumstances.
 * @fd: Set to the ruleset's file descriptor, or -1 if there is none.
 *
 * Sets &policy.content, and @real, @has_file and @has_place of the rules that
 * it has.
 *
 * Return: 0, or, with the error reported, %POLICY_UNUSABLE if the policy is at
 * fault, or -1 if the system is, which lacks memory or file descriptors.
 */
int ruleset_create(struct policy *policy, const struct ruleset_options *options,
		   int *fd);

#endif /* EXECLOCK_RULESET_H */
