// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Counters for a monitoring system
 *
 * OpenMetrics 1.0: the name of a counter ends with "_total" in its lines, but
 * not in its TYPE, no other metric has this name with "_created", and the last
 * line is "# EOF".
 */

#include <stdio.h>
#include <string.h>

#include "metrics.h"
#include "util.h"

#define PREFIX "execlock_"

/* Begins a metric. */
static void begin(const char *name, const char *type, const char *help)
{
	printf("# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help,
	       name, type);
}

/* Prints a value of a label, in which three characters are escaped. */
static void print_label(const char *name, const char *value, char before)
{
	printf("%c%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", stdout);
		else if (*value == '"' || *value == '\\')
			printf("\\%c", *value);
		else
			putchar(*value);
	}
	putchar('"');
}

static json_int_t number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static void print_gauge(const char *name, json_int_t value, const char *help)
{
	begin(name, "gauge", help);
	printf(PREFIX "%s %lld\n", name, value);
}

/**
 * struct column - A metric that each element of an array has
 *
 * @name: Its name.
 * @member: Member of the element with its value.
 * @help: What it counts.
 * @is_gauge: Whether it is a gauge, and not a counter.
 */
struct column {
	const char *name;
	const char *member;
	const char *help;
	int is_gauge;
};

/**
 * struct label - A label of the elements of an array
 *
 * @name: Its name; NULL ends an array of labels.
 * @member: Member of the element with its value; null, for an element without
 *          one, is an empty label.
 */
struct label {
	const char *name;
	const char *member;
};

static void print_column(const json_t *list, const struct column *column,
			 const struct label *labels)
{
	const json_t *entry;
	size_t i, j;

	begin(column->name, column->is_gauge ? "gauge" : "counter",
	      column->help);
	json_array_foreach(list, i, entry) {
		printf(PREFIX "%s%s", column->name,
		       column->is_gauge ? "" : "_total");
		for (j = 0; labels[j].name; j++)
			print_label(labels[j].name,
				    json_string_value(json_object_get(entry,
								      labels[j].member)) ?: "",
				    j ? ',' : '{');
		printf("} %lld\n", number(entry, column->member));
	}
}

static void print_policies(const json_t *list)
{
	static const struct label labels[] = {
		{ "policy", "name" }, { "mode", "mode" }, {}
	};
	static const struct column columns[] = {
		{ "policy_hits", "hits",
		  "Execs in which the policy was enforced.", 0 },
		{ "policy_errors", "errors",
		  "Execs to which the policy could not be applied.", 0 },
		{ "policy_would_deny", "wouldDeny",
		  "Accesses that the permissive policy would have denied.", 0 },
		{ "policy_processes", "processes",
		  "Processes that are under the policy.", 1 },
		{ "policy_former_processes", "formerProcesses",
		  "Processes that are under the policy, with the rules of a former load.",
		  1 },
		{ "policy_left_out", "leftOut",
		  "Rules and values of conditions that are not in force because they were missing at load.",
		  1 },
	};
	size_t i;

	print_gauge("policies", json_array_size(list),
		    "Policies in force.");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		print_column(list, &columns[i], labels);
}

static void print_cgroups(const json_t *list)
{
	static const struct label labels[] = {
		{ "cgroup", "cgroup" }, { "policy", "policy" },
		{ "mode", "mode" }, {}
	};
	static const struct column columns[] = {
		{ "cgroup_policy_hits", "hits",
		  "Execs in which the policy of the cgroup was enforced.", 0 },
		{ "cgroup_policy_errors", "errors",
		  "Execs to which the policy of the cgroup could not be applied.",
		  0 },
	};
	size_t i;

	print_gauge("cgroup_policies", json_array_size(list),
		    "Cgroups that have a policy.");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		print_column(list, &columns[i], labels);
}

/*
 * Prints the numbers of an object by their kind: all members but one, which is
 * their sum or another number, and those that are no denials.
 */
static void print_kinds(const char *name, const json_t *counts,
			const char *but, const char *help)
{
	const json_t *count;
	const char *kind;

	begin(name, "counter", help);
	json_object_foreach((json_t *)counts, kind, count) {
		if (strcmp(kind, but) == 0 || strcmp(kind, "wouldDeny") == 0)
			continue;
		printf(PREFIX "%s_total", name);
		print_label("kind", kind, '{');
		printf("} %lld\n", json_integer_value(count));
	}
}

static void print_userns(const json_t *counts)
{
	begin("user_namespaces", "counter",
	      "User namespaces that were created under the default.");
	printf(PREFIX "user_namespaces_total %lld\n",
	       number(counts, "created"));
	print_kinds("user_namespace_events", counts, "created",
		    "Capabilities that the default dropped or denied, by the kind of event.");
}

static void print_nnp(const json_t *nnp)
{
	static const char *const outcomes[] = {
		"denied", "allowedByCgroup", "allowedByNamespace"
	};
	const json_t *counters, *count;
	const char *reason;
	size_t i;

	print_gauge("no_new_privs", json_is_true(json_object_get(nnp, "on")),
		    "Whether new privileges are denied in the initial user namespace.");
	print_gauge("no_new_privs_exempt_cgroups", number(nnp, "exemptCgroups"),
		    "Cgroups in which new privileges are allowed.");
	begin("no_new_privs_execs", "counter",
	      "Execs that would gain privileges, by the outcome and the source.");
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		counters = json_object_get(nnp, outcomes[i]);
		json_object_foreach((json_t *)counters, reason, count) {
			fputs(PREFIX "no_new_privs_execs_total", stdout);
			print_label("outcome", outcomes[i], '{');
			print_label("reason", reason, ',');
			printf("} %lld\n", json_integer_value(count));
		}
	}
}

void metrics_print(const json_t *status)
{
	print_policies(json_object_get(status, "policies"));
	print_cgroups(json_object_get(status, "cgroups"));
	print_kinds("guard_denied", json_object_get(status, "guard"), "denied",
		    "Attempts of processes under a policy to touch what execlock loaded, by their kind.");
	begin("guard_would_deny", "counter",
	      "Attempts that only permissive policies would have denied.");
	printf(PREFIX "guard_would_deny_total %lld\n",
	       number(json_object_get(status, "guard"), "wouldDeny"));
	print_userns(json_object_get(status, "userNamespaces"));
	print_nnp(json_object_get(status, "noNewPrivs"));
	print_gauge("differences",
		    json_array_size(json_object_get(status, "differs")),
		    "Differences between what is in force and the file of the system.");
	puts("# EOF");
}
