// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The latest entries that BPF programs keep in an array
 */

#include <bpf/bpf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "latest.h"
#include "pins.h"

static bool has_number(const void *entry, __u64 number)
{
	return memcmp(entry, &number, sizeof(number)) == 0;
}

/* Returns false if an entry is incomplete, or was replaced by a later one. */
static bool read_entry(const struct latest *latest, int map, __u64 number,
		       void *entry)
{
	const __u32 slot = number % latest->slots;
	char again[latest->size];

	return !bpf_map_lookup_elem(map, &slot, entry) &&
	       has_number(entry, number) &&
	       !bpf_map_lookup_elem(map, &slot, again) &&
	       has_number(again, number);
}

size_t latest_read(const struct latest *latest, __u64 number, __u64 *since,
		   void *entries)
{
	size_t count = 0;
	__u64 next;
	int map;

	/* A new set of programs was loaded, which begins to count at zero. */
	if (number < *since)
		*since = 0;
	if (number == *since)
		return 0;
	map = pins_try(&pins_policies, latest->map);
	if (map < 0)
		return 0;
	next = number - *since > latest->slots ? number - latest->slots :
						 *since;
	if (pins_fits(map, sizeof(__u32), latest->size))
		while (next++ < number)
			if (read_entry(latest, map, next, (char *)entries +
				       count * latest->size))
				count++;
	close(map);
	*since = number;
	return count;
}
