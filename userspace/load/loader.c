// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put a policy set in force
 *
 * The BPF programs and the maps that they know are loaded once.  These maps
 * hold maps, by the place of their generation.  A new set is prepared in maps
 * that nobody looks at yet, and put in force by making its header the current
 * one.  Only rulesets are in one map for all sets, so that sets can share them.
 *
 * Former sets are kept for a while, because an exec stays with the set that it
 * began with, and nothing tells when the last such exec is over.
 */

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "attached.h"
#include "execlock.skel.h"
#include "hash.h"
#include "keys.h"
#include "loaded.h"
#include "loader.h"
#include "lock.h"
#include "memory.h"
#include "message.h"
#include "pins.h"
#include "ruleset.h"

/* The maps of a set, in the order in which they come and go. */
enum part {
	HEADER,
	MATCHES,
	POLICIES,
	PARTS,
};

/* Names of the maps of sets: in the BPF file system and in messages. */
static const char *const part_names[PARTS] = {
	[HEADER] = "header_sets",
	[MATCHES] = "match_sets",
	[POLICIES] = "policy_sets",
};

/*
 * Name of the policies of the current set that are there for people to look at,
 * for example with bpftool.  Nothing depends on it.
 */
#define SHOWN "policies"

/* A key of a policy. */
struct found {
	struct execlock_key key;
	/* If it is the name of a file, and whether it is. */
	struct execlock_file file;
	bool named;
	__u32 index;		/* of the policy */
};

/* What is being loaded. */
struct loading {
	struct execlock_bpf *bpf;
	struct policy *policies;
	size_t count;
	const struct features *kernel;
	/* The maps of sets. */
	int current;
	int sets[PARTS];
	int rulesets;
	/* The places for rulesets that sets have which are kept. */
	bool used[EXECLOCK_RULESETS];
	/* The policies that are in force until then. */
	struct execlock_policy *former;
	size_t num_former;
	/* The new set. */
	int parts[PARTS];
	struct execlock_header header;
	__u32 index;		/* of the current policy */
	/* What leads to its policies. */
	struct found *found;
	size_t num_found;
};

/* The map of what is known of tasks, which outlives sets. */
#define TASKS "confined"

static const __u32 zero;

static void close_all(int *fds, size_t count)
{
	while (count--) {
		if (fds[count] >= 0)
			close(fds[count]);
		fds[count] = -1;
	}
}

/* Tells the kernel, and so who looks at the map, what the values are. */
static void set_type(const struct loading *loading, const char *type,
		     struct bpf_map_create_opts *options)
{
	const struct bpf_object *const object = loading->bpf->obj;
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

/* Makes a map of a set. */
static int create_part(const struct loading *loading, enum part part,
		       __u32 entries)
{
	/* Arrays of different sizes can take each other's place. */
	LIBBPF_OPTS(bpf_map_create_opts, options,
		    .map_flags = BPF_F_INNER_MAP);
	int fd;

	switch (part) {
	case HEADER:
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "execlock_header",
				    sizeof(__u32),
				    sizeof(struct execlock_header), 1, NULL);
		break;
	case MATCHES:
		fd = bpf_map_create(BPF_MAP_TYPE_HASH, "execlock_match",
				    sizeof(struct execlock_key),
				    sizeof(struct execlock_match), entries,
				    NULL);
		break;
	default:
		set_type(loading, "execlock_policy", &options);
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "execlock_policy",
				    sizeof(__u32),
				    sizeof(struct execlock_policy), entries,
				    &options);
	}
	if (fd < 0)
		p_err("cannot create the BPF map \"%s\" of a set: %s",
		      part_names[part], strerror(errno));
	return fd;
}

static int create_parts(struct loading *loading)
{
	/* There is no map without room, even if nothing leads to a policy. */
	const __u32 keys = loading->num_found ?: 1;
	size_t i;

	for (i = 0; i < PARTS; i++) {
		loading->parts[i] = create_part(loading, i, i == MATCHES ?
						keys : loading->count);
		if (loading->parts[i] < 0)
			return -1;
	}
	return 0;
}

static int store_match(const struct loading *loading,
		       const struct execlock_key *key,
		       const struct execlock_match *match)
{
	if (bpf_map_update_elem(loading->parts[MATCHES], key, match, BPF_ANY))
		return p_err("cannot store the conditions of policies in a BPF map: %s",
			     strerror(errno));
	return 0;
}

