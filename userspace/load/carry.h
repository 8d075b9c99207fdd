/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies of the set in force that the next set has, too
 *
 * What is loaded and what is on trial are in one set.  A command that changes
 * one of them carries the other one over as it is, without its files.
 */

#ifndef EXECLOCK_CARRY_H
#define EXECLOCK_CARRY_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

/**
 * struct carry_rule - Which policies are carried over
 *
 * @keeps: Returns whether the next set has a policy, too.
 * @data: Passed to @keeps.
 * @required: Whether it is an error if that cannot be done, because another
 *            build loaded the set in force.
 */
struct carry_rule {
	bool (*keeps)(const struct execlock_policy *policy, const void *data);
	const void *data;
	bool required;
};

/** carry_loaded - Carries over what was loaded, and not the trials */
extern const struct carry_rule carry_loaded;

/** carry_trials - Carries over the policies that are on trial */
extern const struct carry_rule carry_trials;

/**
 * struct carried - The policies that are carried over
 *
 * @policies: They, in their order; NULL if there is none.
 * @count: Their number.
 * @former: For each of them, its index in the set in force.
 * @header: Header of that set.
 * @keys: Its keys.
 * @matches: For each key, its policies, by their index in that set.
 * @num_keys: Number of keys.
 */
struct carried {
	struct execlock_policy *policies;
	size_t count;
	__u32 former[EXECLOCK_POLICIES];
	struct execlock_header header;
	struct execlock_key *keys;
	struct execlock_match *matches;
	size_t num_keys;
};

/**
 * carry_read - Read the policies to be carried over
 *
 * @carried: Filled in; release it with carry_release(), also after an error.
 * @rule: Which policies.
 *
 * The caller has the lock.
 *
 * Return: 0, or -1 with the error reported.
 */
int carry_read(struct carried *carried, const struct carry_rule *rule);

/**
 * carry_check - Check that new policies fit to those that are carried over
 *
 * @carried: The latter.
 * @policies: The former.
 * @count: Their number.
 *
 * Return: 0, or -1 with the error reported, if there are too many, or two cannot
 * be told apart.
 */
int carry_check(const struct carried *carried, const struct policy *policies,
		size_t count);

/**
 * carry_mask - Translate the policies of a key
 *
 * @carried: The policies.
 * @from: Policies, by their index in the set in force.
 * @first: Index of the first policy that is carried over in the next set.
 * @to: The same policies as far as they are carried over, by their index in the
 *      next set, are added.
 */
void carry_mask(const struct carried *carried, const struct execlock_mask *from,
		__u32 first, struct execlock_mask *to);

/**
 * carry_release - Release the policies
 *
 * @carried: They, or zeroes.
 */
void carry_release(struct carried *carried);

#endif /* EXECLOCK_CARRY_H */
