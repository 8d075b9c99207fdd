// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The names of policies, by the numbers that the kernel has
 */

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/cgroup.h"
#include "loaded.h"
#include "pins.h"
#include "policy_names.h"
#include "util.h"

/*
 * All policies that were seen, because a policy that is gone may be asked for.
 * The policies of cgroups have no ID.
 */
static struct known {
	struct known *next;
	__u64 ruleset;
	__u32 policy;
	char name[EXECLOCK_NAME_SIZE];
} *all_known;

static void cache_name(__u64 ruleset, __u32 policy, const char *name)
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

static void cache_set(const struct loaded *loaded)
{
	struct execlock_ruleset ruleset;
	struct execlock_policy policy;
	__u32 i;

	for (i = 0; i < EXECLOCK_POLICIES; i++) {
		if (bpf_map_lookup_elem(loaded->policies, &i, &policy))
			return;
		loaded_ruleset(loaded, &policy, &ruleset);
		cache_name(execlock_layer_id(&ruleset), policy.id,
			   policy.name);
	}
}

/*
 * Looks at the policies of cgroups, and at the former ones.  They come and go
 * meanwhile, so nothing that is not there is an error.
 */
static void cache_cgroups(void)
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
				cache_name(policy.slots[i].id, 0,
					   policy.slots[i].name);
	}
	close(map);
}

static void cache_all(void)
{
	loaded_for_each(cache_set);
	cache_cgroups();
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
 * A ruleset is there before a domain is made of it.  Programs that make their
 * own must not have the sets searched again and again.
 */
static bool is_foreign(__u64 ruleset)
{
	static __u64 foreign[64];
	static size_t next;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(foreign); i++)
		if (foreign[i] == ruleset)
			return true;
	cache_all();
	if (find(ruleset, 0))
		return false;
	foreign[next++ % ARRAY_SIZE(foreign)] = ruleset;
	return true;
}

const char *policy_names_of_ruleset(__u64 ruleset, bool *of_cgroup)
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

const char *policy_names_of_policy(__u32 id)
{
	const struct known *known = find(0, id);
	static time_t last;
	const time_t now = time(NULL);

	/* It may come back, but not all the time. */
	if (!known && last != now) {
		last = now;
		cache_all();
		known = find(0, id);
	}
	return known ? known->name : NULL;
}
