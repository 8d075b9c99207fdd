/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a policy's conditions to the keys that BPF programs compare
 */

#ifndef EXECLOCK_KEYS_H
#define EXECLOCK_KEYS_H

#include <stdbool.h>

#include "policy.h"

struct bpf_program;

/**
 * typedef keys_add - Called for each key
 *
 * @key: The key.
 * @file: If the key is the name of a file, the file that has it, else NULL; a
 *        name that no file has yet is one without a file, too.
 * @data: For this function.
 *
 * Return: 0 to go on.
 */
typedef int (*keys_add)(const struct execlock_key *key,
			 const struct execlock_file *file, void *data);

/**
 * keys_of_file - Make the key of a file or directory
 *
 * @condition: %EXECLOCK_EXECUTABLE or %EXECLOCK_DIRECTORY.
 * @file: The file.
 *
 * Return: the key.
 */
struct execlock_key keys_of_file(enum execlock_condition condition,
				 const struct execlock_file *file);

/**
 * struct keys_options - How to look up keys
 *
 * @identify: The program of bpf/identify.bpf.c, loaded; NULL if only
 *            errors are of interest.
 * @all: Whether all that is wrong is reported.
 */
struct keys_options {
	const struct bpf_program *identify;
	bool all;
};

/**
 * keys_find - Look up the values of a policy's conditions
 *
 * Users and groups are looked for in /etc/passwd and /etc/group alone: a static
 * program cannot ask other services, nor can one that starts before them.
 *
 * A missing value is left out, see policy_leave_out().  If it is an executable,
 * its name is the policy's as soon as there is one.
 *
 * @policy: The policy.
 * @options: Circumstances.
 * @add: Called for each key; stops the work unless it returns 0.
 * @data: Passed to @add.
 *
 * Return: 0, the result of @add if that is not 0, or, with the error reported,
 * %POLICY_UNUSABLE if the policy is at fault, or -1 if the system is.
 */
int keys_find(struct policy *policy, const struct keys_options *options,
	      keys_add add, void *data);

#endif /* EXECLOCK_KEYS_H */
