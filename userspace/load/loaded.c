// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The policy sets that are loaded
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/cgroup.h"
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

/* Whether a map of sets has the places that this build knows. */
static bool has_places(int sets)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return !bpf_map_get_info_by_fd(sets, &info, &size) &&
	       info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS &&
	       info.max_entries == EXECLOCK_PLACES;
}

/* Opens the map of a set, which is to have keys and values of these sizes. */
static int open_part(const struct attached *set, const char *name,
		     __u32 generation, __u32 key_size, __u32 value_size)
{
	const int outer = attached_map(set, name);
	int fd;

	if (!has_places(outer))
		return loaded_foreign();
	fd = loaded_inner(outer, execlock_place(generation));
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
 * As the BPF programs do: the maps that were found in the place of a set are its
 * own, and so are the places of its rulesets, if its header is still there.
 */
static bool found_in(int headers, const struct execlock_header *expected)
{
	struct execlock_header header;

	return loaded_header_at(headers, execlock_place(expected->generation),
				&header) > 0 &&
	       !memcmp(&header, expected, sizeof(header));
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
	if (!found_in(loaded->headers, &loaded->header))
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
	if (!found_in(loaded->headers, &loaded->header))
		memset(ruleset, 0, sizeof(*ruleset));
}

/*
 * Whatever was seen of policies; what is not known any more may be asked for.
 * The policies of cgroups have no ID.
 */
static struct known {
	struct known *next;
	__u64 ruleset;
	__u32 policy;
	char name[EXECLOCK_NAME_SIZE];
} *all_known;

static void learn_one(__u64 ruleset, __u32 policy, const char *name)
{
	struct known *known;

	for (known = all_known; known; known = known->next)
		if (known->ruleset == ruleset && known->policy == policy)
			return;
	known = calloc(1, sizeof(*known));
	if (!known)
		return;
	known->ruleset = ruleset;
	known->policy = policy;
	memcpy(known->name, name, sizeof(known->name) - 1);
	known->next = all_known;
	all_known = known;
}

static void learn_set(const struct loaded *loaded)
{
	struct execlock_ruleset ruleset;
	struct execlock_policy policy;
	__u32 i;

	for (i = 0; i < EXECLOCK_POLICIES; i++) {
		if (bpf_map_lookup_elem(loaded->policies, &i, &policy))
			return;
		loaded_ruleset(loaded, &policy, &ruleset);
		learn_one(ruleset.id, policy.id, policy.name);
	}
}

/*
 * Looks at the policies of cgroups, and at the former ones.  They come and go
 * meanwhile, so nothing that is not there is an error.
 */
static void learn_cgroups(void)
{
	const int map = pins_try(&pins_cgroups, "cgroups");
	__u64 number, *previous = NULL;
	struct cgroup_policy policy;
	size_t i;

	if (map < 0)
		return;
	while (pins_fits(map, sizeof(number), sizeof(policy)) &&
	       !bpf_map_get_next_key(map, previous, &number)) {
		previous = &number;
		if (bpf_map_lookup_elem(map, &number, &policy))
			continue;
		for (i = 0; i < ARRAY_SIZE(policy.slots); i++)
			if (policy.slots[i].id)
				learn_one(policy.slots[i].id, 0,
					  policy.slots[i].name);
	}
	close(map);
}

static void learn_place(struct loaded *loaded, int policy_sets, __u32 place)
{
	if (loaded_header_at(loaded->headers, place, &loaded->header) <= 0)
		return;
	loaded->policies = loaded_inner(policy_sets, place);
	if (loaded->policies >= 0 &&
	    found_in(loaded->headers, &loaded->header) &&
	    pins_fits(loaded->policies, sizeof(__u32),
		      sizeof(struct execlock_policy)))
		learn_set(loaded);
	if (loaded->policies >= 0)
		close(loaded->policies);
}

/* Looks at all sets that are kept, which come and go as well. */
static void learn_sets(void)
{
	const int policy_sets = pins_try(&pins_policies, "policy_sets");
	struct loaded loaded = {
		.matches = -1,
		.policies = -1,
		.headers = pins_try(&pins_policies, "header_sets"),
		.rulesets = pins_try(&pins_policies, "rulesets"),
	};
	__u32 place;

	if (loaded.headers >= 0 && has_places(loaded.headers) &&
	    pins_fits(loaded.rulesets, sizeof(__u32),
		      sizeof(struct execlock_ruleset)))
		for (place = 0; place < EXECLOCK_PLACES; place++)
			learn_place(&loaded, policy_sets, place);
	loaded.policies = policy_sets;
	loaded_close(&loaded);
}

static void learn_all(void)
{
	learn_sets();
	learn_cgroups();
}

static const struct known *find(__u64 ruleset, __u32 policy)
{
	const struct known *known;

	for (known = all_known; known; known = known->next)
		if ((ruleset && known->ruleset == ruleset) ||
		    (policy && known->policy == policy))
			return known;
	return NULL;
}

/*
 * A ruleset is there before what is made of it.  Programs that make their own
 * must not let us look again and again.
 */
static bool is_foreign(__u64 ruleset)
{
	static __u64 foreign[64];
	static size_t next;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(foreign); i++)
		if (foreign[i] == ruleset)
			return true;
	learn_all();
	if (find(ruleset, 0))
		return false;
	foreign[next++ % ARRAY_SIZE(foreign)] = ruleset;
	return true;
}

const char *loaded_name_of_ruleset(__u64 ruleset, bool *of_cgroup)
{
	const struct known *known = ruleset ? find(ruleset, 0) : NULL;

	*of_cgroup = false;
	if (!known && ruleset && !is_foreign(ruleset))
		known = find(ruleset, 0);
	if (!known)
		return NULL;
	*of_cgroup = !known->policy;
	return known->name;
}

const char *loaded_name_of_policy(__u32 id)
{
	const struct known *known = find(0, id);
	static time_t last;
	const time_t now = time(NULL);

	/* It may come back, but not all the time. */
	if (!known && last != now) {
		last = now;
		learn_all();
		known = find(0, id);
	}
	return known ? known->name : NULL;
}
