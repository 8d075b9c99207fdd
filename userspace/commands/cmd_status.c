// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock status - Show the policies in force and what they did
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_list.h"
#include "cli.h"
#include "differences.h"
#include "guard.h"
#include "loaded.h"
#include "message.h"
#include "metrics.h"
#include "mode.h"
#include "nnp_list.h"
#include "pins.h"
#include "policy.h"
#include "processes.h"
#include "userns_events.h"
#include "userns_list.h"
#include "would_deny.h"

/**
 * struct arguments - The command line
 *
 * @openmetrics: Whether another program reads the counters (--openmetrics).
 */
struct arguments {
	bool openmetrics;
};

static error_t parse_status(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case 'm':
		arguments->openmetrics = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (arguments->openmetrics && json_output)
			argp_error(state, "--openmetrics and --json are two formats: take one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp status_argp = {
	.options = (const struct argp_option[]) {
		{ "openmetrics", 'm', NULL, 0,
		  "Print counters for a monitoring system", 0 },
		{}
	},
	.parser = parse_status,
	.children = common_options,
	.doc =
"Show the policies in force, in their order: in how many execs each was\n"
"enforced (HITS) and could not be applied (ERRORS) since it was loaded, its\n"
"ruleset as in trace events, and what it depends on.  Below, how often a\n"
"process under a policy was kept from touching what execlock loaded, and what\n"
"other commands put in force.\n"
"\vExit status: 0 shown, also if no policy is in force; 1 an operation failed; 2\n"
"wrong command line.\n",
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

static json_t *describe(const struct loaded *set, __u32 index,
			const struct processes *processes, int numbers)
{
	struct execlock_ruleset ruleset;
	struct execlock_policy policy;
	struct process_counts counts;
	__u64 would_deny;

	if (loaded_policy(set, index, &policy))
		return NULL;
	/* An empty slot shows as ruleset 0. */
	loaded_ruleset(set, &policy, &ruleset);
	counts = processes_count(processes, set, &policy);
	would_deny = would_deny_read(numbers, execlock_layer_id(&ruleset));
	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:s, s:o, s:b, s:b, s:b, s:o, s:{s:I, s:I, s:i}}",
			 "name", policy.name,
			 "mode", mode_name(policy.flags, policy.trial),
			 "live", policy.live,
			 "processes", (json_int_t)counts.under,
			 "formerProcesses", (json_int_t)counts.former,
			 "hits", (json_int_t)policy.hits,
			 "errors", (json_int_t)policy.errors,
			 "wouldDeny", (json_int_t)would_deny,
			 "leftOut", (json_int_t)policy.left_out,
			 "match", policy.is_default ? json_pack("[s]", "default") :
				  describe_conditions(set, index),
			 "onError", policy.on_error == EXECLOCK_ALLOW ?
				    "allow" : "deny",
			 "noNewPrivs", describe_nnp(policy.no_new_privs),
			 "execNoNewPrivs", policy.exec_no_new_privs,
			 "managesPolicies", policy.manages_policies,
			 "otherProtocols", !policy.only_tcp,
			 "userNamespaceCapabilities", userns_list_describe(&policy),
			 "ruleset",
			 "id", (json_int_t)ruleset.id,
			 "policyId", (json_int_t)ruleset.policy_id,
			 "rules", (int)ruleset.num_rules);
}

static json_t *describe_each(const struct loaded *set,
			     const struct processes *processes)
{
	const int numbers = would_deny_open();
	json_t *list = json_array();
	__u32 i;

	for (i = 0; list && i < set->header.policies; i++)
		if (json_array_append_new(list, describe(set, i, processes,
							 numbers))) {
			json_decref(list);
			list = NULL;
		}
	if (numbers >= 0)
		close(numbers);
	return list;
}

static json_t *describe_all(const struct loaded *set)
{
	struct processes processes;
	json_t *const list = processes_read(&processes) ? NULL :
			     describe_each(set, &processes);

	processes_free(&processes);
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

static void print_permissive(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		if (!mode_is_permissive(entry))
			continue;
		printf("policy \"%s\" (%s) denies nothing; it would have denied %lld accesses: \"execlock monitor --would-deny\" shows them\n",
		       json_string_value(json_object_get(entry, "name")),
		       json_string_value(json_object_get(entry, "mode")),
		       json_integer_value(json_object_get(entry, "wouldDeny")));
	}
}

/* Processes that a load does not reach. */
static void print_former(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const json_int_t former =
			json_integer_value(json_object_get(entry,
							   "formerProcesses"));

		if (former)
			printf("policy \"%s\" has processes that keep the rules of a former load, until they are restarted: %lld\n",
			       json_string_value(json_object_get(entry, "name")),
			       former);
	}
}

static void print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %9s %10s %10s  %-16s %5s  %s\n", "POLICY", "PROCESSES",
	       "HITS", "ERRORS", "RULESET", "RULES", "MATCH");
	json_array_foreach(list, i, entry) {
		const json_t *const ruleset = json_object_get(entry, "ruleset");

		printf("%-24s %9lld %10lld %10lld  %-16llx %5lld  ",
		       json_string_value(json_object_get(entry, "name")),
		       json_integer_value(json_object_get(entry, "processes")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")),
		       json_integer_value(json_object_get(ruleset, "id")),
		       json_integer_value(json_object_get(ruleset, "rules")));
		print_conditions(json_object_get(entry, "match"));
	}
	print_former(list);
	print_permissive(list);
	userns_list_print(list);
	print_left_out(list);
}

