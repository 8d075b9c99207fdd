// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What the default bound on capabilities in user namespaces did
 */

#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "latest.h"
#include "pins.h"
#include "userns_events.h"

static const char *const kinds[USERNS_KINDS] = {
	[USERNS_DROPPED] = "dropped",
	[USERNS_DENIED] = "denied",
	[USERNS_TRACE] = "traceDenied",
	[USERNS_ENVIRONMENT] = "environment",
	[USERNS_UNSAFE] = "unsafe",
};

const char *userns_kind(__u32 kind)
{
	return kind < USERNS_KINDS ? kinds[kind] : "unknown";
}

void userns_read_counts(struct userns_counts *counts)
{
	const int map = pins_try(&pins_policies, "userns_counts");
	const __u32 zero = 0;

	memset(counts, 0, sizeof(*counts));
	if (map < 0)
		return;
	if (pins_fits(map, sizeof(zero), sizeof(*counts)))
		bpf_map_lookup_elem(map, &zero, counts);
	close(map);
}

size_t userns_latest(__u64 *since, struct userns_event events[USERNS_EVENTS])
{
	static const struct latest latest = {
		.map = "userns_events",
		.size = sizeof(*events),
		.slots = USERNS_EVENTS,
	};
	struct userns_counts counts;

	userns_read_counts(&counts);
	return latest_read(&latest, counts.number, since, events);
}

json_t *userns_describe_counts(const struct userns_counts *counts)
{
	json_t *const object = json_pack("{s:I}", "created",
					 (json_int_t)counts->created);
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++)
		json_object_set_new(object, kinds[i],
				    json_integer(counts->kinds[i]));
	return object;
}