/* Remembers that a key leads to the current policy. */
static int find_key(const struct execlock_key *key,
		    const struct execlock_file *file, void *data)
{
	struct loading *const loading = data;
	const size_t count = loading->num_found;
	struct found *found = loading->found;

	/* Doubles the room each time that it is full. */
	if (!(count & (count - 1))) {
		found = reallocarray(found, count ? count * 2 : 1,
				     sizeof(*found));
		if (!found)
			return p_err("out of memory");
		loading->found = found;
	}
	found += loading->num_found++;
	memset(found, 0, sizeof(*found));
	found->key = *key;
	found->index = loading->index;
	found->named = file;
	if (file)
		found->file = *file;
	return 0;
}

/* How many keys there are is known only when all policies were looked at. */
static int find_keys(struct loading *loading)
{
	const struct keys_options options = {
		.identify = loading->bpf->progs.identify,
	};
	int err = 0;

	for (loading->index = 0; !err && loading->index < loading->count;
	     loading->index++)
		err = keys_find(&loading->policies[loading->index], &options,
				find_key, loading);
	return err;
}

static int add_key(struct loading *loading, const struct found *found)
{
	const __u32 bit = execlock_filter_bit(&found->key);
	struct execlock_match match = {};

	loading->header.filter[bit / 64] |= 1ULL << bit % 64;

	/* If there is none yet, it stays empty. */
	bpf_map_lookup_elem(loading->parts[MATCHES], &found->key, &match);
	match.mask.word[found->index / 64] |= 1ULL << found->index % 64;
	if (found->named)
		match.file = found->file;
	return store_match(loading, &found->key, &match);
}

/* Completes what a name leads to: what its file does is known only now. */
static int complete_name(const struct loading *loading,
			 const struct execlock_key *name)
{
	const int matches = loading->parts[MATCHES];
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
	return store_match(loading, name, &match);
}

/* The former policy of this name, if it has the same ruleset, and has it still. */
static const struct execlock_policy *
find_unchanged(const struct loading *loading, const struct policy *policy)
{
	const __u32 id = hash_policy(policy->name);
	struct execlock_ruleset ruleset;
	size_t i;

	for (i = 0; i < loading->num_former; i++) {
		const struct execlock_policy *const former =
			&loading->former[i];

		if (former->id == id && former->content &&
		    former->content == policy->content &&
		    former->ruleset < EXECLOCK_RULESETS &&
		    !bpf_map_lookup_elem(loading->rulesets, &former->ruleset,
					 &ruleset))
			return former;
	}
	return NULL;
}

static int store_ruleset(struct loading *loading, const struct policy *policy,
			 int ruleset, __u32 *place)
{
	const struct execlock_ruleset value = { .ruleset_fd = ruleset };

	/* There are enough of them. */
	*place = 0;
	while (*place < EXECLOCK_RULESETS - 1 && loading->used[*place])
		++*place;
	loading->used[*place] = true;
	if (!bpf_map_update_elem(loading->rulesets, place, &value, BPF_ANY))
		return 0;
	return p_err("cannot store the ruleset of policy \"%s\" in a BPF map: %s",
		     policy->name, strerror(errno));
}

/*
 * Makes the ruleset of a policy, and finds a place for it.  If it did not change,
 * it is the former one, and those who are in this domain get no other layer.
 */
static int add_ruleset(struct loading *loading, struct policy *policy,
		       __u32 *place)
{
	const struct ruleset_options options = {
		.abi = loading->kernel->landlock_abi,
		.kernel_abi = loading->kernel->landlock_abi,
		.identify = loading->bpf->progs.identify,
	};
	const struct execlock_policy *former;
	int ruleset, err;

	err = ruleset_create(policy, &options, &ruleset);
	if (err)
		return err;
	former = find_unchanged(loading, policy);
	if (former)
		*place = former->ruleset;
	else
		err = store_ruleset(loading, policy, ruleset, place);
	close(ruleset);
	return err;
}