/* What those under the policies were kept from. */
static void print_guard(const json_t *guard)
{
	const json_int_t denied =
		json_integer_value(json_object_get(guard, "denied"));
	const json_int_t permissive =
		json_integer_value(json_object_get(guard, "wouldDeny"));
	const json_t *count;
	const char *kind;

	if (permissive)
		printf("\n%lld attempts to touch what execlock loaded were not denied, because the policies are permissive\n",
		       permissive);
	if (!denied)
		return;
	printf("\n%lld attempts to touch what execlock loaded were denied:",
	       denied);
	json_object_foreach((json_t *)guard, kind, count)
		if (strcmp(kind, "denied") != 0 &&
		    strcmp(kind, "wouldDeny") != 0 && json_integer_value(count))
			printf(" %s %lld", kind, json_integer_value(count));
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
static void print_userns_counts(const json_t *counts)
{
	const json_int_t created =
		json_integer_value(json_object_get(counts, "created"));
	const json_t *count;
	json_int_t sum = 0;
	const char *kind;

	json_object_foreach((json_t *)counts, kind, count)
		sum += json_integer_value(count);
	if (!sum)
		return;
	printf("\n%lld user namespaces were created under the default:",
	       created);
	json_object_foreach((json_t *)counts, kind, count)
		if (strcmp(kind, "created") != 0 && json_integer_value(count))
			printf(" %s %lld", kind, json_integer_value(count));
	putchar('\n');
}

/* What other commands put in force; they show more of it. */
static void print_others(const json_t *cgroups, const json_t *nnp)
{
	const size_t count = json_array_size(cgroups);

	if (count)
		printf("\n%zu cgroup%s ha%s a policy: \"execlock cgroup list\"\n",
		       count, count == 1 ? "" : "s", count == 1 ? "s" : "ve");
	if (json_is_true(json_object_get(nnp, "on")))
		puts("\nnew privileges are denied in the initial user namespace: \"execlock nnp list\"");
}

static void print_all(const json_t *status)
{
	const json_t *const policies = json_object_get(status, "policies");

	if (json_integer_value(json_object_get(status, "generation")))
		print(policies);
	else
		puts("no policy is in force");
	print_guard(json_object_get(status, "guard"));
	print_userns_counts(json_object_get(status, "userNamespaces"));
	print_others(json_object_get(status, "cgroups"),
		     json_object_get(status, "noNewPrivs"));
	differences_print(json_incref(json_object_get(status, "differs")));
}

/*
 * Describes the policies that were loaded.  No lock is needed: once open, a set
 * does not change.
 */
static int add_policies(json_t *status, const struct userns_counts *userns)
{
	json_t *list = NULL;
	struct loaded set;
	int found;

	found = loaded_open(&set);
	if (found < 0)
		return -1;
	if (found) {
		list = describe_all(&set);
		loaded_close(&set);
		if (!list)
			return -1;
		count_default(list, userns);
	}
	json_object_set_new(status, "generation",
			    json_integer(found ? set.generation : 0));
	json_object_set_new(status, "policies", list ?: json_array());
	return 0;
}

/* What "nnp list" shows, with the number of cgroups in place of their names. */
static json_t *describe_nnp_rule(void)
{
	json_t *const nnp = nnp_list_describe();

	if (!nnp || json_is_false(json_object_get(nnp, "on")))
		return nnp;
	json_object_del(nnp, "latestDenied");
	json_object_set_new(nnp, "exemptCgroups",
			    json_integer(json_array_size(json_object_get(nnp,
									 "cgroups"))));
	json_object_del(nnp, "cgroups");
	return nnp;
}

/* Describes what other commands put in force. */
static int add_others(json_t *status)
{
	json_t *const cgroups = cgroup_list_describe();
	json_t *nnp;

	if (!cgroups)
		return -1;
	json_object_set_new(status, "cgroups", cgroups);
	nnp = describe_nnp_rule();
	if (!nnp)
		return -1;
	return json_object_set_new(status, "noNewPrivs", nnp);
}

static int add_differences(json_t *status)
{
	json_t *const list = differences_find(DIFFERENCES_ALL);

	return list ? json_object_set_new(status, "differs", list) : -1;
}

/* Returns NULL with the error reported. */
static json_t *describe_status(void)
{
	struct userns_counts userns;
	struct guard_counts guard;
	json_t *const status = json_object();

	userns_read_counts(&userns);
	guard_counts(&guard);
	if (add_policies(status, &userns)) {
		json_decref(status);
		return NULL;
	}
	json_object_set_new(status, "guard", guard_describe(&guard));
	json_object_set_new(status, "userNamespaces",
			    userns_describe_counts(&userns));
	if (add_others(status) || add_differences(status)) {
		json_decref(status);
		return NULL;
	}
	return status;
}

int cmd_status(int argc, char **argv)
{
	struct arguments arguments = {};
	json_t *status;

	argp_parse(&status_argp, argc, argv, 0, NULL, &arguments);
	status = describe_status();
	if (!status)
		return STATUS_FAILED;
	if (pins_several(&pins_policies))
		p_warn("policies that were loaded before are in force beside these: \"execlock load\" ends them");
	if (json_output)
		return p_json(status) ? STATUS_FAILED : STATUS_OK;
	if (arguments.openmetrics)
		metrics_print(status);
	else
		print_all(status);
	json_decref(status);
	return STATUS_OK;
}
