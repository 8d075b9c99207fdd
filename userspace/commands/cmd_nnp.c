// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock nnp - Deny new privileges, but not in containers
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "action.h"
#include "cgroupfs.h"
#include "cli.h"
#include "features.h"
#include "lock.h"
#include "message.h"
#include "nnp_rule.h"
#include "nnp_status.h"
#include "pins.h"
#include "sanitize.h"

static int nnp_on(const void *arguments)
{
	const struct action_arguments *const named = arguments;
	struct features kernel;
	int status;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_nnp(&kernel);
	if (status)
		return status;
	if (lock_take() || nnp_rule_load(named->cgroups, named->num_cgroups))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "on", true));
	else
		puts("new privileges are denied in the initial user namespace");
	return STATUS_OK;
}

static int nnp_off(const void *arguments)
{
	int removed;

	if (lock_take())
		return STATUS_FAILED;
	removed = pins_remove(&pins_nnp);
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b, s:b}", "on", false, "removed",
				 removed));
	else
		puts(removed ? "new privileges are no longer denied" :
			       "the no_new_privs rule was off");
	return STATUS_OK;
}

/* Opens the list to change it, which no other process does until this ends. */
static int open_exempt(int *map)
{
	int on;

	if (lock_take())
		return STATUS_FAILED;
	on = nnp_rule_is_on();
	if (on < 0)
		return STATUS_FAILED;
	if (!on) {
		p_err("the no_new_privs rule is off: put it in force with \"execlock nnp on\"");
		return STATUS_FAILED;
	}
	*map = pins_open(&pins_nnp, "exempt");
	return *map < 0 ? STATUS_FAILED : STATUS_OK;
}

static int nnp_exempt(const void *arguments)
{
	const struct action_arguments *const named = arguments;
	const char *const cgroup = named->cgroups[0];
	int map, status;

	status = open_exempt(&map);
	if (status != STATUS_OK)
		return status;
	/* Services come and go: make room. */
	cgroupfs_prune(map);
	if (nnp_rule_exempt(map, cgroup))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:o}", "exempted", sanitize_json(cgroup)));
	else
		action_say("execs in cgroup ", cgroup, " may gain privileges");
	return STATUS_OK;
}

static int nnp_unexempt(const void *arguments)
{
	const struct action_arguments *const named = arguments;
	const char *const cgroup = named->cgroups[0];
	int map, status;

	status = open_exempt(&map);
	if (status != STATUS_OK)
		return status;
	if (nnp_rule_unexempt(map, cgroup))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:o}", "unexempted", sanitize_json(cgroup)));
	else
		action_say("cgroup ", cgroup, " is no longer exempt");
	return STATUS_OK;
}

static const struct action actions[] = {
	{ "on", nnp_on, 0, SIZE_MAX },
	{ "off", nnp_off, 0, 0 },
	{ "status", nnp_status, 0, 0 },
	{ "exempt", nnp_exempt, 1, 1 },
	{ "unexempt", nnp_unexempt, 1, 1 },
	{}
};

static error_t parse_nnp(int key, char *arg, struct argp_state *state)
{
	struct action_arguments *const arguments = state->input;

	switch (key) {
	case ARGP_KEY_ARGS:
	case ARGP_KEY_NO_ARGS:
		action_parse(key, state, actions, arguments);
		action_check(arguments, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp nnp_argp = {
	.parser = parse_nnp,
	.children = common_options,
	.args_doc = "on [CGROUP...]\noff\nstatus\nexempt CGROUP\nunexempt CGROUP",
	.doc =
"Deny new privileges to programs executed in the initial user namespace: there,\n"
"set-user-ID and set-group-ID bits and file capabilities have no effect.  In\n"
"containers with a user namespace of their own, they still work.\n"
"\vProcesses in an exempt cgroup, or in a cgroup below it, may gain privileges:\n"
"  on [CGROUP...]   put the rule in force, and exempt these cgroups\n"
"  off              end the rule, and clear the list of exempt cgroups\n"
"  status           show the exempt cgroups, how many execs gained privileges or\n"
"                   were denied them since the rule is on, and the latest denials\n"
"  exempt CGROUP    add a cgroup to the list of exempt cgroups\n"
"  unexempt CGROUP  remove a cgroup from the list\n"
"\n"
"Name a CGROUP as in /proc/PID/cgroup, e.g. /system.slice/cron.service.\n"
"A cgroup leaves the list when it is removed, e.g. because its service stops.\n"
"\n"
"Exit status: 0 success; 1 an operation failed, and nothing was changed; 2 wrong\n"
"command line; 4 the kernel lacks a feature.\n",
};

int cmd_nnp(int argc, char **argv)
{
	struct action_arguments arguments = {};

	argp_parse(&nnp_argp, argc, argv, 0, NULL, &arguments);
	return arguments.action->run(&arguments);
}
