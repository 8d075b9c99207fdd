// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put a policy set in force
 *
 * The BPF programs and the maps that they know are loaded once.  These maps
 * hold maps, by the slot of their generation.  A new set is prepared in maps
 * that nobody looks at yet, and put in force by making its header the current
 * one.  Only rulesets are in one map for all sets, so that sets can share them.
 *
 * Former sets are kept for a while, because an exec stays with the set that it
 * began with, and nothing tells when the last such exec is over.
 */

#include <bpf/bpf.h>
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
#include "kallsyms.h"
#include "landlock_abi.h"
#include "loaded.h"
#include "loader.h"
#include "lock.h"
#include "memory.h"
#include "message.h"
#include "pins.h"
#include "set_maps.h"
#include "slots.h"
#include "takeover.h"
#include "userns_default.h"
#include "would_deny.h"

/*
 * Name of the policies of the current set that are there for people to look at,
 * for example with bpftool.  Nothing depends on it.
 */
#define SHOWN "policies"

/* A policy set on its way to be in force. */
struct loader {
	struct execlock_bpf *bpf;
	const struct features *kernel;
	/* Whether the programs are attached already, and only the set changes. */
	bool attached;
	/* Those of the set in force; closed when the process ends. */
	struct attached programs;
	/* The maps of sets. */
	int current;
	int sets[SET_PARTS];
	/* Those of the rulesets of all sets that are kept, and of the new one. */
	struct slots slots;
	/* The policies that are in force until then. */
	struct execlock_policy *former;
	size_t num_former;
	/* Whether their rulesets are those that the slots have. */
	bool settled;
	/* Those of them that the new set has, too. */
	const struct carry_rule *rule;
	struct carried carried;
	/* The new set, and the slots of its new policies' rulesets. */
	struct set_maps new;
	__u32 taken[EXECLOCK_POLICIES];
};

static const __u32 zero;

/* The former policy of this name, or NULL. */
static const struct execlock_policy *find_former(const struct loader *loader,
						 const struct policy *policy)
{
	const __u32 id = policy_id(policy);
	size_t i;

	for (i = 0; i < loader->num_former; i++)
		if (loader->former[i].id == id)
			return &loader->former[i];
	return NULL;
}

/* Whether the slot of the former policy has the ruleset of this one. */
static bool is_unchanged(const struct loader *loader,
			 const struct execlock_policy *former,
			 const struct policy *policy)
{
	if (!former->content || former->content != policy->content)
		return false;
	/* Others are permissive or not when they are staged. */
	return !former->live ||
	       (loader->settled &&
		!(former->flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE) ==
		!policy->permissive);
}

/*
 * Finds a slot for the ruleset of a policy.  If the ruleset did not change, or
 * replaces the former one, it is the former slot, so that processes in its
 * domain get no other layer.
 */
int loader_take_ruleset(struct policy *policy, size_t index, int ruleset,
			void *data)
{
	struct loader *const loader = data;
	const struct execlock_policy *const former = find_former(loader, policy);
	const bool live = policy->live && loader->kernel->live;
	__u32 *const slot = &loader->taken[index];

	if (former && former->live == live &&
	    slots_filled(&loader->slots, former->ruleset) &&
	    is_unchanged(loader, former, policy)) {
		*slot = former->ruleset;
		return 0;
	}
	/* Another build may have loaded it before, and put processes under it. */
	if (former || !loader->attached)
		policy->change = POLICY_ADDED;
	return live ? slots_take_live(&loader->slots, policy, ruleset, slot) :
		      slots_take(&loader->slots, policy, ruleset, slot);
}

/* Removes sets that are too old, and the rest of a load that was killed. */
static int prune(const struct loader *loader, __u32 generation)
{
	struct execlock_header header;
	__u32 slot;
	size_t i;
	int found;

	for (slot = 0; slot < EXECLOCK_SLOTS; slot++) {
		found = loaded_header_at(loader->sets[SET_HEADER], slot, &header);
		if (found < 0)
			return found;
		if (found && header.generation <= generation &&
		    generation - header.generation < EXECLOCK_GENERATIONS)
			continue;
		/* The header first, see "header_sets" of the BPF programs. */
		for (i = 0; i < SET_PARTS; i++)
			bpf_map_delete_elem(loader->sets[i], &slot);
	}
	return 0;
}

/*
 * Remembers what the policies of the sets that are kept have: those of the one
 * in force, and the slots of all their rulesets.
 */
