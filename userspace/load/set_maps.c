// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The BPF maps of a policy set
 */

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/mask.h"
#include "keys.h"
#include "message.h"
#include "set_maps.h"

const char *const set_part_names[SET_PARTS] = {
	[SET_HEADER] = "header_sets",
	[SET_MATCHES] = "match_sets",
	[SET_POLICIES] = "policy_sets",
};

/* Tells the kernel the type of the values, for tools that print the map. */
static void set_type(const struct bpf_object *object, const char *type,
		     struct bpf_map_create_opts *options)
{
	const struct btf *const btf = bpf_object__btf(object);
	const int fd = bpf_object__btf_fd(object);
	const int key = btf__find_by_name_kind(btf, "unsigned int",
					       BTF_KIND_INT);
	const int value = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);

	/* Before the programs are loaded, there is none. */
	if (fd < 0 || key < 0 || value < 0)
		return;
	options->btf_fd = fd;
	options->btf_key_type_id = key;
	options->btf_value_type_id = value;
}

int set_maps_create(const struct bpf_object *object, enum set_part part,
		    __u32 entries)
{
	/* Arrays of different sizes can take each other's place. */
	LIBBPF_OPTS(bpf_map_create_opts, options,
		    .map_flags = BPF_F_INNER_MAP);
	int fd;

	switch (part) {
	case SET_HEADER:
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "execlock_header",
				    sizeof(__u32),
				    sizeof(struct execlock_header), 1, NULL);
		break;
	case SET_MATCHES:
		fd = bpf_map_create(BPF_MAP_TYPE_HASH, "execlock_match",
				    sizeof(struct execlock_key),
				    sizeof(struct execlock_match), entries,
				    NULL);
		break;
	default:
		set_type(object, "execlock_policy", &options);
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "execlock_policy",
				    sizeof(__u32),
				    sizeof(struct execlock_policy), entries,
				    &options);
	}
	if (fd < 0)
		p_err("cannot create the BPF map \"%s\" of a set: %s",
		      set_part_names[part], strerror(errno));
	return fd;
}

static int create_all(struct set_maps *maps, const struct bpf_object *object,
		      const struct set_plan *plan)
{
	const size_t keys = plan->set->num_keys + plan->carried->num_keys;
	const size_t count = plan->set->count + plan->carried->count;
	size_t i;

	for (i = 0; i < SET_PARTS; i++) {
		/*
		 * There is no map without room, even if nothing leads to a
		 * policy.
		 */
		maps->fds[i] = set_maps_create(object, i, i == SET_MATCHES ?
					       keys ?: 1 : count);
		if (maps->fds[i] < 0)
			return -1;
	}
	return 0;
}

static int store_match(const struct set_maps *maps,
		       const struct execlock_key *key,
		       const struct execlock_match *match)
{
	if (bpf_map_update_elem(maps->fds[SET_MATCHES], key, match, BPF_ANY))
		return p_err("cannot store the conditions of policies in a BPF map: %s",
			     strerror(errno));
	return 0;
}

/* Adds to the policies of a key; @file has the name that the key is, or is NULL. */
static int add_match(struct set_maps *maps, const struct execlock_key *key,
		     const struct execlock_mask *mask,
		     const struct execlock_file *file)
{
	const __u32 bit = execlock_filter_bit(key);
	struct execlock_match match = {};

	maps->header.filter[bit / 64] |= 1ULL << bit % 64;

	/* If there is none yet, it stays empty. */
	bpf_map_lookup_elem(maps->fds[SET_MATCHES], key, &match);
	mask_or(&match.mask, mask);
	if (file)
		match.file = *file;
	return store_match(maps, key, &match);
}

static int add_key(struct set_maps *maps, const struct verified_key *found,
		   __u32 first)
{
	const __u32 index = first + found->index;
	struct execlock_mask mask = {};

	mask.word[index / 64] = 1ULL << index % 64;
	return add_match(maps, &found->key, &mask,
			 found->named ? &found->file : NULL);
}

/* Whether a key is a name that a file has. */
static bool is_named(const struct execlock_key *key,
		     const struct execlock_match *match)
{
	return key->by_name && match->file.inode;
}

static int add_carried_key(struct set_maps *maps, const struct set_plan *plan,
			   size_t i)
{
	const struct execlock_match *const match = &plan->carried->matches[i];
	const struct execlock_key *const key = &plan->carried->keys[i];
	struct execlock_mask mask = {};

	carry_mask(plan->carried, &match->mask, plan->first_carried, &mask);
	return mask_empty(&mask) ? 0 :
	       add_match(maps, key, &mask,
			 is_named(key, match) ? &match->file : NULL);
}

static int fail_match(void)
{
	return p_err("cannot read the conditions of policies in a BPF map: %s",
		     strerror(errno));
}

/* Completes the entry of a name, now that the entry of its file is there. */
static int complete_name(const struct set_maps *maps,
			 const struct execlock_key *name)
{
	const int matches = maps->fds[SET_MATCHES];
	struct execlock_match match, other;
	struct execlock_key key;
	size_t i;

	/* Of a name that is carried over, no policy may be left. */
	if (bpf_map_lookup_elem(matches, name, &match))
		return errno == ENOENT ? 0 : fail_match();
	key = keys_of_file(name->condition, &match.file);
	if (bpf_map_lookup_elem(matches, &key, &other))
		return fail_match();
	for (i = 0; i < ARRAY_SIZE(match.with_file.word); i++)
		match.with_file.word[i] = match.mask.word[i] | other.mask.word[i];
	return store_match(maps, name, &match);
}

