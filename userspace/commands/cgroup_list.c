// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock cgroup list - Show the policies of cgroups
 */

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bpf/cgroup.h"
#include "cgroup_list.h"
#include "cgroup_policies.h"
#include "cgroupfs.h"
#include "cli.h"
#include "differences.h"
#include "message.h"
#include "mode.h"
#include "sanitize.h"

static json_t *describe(__u64 number, const struct cgroup_policy *policy)
{
	const struct cgroup_slot *const slot =
		&policy->slots[policy->version & 1];
	char *const name = cgroupfs_name(number);
	json_t *entry;

	/* A removed cgroup has no name. */
	entry = json_pack("{s:I, s:o?, s:s, s:s, s:I, s:I, s:s}",
			  "id", (json_int_t)number,
			  "cgroup", name ? sanitize_name(name) : NULL,
			  "policy", slot->name,
			  "mode", mode_name(slot->flags, false),
			  "hits", (json_int_t)policy->hits,
			  "errors", (json_int_t)policy->errors,
			  "onError", slot->on_error == EXECLOCK_ALLOW ?
				     "allow" : "deny");
	free(name);
	return entry;
}

static json_t *describe_all(int map)
{
	__u64 number, *previous = NULL;
	struct cgroup_policy policy;
	json_t *const list = json_array();

	while (!bpf_map_get_next_key(map, previous, &number)) {
		if (!bpf_map_lookup_elem(map, &number, &policy))
			json_array_append_new(list, describe(number, &policy));
		previous = &number;
	}
	return list;
}

json_t *cgroup_list_describe(void)
{
	json_t *list;
	int any, map;

	any = cgroup_policies_any();
	if (any < 0)
		return NULL;
	if (!any)
		return json_array();
	map = cgroup_policies_open();
	if (map < 0)
		return NULL;
	list = describe_all(map);
	close(map);
	return list;
}

static void print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %10s %10s  %s\n", "POLICY", "HITS", "ERRORS", "CGROUP");
	json_array_foreach(list, i, entry) {
		const json_t *const cgroup = json_object_get(entry, "cgroup");

		printf("%-24s %10lld %10lld  %s%s\n",
		       json_string_value(json_object_get(entry, "policy")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")),
		       json_is_string(cgroup) ? json_string_value(cgroup) :
						"(removed)",
		       mode_is_permissive(entry) ? " (permissive)" : "");
	}
}

int cgroup_list(const void *arguments)
{
	json_t *const list = cgroup_list_describe();

	json_t *const differs = list ? differences_find(DIFFERENCES_CGROUPS) :
				       NULL;

	if (!differs) {
		json_decref(list);
		return STATUS_FAILED;
	}
	if (json_output)
		return p_json(json_pack("{s:o, s:o}", "cgroups", list,
					"differs", differs)) ?
		       STATUS_FAILED : STATUS_OK;
	if (json_array_size(list))
		print(list);
	else
		puts("no cgroup has a policy");
	differences_print(differs);
	json_decref(list);
	return STATUS_OK;
}
