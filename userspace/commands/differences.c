// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - In what is in force, the differences from the system's file
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup_list.h"
#include "differences.h"
#include "loaded.h"
#include "message.h"
#include "nnp_list.h"
#include "policy_files.h"
#include "sanitize.h"
#include "system_file.h"
#include "userns_caps.h"
#include "userns_default.h"

static void add(json_t *list, const char *fmt, ...) __printf(2, 3);

static void add(json_t *list, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		json_array_append_new(list, json_string(text));
	free(text);
}

/* Whether an array has this string, itself or as a member of its objects. */
static bool has(const json_t *array, const char *member, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		const char *const other =
			json_string_value(member ? json_object_get(item, member) :
						   item);

		if (other && strcmp(other, text) == 0)
			return true;
	}
	return false;
}

/*
 * New privileges
 */

static void compare_exempt(json_t *list, const json_t *in_force,
			   const json_t *wanted)
{
	const json_t *item;
	size_t i;

	json_array_foreach(in_force, i, item) {
		const char *const cgroup =
			json_string_value(json_object_get(item, "cgroup"));

		if (cgroup && !has(wanted, NULL, cgroup))
			add(list, "cgroup %s is exempt from no_new_privs",
			    cgroup);
	}
	json_array_foreach(wanted, i, item)
		if (!has(in_force, "cgroup", json_string_value(item)))
			add(list, "cgroup %s is not exempt from no_new_privs",
			    json_string_value(item));
}

static int compare_nnp(json_t *list, const struct system_file *system)
{
	json_t *const nnp = nnp_list_describe();
	const bool on = json_is_true(json_object_get(nnp, "on"));

	if (!nnp)
		return -1;
	if (on != system->no_new_privs)
		add(list, on ? "new privileges are denied" :
			       "new privileges are not denied");
	else if (on)
		compare_exempt(list, json_object_get(nnp, "cgroups"),
			       system->exempt);
	json_decref(nnp);
	return 0;
}

/*
 * Policies
 */

static int compare_cgroups(json_t *list)
{
	json_t *const cgroups = cgroup_list_describe();
	const json_t *item;
	size_t i;

	if (!cgroups)
		return -1;
	/* Those of the file are in the set. */
	json_array_foreach(cgroups, i, item) {
		const char *const cgroup =
			json_string_value(json_object_get(item, "cgroup"));

		if (cgroup)
			add(list, "cgroup %s has policy \"%s\"", cgroup,
			    json_string_value(json_object_get(item, "policy")));
	}
	json_decref(cgroups);
	return 0;
}

static int compare_default(json_t *list, const struct policy *wanted)
{
	__u64 lost;
	int on;

	on = userns_default_read(&lost);
	if (on < 0)
		return -1;
	if (on && !wanted)
		add(list, "user namespaces have a default");
	else if (!on && wanted)
		add(list, "user namespaces have no default");
	else if (on && lost != ~wanted->userns_caps.program)
		add(list, "the default of user namespaces has other capabilities");
	return 0;
}

/* Compares a policy that the file becomes with those that are loaded. */
static int compare_policy(json_t *list, const struct policy *wanted,
			  const json_t *names)
{
	if (wanted->is_default)
		return compare_default(list, wanted);
	if (!has(names, NULL, wanted->name))
		add(list, "policy \"%s\" is not in force", wanted->name);
	return 0;
}

/* Returns the names of the policies that are loaded, or NULL. */
static json_t *loaded_names(void)
{
	struct execlock_policy policy;
	json_t *const names = json_array();
	struct loaded set;
	int found;
	__u32 i;

	found = loaded_open(&set);
	for (i = 0; found > 0 && i < set.header.policies; i++) {
		if (loaded_policy(&set, i, &policy))
			break;
		json_array_append_new(names, json_string(policy.name));
	}
	if (found > 0)
		loaded_close(&set);
	if (found >= 0)
		return names;
	json_decref(names);
	return NULL;
}

static int compare_policies(json_t *list, const struct system_file *system,
			    unsigned int parts)
{
	json_t *const names = loaded_names();
	bool has_default = false;
	size_t i;
	int err = names ? 0 : -1;

	for (i = 0; !err && i < system_file_count(system); i++) {
		const bool of_cgroup = system_file_is_cgroup(system, i);
		struct policy policy;
		bool bad;

		if (!(parts & (of_cgroup ? DIFFERENCES_CGROUPS :
					   DIFFERENCES_USERNS)))
			continue;
		/* With it come the exemptions from it. */
		has_default |= !of_cgroup;
		p_mute(true);
		bad = system_file_policy(system, i, &policy,
					 files_for_others());
		p_mute(false);
		if (bad)
			add(list, of_cgroup ?
			    "a policy of a cgroup has an error, which \"execlock check\" shows" :
			    "\"userNamespaces\" has an error, which \"execlock check\" shows");
		else
			err = compare_policy(list, &policy, names);
		policy_free(&policy);
	}
	if (!err && !has_default && parts & DIFFERENCES_USERNS)
		err = compare_default(list, NULL);
	json_decref(names);
	return err;
}

static int compare(json_t *list, const struct system_file *system,
		   unsigned int parts)
{
	if (parts & DIFFERENCES_NNP && compare_nnp(list, system))
		return -1;
	if (parts & DIFFERENCES_CGROUPS && compare_cgroups(list))
		return -1;
	if (parts & (DIFFERENCES_CGROUPS | DIFFERENCES_USERNS))
		return compare_policies(list, system, parts);
	return 0;
}

json_t *differences_find(unsigned int parts)
{
	const char *const file = files_system(NULL, 0);
	struct system_file system = {};
	json_t *list = json_array();
	int err;

	if (!file)
		return list;
	/* "check" has the place of a mistake, and the reason. */
	p_mute(true);
	err = system_file_read(&system, file, files_for_others());
	p_mute(false);
	if (err) {
		add(list, "the file has an error, which \"execlock check\" shows");
	} else if (compare(list, &system, parts)) {
		json_decref(list);
		list = NULL;
	}
	system_file_free(&system);
	return list;
}

void differences_print(json_t *list)
{
	const json_t *text;
	size_t i;

	json_array_foreach(list, i, text) {
		char *const copy = strdup(json_string_value(text));

		if (!copy)
			break;
		/* Names of cgroups are in it. */
		sanitize_defuse(copy);
		printf("in force differs from " SYSTEM_FILE ": %s\n", copy);
		free(copy);
	}
	json_decref(list);
}
