/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put policy files in force
 */

#ifndef EXECLOCK_PUT_SET_H
#define EXECLOCK_PUT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "carry.h"
#include "verify.h"

/**
 * struct put_options - How to put policies in force
 *
 * @strict: Whether a missing path, user or group is an error.
 * @allow_lockout: Whether a policy is accepted that could lock root out.
 * @system: The system's file that goes with them, or NULL for the default.
 * @trial: Whether the policies are for a trial, whatever their mode.
 * @rule: The policies of the set in force that stay in force.
 */
struct put_options {
	bool strict;
	bool allow_lockout;
	const char *system;
	bool trial;
	const struct carry_rule *rule;
};

/**
 * put_set - Verify policies, and put them in force
 *
 * All or nothing, see commit_set() and, for a trial, loader_commit().
 *
 * @set: Filled in; release it with verify_release(), also after an error.
 * @paths: Policy files and directories of them, see files_find().
 * @count: Their number.
 * @options: How.
 * @carried: Set to the number of policies that stay in force, if this succeeds.
 *
 * Return: the exit status.
 */
int put_set(struct verified *set, char *const paths[], size_t count,
	    const struct put_options *options, size_t *carried);

#endif /* EXECLOCK_PUT_SET_H */
