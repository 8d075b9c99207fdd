// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Events of the monitor as lines of text
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor_print.h"
#include "userns_caps.h"
#include "util.h"

static const char *get_text(const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static void print_list(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		printf("%s%s", i ? "," : "", json_string_value(item));
}

/* Names of policies have no colon.  A denial itself says what it is. */
static void print_layers(const json_t *list, bool is_exec)
{
	const json_t *layer;
	size_t i;

	json_array_foreach(list, i, layer) {
		const json_t *const policy = json_object_get(layer, "policy");

		if (i)
			putchar(',');
		if (is_exec && json_is_true(json_object_get(layer,
							    "permissive")))
			fputs("permissive:", stdout);
		if (json_is_true(json_object_get(layer, "ofCgroup")))
			fputs("cgroup:", stdout);
		if (json_is_string(policy))
			fputs(json_string_value(policy), stdout);
		else
			/* As in trace events and audit records. */
			printf("domain:%llx",
			       json_integer_value(json_object_get(layer,
								  "domain")));
	}
}

/* Prints the policies of an exec whose layers the process had before. */
static void print_others(const json_t *policies, const json_t *layers)
{
	size_t count = json_array_size(layers);
	const json_t *policy, *layer;
	size_t i, j;

	json_array_foreach(policies, i, policy) {
		bool shown = false;

		json_array_foreach(layers, j, layer)
			shown |= json_equal(policy, json_object_get(layer,
								    "policy"));
		if (!shown)
			printf("%s%s", count++ ? "," : "",
			       json_string_value(policy));
	}
}

static void print_denied(const json_t *object)
{
	static const char *const known[] = { "port", "signal", "target" };
	const json_t *const layers = json_object_get(object, "layers");
	const json_t *const layer = json_array_get(layers, 0);
	const json_t *const under = json_object_get(object, "under");
	const json_t *const reason = json_object_get(object, "reason");
	const json_t *const policies = json_object_get(object, "policies");
	size_t i;

	putchar(' ');
	print_list(json_object_get(object, "rights"));
	if (json_object_get(object, "path"))
		printf(" %s", get_text(object, "path"));
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const json_t *const value = json_object_get(object, known[i]);

		if (value)
			printf(" %s %lld", known[i], json_integer_value(value));
	}
	if (reason) {
		printf(" reason %s by no_new_privs", json_string_value(reason));
		if (json_array_size(policies)) {
			fputs(json_object_get(object, "ofCgroup") ?
			      " of cgroup:" : " of ", stdout);
			print_list(policies);
		}
		return;
	}
	if (!json_integer_value(json_object_get(layer, "ruleset")) &&
	    !json_integer_value(json_object_get(layer, "policyId")) &&
	    json_array_size(under)) {
		fputs(" under ", stdout);
		print_list(under);
	} else {
		fputs(" by ", stdout);
		print_layers(layers, false);
	}
}

static void print_userns(const json_t *object)
{
	char *const caps =
		userns_caps_text(json_object_get(object, "capabilities"));

	printf(" %s %s", get_text(object, "kind"), caps ?: "");
	free(caps);
}

void monitor_print(const json_t *object)
{
	const json_t *const pid = json_object_get(object, "pid");
	/* Only the time of the day. */
	const char *const time = strchr(get_text(object, "time"), 'T');
	const char *const event = get_text(object, "event");

	printf("%.12s %-7s", time ? time + 1 : "", event);
	if (pid)
		printf(" pid %lld (%s) uid %lld", json_integer_value(pid),
		       get_text(object, "comm"),
		       json_integer_value(json_object_get(object, "uid")));
	if (strcmp(event, "exec") == 0) {
		printf(" %s under ", get_text(object, "name"));
		print_layers(json_object_get(object, "layers"), true);
		print_others(json_object_get(object, "policies"),
			     json_object_get(object, "layers"));
	} else if (strcmp(event, "refused") == 0) {
		printf(" %s: %s", get_text(object, "name"),
		       get_text(object, "error"));
	} else if (strcmp(event, "denied") == 0 ||
		   strcmp(event, "would deny") == 0) {
		print_denied(object);
	} else if (strcmp(event, "guard") == 0) {
		printf("%s %s under ",
		       json_is_true(json_object_get(object, "permissive")) ?
		       " would deny" : "", get_text(object, "kind"));
		print_list(json_object_get(object, "under"));
	} else if (strcmp(event, "userns") == 0) {
		print_userns(object);
	} else if (strcmp(event, "lost") == 0) {
		printf(" %lld events",
		       json_integer_value(json_object_get(object, "count")));
	}
	putchar('\n');
}
