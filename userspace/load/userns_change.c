// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Change the default of user namespaces beneath loaded policies
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "loaded.h"
#include "loader.h"
#include "lock.h"
#include "message.h"
#include "pins.h"
#include "userns_change.h"
#include "userns_default.h"

static const __u32 zero;

static int find_map(const char *name, void *data)
{
	return attached_map(data, name);
}

/* Refuses policies to which a default cannot be added. */
static int check_header(const struct execlock_header *header)
{
	if (header->build != loader_build())
		return loaded_foreign();
	if (!header->has_default)
		return p_err("the policies in force were loaded without a default of user namespaces, and what they say of programs is not meant for one: declare a default in system.json or in a policy, and load it");
	return 0;
}

/* What an exempt program gets that its caller controls. */
static int store_header(int map, struct execlock_header *header, __u64 lost)
{
	header->default_lost = lost;
	if (bpf_map_update_elem(map, &zero, header, BPF_ANY))
		return p_err("cannot change the header of the policies: %s",
			     strerror(errno));
	return 0;
}

static int enforce(struct attached *set, __u64 lost)
{
	struct userns_default *const prepared =
		userns_default_prepare(find_map, set);
	int err;

	err = prepared ? userns_default_enforce(prepared, lost) : -1;
	userns_default_free(prepared);
	return err;
}

/* Returns the map with the header of the policies in force, or -1. */
static int open_header(const struct attached *set,
		       struct execlock_header *header)
{
	const int map = loaded_inner(attached_map(set, "current"), 0);

	if (map >= 0 && pins_fits(map, sizeof(zero), sizeof(*header)) &&
	    !bpf_map_lookup_elem(map, &zero, header))
		return map;
	if (map >= 0)
		close(map);
	return loaded_foreign();
}

static int set_beneath(struct attached *set, __u64 lost)
{
	struct execlock_header header;
	const int map = open_header(set, &header);
	int err;

	if (map < 0)
		return -1;
	err = check_header(&header) || enforce(set, lost) ||
	      store_header(map, &header, lost);
	close(map);
	return err ? -1 : 0;
}

int userns_change_set(__u64 lost)
{
	struct attached set = {};
	int state, err;

	if (lock_take())
		return -1;
	state = pins_settle(&pins_policies, &set);
	if (state < 0)
		return -1;
	if (state == PINS_NONE)
		err = p_err("no policy is in force, and a default of user namespaces goes with policies: declare one in system.json or in a policy, and load it");
	else
		err = set_beneath(&set, lost);
	attached_close(&set);
	return err;
}

/* Ends the default of policies that are in force. */
static int clear_beneath(const struct attached *set)
{
	struct execlock_header header;
	const int map = open_header(set, &header);
	int removed;

	if (map < 0)
		return -1;
	removed = userns_default_remove();
	if (removed >= 0 && store_header(map, &header, 0))
		removed = -1;
	close(map);
	return removed;
}

int userns_change_clear(void)
{
	struct attached set;
	int found, removed;

	if (lock_take())
		return -1;
	found = pins_find(&pins_policies, &set);
	if (found < 0)
		return -1;
	removed = found && set.in_force ? clear_beneath(&set) :
					  userns_default_remove();
	if (found)
		attached_close(&set);
	return removed;
}
