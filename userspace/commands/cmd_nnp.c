// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock nnp - Deny new privileges, but not in containers
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "action.h"
#include "cli.h"
#include "differences.h"
#include "features.h"
#include "lock.h"
#include "message.h"
#include "nnp_list.h"
#include "nnp_rule.h"
#include "pins.h"
#include "sanitize.h"

static json_t *names_of(const struct action_arguments *named)
{
	json_t *const names = json_array();
	size_t i;

	for (i = 0; i < named->num_words; i++)
		json_array_append_new(names, sanitize_json(named->words[i]));
	return names;
}

static int nnp_set(const void *arguments)
{
	const struct action_arguments *const named = arguments;
	struct features kernel;
	int status;
	size_t i;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_nnp(&kernel);
	if (status)
		return status;
	if (lock_take() || nnp_rule_load(named->words, named->num_words))
		return STATUS_FAILED;
	if (json_output) {
		p_json(json_pack("{s:b, s:o, s:o?}", "on", true, "exempted",
				 names_of(named), "differs",
				 differences_find(DIFFERENCES_NNP)));
		return STATUS_OK;
	}
	puts("new privileges are denied in the initial user namespace");
	for (i = 0; i < named->num_words; i++)
		action_say("execs in cgroup ", named->words[i],
			   " may gain privileges");
	differences_print(differences_find(DIFFERENCES_NNP));
	return STATUS_OK;
}

static int clear_all(void)
{
	int removed;

	if (lock_take())
		return STATUS_FAILED;
	removed = pins_remove(&pins_nnp);
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output) {
		p_json(json_pack("{s:b, s:o?}", "clearedAll", removed, "differs",
				 differences_find(DIFFERENCES_NNP)));
		return STATUS_OK;
	}
	puts(removed ? "new privileges are no longer denied" :
		       "the no_new_privs rule was off");
	differences_print(differences_find(DIFFERENCES_NNP));
	return STATUS_OK;
}

/* Ends an exemption in the list, which no other process changes meanwhile. */
static int unexempt(const char *cgroup)
{
	int on, map, err;

	if (lock_take())
		return -1;
	on = nnp_rule_is_on();
	if (on < 0)
		return -1;
	if (!on)
		return p_err("the no_new_privs rule is off, and no cgroup is exempt from it");
	map = pins_open(&pins_nnp, "exempt");
	if (map < 0)
		return -1;
	err = nnp_rule_unexempt(map, cgroup);
	close(map);
	return err;
}

static int nnp_clear(const void *arguments)
{
	const struct action_arguments *const named = arguments;

	if (named->all)
		return clear_all();
	if (unexempt(named->words[0]))
		return STATUS_FAILED;
	if (json_output) {
		p_json(json_pack("{s:o, s:o?}", "cleared",
				 sanitize_json(named->words[0]), "differs",
				 differences_find(DIFFERENCES_NNP)));
		return STATUS_OK;
	}
	action_say("cgroup ", named->words[0], " is no longer exempt");
	differences_print(differences_find(DIFFERENCES_NNP));
	return STATUS_OK;
}

static const struct action actions[] = {
	{ "set", nnp_set, 0, SIZE_MAX, NULL, false },
	{ "clear", nnp_clear, 1, 1, ACTION_NO_CGROUP_OR_ALL, true },
	{ "list", nnp_list, 0, 0, NULL, false },
	{}
};

static error_t parse_nnp(int key, char *arg, struct argp_state *state)
{
	struct action_arguments *const arguments = state->input;

	switch (key) {
	case 'a':
		arguments->all = true;
		return 0;
	case ARGP_KEY_ARGS:
	case ARGP_KEY_NO_ARGS:
		action_parse(key, state, actions, arguments);
		return 0;
	case ARGP_KEY_SUCCESS:
		action_check(arguments, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp nnp_argp = {
	.options = (const struct argp_option[]) {
		ACTION_ALL("End the rule, and all exemptions"),
		{}
	},
	.parser = parse_nnp,
	.children = common_options,
	.args_doc = "set [CGROUP...]\nclear CGROUP\nclear --all\nlist",
	.doc =
"Deny new privileges to programs executed in the initial user namespace: there,\n"
"set-user-ID and set-group-ID bits and file capabilities have no effect.  In\n"
"containers with a user namespace of their own, they still work.\n"
"\vProcesses in an exempt cgroup, or in a cgroup below it, may gain privileges:\n"
"  set [CGROUP...]  put the rule in force, and exempt these cgroups as well\n"
"  clear CGROUP     end the exemption of a cgroup\n"
"  clear --all      end the rule, and all exemptions\n"
"  list             show the exempt cgroups, how many execs gained privileges\n"
"                   or were denied them since the rule is on, and the latest\n"
"                   denials\n"
"\n"
"Name a CGROUP as in /proc/PID/cgroup, e.g. /system.slice/cron.service.  A\n"
"cgroup is no longer exempt when it is removed, e.g. because its service stops.\n"
"Exemptions that outlast this are declared in /etc/execlock/system.json.\n"
"\n"
"Exit status: 0 success; 1 an operation failed, and nothing was changed; 2\n"
"wrong command line; 4 the kernel lacks a feature.\n",
};

int cmd_nnp(int argc, char **argv)
{
	struct action_arguments arguments = {};

	argp_parse(&nnp_argp, argc, argv, 0, NULL, &arguments);
	return arguments.action->run(&arguments);
}