static int add_policy(struct loading *loading, struct policy *policy)
{
	const __u32 *const index = &loading->index;
	struct execlock_policy entry = {
		.id = hash_policy(policy->name),
		.flags = policy->flags,
		.no_new_privs = policy->no_new_privs,
		.exec_no_new_privs = policy->exec_no_new_privs,
		.manages_policies = policy->manages_policies,
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
	};
	const __u64 bit = 1ULL << *index % 64;
	size_t i;
	int err;

	err = add_ruleset(loading, policy, &entry.ruleset);
	if (err)
		return err;
	entry.content = policy->content;
	entry.left_out = policy->left_out;
	/* The parser checked that it fits. */
	snprintf(entry.name, sizeof(entry.name), "%s", policy->name);
	if (bpf_map_update_elem(loading->parts[POLICIES], index, &entry,
				BPF_ANY))
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));

	loading->header.conditions |= policy->conditions;
	loading->header.all.word[*index / 64] |= bit;
	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!(policy->conditions & (1U << i)))
			loading->header.lacking[i].word[*index / 64] |= bit;
	return 0;
}

/* Makes the new set. */
static int fill(struct loading *loading)
{
	size_t i;
	int err;

	err = find_keys(loading);
	if (err)
		return err;
	if (create_parts(loading))
		return -1;
	for (loading->index = 0; loading->index < loading->count;
	     loading->index++) {
		err = add_policy(loading, &loading->policies[loading->index]);
		if (err)
			return err;
	}
	for (i = 0; i < loading->num_found; i++)
		if (add_key(loading, &loading->found[i]))
			return -1;
	for (i = 0; i < loading->num_found; i++)
		if (loading->found[i].named &&
		    complete_name(loading, &loading->found[i].key))
			return -1;
	loading->header.policies = loading->count;
	if (bpf_map_update_elem(loading->parts[HEADER], &zero,
				&loading->header, BPF_ANY))
		return p_err("cannot store the number of policies in a BPF map: %s",
			     strerror(errno));
	return 0;
}

/* Removes sets that are too old, and what a load that was killed left. */
static int prune(const struct loading *loading, __u32 generation)
{
	struct execlock_header header;
	__u32 place;
	size_t i;
	int found;

	for (place = 0; place < EXECLOCK_SLOTS; place++) {
		found = loaded_header_at(loading->sets[HEADER], place, &header);
		if (found < 0)
			return found;
		if (found && header.generation <= generation &&
		    generation - header.generation < EXECLOCK_GENERATIONS)
			continue;
		/* The header first, see "header_sets" of the BPF programs. */
		for (i = 0; i < PARTS; i++)
			bpf_map_delete_elem(loading->sets[i], &place);
	}
	return 0;
}

/*
 * Remembers what the policies of the sets that are kept have: those of the one
 * in force, and the places of all their rulesets.
 */
static int find_former(struct loading *loading, __u32 generation, __u32 place)
{
	const int policies = loaded_inner(loading->sets[POLICIES], place);
	struct execlock_header header;
	struct execlock_policy policy;
	__u32 i;
	int found;

	found = loaded_header_at(loading->sets[HEADER], place, &header);
	if (found > 0 && policies < 0)
		found = p_err("cannot read the BPF map \"%s\" of the policies: %s",
			      part_names[POLICIES], strerror(errno));
	for (i = 0; found > 0 && i < header.policies; i++) {
		if (bpf_map_lookup_elem(policies, &i, &policy))
			break;
		if (policy.ruleset < EXECLOCK_RULESETS)
			loading->used[policy.ruleset] = true;
		if (header.generation == generation &&
		    loading->num_former < EXECLOCK_POLICIES)
			loading->former[loading->num_former++] = policy;
	}
	if (policies >= 0)
		close(policies);
	return found < 0 ? found : 0;
}

/* Removes the rulesets that no set has any more, now that those are gone. */
static int prune_rulesets(struct loading *loading, __u32 generation)
{
	__u32 place;
	int err = 0;

	loading->former = calloc(EXECLOCK_POLICIES, sizeof(*loading->former));
	if (!loading->former)
		return p_err("out of memory");
	for (place = 0; !err && place < EXECLOCK_SLOTS; place++)
		err = find_former(loading, generation, place);
	for (place = 0; !err && place < EXECLOCK_RULESETS; place++)
		if (!loading->used[place])
			bpf_map_delete_elem(loading->rulesets, &place);
	return err;
}

/* Pins the policies to be looked at beside those of the former set. */
static int pin_shown(const struct loading *loading, const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" SHOWN "-new", dir);
	/* A load that was killed may have left one. */
	unlink(path);
	if (bpf_obj_pin(loading->parts[POLICIES], path))
		return p_err("cannot pin %s: %s", path, strerror(errno));
	return 0;
}

/* Puts them in their place, now that the set is in force. */
static void show(const char *dir)
{
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s/" SHOWN "-new", dir);
	snprintf(to, sizeof(to), "%s/" SHOWN, dir);
	rename(from, to);
}

