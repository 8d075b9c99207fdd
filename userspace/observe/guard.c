// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Denials by the guard of the policies
 */

#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "latest.h"
#include "pins.h"

static const char *const kinds[GUARD_KINDS] = {
	[GUARD_MAP] = "map",
	[GUARD_PROGRAM] = "program",
	[GUARD_LINK] = "link",
	[GUARD_LOAD] = "load",
	[GUARD_PIN] = "pin",
	[GUARD_MOUNT] = "mount",
	[GUARD_PROTOCOL] = "protocol",
};

const char *guard_kind(__u32 kind)
{
	return kind < GUARD_KINDS ? kinds[kind] : "unknown";
}

void guard_counts(struct guard_counts *counts)
{
	const int map = pins_try(&pins_policies, "guard_counts");
	const __u32 zero = 0;

	memset(counts, 0, sizeof(*counts));
	if (map < 0)
		return;
	if (pins_fits(map, sizeof(zero), sizeof(*counts)))
		bpf_map_lookup_elem(map, &zero, counts);
	close(map);
}

size_t guard_latest(__u64 *since, struct guard_denial denials[GUARD_DENIALS])
{
	static const struct latest latest = {
		.map = "guard_denials",
		.size = sizeof(*denials),
		.slots = GUARD_DENIALS,
	};
	struct guard_counts counts;

	guard_counts(&counts);
	return latest_read(&latest, counts.number, since, denials);
}

json_t *guard_describe(const struct guard_counts *counts)
{
	const json_int_t permissive = counts->permissive;
	json_t *const object = json_pack("{s:I, s:I}", "denied",
					 (json_int_t)counts->number -
					 permissive, "wouldDeny", permissive);
	size_t i;

	for (i = 0; i < GUARD_KINDS; i++)
		json_object_set_new(object, kinds[i],
				    json_integer(counts->kinds[i]));
	return object;
}
