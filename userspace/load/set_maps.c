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

#include "hash.h"
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
		      const struct verified *set)
{
	/* There is no map without room, even if nothing leads to a policy. */
	const __u32 keys = set->num_keys ?: 1;
	size_t i;

	for (i = 0; i < SET_PARTS; i++) {
		maps->fds[i] = set_maps_create(object, i, i == SET_MATCHES ?
					       keys : set->count);
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

static int add_key(struct set_maps *maps, const struct verified_key *found)
{
	const __u32 bit = execlock_filter_bit(&found->key);
	struct execlock_match match = {};

	maps->header.filter[bit / 64] |= 1ULL << bit % 64;

	/* If there is none yet, it stays empty. */
	bpf_map_lookup_elem(maps->fds[SET_MATCHES], &found->key, &match);
	match.mask.word[found->index / 64] |= 1ULL << found->index % 64;
	if (found->named)
		match.file = found->file;
	return store_match(maps, &found->key, &match);
}

/* Completes the entry of a name, now that the entry of its file is there. */
static int complete_name(const struct set_maps *maps,
			 const struct execlock_key *name)
{
	const int matches = maps->fds[SET_MATCHES];
	struct execlock_match match, other;
	struct execlock_key key;
	size_t i;

	if (bpf_map_lookup_elem(matches, name, &match))
		return p_err("cannot read the conditions of policies in a BPF map: %s",
			     strerror(errno));
	key = keys_of_file(name->condition, &match.file);
	if (bpf_map_lookup_elem(matches, &key, &other))
		return p_err("cannot read the conditions of policies in a BPF map: %s",
			     strerror(errno));
	for (i = 0; i < ARRAY_SIZE(match.with_file.word); i++)
		match.with_file.word[i] = match.mask.word[i] | other.mask.word[i];
	return store_match(maps, name, &match);
}

/* A permissive policy denies nothing, so the default may speak for its programs. */
static bool bounds_userns(const struct policy *policy)
{
	return policy->userns_caps.bounded && !policy->permissive;
}

static int add_policy(struct set_maps *maps, const struct policy *policy,
		      __u32 index, __u32 slot)
{
	struct execlock_policy entry = {
		.id = hash_policy(policy->name),
		.flags = policy->flags,
		.no_new_privs = policy->no_new_privs,
		.exec_no_new_privs = policy->exec_no_new_privs,
		.manages_policies = policy->manages_policies,
		.only_tcp = policy_only_tcp(policy),
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
		.ruleset = slot,
		.content = policy->content,
		.bounds_userns = bounds_userns(policy),
		.is_default = policy->is_default,
		.left_out = policy->left_out,
	};
	const __u64 bit = 1ULL << index % 64;
	size_t i;

	if (bounds_userns(policy)) {
		entry.userns_lost = ~policy->userns_caps.program;
		entry.userns_lost_executed = ~policy->userns_caps.executes;
		memcpy(entry.helper_of, policy->userns_caps.helper_of,
		       sizeof(entry.helper_of));
	}
	/* The parser checked that it fits. */
	snprintf(entry.name, sizeof(entry.name), "%s", policy->name);
	if (bpf_map_update_elem(maps->fds[SET_POLICIES], &index, &entry,
				BPF_ANY))
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));

	if (policy->is_default) {
		maps->header.has_default = 1;
		maps->header.default_lost = entry.userns_lost;
	} else {
		maps->header.all.word[index / 64] |= bit;
	}
	maps->header.conditions |= policy->conditions;
	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!(policy->conditions & (1U << i)))
			maps->header.lacking[i].word[index / 64] |= bit;
	return 0;
}

static int add_keys(struct set_maps *maps, const struct verified *set)
{
	size_t i;

	for (i = 0; i < set->num_keys; i++)
		if (add_key(maps, &set->keys[i]))
			return -1;
	for (i = 0; i < set->num_keys; i++)
		if (set->keys[i].named &&
		    complete_name(maps, &set->keys[i].key))
			return -1;
	return 0;
}

int set_maps_fill(struct set_maps *maps, const struct bpf_object *object,
		  const struct verified *set, const __u32 *slots)
{
	const __u32 zero = 0;
	size_t i;

	if (create_all(maps, object, set))
		return -1;
	for (i = 0; i < set->count; i++)
		if (add_policy(maps, &set->policies[i], i, slots[i]))
			return -1;
	if (add_keys(maps, set))
		return -1;
	maps->header.policies = set->count;
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
