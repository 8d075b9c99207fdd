/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From policy files to a verified policy set
 *
 * "check" and "load" call the same function, so that "check" refuses exactly the
 * sets that "load" would refuse, for the same reasons in the same order.  They
 * differ in whether the work ends at the first error, and in what "load" does
 * with the result.
 */

#ifndef EXECLOCK_VERIFY_H
#define EXECLOCK_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"
#include "system_file.h"

struct bpf_program;

/**
 * struct verified_key - A value that the BPF programs compare, and its policy
 *
 * @key: The value.
 * @file: If @named, the file that has the name.
 * @named: Whether the key is the name of a file that is there.
 * @index: Index of the policy in its set.
 */
struct verified_key {
	struct execlock_key key;
	struct execlock_file file;
	bool named;
	__u32 index;
};

/**
 * struct verified - A policy set, as far as it could be verified
 *
 * @policies: The policies whose files could be parsed.
 * @count: Their number.
 * @keys: The values of their conditions.
 * @num_keys: Their number.
 * @has_default: Whether one of the policies is the default.
 * @left_out: How many paths and values are missing, over all policies.
 * @system: The system's file, which some of the policies are from; or zeroes.
 */
struct verified {
	struct policy *policies;
	size_t count;
	struct verified_key *keys;
	size_t num_keys;
	bool has_default;
	size_t left_out;
	struct system_file system;
};

/**
 * struct verify_loader - Calls that take the result while a set is verified
 *
 * @begin: Called, if there is a policy, when all are parsed, before the files are looked at
 *         that they name.  Sets @identify to the identify program of
 *         bpf/execlock.bpf.c, loaded.  Returns 0, or -1 with the error reported.
 * @take_ruleset: Called for each policy with its ruleset, which is closed
 *                afterwards.  Sets &policy.change.  Returns as @begin.
 * @data: Passed to both.
 */
struct verify_loader {
	int (*begin)(const struct verified *set,
		     const struct bpf_program **identify, void *data);
	int (*take_ruleset)(struct policy *policy, size_t index, int ruleset,
			    void *data);
	void *data;
};

/**
 * struct verify_options - The caller's part of the work
 *
 * @abi: The Landlock ABI version that the policies are for.
 * @kernel_abi: That of the kernel; 0 if it has no Landlock.
 * @places: Whether the policies are for a kernel that has rules for names.
 * @kernel_places: Whether the kernel has them.
 * @for_kernel: Whether the policies are for the running kernel.
 * @for_others: Whether execlock decides for others, see struct resolve_trust.
 * @strict: Whether a missing path, user or group is an error.
 * @allow_lockout: Whether a policy is accepted that would be applied to execlock
 *                 itself, or to a program that root needs to end it.
 * @system: The system's file, or NULL.
 * @trial: Whether the policies are for a trial, whatever their mode.
 * @all: Whether the work goes on after an error, to report all of them.
 * @loader: Takes the result; or NULL.
 */
struct verify_options {
	int abi;
	int kernel_abi;
	bool places;
	bool kernel_places;
	bool for_kernel;
	bool for_others;
	bool strict;
	bool allow_lockout;
	const char *system;
	bool trial;
	bool all;
	const struct verify_loader *loader;
};

/**
 * verify - Read policy files, and look for mistakes in them
 *
 * In this order: the files are parsed; the files, users and groups are looked up
 * that the policies name, and their rulesets are made; it is made sure that root
 * can end the enforcement; last come the warnings of policies that are never
 * applied, add nothing or do less than it seems.  Errors and warnings are
 * reported where they are found.
 *
 * @set: Filled in; release it with verify_release(), also after an error.
 * @paths: Policy files and directories of them, see files_find().
 * @count: Their number.
 * @options: Circumstances.
 *
 * Return: 0, or, with the error reported, %POLICY_UNUSABLE if a policy is at
 * fault, or -1 if the system is.  The latter always ends the work.
 */
int verify(struct verified *set, char *const paths[], size_t count,
	   const struct verify_options *options);

/**
 * verify_release - Release a set
 *
 * @set: The set, as verify() filled it in, or zeroes.
 */
void verify_release(struct verified *set);

#endif /* EXECLOCK_VERIFY_H */
