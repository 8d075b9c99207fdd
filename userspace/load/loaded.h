/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The policy sets that are loaded
 */

#ifndef EXECLOCK_LOADED_H
#define EXECLOCK_LOADED_H

#include <stdbool.h>

#include "bpf/execlock.h"

/**
 * struct loaded - A loaded set, opened to be read
 *
 * Once open, it does not change, and stays as it is even if it is replaced.
 *
 * @generation: Its number.
 * @header: Its header.
 * @matches: Map from keys to policies.
 * @policies: Array of struct execlock_policy.
 * @headers: Map of the headers of all sets.
 * @rulesets: Map of the rulesets of all sets.
 */
struct loaded {
	__u32 generation;
	struct execlock_header header;
	int matches;
	int policies;
	int headers;
	int rulesets;
};

/**
 * loaded_inner - Open a map that is in a map of maps
 *
 * @outer: The map of maps, or a negative number.
 * @index: Where it is in there.
 *
 * Return: a file descriptor, or -1 with errno set.
 */
int loaded_inner(int outer, __u32 index);

/**
 * loaded_header - Read the header of the set in force
 *
 * @header: Filled in if there is one; with zeroes, if another build of execlock
 *          loaded it, which has other headers.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int loaded_header(struct execlock_header *header);

/**
 * loaded_header_at - Read the header of any set
 *
 * @headers: Map of maps that have one each.
 * @index: Where it is in there.
 * @header: Filled in as loaded_header() does.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int loaded_header_at(int headers, __u32 index, struct execlock_header *header);

/**
 * loaded_foreign - Report that another build of execlock loaded the set
 *
 * Return: always -1.
 */
int loaded_foreign(void);

/**
 * loaded_open - Open the set in force
 *
 * @loaded: Filled in; release it with loaded_close() if there is one.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int loaded_open(struct loaded *loaded);

/**
 * loaded_close - Close a set
 *
 * @loaded: The set.
 */
void loaded_close(const struct loaded *loaded);

/**
 * loaded_policy - Read a policy of a set
 *
 * @loaded: The set.
 * @index: Index of the policy.
 * @policy: Set to it.
 *
 * Return: 0, or -1 with the error reported.
 */
int loaded_policy(const struct loaded *loaded, __u32 index,
		  struct execlock_policy *policy);

/**
 * loaded_ruleset - Read the description of a policy's ruleset
 *
 * @loaded: The set.
 * @policy: The policy.
 * @ruleset: Filled in; with zeroes if there is none, or the set is gone.
 */
void loaded_ruleset(const struct loaded *loaded,
		    const struct execlock_policy *policy,
		    struct execlock_ruleset *ruleset);

/**
 * loaded_for_each - Look at all sets that are kept
 *
 * @call: Called for each set, of which the policies and the rulesets are open.
 *
 * There may be none.  No error is reported.
 */
void loaded_for_each(void (*call)(const struct loaded *loaded));

#endif /* EXECLOCK_LOADED_H */
