// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which rules are for names in directories, for people and programs
 */

#include <stdbool.h>
#include <stdio.h>

#include "message.h"
#include "places.h"
#include "sanitize.h"

/* So many names of a policy that no file has are said. */
#define MAX_MISSING 20

static bool is_missing(const struct path_rule *rule)
{
	return rule->has_place && rule->missing;
}

static json_t *describe(const struct policy *policy,
			const struct path_rule *rule)
{
	return json_pack("{s:s, s:s, s:b, s:b}", "policy", policy->name,
			 "path", rule->path, "file", rule->has_file, "missing",
			 rule->missing);
}

json_t *places_list(const struct policy *policies, size_t count)
{
	json_t *const list = json_array();
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < policies[i].config.num_paths; j++) {
			const struct path_rule *const rule =
				&policies[i].config.paths[j];

			if (rule->has_place)
				json_array_append_new(list,
						      describe(&policies[i],
							       rule));
		}
	return list;
}

static void print_missing(const struct policy *policy)
{
	const struct config *const config = &policy->config;
	size_t i, said = 0;

	for (i = 0; i < config->num_paths; i++) {
		if (!is_missing(&config->paths[i]) || ++said > MAX_MISSING)
			continue;
		sanitize_print(config->paths[i].path);
		printf(" of policy %s does not exist now: the rule is for the name\n",
		       policy->name);
	}
	if (said > MAX_MISSING)
		printf("%zu more paths of policy %s do not exist now: the rules are for the names\n",
		       said - MAX_MISSING, policy->name);
}

void places_print(const struct policy *policies, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		print_missing(&policies[i]);
}

static const char *what_for(const struct path_rule *rule)
{
	if (rule->has_file)
		return rule->has_place ? "the file and the name" : "the file";
	return rule->has_place ? "the name" : "nothing";
}

void places_print_rules(const struct policy *policies, size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < policies[i].config.num_paths; j++) {
			const struct path_rule *const rule =
				&policies[i].config.paths[j];

			printf("rule of policy %s for ", policies[i].name);
			sanitize_print(rule->path);
			printf(": %s\n", what_for(rule));
		}
}

void places_note(const struct policy *policy)
{
	const struct config *const config = &policy->config;
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		if (is_missing(&config->paths[i]))
			p_note("%s does not exist now: the rule is for the name",
			       config->paths[i].path);
}
