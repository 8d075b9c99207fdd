// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock status - Show the policies in force and what they did
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/execlock.h"
#include "commands.h"
#include "landlock_abi.h"
#include "message.h"
#include "pins.h"
#include "policy.h"

static const struct argp status_argp = {
	.children = common_options,
	.doc =
"Show the policies in force, in their order: how many execs each was applied to\n"
"(HITS) and could not be applied to (ERRORS) since it was loaded, its ruleset as\n"
"in trace events, and what it depends on.\n"
"\vExit status: 0 shown, also if no policy is in force; 1 the system did not do\n"
"it; 2 wrong command line.\n",
};

/* The current set. */
struct set {
	__u32 generation;
	struct execlock_header header;
	int policies;
	int rulesets;
};

static int fail(const char *map)
{
	return p_err("cannot read the BPF map \"%s\" in " PINS_DIR ": %s", map,
		     strerror(errno));
}

/* Opens the map of a generation. */
static int open_part(const char *name, __u32 generation)
{
	const int outer = pins_open(&pins_policies, name);
	int fd = -1;
	__u32 id;

	if (outer < 0)
		return -1;
	if (!bpf_map_lookup_elem(outer, &generation, &id))
		fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		fail(name);
	close(outer);
	return fd;
}

static int read_header(struct set *set)
{
	const int fd = open_part("header_sets", set->generation);
	const __u32 zero = 0;
	int err;

	if (fd < 0)
		return -1;
	err = bpf_map_lookup_elem(fd, &zero, &set->header);
	if (err)
		fail("header_sets");
	close(fd);
	return err;
}

/* Returns 1 if there is a set. */
static int open_set(struct set *set)
{
	struct execlock_current current;
	const __u32 zero = 0;
	int fd, err;

	fd = pins_open(&pins_policies, "current");
	if (fd < 0)
		return -1;
	err = bpf_map_lookup_elem(fd, &zero, &current);
	close(fd);
	/* It is being unloaded. */
	if (err == -ENOENT)
		return 0;
	if (err)
		return fail("current");
	set->generation = current.generation;
	if (read_header(set))
		return -1;
	set->policies = open_part("policy_sets", set->generation);
	if (set->policies < 0)
		return -1;
	set->rulesets = open_part("ruleset_sets", set->generation);
	return set->rulesets < 0 ? -1 : 1;
}

/* The conditions that a policy has. */
static json_t *describe_conditions(const struct set *set, __u32 index)
{
	json_t *const list = json_array();
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!(set->header.without[i].word[index / 64] &
		      1ULL << index % 64))
			json_array_append_new(list,
					      json_string(policy_condition_name(i)));
	return list;
}

static json_t *describe(const struct set *set, __u32 index)
{
	struct execlock_ruleset ruleset = {};
	struct execlock_policy policy;

	if (bpf_map_lookup_elem(set->policies, &index, &policy)) {
		fail("policy_sets");
		return NULL;
	}
	/* An empty slot shows as ruleset 0. */
	bpf_map_lookup_elem(set->rulesets, &index, &ruleset);
	return json_pack("{s:s, s:I, s:I, s:o, s:s, s:b, s:b, s:{s:I, s:i}}",
			 "name", policy.name,
			 "hits", (json_int_t)policy.hits,
			 "errors", (json_int_t)policy.errors,
			 "match", describe_conditions(set, index),
			 "onError", policy.on_error == EXECLOCK_ALLOW ?
				    "allow" : "deny",
			 "noNewPrivs", !!(policy.flags &
					  LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS),
			 "execNoNewPrivs", policy.exec_no_new_privs,
			 "ruleset",
			 "id", (json_int_t)ruleset.id,
			 "rules", (int)ruleset.num_rules);
}

static json_t *describe_all(const struct set *set)
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
	int found;

	argp_parse(&status_argp, argc, argv, 0, NULL, NULL);
	found = pins_exist(&pins_policies);
	/* No lock is needed: once open, a set does not change. */
	if (found > 0)
		found = open_set(&set);
	if (found < 0)
		return STATUS_FAILED;
	if (!found)
		return show_none();
	list = describe_all(&set);
	if (!list)
		return STATUS_FAILED;
	if (json_output)
		return p_json(json_pack("{s:I, s:o}", "generation",
					(json_int_t)set.generation, "policies",
					list)) ? STATUS_FAILED : STATUS_OK;
	print(list);
	json_decref(list);
	return STATUS_OK;
}
