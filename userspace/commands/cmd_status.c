// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock status - Show the policies in force and what they did
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "guard.h"
#include "loaded.h"
#include "message.h"
#include "pins.h"
#include "policy.h"
#include "userns_caps.h"
#include "userns_events.h"

static const struct argp status_argp = {
	.children = common_options,
	.doc =
"Show the policies in force, in their order: in how many execs each was enforced\n"
"(HITS) and could not be applied (ERRORS) since it was loaded, its ruleset as\n"
"in trace events, and what it depends on.  Below, how often a process under a\n"
"policy was kept from touching what execlock loaded.\n"
"\vExit status: 0 shown, also if no policy is in force; 1 an operation\n"
"failed; 2 wrong command line.\n",
};

/* The conditions that a policy has. */
static json_t *describe_conditions(const struct loaded *set, __u32 index)
{
	json_t *const list = json_array();
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!(set->header.lacking[i].word[index / 64] &
		      1ULL << index % 64))
			json_array_append_new(list,
					      json_string(policy_condition_name(i)));
	return list;
}

static json_t *describe_nnp(enum execlock_nnp nnp)
{
	return nnp == EXECLOCK_NNP_AUTO ?
	       json_string("auto") : json_boolean(nnp == EXECLOCK_NNP_ALWAYS);
}

/* What a policy says of capabilities in user namespaces, null if nothing. */
static json_t *describe_userns(const struct execlock_policy *policy)
{
	if (!policy->bounds_userns)
		return json_null();
	return json_pack("{s:o, s:o}",
			 "program", userns_caps_describe(~policy->userns_lost),
			 "executes",
			 userns_caps_describe(~policy->userns_lost_executed));
}

static json_t *describe(const struct loaded *set, __u32 index)
{
	struct execlock_ruleset ruleset;
	struct execlock_policy policy;

	if (loaded_policy(set, index, &policy))
		return NULL;
	/* An empty slot shows as ruleset 0. */
	loaded_ruleset(set, &policy, &ruleset);
	return json_pack("{s:s, s:I, s:I, s:I, s:o, s:s, s:o, s:b, s:b, s:o, s:{s:I, s:i}}",
			 "name", policy.name,
			 "hits", (json_int_t)policy.hits,
			 "errors", (json_int_t)policy.errors,
			 "leftOut", (json_int_t)policy.left_out,
			 "match", policy.is_default ? json_pack("[s]", "default") :
				  describe_conditions(set, index),
			 "onError", policy.on_error == EXECLOCK_ALLOW ?
				    "allow" : "deny",
			 "noNewPrivs", describe_nnp(policy.no_new_privs),
			 "execNoNewPrivs", policy.exec_no_new_privs,
			 "managesPolicies", policy.manages_policies,
			 "userNamespaceCapabilities", describe_userns(&policy),
			 "ruleset",
			 "id", (json_int_t)ruleset.id,
			 "rules", (int)ruleset.num_rules);
}

static json_t *describe_all(const struct loaded *set)
{
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < set->header.policies; i++)
		if (json_array_append_new(list, describe(set, i))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static void print_conditions(const json_t *list)
{
	const json_t *condition;
	size_t i;

	json_array_foreach(list, i, condition)
		printf("%s%s", i ? "," : "", json_string_value(condition));
	putchar('\n');
}

/* What a policy in force does not do, because it was not there. */
static void print_left_out(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const json_int_t left_out =
			json_integer_value(json_object_get(entry, "leftOut"));

		if (left_out)
			printf("policy \"%s\" is in force without %lld paths or values that were missing when it was loaded: \"execlock check\" shows which still are\n",
			       json_string_value(json_object_get(entry, "name")),
			       left_out);
	}
}

static void print_userns(const json_t *list)
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

static void print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %10s %10s  %-16s %5s  %s\n", "POLICY", "HITS", "ERRORS",
	       "RULESET", "RULES", "MATCH");
	json_array_foreach(list, i, entry) {
		const json_t *const ruleset = json_object_get(entry, "ruleset");

		printf("%-24s %10lld %10lld  %-16llx %5lld  ",
		       json_string_value(json_object_get(entry, "name")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")),
		       json_integer_value(json_object_get(ruleset, "id")),
		       json_integer_value(json_object_get(ruleset, "rules")));
		print_conditions(json_object_get(entry, "match"));
	}
	print_userns(list);
	print_left_out(list);
}

/* What those under the policies were kept from. */
static void print_guard(const struct guard_counts *counts)
{
	__u32 i;

	if (!counts->number)
		return;
	printf("\n%llu attempts to touch what execlock loaded were denied:",
	       counts->number);
	for (i = 0; i < GUARD_KINDS; i++)
		if (counts->kinds[i])
			printf(" %s %llu", guard_kind(i), counts->kinds[i]);
	putchar('\n');
}

/* The default has no execs, but user namespaces that it was applied to. */
static void count_default(json_t *list, const struct userns_counts *counts)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const json_t *const match = json_object_get(entry, "match");
		const char *const name =
			json_string_value(json_array_get(match, 0));

		if (name && strcmp(name, "default") == 0)
			json_object_set_new(entry, "hits",
					    json_integer(counts->created));
	}
}

/* What the default did, if there is one or was one. */
static void print_userns_counts(const struct userns_counts *counts)
{
	__u32 i;

	if (!counts->created && !counts->number)
		return;
	printf("\n%llu user namespaces were created under the default:",
	       counts->created);
	for (i = 0; i < USERNS_KINDS; i++)
		if (counts->kinds[i])
			printf(" %s %llu", userns_kind(i), counts->kinds[i]);
	putchar('\n');
}

static int show_none(void)
{
	const struct userns_counts no_userns = {};
	const struct guard_counts nothing = {};

	if (json_output)
		p_json(json_pack("{s:i, s:[], s:o, s:o}", "generation", 0,
				 "policies", "guard",
				 guard_describe(&nothing), "userNamespaces",
				 userns_describe_counts(&no_userns)));
	else
		puts("no policy is in force");
	return STATUS_OK;
}

int cmd_status(int argc, char **argv)
{
	struct userns_counts userns;
	struct guard_counts counts;
	struct loaded set;
	json_t *list;
	int found;

	argp_parse(&status_argp, argc, argv, 0, NULL, NULL);
	/* No lock is needed: once open, a set does not change. */
	found = loaded_open(&set);
	if (found < 0)
		return STATUS_FAILED;
	if (!found)
		return show_none();
	list = describe_all(&set);
	loaded_close(&set);
	if (!list)
		return STATUS_FAILED;
	userns_read_counts(&userns);
	count_default(list, &userns);
	if (pins_several(&pins_policies))
		p_warn("policies that were loaded before are in force beside these: \"execlock load\" ends them");
	guard_counts(&counts);
	if (json_output)
		return p_json(json_pack("{s:I, s:o, s:o, s:o}", "generation",
					(json_int_t)set.generation, "policies",
					list, "guard",
					guard_describe(&counts),
					"userNamespaces",
					userns_describe_counts(&userns))) ?
		       STATUS_FAILED : STATUS_OK;
	print(list);
	print_guard(&counts);
	print_userns_counts(&userns);
	json_decref(list);
	return STATUS_OK;
}
