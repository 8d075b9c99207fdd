// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock trial - Try policies beside the policies in force
 */

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "lock.h"
#include "message.h"
#include "patterns.h"
#include "places.h"
#include "put_command.h"
#include "put_set.h"
#include "reached.h"
#include "trials.h"

/**
 * struct arguments - The command line
 *
 * @words: Files and directories, or with --end names of policies.
 * @count: Their number.
 * @end: Whether trials are to end (--end).
 * @put: How to begin them.
 */
struct arguments {
	char **words;
	size_t count;
	bool end;
	struct put_options put;
};

static void check_arguments(const struct argp_state *state,
			    const struct arguments *arguments)
{
	const struct put_options *const put = &arguments->put;

	if (put->strict && (arguments->end || !arguments->count))
		argp_error(state, "--strict is for a trial that begins: name the FILE of a policy");
	if (put->allow_lockout && (arguments->end || !arguments->count))
		argp_error(state, "--allow-lockout is for a trial that begins: name the FILE of a policy");
}

static error_t parse_trial(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->put;
		return 0;
	case 'e':
		arguments->end = true;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->words = state->argv + state->next;
		arguments->count = state->argc - state->next;
		return 0;
	case ARGP_KEY_SUCCESS:
		check_arguments(state, arguments);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp trial_argp = {
	.options = (const struct argp_option[]) {
		{ "end", 'e', NULL, 0,
		  "End all trials, or those of the policies with these NAMEs",
		  0 },
		{}
	},
	.parser = parse_trial,
	.children = put_options,
	.args_doc = "FILE|DIRECTORY...\n--end [NAME...]\n",
	.doc =
"Try the policies in the FILEs, and in each DIRECTORY as \"execlock load\" finds\n"
"them, beside the policies in force: all of them are permissive, whatever their\n"
"\"mode\" says, so they deny nothing.  \"execlock monitor --would-deny\" shows the\n"
"accesses that they would deny.  Without arguments, list the policies on trial.\n"
"\vThe policies in force stay as they are, also policies of the same names, so\n"
"nothing becomes weaker.  The policies that were on trial before are replaced,\n"
"all or nothing.  A trial goes on when \"execlock load\" loads other policies,\n"
"and ends with --end, with \"execlock unload\", or with the system.  A process\n"
"that runs keeps the layer of the trial.\n"
"\n"
"Exit status: 0 success; 1 an operation failed; 2 wrong command line; 3 invalid\n"
"policy; 4 the kernel lacks a feature; 5 on trial, but without rules or\n"
"conditions whose paths are missing.\n",
};

static json_t *describe(const struct verified *set, size_t in_force,
			json_t *reached)
{
	json_t *const names = json_array();
	size_t i;

	for (i = 0; i < set->count; i++)
		json_array_append_new(names, json_string(set->policies[i].name));
	return json_pack("{s:o, s:I, s:I, s:o, s:o, s:O, s:o}", "began", names,
			 "inForce", (json_int_t)in_force, "leftOut",
			 (json_int_t)set->left_out, "patterns",
			 patterns_list(set->policies, set->count), "places",
			 places_list(set->policies, set->count), "reached",
			 reached, "warnings", p_take_warnings());
}

/* Says what is on trial.  Returns the exit status. */
static int report(const struct verified *set, size_t in_force)
{
	json_t *reached = reached_list(set->policies, set->count);
	const bool listed = reached;

	/* The error was reported, but the policies are on trial. */
	if (!listed)
		reached = json_array();
	if (json_output) {
		p_json(describe(set, in_force, reached));
	} else {
		printf("%zu %s on trial; %zu %s in force as before\n",
		       set->count, set->count == 1 ? "policy is" :
						     "policies are",
		       in_force, in_force == 1 ? "is" : "are");
		patterns_print(set->policies, set->count);
		places_print(set->policies, set->count);
		reached_print(reached);
	}
	json_decref(reached);
	return listed ? put_report_left_out(set) : STATUS_FAILED;
}

static int begin(const struct arguments *arguments)
{
	struct verified set = {};
	size_t in_force;
	int status;

	p_collect_warnings();
	lock_take_early();
	status = put_set(&set, arguments->words, arguments->count,
			 &arguments->put, &in_force);
	if (status == STATUS_OK)
		status = report(&set, in_force);
	verify_release(&set);
	return status;
}

static void print_list(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %10s %10s\n", "POLICY", "HITS", "ERRORS");
	json_array_foreach(list, i, entry)
		printf("%-24s %10lld %10lld\n",
		       json_string_value(json_object_get(entry, "name")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")));
}

static int show_list(void)
{
	json_t *const list = trials_describe();

	if (!list)
		return STATUS_FAILED;
	if (json_output)
		return p_json(json_pack("{s:o}", "trials", list)) ?
		       STATUS_FAILED : STATUS_OK;
	if (json_array_size(list))
		print_list(list);
	else
		puts("no policy is on trial");
	json_decref(list);
	return STATUS_OK;
}

static int end(const struct arguments *arguments)
{
	json_t *const ended = json_array();
	size_t i;

	if (trials_end(arguments->words, arguments->count, ended)) {
		json_decref(ended);
		return STATUS_FAILED;
	}
	if (json_output)
		return p_json(json_pack("{s:o}", "ended", ended)) ?
		       STATUS_FAILED : STATUS_OK;
	if (!json_array_size(ended))
		puts("no policy was on trial");
	for (i = 0; i < json_array_size(ended); i++)
		printf("the trial of policy \"%s\" is over\n",
		       json_string_value(json_array_get(ended, i)));
	json_decref(ended);
	return STATUS_OK;
}

int cmd_trial(int argc, char **argv)
{
	struct arguments arguments = {
		.put = { .trial = true, .rule = &carry_loaded },
	};

	argp_parse(&trial_argp, argc, argv, 0, NULL, &arguments);
	if (arguments.end)
		return end(&arguments);
	return arguments.count ? begin(&arguments) : show_list();
}