/* Puts the new set in force; its programs are pinned in @dir. */
static int publish(const struct loading *loading, const char *dir)
{
	const __u32 place = execlock_slot(loading->header.generation);
	size_t i;

	if (pin_shown(loading, dir))
		return -1;
	for (i = 0; i < PARTS; i++)
		if (bpf_map_update_elem(loading->sets[i], &place,
					&loading->parts[i], BPF_ANY))
			return p_err("cannot store a set in the BPF map \"%s\": %s",
				     part_names[i], strerror(errno));
	if (bpf_map_update_elem(loading->current, &zero,
				&loading->parts[HEADER], BPF_ANY))
		return p_err("cannot put the new set in force: %s",
			     strerror(errno));
	show(dir);
	return 0;
}

static int load_object(const struct loading *loading)
{
	if (!memory_load(loading->bpf->skeleton))
		return 0;
	return features_report_refused("load ...");
}

/*
 * Opens what is in force, if this build loaded it and all of it is there.
 * Returns 1 if so.  Without a set, a load or an unload was killed half-way.
 */
static int open_current(struct loading *loading, const struct attached *set,
			__u32 *generation)
{
	struct execlock_header header;
	size_t i;
	int found;

	loading->current = attached_map(set, "current");
	found = loaded_header_at(loading->current, 0, &header);
	if (found <= 0)
		return found;
	if (header.build != loading->header.build ||
	    !attached_whole(set, loading->bpf->obj))
		return 0;
	for (i = 0; i < PARTS; i++) {
		loading->sets[i] = attached_map(set, part_names[i]);
		if (loading->sets[i] < 0)
			return 0;
	}
	loading->rulesets = attached_map(set, "rulesets");
	if (loading->rulesets < 0)
		return 0;
	*generation = header.generation;
	return 1;
}

/* The BPF programs are in force already. */
static int reload(struct loading *loading, __u32 generation)
{
	struct bpf_program *program;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_program(program, loading->bpf->obj)
		bpf_program__set_autoload(program,
					  program ==
					  loading->bpf->progs.identify);
	bpf_object__for_each_map(map, loading->bpf->obj)
		bpf_map__set_autocreate(map, false);
	if (load_object(loading))
		return -1;
	loading->header.generation = generation + 1;
	err = prune(loading, generation) ?:
	      prune_rulesets(loading, generation) ?: fill(loading);
	if (err)
		return err;
	return publish(loading, pins_policies.dir);
}

/* The kernel wants to see maps like those that a map of maps will hold. */
static int load_all(const struct loading *loading)
{
	const struct bpf_object *const object = loading->bpf->obj;
	int prototypes[PARTS];
	size_t i;
	int err = 0;

	memset(prototypes, -1, sizeof(prototypes));
	for (i = 0; !err && i < PARTS; i++) {
		struct bpf_map *const map =
			bpf_object__find_map_by_name(object, part_names[i]);

		prototypes[i] = create_part(loading, i, 1);
		err = prototypes[i] < 0 ||
		      bpf_map__set_inner_map_fd(map, prototypes[i]);
	}
	err = err || bpf_map__set_inner_map_fd(loading->bpf->maps.current,
					       prototypes[HEADER]) ||
	      bpf_map__set_type(loading->bpf->maps.rulesets,
				loading->kernel->map_type);
	err = err ? -1 : load_object(loading);
	close_all(prototypes, PARTS);
	return err;
}

/* Returns 1, one is enough. */
static int warn_parent(const struct node *value, void *data)
{
	node_warn(value, "does not hold for processes that run already: the build of execlock that loaded the former policies remembers in another way which ones they are under");
	return 1;
}

/* For people: the one JSON document is for what was done. */
static void warn_not_taken_over(const struct loading *loading)
{
	size_t i;

	if (json_output)
		return;
	for (i = 0; i < loading->count; i++)
		if (policy_values(&loading->policies[i], EXECLOCK_PARENT,
				  warn_parent, NULL))
			return;
}