static int store_policy(const struct set_maps *maps, __u32 index,
			const struct execlock_policy *entry)
{
	if (bpf_map_update_elem(maps->fds[SET_POLICIES], &index, entry,
				BPF_ANY))
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     entry->name, strerror(errno));
	return 0;
}

static int add_policy(struct set_maps *maps, const struct set_plan *plan,
		      size_t i)
{
	const struct policy *const policy = &plan->set->policies[i];
	const __u32 index = plan->first + i;
	struct execlock_policy entry = {
		.id = policy_id(policy),
		.trial = policy->trial,
		.flags = policy->flags,
		.no_new_privs = policy->no_new_privs,
		.exec_no_new_privs = policy->exec_no_new_privs,
		.manages_policies = policy->manages_policies,
		.only_tcp = policy_only_tcp(policy),
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
		.ruleset = plan->slots[i],
		.live = plan->live && policy->live &&
			plan->slots[i] != EXECLOCK_NO_RULESET,
		.content = policy->content,
		/* Else the default may speak for its programs. */
		.bounds_userns = policy_bounds_userns(policy),
		.is_default = policy->is_default,
		.left_out = policy->left_out,
	};
	const __u64 bit = 1ULL << index % 64;
	int j;

	if (policy_bounds_userns(policy)) {
		entry.userns_lost = ~policy->userns_caps.program;
		entry.userns_lost_executed = ~policy->userns_caps.executes;
		memcpy(entry.helper_of, policy->userns_caps.helper_of,
		       sizeof(entry.helper_of));
	}
	/* The parser checked that it fits. */
	snprintf(entry.name, sizeof(entry.name), "%s", policy->name);
	if (store_policy(maps, index, &entry))
		return -1;
	if (policy->is_default) {
		maps->header.has_default = 1;
		maps->header.default_lost = entry.userns_lost;
	} else {
		maps->header.all.word[index / 64] |= bit;
	}
	maps->header.conditions |= policy->conditions;
	for (j = 0; j < EXECLOCK_CONDITIONS; j++)
		if (!(policy->conditions & (1U << j)))
			maps->header.lacking[j].word[index / 64] |= bit;
	return 0;
}

static int add_carried_policy(struct set_maps *maps,
			      const struct set_plan *plan, size_t i)
{
	const struct execlock_policy *const policy =
		&plan->carried->policies[i];
	const struct execlock_header *const former = &plan->carried->header;
	const __u32 from = plan->carried->former[i];
	const __u32 index = plan->first_carried + i;
	const __u64 bit = 1ULL << index % 64;
	size_t j;

	if (policy->is_default) {
		maps->header.has_default = 1;
		maps->header.default_lost = former->default_lost;
	} else {
		maps->header.all.word[index / 64] |= bit;
	}
	for (j = 0; j < EXECLOCK_CONDITIONS; j++) {
		if (mask_has(&former->lacking[j], from))
			maps->header.lacking[j].word[index / 64] |= bit;
		else
			maps->header.conditions |= 1U << j;
	}
	return store_policy(maps, index, policy);
}

static int add_policies(struct set_maps *maps, const struct set_plan *plan)
{
	const struct verified *const set = plan->set;
	size_t i;

	for (i = 0; i < set->count; i++)
		if (add_policy(maps, plan, i))
			return -1;
	for (i = 0; i < plan->carried->count; i++)
		if (add_carried_policy(maps, plan, i))
			return -1;
	return 0;
}

/* A name that both have leads to the file that has it now. */
static int add_keys(struct set_maps *maps, const struct set_plan *plan)
{
	const struct carried *const carried = plan->carried;
	const struct verified *const set = plan->set;
	size_t i;

	for (i = 0; i < carried->num_keys; i++)
		if (add_carried_key(maps, plan, i))
			return -1;
	for (i = 0; i < set->num_keys; i++)
		if (add_key(maps, &set->keys[i], plan->first))
			return -1;
	for (i = 0; i < carried->num_keys; i++)
		if (is_named(&carried->keys[i], &carried->matches[i]) &&
		    complete_name(maps, &carried->keys[i]))
			return -1;
	for (i = 0; i < set->num_keys; i++)
		if (set->keys[i].named &&
		    complete_name(maps, &set->keys[i].key))
			return -1;
	return 0;
}

int set_maps_fill(struct set_maps *maps, const struct bpf_object *object,
		  const struct set_plan *plan)
{
	const __u32 zero = 0;

	if (create_all(maps, object, plan) || add_policies(maps, plan) ||
	    add_keys(maps, plan))
		return -1;
	maps->header.policies = plan->set->count + plan->carried->count;
	if (bpf_map_update_elem(maps->fds[SET_HEADER], &zero, &maps->header,
				BPF_ANY))
		return p_err("cannot store the header of a set in a BPF map: %s",
			     strerror(errno));
	return 0;
}

void set_maps_close(int fds[SET_PARTS])
{
	size_t i;

	for (i = 0; i < SET_PARTS; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}
