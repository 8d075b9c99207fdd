/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put a policy set in force
 */

#ifndef EXECLOCK_LOADER_H
#define EXECLOCK_LOADER_H

#include "carry.h"
#include "features.h"
#include "verify.h"

struct loader;

/**
 * loader_new - Begin to replace the policy set in force
 *
 * @kernel: The features of the kernel.
 * @rule: The policies of the set in force that the new set has, too.
 *
 * Return: the loader, to be released with loader_free(); NULL with the error
 * reported.
 */
struct loader *loader_new(const struct features *kernel,
			  const struct carry_rule *rule);

/**
 * loader_begin - Load the BPF programs, and open the set in force
 *
 * The set in force does not change.
 *
 * @set: The new policies, parsed.
 * @identify: Set to the identify program of bpf/execlock.bpf.c.
 * @data: The struct loader.
 *
 * Return: 0, or -1 with the error reported.
 */
int loader_begin(const struct verified *set,
		 const struct bpf_program **identify, void *data);

/**
 * loader_take_ruleset - Store the ruleset of a policy
 *
 * @policy: The policy, of which @change is set.
 * @index: Its index in the set.
 * @ruleset: File descriptor of its ruleset.
 * @data: The struct loader, after loader_begin().
 *
 * Return: 0, or -1 with the error reported.
 */
int loader_take_ruleset(struct policy *policy, size_t index, int ruleset,
			void *data);

/**
 * loader_commit - Put a verified set in force
 *
 * All or nothing: after an error, the former set is in force as before.  Each
 * exec is subject to exactly one of both.
 *
 * There is one exception.  If the former set was loaded by another build of
 * execlock, whose BPF programs are others, both are in force for a moment.
 * Which policies processes are under is taken over, if both builds remember it
 * in the same way; else loader_begin() warned if the new set depends on it.
 *
 * @loader: Where all rulesets of the set are stored.
 * @set: The new policies, if none are carried over at least one.
 *
 * Return: 0, or -1 with the error reported.
 */
int loader_commit(struct loader *loader, const struct verified *set);

/**
 * loader_settle - Give processes that run the rulesets of the set in force
 *
 * @loader: The loader, after loader_commit().
 *
 * If this ends half-way, the next load does it, because the set is not settled.
 * It only fails if the kernel lacks memory for a few words.
 *
 * Return: 0, or -1 with the error reported.
 */
int loader_settle(struct loader *loader);

/**
 * loader_carried - Count the policies that are carried over
 *
 * @loader: The loader, after loader_begin().
 *
 * Return: their number.
 */
size_t loader_carried(const struct loader *loader);

/**
 * loader_free - Release a loader
 *
 * @loader: The loader, or NULL.
 */
void loader_free(struct loader *loader);

/**
 * loader_build - Identify the BPF programs that this build of execlock loads
 *
 * Return: as in struct execlock_header.
 */
__u64 loader_build(void);

#endif /* EXECLOCK_LOADER_H */
