// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put a policy set in force
 *
 * The BPF programs and the maps that they know are loaded once.  These maps
 * hold maps, by the place of their generation.  A new set is prepared in maps
 * that nobody looks at yet, and put in force by making its header the current
 * one.
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

#include "../bpf/execlock.h"
#include "attached.h"
#include "execlock.skel.h"
#include "hash.h"
#include "loaded.h"
#include "loader.h"
#include "match.h"
#include "memory.h"
#include "message.h"
#include "pins.h"

/* The maps of a set, in the order in which they come and go. */
enum part {
	HEADER,
	MATCHES,
	POLICIES,
	RULESETS,
	PARTS,
};

/* Names of the maps of sets: in the BPF file system and in messages. */
static const char *const part_names[PARTS] = {
	[HEADER] = "header_sets",
	[MATCHES] = "match_sets",
	[POLICIES] = "policy_sets",
	[RULESETS] = "ruleset_sets",
};

/*
 * Names of the maps of the current set that are there for people to look at,
 * for example with bpftool.  Nothing depends on them.
 */
static const char *const shown_names[PARTS] = {
	[POLICIES] = "policies",
	[RULESETS] = "rulesets",
};

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
	const int *rulesets;
	size_t count;
	int map_type;
	/* The maps of sets. */
	int current;
	int sets[PARTS];
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
	LIBBPF_OPTS(bpf_map_create_opts, ruleset_options);
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
	case POLICIES:
		set_type(loading, "execlock_policy", &options);
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "execlock_policy",
				    sizeof(__u32),
				    sizeof(struct execlock_policy), entries,
				    &options);
		break;
	default:
		set_type(loading, "execlock_ruleset", &ruleset_options);
		fd = bpf_map_create(loading->map_type, "execlock_rules",
				    sizeof(__u32),
				    sizeof(struct execlock_ruleset), entries,
				    &ruleset_options);
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
	const struct match_options options = {
		.identify = loading->bpf->progs.identify,
	};
	int err = 0;

	for (loading->index = 0; !err && loading->index < loading->count;
	     loading->index++)
		err = match_keys(&loading->policies[loading->index], &options,
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
	key = match_file_key(name->condition, &match.file);
	if (bpf_map_lookup_elem(matches, &key, &other))
		return p_err("cannot read the conditions of policies in a BPF map: %s",
			     strerror(errno));
	for (i = 0; i < ARRAY_SIZE(match.both.word); i++)
		match.both.word[i] = match.mask.word[i] | other.mask.word[i];
	return store_match(loading, name, &match);
}