static int read_set(struct loader *loader, __u32 generation, __u32 slot)
{
	const int policies = loaded_inner(loader->sets[SET_POLICIES], slot);
	struct execlock_header header;
	struct execlock_policy policy;
	__u32 i;
	int found;

	found = loaded_header_at(loader->sets[SET_HEADER], slot, &header);
	if (found > 0 && policies < 0)
		found = p_err("cannot read the BPF map \"%s\" of the policies: %s",
			      set_part_names[SET_POLICIES], strerror(errno));
	if (header.generation == generation)
		loader->settled = header.settled;
	for (i = 0; found > 0 && i < header.policies; i++) {
		if (bpf_map_lookup_elem(policies, &i, &policy))
			break;
		if (policy.ruleset < EXECLOCK_RULESETS)
			loader->slots.used[policy.ruleset] = true;
		if (header.generation == generation &&
		    loader->num_former < EXECLOCK_POLICIES)
			loader->former[loader->num_former++] = policy;
	}
	if (policies >= 0)
		close(policies);
	return found < 0 ? found : 0;
}

/*
 * Finds the rulesets that sets have, and removes the others.  An exec inside the
 * programs of another build may be about to use any of them.
 */
static int prune_rulesets(struct loader *loader, __u32 generation,
			  enum pins_state state)
{
	__u32 slot;
	int err = 0;

	loader->former = calloc(EXECLOCK_POLICIES, sizeof(*loader->former));
	if (!loader->former)
		return p_err("out of memory");
	for (slot = 0; !err && slot < EXECLOCK_SLOTS; slot++)
		err = read_set(loader, generation, slot);
	if (err)
		return err;
	if (state == PINS_STUCK)
		slots_find_used(&loader->slots);
	else
		slots_prune(&loader->slots);
	return 0;
}

/* Pins the policies to be looked at beside those of the former set. */
static int pin_shown(const struct loader *loader, const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" SHOWN "-new", dir);
	/* A load that was killed may have left one. */
	unlink(path);
	if (bpf_obj_pin(loader->new.fds[SET_POLICIES], path))
		return p_err("cannot pin %s: %s", path, strerror(errno));
	return 0;
}

/* Shows them in place of the former ones, now that the set is in force. */
static void show(const char *dir)
{
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s/" SHOWN "-new", dir);
	snprintf(to, sizeof(to), "%s/" SHOWN, dir);
	rename(from, to);
}

/* Puts the new set in force; its programs are pinned in @dir. */
static int publish(const struct loader *loader, const char *dir)
{
	const __u32 slot = execlock_slot(loader->new.header.generation);
	size_t i;

	if (pin_shown(loader, dir))
		return -1;
	for (i = 0; i < SET_PARTS; i++)
		if (bpf_map_update_elem(loader->sets[i], &slot,
					&loader->new.fds[i], BPF_ANY))
			return p_err("cannot store a set in the BPF map \"%s\": %s",
				     set_part_names[i], strerror(errno));
	if (bpf_map_update_elem(loader->current, &zero,
				&loader->new.fds[SET_HEADER], BPF_ANY))
		return p_err("cannot put the new set in force: %s",
			     strerror(errno));
	show(dir);
	return 0;
}

static int load_object(const struct loader *loader)
{
	if (!memory_load(loader->bpf->skeleton))
		return 0;
	return features_report_refused("load ...");
}

/* Whether all maps of the set with this header are in its slots. */
static bool is_whole(const struct loader *loader,
		     const struct execlock_header *header)
{
	const __u32 slot = execlock_slot(header->generation);
	struct execlock_header kept;
	size_t i;

	for (i = 0; i < SET_PARTS; i++) {
		const int fd = loaded_inner(loader->sets[i], slot);

		if (fd < 0)
			return false;
		close(fd);
	}
	return loaded_header_at(loader->sets[SET_HEADER], slot, &kept) > 0 &&
	       !memcmp(&kept, header, sizeof(kept));
}

/*
 * Opens the set in force, if this build loaded it and all of it is there.
 * Returns 1 if so.  Without a set, a load or an unload was killed half-way.
 */
static int open_current(struct loader *loader, const struct attached *set,
			__u32 *generation)
{
	struct execlock_header header;
	size_t i;
	int found;

	loader->current = attached_map(set, "current");
	found = loaded_header_at(loader->current, 0, &header);
	if (found <= 0)
		return found;
	if (header.build != loader->new.header.build ||
	    !attached_whole(set, loader->bpf->obj))
		return 0;
	for (i = 0; i < SET_PARTS; i++) {
		loader->sets[i] = attached_map(set, set_part_names[i]);
		if (loader->sets[i] < 0)
			return 0;
	}
	loader->slots.rulesets = attached_map(set, "rulesets");
	loader->slots.live = attached_map(set, "live_slots");
	if (loader->slots.rulesets < 0 || loader->slots.live < 0 ||
	    !is_whole(loader, &header))
		return 0;
	*generation = header.generation;
	return 1;
}

