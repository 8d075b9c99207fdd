// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The policy sets that are loaded
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "loaded.h"
#include "message.h"
#include "pins.h"

static const __u32 zero;

static int fail(const char *map)
{
	return p_err("cannot read the BPF map \"%s\" of the policies: %s", map,
		     strerror(errno));
}

static int fail_header(void)
{
	return p_err("cannot read the header of a policy set: %s",
		     strerror(errno));
}

int loaded_inner(int outer, __u32 index)
{
	__u32 id;

	if (outer < 0 || bpf_map_lookup_elem(outer, &index, &id))
		return -1;
	return bpf_map_get_fd_by_id(id);
}

int loaded_foreign(void)
{
	return p_err("another build of execlock loaded the policies in force: load them again");
}

/* Whether a map of sets has the slots that this build knows. */
static bool has_slots(int sets)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return !bpf_map_get_info_by_fd(sets, &info, &size) &&
	       info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS &&
	       info.max_entries == EXECLOCK_SLOTS;
}

/* Opens the map of a set, which is to have keys and values of these sizes. */
static int open_part(const struct attached *set, const char *name,
		     __u32 generation, __u32 key_size, __u32 value_size)
{
	const int outer = attached_map(set, name);
	int fd;

	if (!has_slots(outer))
		return loaded_foreign();
	fd = loaded_inner(outer, execlock_slot(generation));
	if (fd < 0)
		return fail(name);
	if (pins_fits(fd, key_size, value_size))
		return fd;
	close(fd);
	return loaded_foreign();
}

int loaded_header_at(int headers, __u32 index, struct execlock_header *header)
{
	int fd, err = 0;

	memset(header, 0, sizeof(*header));
	if (!pins_fits(headers, sizeof(index), sizeof(__u32)))
		return 1;
	fd = loaded_inner(headers, index);
	/* It is being unloaded. */
	if (fd < 0)
		return errno == ENOENT ? 0 : fail_header();
	if (pins_fits(fd, sizeof(zero), sizeof(*header)))
		err = bpf_map_lookup_elem(fd, &zero, header);
	if (err)
		fail_header();
	close(fd);
	return err ? -1 : 1;
}

static int read_current(const struct attached *set,
			struct execlock_header *header)
{
	return loaded_header_at(attached_map(set, "current"), 0, header);
}

int loaded_header(struct execlock_header *header)
{
	struct attached set;
	int ret;

	ret = pins_find(&pins_policies, &set);
	if (ret <= 0)
		return ret;
	ret = read_current(&set, header);
	attached_close(&set);
	return ret;
}

/*
 * As the BPF programs do: the maps that were found in the slot of a set are its
 * own, and so are the slots of its rulesets, if its header is still there.
 */
static bool set_is_kept(int headers, const struct execlock_header *expected)
{
	struct execlock_header header;

	return loaded_header_at(headers, execlock_slot(expected->generation),
				&header) > 0 &&
	       header.build == expected->build &&
	       header.generation == expected->generation;
}

/* Opens one of the maps of all sets, which does not end with the others. */
static int open_shared(const struct attached *set, const char *name)
{
	const int fd = fcntl(attached_map(set, name), F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? fail(name) : fd;
}

/* Stops at the first error, which is the one to be reported. */
static int open_parts(const struct attached *set, struct loaded *loaded)
{
	loaded->policies = -1;
	loaded->headers = -1;
	loaded->rulesets = -1;
	loaded->matches = open_part(set, "match_sets", loaded->generation,
				    sizeof(struct execlock_key),
				    sizeof(struct execlock_match));
	if (loaded->matches < 0)
		return -1;
	loaded->policies = open_part(set, "policy_sets", loaded->generation,
				     sizeof(__u32),
				     sizeof(struct execlock_policy));
	if (loaded->policies < 0)
		return -1;
	loaded->headers = open_shared(set, "header_sets");
	if (loaded->headers < 0)
		return -1;
	loaded->rulesets = open_shared(set, "rulesets");
	if (loaded->rulesets < 0)
		return -1;
	if (!pins_fits(loaded->rulesets, sizeof(__u32),
		       sizeof(struct execlock_ruleset)))
		return loaded_foreign();
	if (!set_is_kept(loaded->headers, &loaded->header))
		return p_err("other policies were loaded meanwhile: try again");
	return 0;
}

static int open_set(const struct attached *set, struct loaded *loaded)
{
	int ret;

	ret = read_current(set, &loaded->header);
	if (ret <= 0)
		return ret;
	loaded->generation = loaded->header.generation;
	if (!loaded->generation)
		return loaded_foreign();
	if (!open_parts(set, loaded))
		return 1;
	loaded_close(loaded);
	return -1;
}

int loaded_open(struct loaded *loaded)
{
	struct attached set;
	int ret;

	ret = pins_find(&pins_policies, &set);
	if (ret <= 0)
		return ret;
	ret = open_set(&set, loaded);
	attached_close(&set);
	return ret;
}

void loaded_close(const struct loaded *loaded)
{
	if (loaded->matches >= 0)
		close(loaded->matches);
	if (loaded->policies >= 0)
		close(loaded->policies);
	if (loaded->headers >= 0)
		close(loaded->headers);
	if (loaded->rulesets >= 0)
		close(loaded->rulesets);
}

int loaded_policy(const struct loaded *loaded, __u32 index,
		  struct execlock_policy *policy)
{
	if (bpf_map_lookup_elem(loaded->policies, &index, policy))
		return fail("policy_sets");
	return 0;
}

void loaded_ruleset(const struct loaded *loaded,
		    const struct execlock_policy *policy,
		    struct execlock_ruleset *ruleset)
{
	memset(ruleset, 0, sizeof(*ruleset));
	bpf_map_lookup_elem(loaded->rulesets, &policy->ruleset, ruleset);
	if (!set_is_kept(loaded->headers, &loaded->header))
		memset(ruleset, 0, sizeof(*ruleset));
}

/*
 * Opens the set in a slot, as far as loaded_for_each() needs it.  Sets come and
 * go meanwhile, so a set that is not there is no error.
 */
static void open_slot(struct loaded *loaded, int policy_sets, __u32 slot,
		      void (*call)(const struct loaded *loaded))
{
	if (loaded_header_at(loaded->headers, slot, &loaded->header) <= 0)
		return;
	loaded->policies = loaded_inner(policy_sets, slot);
	if (loaded->policies >= 0 &&
	    set_is_kept(loaded->headers, &loaded->header) &&
	    pins_fits(loaded->policies, sizeof(__u32),
		      sizeof(struct execlock_policy)))
		call(loaded);
	if (loaded->policies >= 0)
		close(loaded->policies);
}

void loaded_for_each(void (*call)(const struct loaded *loaded))
{
	const int policy_sets = pins_try(&pins_policies, "policy_sets");
	struct loaded loaded = {
		.matches = -1,
		.policies = -1,
		.headers = pins_try(&pins_policies, "header_sets"),
		.rulesets = pins_try(&pins_policies, "rulesets"),
	};
	__u32 slot;

	if (loaded.headers >= 0 && has_slots(loaded.headers) &&
	    pins_fits(loaded.rulesets, sizeof(__u32),
		      sizeof(struct execlock_ruleset)))
		for (slot = 0; slot < EXECLOCK_SLOTS; slot++)
			open_slot(&loaded, policy_sets, slot, call);
	loaded.policies = policy_sets;
	loaded_close(&loaded);
}
