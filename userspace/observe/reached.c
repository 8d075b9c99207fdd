// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Processes that a load gave new rules, or left with former ones
 */

#include <stdbool.h>
#include <stdio.h>

#include "loaded.h"
#include "processes.h"
#include "reached.h"

static bool any_changed(const struct policy *policies, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (policies[i].change != POLICY_SAME)
			return true;
	return false;
}

/* Finds a policy in the set in force.  Another load may have replaced the set. */
static bool find(const struct loaded *loaded, __u32 id,
		 struct execlock_policy *policy)
{
	__u32 i;

	for (i = 0; i < loaded->header.policies; i++)
		if (!loaded_policy(loaded, i, policy) && policy->id == id)
			return true;
	return false;
}

static json_t *describe(const struct policy *policy,
			const struct process_counts *counts)
{
	const size_t former = policy->change == POLICY_ADDED ? counts->under :
							       counts->former;

	return json_pack("{s:s, s:I, s:I}", "policy", policy->name,
			 "processes", (json_int_t)(counts->under - former),
			 "formerProcesses", (json_int_t)former);
}

static json_t *list_all(const struct policy *policies, size_t count,
			const struct loaded *loaded)
{
	struct execlock_policy policy;
	struct process_counts counts;
	struct processes processes;
	json_t *list = NULL;
	size_t i;

	if (!processes_read(&processes)) {
		list = json_array();
		for (i = 0; i < count; i++) {
			if (policies[i].change == POLICY_SAME ||
			    !find(loaded, policy_id(&policies[i]), &policy))
				continue;
			counts = processes_count(&processes, loaded, &policy);
			if (!counts.under &&
			    policies[i].change == POLICY_ADDED)
				continue;
			json_array_append_new(list,
					      describe(&policies[i], &counts));
		}
	}
	processes_free(&processes);
	return list;
}

json_t *reached_list(const struct policy *policies, size_t count)
{
	struct loaded loaded;
	json_t *list;
	int found;

	if (!any_changed(policies, count))
		return json_array();
	found = loaded_open(&loaded);
	if (found <= 0)
		return found ? NULL : json_array();
	list = list_all(policies, count, &loaded);
	loaded_close(&loaded);
	return list;
}

static json_int_t number(const json_t *entry, const char *member)
{
	return json_integer_value(json_object_get(entry, member));
}

void reached_print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const char *const name =
			json_string_value(json_object_get(entry, "policy"));
		const json_int_t reached = number(entry, "processes");
		const json_int_t former = number(entry, "formerProcesses");

		if (reached)
			printf("policy \"%s\" has new rules for %lld %s already\n",
			       name, reached, reached == 1 ?
			       "process that runs" : "processes that run");
		if (former)
			printf("policy \"%s\" has new rules, and %lld %s the former ones, until %s restarted\n",
			       name, former, former == 1 ?
			       "process that runs keeps" :
			       "processes that run keep",
			       former == 1 ? "it is" : "they are");
	}
}
