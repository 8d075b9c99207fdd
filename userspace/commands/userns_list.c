// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock userns list - Show the default of user namespaces and exemptions
 */

#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "differences.h"
#include "loaded.h"
#include "message.h"
#include "userns_caps.h"
#include "userns_default.h"
#include "userns_list.h"

json_t *userns_list_describe(const struct execlock_policy *policy)
{
	if (!policy->bounds_userns)
		return json_null();
	return json_pack("{s:o, s:o}",
			 "program", userns_caps_describe(~policy->userns_lost),
			 "executes",
			 userns_caps_describe(~policy->userns_lost_executed));
}

void userns_list_print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const json_t *const caps =
			json_object_get(entry, "userNamespaceCapabilities");
		const json_t *const program = json_object_get(caps, "program");
		const json_t *const executes = json_object_get(caps, "executes");
		char *text;

		if (!json_is_object(caps))
			continue;
		text = userns_caps_text(program);
		printf("policy \"%s\" has these capabilities in user namespaces: %s",
		       json_string_value(json_object_get(entry, "name")),
		       text ?: "");
		free(text);
		if (!json_equal(program, executes)) {
			text = userns_caps_text(executes);
			printf("; programs that it executes: %s", text ?: "");
			free(text);
		}
		putchar('\n');
	}
}

/* Returns the policies in force that bound them, or NULL. */
static json_t *describe_policies(void)
{
	struct execlock_policy policy;
	json_t *const list = json_array();
	struct loaded set;
	int found, err = 0;
	__u32 i;

	found = loaded_open(&set);
	for (i = 0; found > 0 && !err && i < set.header.policies; i++) {
		err = loaded_policy(&set, i, &policy);
		if (!err && policy.bounds_userns && !policy.is_default)
			json_array_append_new(list,
					      json_pack("{s:s, s:o}", "name",
							policy.name,
							"userNamespaceCapabilities",
							userns_list_describe(&policy)));
	}
	if (found > 0)
		loaded_close(&set);
	if (found >= 0 && !err)
		return list;
	json_decref(list);
	return NULL;
}

/* The default, null if there is none; NULL with the error reported. */
static json_t *describe_default(void)
{
	__u64 lost;
	const int on = userns_default_read(&lost);

	if (on < 0)
		return NULL;
	return on ? userns_caps_describe(~lost) : json_null();
}

static void print(const json_t *by_default, const json_t *policies)
{
	char *text;

	if (json_is_null(by_default)) {
		puts("user namespaces have no default");
	} else {
		text = userns_caps_text(by_default);
		printf("by default, programs have these capabilities in user namespaces: %s\n",
		       text ?: "");
		free(text);
	}
	userns_list_print(policies);
}

int userns_list(const void *arguments)
{
	json_t *const by_default = describe_default();
	json_t *const policies = by_default ? describe_policies() : NULL;
	json_t *const differs = policies ? differences_find(DIFFERENCES_USERNS) :
					   NULL;
	int err = 0;

	if (!differs)
		err = -1;
	else if (json_output)
		err = p_json(json_pack("{s:O, s:O, s:O}", "default", by_default,
				       "policies", policies, "differs",
				       differs));
	else
		print(by_default, policies);
	if (differs && !json_output)
		differences_print(json_incref(differs));
	json_decref(differs);
	json_decref(policies);
	json_decref(by_default);
	return err ? STATUS_FAILED : STATUS_OK;
}
