// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock status - Show the policies in force and what they did
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/execlock.h"
#include "commands.h"
#include "message.h"
#include "pins.h"

static const struct argp status_argp = {
	.children = common_options,
	.doc =
"Show the policies in force: how many files each is for, how many execs it was\n"
"applied to (HITS), how many it could not be applied to (ERRORS), and its\n"
"ruleset as in trace events.\n"
"\vExit status: 0 shown, also if no policy is in force; 1 the system did not do\n"
"it; 2 wrong command line.\n",
};

/* The maps of the current set. */
struct set {
	int executables;
	int policies;
	int rulesets;
};

static int open_map(const char *path)
{
	const int fd = bpf_obj_get(path);

	if (fd < 0)
		p_err("cannot open %s: %s", path, strerror(errno));
	return fd;
}

static int open_set(struct set *set)
{
	set->policies = open_map(PINS_DIR "/policies");
	if (set->policies < 0)
		return -1;
	set->rulesets = open_map(PINS_DIR "/rulesets");
	if (set->rulesets < 0)
		return -1;
	set->executables = open_map(PINS_DIR "/executables");
	return set->executables < 0 ? -1 : 0;
}

static unsigned int count_executables(const struct set *set, __u32 index)
{
	struct execlock_file file, *previous = NULL;
	unsigned int count = 0;
	__u32 owner;

	while (!bpf_map_get_next_key(set->executables, previous, &file)) {
		if (!bpf_map_lookup_elem(set->executables, &file, &owner) &&
		    owner == index)
			count++;
		previous = &file;
	}
	return count;
}

static json_t *describe(const struct set *set, __u32 index)
{
	struct execlock_ruleset ruleset = {};
	struct execlock_policy policy;

	if (bpf_map_lookup_elem(set->policies, &index, &policy)) {
		p_err("cannot read " PINS_DIR "/policies: %s", strerror(errno));
		return NULL;
	}
	/* An empty slot shows as ruleset 0. */
	bpf_map_lookup_elem(set->rulesets, &index, &ruleset);
	return json_pack("{s:s, s:i, s:I, s:I, s:s, s:{s:I, s:i}}",
			 "name", policy.name,
			 "executables", count_executables(set, index),
			 "hits", (json_int_t)policy.hits,
			 "errors", (json_int_t)policy.errors,
			 "onError", policy.on_error == EXECLOCK_ALLOW ?
				    "allow" : "deny",
			 "ruleset",
			 "id", (json_int_t)ruleset.id,
			 "rules", (int)ruleset.num_rules);
}

static json_t *describe_all(const struct set *set)
{
	struct bpf_map_info info = {};
	__u32 i, size = sizeof(info);
	json_t *list, *entry;

	if (bpf_map_get_info_by_fd(set->policies, &info, &size)) {
		p_err("cannot read " PINS_DIR "/policies: %s", strerror(errno));
		return NULL;
	}
	list = json_array();
	for (i = 0; i < info.max_entries; i++) {
		entry = describe(set, i);
		if (json_array_append_new(list, entry)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %5s %10s %10s  %-16s %s\n", "POLICY", "FILES", "HITS",
	       "ERRORS", "RULESET", "RULES");
	json_array_foreach(list, i, entry) {
		const json_t *const ruleset = json_object_get(entry, "ruleset");

		printf("%-24s %5lld %10lld %10lld  %-16llx %lld\n",
		       json_string_value(json_object_get(entry, "name")),
		       json_integer_value(json_object_get(entry,
							  "executables")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")),
		       json_integer_value(json_object_get(ruleset, "id")),
		       json_integer_value(json_object_get(ruleset, "rules")));
	}
}

static int show_none(void)
{
	if (json_output)
		p_json(json_pack("{s:[]}", "policies"));
	else
		puts("no policy is in force");
	return STATUS_OK;
}

int cmd_status(int argc, char **argv)
{
	struct set set;
	json_t *list;

	argp_parse(&status_argp, argc, argv, 0, NULL, NULL);
	if (access(PINS_DIR, F_OK)) {
		if (errno == ENOENT)
			return show_none();
		p_err("cannot access " PINS_DIR ": %s", strerror(errno));
		return STATUS_FAILED;
	}
	/* No lock is needed: once open, a set does not change. */
	if (open_set(&set))
		return STATUS_FAILED;
	list = describe_all(&set);
	if (!list)
		return STATUS_FAILED;
	if (json_output)
		return p_json(json_pack("{s:o}", "policies", list)) ?
		       STATUS_FAILED : STATUS_OK;
	print(list);
	json_decref(list);
	return STATUS_OK;
}
