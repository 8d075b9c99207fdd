// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock load - Put policies in force
 */

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "lock.h"
#include "message.h"
#include "mode.h"
#include "patterns.h"
#include "places.h"
#include "policy_files.h"
#include "put_command.h"
#include "put_set.h"
#include "reached.h"
#include "running.h"
#include "system_file.h"

struct arguments {
	char **paths;
	size_t count;
	struct put_options put;
};

/* Without a short form. */
#define SYSTEM 257

static error_t parse_load(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->put;
		return 0;
	case SYSTEM:
		arguments->put.system = arg;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->paths = state->argv + state->next;
		arguments->count = state->argc - state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp load_argp = {
	.options = (const struct argp_option[]) {
		{ "system", SYSTEM, "FILE", 0,
		  "Also put this file of the system in force (default without FILEs: " SYSTEM_FILE ", if it is there)",
		  0 },
		{}
	},
	.parser = parse_load,
	.children = put_options,
	.args_doc = "[FILE|DIRECTORY...]",
	.doc =
"Put the policies in the FILEs in force, and those in the files of each\n"
"DIRECTORY whose names end in \".json\" and do not begin with a dot, in the order\n"
"of their names; by default those in " FILES_DEFAULT_DIR ".  From now on,\n"
"what is executed is put under the policies whose conditions hold.  The set\n"
"that was in force before is replaced as a whole, but for what is on trial\n"
"(\"execlock trial\").  Processes that are under a policy have its new rules from\n"
"now on, unless it says \"live\": false.  Other processes that run keep what they\n"
"have, and are listed if a policy does not hold for them.\n"
"\vAll or nothing: if there is an error in a policy, or there is no policy, the\n"
"set in force stays as it is.  What a policy names and is missing is no error:\n"
"it is left out and reported, and the exit status is 5.  Rules only allow, so\n"
"this denies more and never less.  execlock does not have to stay running.\n"
"\n"
"A policy is refused that would be applied to execlock itself, to what it was\n"
"started from, or to what root logs in with: what is under a policy cannot end\n"
"it, unless the policy has \"managesPolicies\".\n"
"\n"
"Files are refused that others than root may write, or that are in directories\n"
"that others may write.  Rules for what is in such directories are left out,\n"
"unless the policy has \"userPaths\".\n"
"\n"
"Exit status: 0 in force; 1 an operation failed; 2 wrong command line; 3\n"
"invalid policy; 4 the kernel lacks a feature; 5 in force, but without rules or\n"
"conditions whose paths are missing.\n",
};

static json_t *describe(const struct verified *set, size_t on_trial,
			json_t *reached, json_t *running)
{
	json_t *const names = json_array();
	size_t i;

	for (i = 0; i < set->count; i++)
		json_array_append_new(names, json_string(set->policies[i].name));
	return json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:s?, s:O, s:O, s:o}",
			 "loaded", names, "permissive",
			 (json_int_t)mode_count(set->policies, set->count),
			 "onTrial", (json_int_t)on_trial,
			 "leftOut", (json_int_t)set->left_out, "patterns",
			 patterns_list(set->policies, set->count), "places",
			 places_list(set->policies, set->count), "system",
			 set->system.source.file, "reached", reached,
			 "running", running,
			 "warnings", p_take_warnings());
}

/* Says what is in force.  Returns the exit status. */
static int report(const struct verified *set, size_t on_trial)
{
	const size_t permissive = mode_count(set->policies, set->count);
	json_t *reached = reached_list(set->policies, set->count);
	json_t *running = running_list();
	const bool listed = reached && running;

	/* The error was reported, but the policies are in force. */
	if (!reached)
		reached = json_array();
	if (!running)
		running = json_array();
	if (json_output) {
		p_json(describe(set, on_trial, reached, running));
	} else {
		printf("%zu %s in force", set->count,
		       set->count == 1 ? "policy is" : "policies are");
		if (permissive)
			printf(", %zu of them permissive", permissive);
		if (on_trial)
			printf("; %zu %s on trial (\"execlock trial\")",
			       on_trial, on_trial == 1 ? "stays" : "stay");
		putchar('\n');
		if (set->system.no_new_privs)
			puts("new privileges are denied in the initial user namespace");
		patterns_print(set->policies, set->count);
		places_print(set->policies, set->count);
		reached_print(reached);
		running_print(running);
	}
	json_decref(reached);
	json_decref(running);
	return listed ? put_report_left_out(set) : STATUS_FAILED;
}

int cmd_load(int argc, char **argv)
{
	struct arguments arguments = { .put.rule = &carry_trials };
	struct verified set = {};
	size_t on_trial;
	int status;

	argp_parse(&load_argp, argc, argv, 0, NULL, &arguments);
	p_collect_warnings();
	lock_take_early();
	status = put_set(&set, arguments.paths, arguments.count, &arguments.put,
			 &on_trial);
	if (status == STATUS_OK)
		status = report(&set, on_trial);
	verify_release(&set);
	return status;
}