static int add_policy(struct loading *loading, const struct policy *policy)
{
	const __u32 *const index = &loading->index;
	const struct execlock_ruleset slot = {
		.ruleset_fd = loading->rulesets[*index],
	};
	struct execlock_policy entry = {
		.id = hash_policy(policy->name),
		.flags = policy->flags,
		.exec_no_new_privs = policy->exec_no_new_privs,
		.left_out = policy->left_out,
		.manages_policies = policy->manages_policies,
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
	};
	const __u64 bit = 1ULL << *index % 64;
	size_t i;

	/* The parser checked that it fits. */
	snprintf(entry.name, sizeof(entry.name), "%s", policy->name);
	if (bpf_map_update_elem(loading->parts[POLICIES], index, &entry,
				BPF_ANY))
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));
	if (bpf_map_update_elem(loading->parts[RULESETS], index, &slot,
				BPF_ANY))
		return p_err("cannot store the ruleset of policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));

	loading->header.conditions |= policy->conditions;
	loading->header.all.word[*index / 64] |= bit;
	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!(policy->conditions & (1U << i)))
			loading->header.without[i].word[*index / 64] |= bit;
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
	     loading->index++)
		if (add_policy(loading, &loading->policies[loading->index]))
			return -1;
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

	for (place = 0; place < EXECLOCK_PLACES; place++) {
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

/* Pins the maps to be looked at beside those of the former set. */
static int pin_shown(const struct loading *loading, const char *dir)
{
	char path[128];
	size_t i;

	for (i = 0; i < PARTS; i++) {
		if (!shown_names[i])
			continue;
		snprintf(path, sizeof(path), "%s/%s-new", dir, shown_names[i]);
		/* A load that was killed may have left one. */
		unlink(path);
		if (bpf_obj_pin(loading->parts[i], path))
			return p_err("cannot pin %s: %s", path,
				     strerror(errno));
	}
	return 0;
}

/* Puts them in their place, now that the set is in force. */
static void show(const char *dir)
{
	char from[128], to[128];
	size_t i;

	for (i = 0; i < PARTS; i++) {
		if (!shown_names[i])
			continue;
		snprintf(from, sizeof(from), "%s/%s-new", dir, shown_names[i]);
		snprintf(to, sizeof(to), "%s/%s", dir, shown_names[i]);
		rename(from, to);
	}
}

/* Puts the new set in force; its programs are pinned in @dir. */
static int publish(const struct loading *loading, const char *dir)
{
	const __u32 place = execlock_place(loading->header.generation);
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
	return kernel_refuses("load ...");
}

/* The programs call one another by this map, which is lost with its last pin. */
static bool has_layers(const struct attached *set)
{
	const int layers = attached_map(set, "layers");
	__u32 i, id;

	/* The first one is the one that is attached. */
	for (i = 1; i < EXECLOCK_LAYERS; i++)
		if (layers < 0 || bpf_map_lookup_elem(layers, &i, &id))
			return false;
	return true;
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
	if (header.build != loading->header.build || !has_layers(set) ||
	    !attached_whole(set, loading->bpf->obj))
		return 0;
	for (i = 0; i < PARTS; i++) {
		loading->sets[i] = attached_map(set, part_names[i]);
		if (loading->sets[i] < 0)
			return 0;
	}
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
	err = fill(loading) ?: prune(loading, generation);
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
					       prototypes[HEADER]);
	err = err ? -1 : load_object(loading);
	close_all(prototypes, PARTS);
	return err;
}

/* Those that stage are called by the one that is attached. */
static int arrange_layers(const struct loading *loading)
{
	const int layers = bpf_map__fd(loading->bpf->maps.layers);
	char name[16];
	__u32 i;

	/* The first one is the one that is attached. */
	for (i = 1; i < EXECLOCK_LAYERS; i++) {
		const struct bpf_program *program;
		int fd;

		snprintf(name, sizeof(name), "layer_%u", i);
		program = bpf_object__find_program_by_name(loading->bpf->obj,
							   name);
		fd = bpf_program__fd(program);
		if (bpf_map_update_elem(layers, &i, &fd, BPF_ANY))
			return p_err("cannot store a BPF program in the BPF map \"layers\": %s",
				     strerror(errno));
	}
	return 0;
}

static void attach_no_layers(const struct loading *loading)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, loading->bpf->obj)
		if (strncmp(bpf_program__name(program), "layer_", 6) == 0)
			bpf_program__set_autoattach(program, false);
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
static int find_former(const struct loading *loading)
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

	if (find_former(loading) || load_all(loading) ||
	    arrange_layers(loading))
		return -1;
	loading->current = bpf_map__fd(bpf->maps.current);
	for (i = 0; i < PARTS; i++)
		loading->sets[i] =
			bpf_object__find_map_fd_by_name(bpf->obj,
							part_names[i]);
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
	attach_no_layers(loading);
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

int loader_load(struct policy *policies, const int *rulesets, size_t count,
		const struct kernel *kernel)
{
	struct loading loading = {
		.policies = policies,
		.rulesets = rulesets,
		.count = count,
		.map_type = kernel->map_type,
	};
	int err;

	if (pins_lock())
		return -1;
	memset(loading.parts, -1, sizeof(loading.parts));
	loading.bpf = execlock_bpf__open();
	if (!loading.bpf)
		return p_err("cannot prepare the BPF programs: %s",
			     strerror(errno));
	/* The process ends soon, and with it what is open. */
	err = load(&loading);
	free(loading.found);
	close_all(loading.parts, PARTS);
	execlock_bpf__destroy(loading.bpf);
	return err;
}
