// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock userns - The default of user namespaces
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "cli.h"
#include "differences.h"
#include "features.h"
#include "message.h"
#include "userns_caps.h"
#include "userns_change.h"
#include "userns_list.h"

/* Reports the result of a change.  Returns the exit status. */
static int report(json_t *result, const char *text)
{
	json_t *const differs = differences_find(DIFFERENCES_USERNS);

	if (json_output) {
		if (differs)
			json_object_set_new(result, "differs", differs);
		return p_json(result) ? STATUS_FAILED : STATUS_OK;
	}
	puts(text);
	differences_print(differs);
	json_decref(result);
	return STATUS_OK;
}

/* Reads the words of a command line.  Returns the exit status. */
static int parse_caps(const struct action_arguments *named, __u64 *caps)
{
	const char *const first = named->words[0];
	size_t i;

	*caps = 0;
	if (named->num_words == 1 && strcmp(first, "none") == 0)
		return STATUS_OK;
	if (named->num_words == 1 && strcmp(first, "all") == 0) {
		*caps = USERNS_CAPS_ALL;
		return STATUS_OK;
	}
	for (i = 0; i < named->num_words; i++)
		if (userns_caps_find(named->words[i], caps))
			return STATUS_USAGE;
	return STATUS_OK;
}

static int userns_set(const void *arguments)
{
	struct features kernel;
	__u64 caps;
	int status;

	status = parse_caps(arguments, &caps);
	if (status)
		return status;
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_bpf(&kernel);
	if (status)
		return status;
	if (userns_change_set(~caps))
		return STATUS_FAILED;
	return report(json_pack("{s:o}", "default", userns_caps_describe(caps)),
		      "the default of user namespaces is in force");
}

static int userns_clear(const void *arguments)
{
	const int removed = userns_change_clear();

	if (removed < 0)
		return STATUS_FAILED;
	return report(json_pack("{s:b}", "cleared", removed),
		      removed ? "user namespaces have no default any more" :
				"user namespaces had no default");
}

static const struct action actions[] = {
	{ "set", userns_set, 1, SIZE_MAX,
	  "no capability: name some, or \"none\" or \"all\"", false },
	{ "clear", userns_clear, 0, 0, NULL, false },
	{ "list", userns_list, 0, 0, NULL, false },
	{}
};

static error_t parse_userns(int key, char *arg, struct argp_state *state)
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

static const struct argp userns_argp = {
	.parser = parse_userns,
	.children = common_options,
	.args_doc = "set CAPABILITY...\nclear\nlist",
	.doc =
"Change the default of user namespaces until the next load: the capabilities\n"
"that a program can have there if no policy says something about it.\n"
"\vThe policies in force must have been loaded with a default, which the file\n"
"/etc/execlock/system.json declares, or a policy:\n"
"  set CAPABILITY...  put another default in force; for no capability \"none\",\n"
"                     for all of them \"all\"\n"
"  clear              end the default\n"
"  list               show the default, and the policies of programs that have\n"
"                     other capabilities\n"
"\n"
"Exit status: 0 success; 1 an operation failed, and nothing was changed; 2\n"
"wrong command line; 4 the kernel lacks a feature.\n",
};

int cmd_userns(int argc, char **argv)
{
	struct action_arguments arguments = {};

	argp_parse(&userns_argp, argc, argv, 0, NULL, &arguments);
	return arguments.action->run(&arguments);
}