/* The BPF programs are attached already, but for the one that is only run. */
static int begin_reload(struct loader *loader, __u32 generation,
			enum pins_state state)
{
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, loader->bpf->obj)
		bpf_program__set_autoload(program,
					  program ==
					  loader->bpf->progs.identify);
	bpf_object__for_each_map(map, loader->bpf->obj)
		bpf_map__set_autocreate(map, false);
	if (load_object(loader))
		return -1;
	loader->attached = true;
	loader->new.header.generation = generation + 1;
	return prune(loader, generation) ?:
	       prune_rulesets(loader, generation, state) ?:
	       carry_read(&loader->carried, loader->rule);
}

/* The kernel wants to see maps like those that a map of maps will hold. */
static int load_all(const struct loader *loader)
{
	const struct bpf_object *const object = loader->bpf->obj;
	int prototypes[SET_PARTS];
	size_t i;
	int err = 0;

	memset(prototypes, -1, sizeof(prototypes));
	for (i = 0; !err && i < SET_PARTS; i++) {
		struct bpf_map *const map =
			bpf_object__find_map_by_name(object, set_part_names[i]);

		prototypes[i] = set_maps_create(object, i, 1);
		err = prototypes[i] < 0 ||
		      bpf_map__set_inner_map_fd(map, prototypes[i]);
	}
	err = err || bpf_map__set_inner_map_fd(loader->bpf->maps.current,
					       prototypes[SET_HEADER]);
	err = err ? -1 : load_object(loader);
	set_maps_close(prototypes);
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

/* A map that a program does not use is found by it, and lasts as long, too. */
static int bind_live_slots(const struct execlock_bpf *bpf)
{
	if (bpf_prog_bind_map(bpf_program__fd(bpf->progs.confine),
			      bpf_map__fd(bpf->maps.live_slots), NULL))
		return p_err("cannot bind the BPF map \"live_slots\" to a program: %s",
			     strerror(errno));
	return 0;
}

/* Loads the BPF programs, of which none is attached yet. */
static int begin_first(struct loader *loader, const struct verified *set)
{
	struct execlock_bpf *const bpf = loader->bpf;
	size_t i;

	bpf->rodata->landlock_blob_sizes = kallsyms_find("landlock_blob_sizes");
	if (bpf_map__set_type(bpf->maps.rulesets, loader->kernel->map_type) ||
	    takeover_prepare(bpf, set) || load_all(loader))
		return -1;
	loader->current = bpf_map__fd(bpf->maps.current);
	for (i = 0; i < SET_PARTS; i++)
		loader->sets[i] =
			bpf_object__find_map_fd_by_name(bpf->obj,
							set_part_names[i]);
	loader->slots.rulesets = bpf_map__fd(bpf->maps.rulesets);
	loader->slots.live = bpf_map__fd(bpf->maps.live_slots);
	slots_find_used(&loader->slots);
	loader->new.header.generation = 1;
	return bind_live_slots(bpf);
}

__u64 loader_build(void)
{
	size_t size;
	const void *const elf = execlock_bpf__elf_bytes(&size);

	return hash_name(EXECLOCK_HASH_INIT, elf, size);
}

int loader_begin(const struct verified *set,
		 const struct bpf_program **identify, void *data)
{
	struct loader *const loader = data;
	struct attached *const former = &loader->programs;
	__u32 generation;
	int state, current = 0, err;

	if (lock_take())
		return -1;
	loader->bpf = execlock_bpf__open();
	if (!loader->bpf)
		return p_err("cannot prepare the BPF programs: %s",
			     strerror(errno));
	/* It only runs while these programs are loaded. */
	bpf_program__set_autoattach(loader->bpf->progs.take_over, false);
	loader->new.header.build = loader_build();
	state = pins_settle(&pins_policies, former);
	if (state > PINS_NONE)
		current = open_current(loader, former, &generation);
	if (state < 0 || current < 0)
		return -1;
	if (!current && state == PINS_STUCK)
		return p_err("an exec is inside the BPF programs that another build of execlock loaded before: try again when it is over");
	if (!current && state != PINS_NONE && loader->rule->required)
		return loaded_foreign();
	err = current ? begin_reload(loader, generation, state) :
			begin_first(loader, set);
	*identify = loader->bpf->progs.identify;
	return err;
}

/* Puts programs and maps in force, in place of others if there are some. */
static int attach(struct loader *loader)
{
	struct execlock_bpf *const bpf = loader->bpf;

	if (pins_prepare(&pins_policies))
		return -1;
	/* Attached programs do nothing until there is a set. */
	if (pin_maps(bpf) || pins_attach(&pins_policies, bpf->obj) ||
	    takeover_run(bpf) || publish(loader, pins_policies.new_dir) ||
	    pins_commit(&pins_policies)) {
		pins_discard(&pins_policies);
		return -1;
	}
	return 0;
}

/* Finds a map of the programs that confine. */
static int find_map(const char *name, void *data)
{
	const struct loader *const loader = data;

	return loader->attached ?
	       attached_map(&loader->programs, name) :
	       bpf_object__find_map_fd_by_name(loader->bpf->obj, name);
}

static int put_in_force(struct loader *loader)
{
	return loader->attached ? publish(loader, pins_policies.dir) :
				  attach(loader);
}

/* The steps that are likely to fail come before the set is in force. */
static int put_in_force_with_default(struct loader *loader)
{
	struct userns_default *const prepared =
		userns_default_prepare(find_map, loader);
	int err;

	if (!prepared)
		return -1;
	err = put_in_force(loader);
	if (!err)
		err = userns_default_enforce(prepared,
					     loader->new.header.default_lost);
	userns_default_free(prepared);
	return err;
}

/* Finds the permissive policies of the new set, whose maps are there. */
static int find_permissive(const struct loader *loader,
			   struct would_deny *permissive)
{
	struct execlock_ruleset ruleset;
	struct execlock_policy policy;
	__u32 i;

	for (i = 0; i < loader->new.header.policies; i++) {
		if (bpf_map_lookup_elem(loader->new.fds[SET_POLICIES], &i,
					&policy))
			return p_err("cannot read the BPF map \"%s\" of the policies: %s",
				     set_part_names[SET_POLICIES],
				     strerror(errno));
		/* Without tracepoints in the kernel, they have no ID. */
		if (policy.flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE &&
		    !bpf_map_lookup_elem(loader->slots.rulesets,
					 &policy.ruleset, &ruleset) &&
		    execlock_layer_id(&ruleset))
			permissive->rulesets[permissive->count++] =
				execlock_layer_id(&ruleset);
	}
	return 0;
}

/* Makes the maps of the new set. */
static int fill(struct loader *loader, const struct verified *set)
{
	const struct carried *const carried = &loader->carried;
	struct set_plan plan = {
		.set = set,
		.slots = loader->taken,
		.live = loader->kernel->live,
		.carried = carried,
	};

	loader->new.header.settled = !loader->slots.num_changes;

	/* What is loaded comes before what is on trial. */
	if (loader->rule->required)
		plan.first = carried->count;
	else
		plan.first_carried = set->count;
	return carry_check(carried, set->policies, set->count) ?:
	       set_maps_fill(&loader->new, loader->bpf->obj, &plan);
}

static int put_all_in_force(struct loader *loader, const struct verified *set)
{
	if (set->has_default)
		return put_in_force_with_default(loader);
	/* One that is carried over has its programs in force. */
	if (loader->new.header.has_default)
		return put_in_force(loader);
	return pins_check(&pins_userns) || put_in_force(loader) ||
	       userns_default_remove() < 0 ? -1 : 0;
}

int loader_commit(struct loader *loader, const struct verified *set)
{
	struct would_deny permissive = {};

	if (fill(loader, set) || find_permissive(loader, &permissive) ||
	    would_deny_add(&permissive) || put_all_in_force(loader, set) ||
	    would_deny_settle(&permissive))
		return -1;
	/* That of another build. */
	if (!loader->attached)
		pins_drop_former(&pins_policies);
	return 0;
}

int loader_settle(struct loader *loader)
{
	struct execlock_header *const header = &loader->new.header;

	if (header->settled)
		return 0;
	if (slots_change(&loader->slots))
		return -1;
	header->settled = true;
	if (bpf_map_update_elem(loader->new.fds[SET_HEADER], &zero, header,
				BPF_ANY))
		return p_err("cannot write the header of a policy set: %s",
			     strerror(errno));
	return 0;
}

size_t loader_carried(const struct loader *loader)
{
	return loader->carried.count;
}

struct loader *loader_new(const struct features *kernel,
			  const struct carry_rule *rule)
{
	struct loader *const loader = calloc(1, sizeof(*loader));
	size_t i;

	if (!loader) {
		p_err("out of memory");
		return NULL;
	}
	loader->kernel = kernel;
	loader->rule = rule;
	memset(loader->new.fds, -1, sizeof(loader->new.fds));
	for (i = 0; i < EXECLOCK_POLICIES; i++)
		loader->taken[i] = EXECLOCK_NO_RULESET;
	return loader;
}

void loader_free(struct loader *loader)
{
	if (!loader)
		return;
	free(loader->former);
	carry_release(&loader->carried);
	slots_release(&loader->slots);
	set_maps_close(loader->new.fds);
	execlock_bpf__destroy(loader->bpf);
	free(loader);
}