/* Opens what the programs of another build know of tasks, if this one can. */
static int find_former_tasks(const struct loading *loading)
{
	const struct execlock_bpf *const bpf = loading->bpf;
	const int map = pins_try(&pins_policies, TASKS);
	const bool fits = map >= 0 &&
			  pins_fits(map, sizeof(int),
				    sizeof(struct execlock_task));
	int err;

	if (map >= 0 && !fits)
		warn_not_taken_over(loading);
	if (fits)
		err = bpf_map__reuse_fd(bpf->maps.former, map);
	else
		err = bpf_map__set_autocreate(bpf->maps.former, false) ?:
		      bpf_program__set_autoload(bpf->progs.take_over, false);
	if (map >= 0)
		close(map);
	if (err)
		return p_err("cannot prepare the BPF program \"take_over\": %s",
			     strerror(-err));
	return 0;
}

/*
 * Tasks stay under the policies that they are under, by name.  The new programs
 * are attached, so that what is forked meanwhile has what its parent has, and
 * their set is not in force, so that they do not change anything themselves.
 */
static int take_over(const struct loading *loading)
{
	const struct bpf_program *const program = loading->bpf->progs.take_over;
	struct bpf_link *link;
	int iter, err;
	char byte;

	if (!bpf_program__autoload(program))
		return 0;
	link = bpf_program__attach_iter(program, NULL);
	iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	/* There is nothing to be read, but the end comes after all tasks. */
	err = iter < 0 ? -1 : read(iter, &byte, sizeof(byte));
	if (err)
		p_err("cannot take over which policies processes are under: %s",
		      strerror(errno == EAGAIN ? ENOMEM : errno));
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}

static int pin_maps(const struct execlock_bpf *bpf)
{
	struct bpf_map *map;
	char path[128];

	bpf_object__for_each_map(map, bpf->obj) {
		if (bpf_map__is_internal(map) || map == bpf->maps.former)
			continue;
		snprintf(path, sizeof(path), "%s/%s", pins_policies.new_dir,
			 bpf_map__name(map));
		if (bpf_map__pin(map, path))
			return p_err("cannot pin %s: %s", path,
				     strerror(errno));
	}
	return 0;
}

/* Puts programs and maps in force, in place of others if there are some. */
static int load_first(struct loading *loading)
{
	struct execlock_bpf *const bpf = loading->bpf;
	struct attached set = {};
	size_t i;
	int err;

	if (find_former_tasks(loading) || load_all(loading))
		return -1;
	loading->current = bpf_map__fd(bpf->maps.current);
	for (i = 0; i < PARTS; i++)
		loading->sets[i] =
			bpf_object__find_map_fd_by_name(bpf->obj,
							part_names[i]);
	loading->rulesets = bpf_map__fd(bpf->maps.rulesets);
	loading->header.generation = 1;
	err = fill(loading);
	if (err)
		return err;
	if (pins_prepare(&pins_policies))
		return -1;
	/* Attached programs do nothing until there is a set. */
	if (pin_maps(bpf) || pins_attach(&pins_policies, bpf->obj) ||
	    take_over(loading) || publish(loading, pins_policies.new_dir) ||
	    pins_commit(&pins_policies)) {
		pins_discard(&pins_policies);
		return -1;
	}
	/* Drop what another build loaded. */
	err = pins_settle(&pins_policies, &set);
	if (err < 0)
		return -1;
	attached_close(&set);
	return 0;
}

static int load(struct loading *loading)
{
	__u32 generation;
	size_t size;
	const void *const elf = execlock_bpf__elf_bytes(&size);
	struct attached set = {};
	int state, current = 0;

	loading->header.build = hash_name(EXECLOCK_HASH_INIT, elf, size);
	state = pins_settle(&pins_policies, &set);
	if (state > PINS_NONE)
		current = open_current(loading, &set, &generation);
	if (state < 0 || current < 0)
		return -1;
	/* The process ends soon, and with it what is open. */
	if (current)
		return reload(loading, generation);
	if (state == PINS_STUCK)
		return p_err("an exec is inside the BPF programs that another build of execlock loaded before: try again when it is over");
	return load_first(loading);
}

int loader_load(struct policy *policies, size_t count,
		const struct features *kernel)
{
	struct loading loading = {
		.policies = policies,
		.count = count,
		.kernel = kernel,
	};
	int err;

	if (lock_take())
		return -1;
	memset(loading.parts, -1, sizeof(loading.parts));
	loading.bpf = execlock_bpf__open();
	if (!loading.bpf)
		return p_err("cannot prepare the BPF programs: %s",
			     strerror(errno));
	/* The process ends soon, and with it what is open. */
	err = load(&loading);
	free(loading.found);
	free(loading.former);
	close_all(loading.parts, PARTS);
	execlock_bpf__destroy(loading.bpf);
	return err;
}
