// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock cgroup - Policies of cgroups
 */

#include <stdbool.h>
#include <stdio.h>

#include "action.h"
#include "cgroup_list.h"
#include "cgroup_policies.h"
#include "cli.h"
#include "differences.h"
#include "lock.h"
#include "message.h"
#include "policy.h"
#include "policy_files.h"
#include "put_cgroup.h"
#include "sanitize.h"

/**
 * struct arguments - The command line
 *
 * @named: The action and the cgroup; the first member, see struct action.
 * @policy: File of the policy (--policy), or NULL.
 * @allow_lockout: Whether the policy may lock execlock out (--allow-lockout).
 */
struct arguments {
	struct action_arguments named;
	const char *policy;
	bool allow_lockout;
};

/* Options without a short form. */
#define ALLOW_LOCKOUT 256

/* Prints the result.  Returns the exit status. */
static int report_set(const struct policy *policy, const char *cgroup)
{
	if (json_output) {
		p_json(json_pack("{s:o, s:s, s:i, s:o?, s:o}",
				 "cgroup", sanitize_json(cgroup),
				 "policy", policy->name,
				 "leftOut", (int)policy->left_out,
				 "differs", differences_find(DIFFERENCES_CGROUPS),
				 "warnings", p_take_warnings()));
	} else {
		printf("policy \"%s\"", policy->name);
		action_say(" is in force in cgroup ", cgroup, "");
		differences_print(differences_find(DIFFERENCES_CGROUPS));
	}
	return policy->left_out ? STATUS_LEFT_OUT : STATUS_OK;
}

static int cgroup_set(const void *command_line)
{
	const struct arguments *const arguments = command_line;
	const char *const cgroup = arguments->named.words[0];
	struct policy policy;
	int status = STATUS_POLICY;

	p_collect_warnings();
	lock_take_early();
	if (!policy_read(&policy, arguments->policy, files_for_others()) &&
	    !policy_refuse_for(&policy, "cgroup set"))
		status = put_cgroup(cgroup, &policy, arguments->allow_lockout);
	if (status == STATUS_OK)
		status = report_set(&policy, cgroup);
	policy_free(&policy);
	return status;
}

/* Also clears the policies that another version of execlock set. */
static int clear_all(void)
{
	const int cleared = cgroup_policies_clear_all();

	if (cleared < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "clearedAll", cleared));
	else
		puts(cleared ? "no policy is in force in any cgroup" :
			       "no cgroup had a policy");
	return STATUS_OK;
}

static int cgroup_clear(const void *command_line)
{
	const struct arguments *const arguments = command_line;
	const char *cgroup;

	if (arguments->named.all)
		return clear_all();
	cgroup = arguments->named.words[0];
	if (cgroup_policies_clear(cgroup))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:o}", "cleared", sanitize_json(cgroup)));
	else
		action_say("no policy is in force in cgroup ", cgroup, "");
	return STATUS_OK;
}

static const struct action actions[] = {
	{ "set", cgroup_set, 1, 1, ACTION_NO_CGROUP, false },
	{ "clear", cgroup_clear, 1, 1, ACTION_NO_CGROUP_OR_ALL, true },
	{ "list", cgroup_list, 0, 0, NULL, false },
	{}
};

/* Checks the options, which may come before the action. */
static void check_options(const struct arguments *arguments,
			  struct argp_state *state)
{
	const struct action *const action = arguments->named.action;
	const bool sets = action->run == cgroup_set;

	action_check(&arguments->named, state);
	if (sets && !arguments->policy)
		argp_error(state, "no policy: add --policy FILE");
	if (!sets && arguments->policy)
		argp_error(state, "--policy is only for \"set\"");
	if (!sets && arguments->allow_lockout)
		argp_error(state, "--allow-lockout is only for \"set\"");
}

static error_t parse_cgroup(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case ALLOW_LOCKOUT:
		arguments->allow_lockout = true;
		return 0;
	case 'a':
		arguments->named.all = true;
		return 0;
	case 'p':
		arguments->policy = arg;
		return 0;
	case ARGP_KEY_ARGS:
	case ARGP_KEY_NO_ARGS:
		action_parse(key, state, actions, &arguments->named);
		return 0;
	case ARGP_KEY_SUCCESS:
		check_options(arguments, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp cgroup_argp = {
	.options = (const struct argp_option[]) {
		{ "policy", 'p', "FILE", 0,
		  "The policy; its \"match\" is ignored", 0 },
		ACTION_ALL("Clear the policies of all cgroups"),
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Accept a policy that would keep execlock from clearing it again",
		  0 },
		{}
	},
	.parser = parse_cgroup,
	.children = common_options,
	.args_doc = "set CGROUP --policy FILE\nclear CGROUP\nclear --all\nlist",
	.doc =
"Apply a policy to every program that is executed in a cgroup.\n"
"\vThe policy also applies in the cgroups below, except in a cgroup with a policy\n"
"of its own.  Policies loaded with \"execlock load\" still apply.\n"
"  set CGROUP      apply a policy, replacing the cgroup's current policy\n"
"  clear CGROUP    stop applying the policy to future execs\n"
"  clear --all     stop applying the policies of all cgroups\n"
"  list            show the policies, how often each was applied (HITS), and\n"
"                  how often applying it failed (ERRORS)\n"
"\n"
"Name a CGROUP as in /proc/PID/cgroup, e.g. /system.slice/cron.service.  When a\n"
"cgroup is removed, e.g. because its service stops, its policy ends.  \"set\"\n"
"refuses a cgroup that execlock, or a process that it was started from, is in.\n"
"It also refuses a policy with \"execNoNewPrivs\": true, or with other\n"
"\"userNamespaceCapabilities\" for the programs that a program executes, and\n"
"a FILE that users other than root may write.\n"
"\n"
"Exit status: 0 success; 1 an operation failed, and nothing was changed; 2\n"
"wrong command line; 3 invalid policy; 4 the kernel lacks a feature; 5 success,\n"
"but without rules whose paths are missing.\n",
};

int cmd_cgroup(int argc, char **argv)
{
	struct arguments arguments = {};

	argp_parse(&cgroup_argp, argc, argv, 0, NULL, &arguments);
	return arguments.named.action->run(&arguments);
}
