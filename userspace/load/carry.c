// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies of the set in force that the next set has, too
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/mask.h"
#include "carry.h"
#include "loaded.h"
#include "message.h"

static bool is_loaded(const struct execlock_policy *policy, const void *data)
{
	return !policy->trial;
}

static bool is_on_trial(const struct execlock_policy *policy, const void *data)
{
	return policy->trial;
}

const struct carry_rule carry_loaded = {
	.keeps = is_loaded,
	.required = true,
};

const struct carry_rule carry_trials = { .keeps = is_on_trial };

static int read_policies(struct carried *carried, const struct loaded *set,
			 const struct carry_rule *rule)
{
	__u32 i;

	carried->policies = calloc(EXECLOCK_POLICIES,
				   sizeof(*carried->policies));
	if (!carried->policies)
		return p_err("out of memory");
	for (i = 0; i < set->header.policies; i++) {
		struct execlock_policy *const policy =
			&carried->policies[carried->count];

		if (loaded_policy(set, i, policy))
			return -1;
		/* The next load replaces a ruleset that may be a former one. */
		if (policy->live && !set->header.settled)
			policy->content = 0;
		if (rule->keeps(policy, rule->data))
			carried->former[carried->count++] = i;
	}
	return 0;
}

/* Makes room for one more, doubling it each time that it is full. */
static int grow(struct carried *carried)
{
	const size_t count = carried->num_keys;
	const size_t room = count ? count * 2 : 1;
	struct execlock_match *matches;
	struct execlock_key *keys;

	if (count & (count - 1))
		return 0;
	keys = reallocarray(carried->keys, room, sizeof(*keys));
	if (keys)
		carried->keys = keys;
	matches = reallocarray(carried->matches, room, sizeof(*matches));
	if (matches)
		carried->matches = matches;
	return keys && matches ? 0 : p_err("out of memory");
}

static int read_keys(struct carried *carried, const struct loaded *set)
{
	struct execlock_key key, *previous = NULL;

	while (!bpf_map_get_next_key(set->matches, previous, &key)) {
		struct execlock_match match;

		if (bpf_map_lookup_elem(set->matches, &key, &match))
			return p_err("cannot read the conditions of policies in a BPF map: %s",
				     strerror(errno));
		if (grow(carried))
			return -1;
		carried->keys[carried->num_keys] = key;
		carried->matches[carried->num_keys] = match;
		previous = &carried->keys[carried->num_keys++];
	}
	return 0;
}

int carry_read(struct carried *carried, const struct carry_rule *rule)
{
	struct loaded set;
	int found, err;

	found = loaded_open(&set);
	if (found <= 0)
		return found;
	carried->header = set.header;
	err = read_policies(carried, &set, rule);
	if (!err && carried->count)
		err = read_keys(carried, &set);
	loaded_close(&set);
	return err;
}

static int check_id(const struct carried *carried, const struct policy *policy)
{
	const __u32 id = policy_id(policy);
	size_t i;

	for (i = 0; i < carried->count; i++)
		if (carried->policies[i].id == id)
			return p_err("policy \"%s\" has the same hash as \"%s\", which is in force, so they could not be told apart: rename one",
				     policy->name, carried->policies[i].name);
	return 0;
}

int carry_check(const struct carried *carried, const struct policy *policies,
		size_t count)
{
	size_t i;

	if (carried->count + count > EXECLOCK_POLICIES)
		return p_err("%zu policies, those on trial included, are more than the %d that can be in force: load fewer, or end trials (\"execlock trial --end\")",
			     carried->count + count, EXECLOCK_POLICIES);
	for (i = 0; i < count; i++)
		if (check_id(carried, &policies[i]))
			return -1;
	return 0;
}

void carry_mask(const struct carried *carried, const struct execlock_mask *from,
		__u32 first, struct execlock_mask *to)
{
	size_t i;

	for (i = 0; i < carried->count; i++) {
		const __u32 index = first + i;

		if (mask_has(from, carried->former[i]))
			to->word[index / 64] |= 1ULL << index % 64;
	}
}

void carry_release(struct carried *carried)
{
	free(carried->policies);
	free(carried->keys);
	free(carried->matches);
	memset(carried, 0, sizeof(*carried));
}
