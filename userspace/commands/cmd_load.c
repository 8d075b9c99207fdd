// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock load - Put policies in force
 */

#include <stdbool.h>
#include <stdio.h>

#include "advice.h"
#include "cli.h"
#include "loader.h"
#include "lock.h"
#include "lockout.h"
#include "message.h"
#include "pins.h"
#include "policy_files.h"

struct arguments {
	char **paths;
	size_t count;
	bool strict;
	bool allow_lockout;
};

/* Options without a short form. */
#define ALLOW_LOCKOUT 256

static error_t parse_load(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case ALLOW_LOCKOUT:
		arguments->allow_lockout = true;
		return 0;
	case 's':
		arguments->strict = true;
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
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Also load policies under which root could not unload them again",
		  0 },
		{ "strict", 's', NULL, 0,
		  "Refuse policies that name what is missing, instead of leaving that out",
		  0 },
		{}
	},
	.parser = parse_load,
	.children = common_options,
	.args_doc = "[FILE|DIRECTORY...]",
	.doc =
"Put the policies in the FILEs in force, and those in the files of each\n"
"DIRECTORY whose names end in \".json\" and do not begin with a dot, in the order\n"
"of their names; by default those in " FILES_DEFAULT_DIR ".  From now\n"
"on, what is executed is put under the policies whose conditions hold.  The set\n"
"that was in force before is replaced as a whole.  Processes that run keep what\n"
"they have.\n"
"\vAll or nothing: if there is an error in a policy, or there is no policy, the\n"
"set in force stays as it is.  What a policy names and is missing is no error: it\n"
"is left out and reported, and the exit status is 5.  Rules only allow, so this\n"
"denies more and never less.  execlock does not have to stay running.\n"
"\n"
"A policy is refused that would be applied to execlock itself, to what it was\n"
"started from, or to what root logs in with: what is under a policy cannot end\n"
"it, unless the policy has \"managesPolicies\".\n"
"\n"
"Files are refused that others than root may write, or that are in directories\n"
"that others may write.  Rules for what is in such directories are left out,\n"
"unless the policy has \"userPaths\".\n"
"\n"
"Exit status: 0 in force; 1 the system did not do it; 2 wrong command line;\n"
"3 wrong policy; 4 the kernel lacks something; 5 in force, but without rules or\n"
"conditions whose paths are missing.\n",
};

static int check_policy(const struct policy *policy)
{
	const struct node root = node_root(&policy->source);

	if (!policy->conditions)
		return node_err(&root, "has no \"match\", which says what the policy is for");
	return 0;
}

static json_t *describe(const struct policy *policies, size_t count,
			size_t left_out, json_t *warnings)
{
	json_t *const names = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(names, json_string(policies[i].name));
	return json_pack("{s:o, s:I, s:O}", "loaded", names, "leftOut",
			 (json_int_t)left_out, "warnings", warnings);
}

/* Says what is in force.  Returns the exit status. */
static int report(const struct policy *policies, size_t count,
		  json_t *warnings)
{
	const size_t left_out = policies_report_left_out(policies, count);

	if (json_output)
		p_json(describe(policies, count, left_out, warnings));
	else
		printf("%zu %s in force\n", count,
		       count == 1 ? "policy is" : "policies are");
	if (!left_out)
		return STATUS_OK;
	if (!json_output)
		fprintf(stderr, "execlock: warning: %zu paths or values of these policies are missing and left out; \"execlock check\" shows them, --strict refuses them\n",
			left_out);
	return STATUS_LEFT_OUT;
}

static int load(struct policy *policies, size_t count, bool for_others,
		bool allow_lockout)
{
	struct features kernel;
	size_t i;
	int err;

	for (i = 0; i < count; i++)
		if (check_policy(&policies[i]))
			return STATUS_POLICY;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	err = features_need_bpf(&kernel) ?: features_need_nnp(&kernel);
	if (err)
		return err;
	for (i = 0; !err && i < count; i++)
		if (policies[i].conditions & (1U << EXECLOCK_LOGIN))
			err = features_need_login(&kernel);
	if (err)
		return err;

	err = allow_lockout ? 0 : lockout_check(policies, count, for_others);
	if (err)
		return err == POLICY_UNUSABLE ? STATUS_POLICY : STATUS_FAILED;
	p_hold();
	err = loader_load(policies, count, &kernel);
	for (i = 0; !err && i < count; i++)
		advice_give(&policies[i]);
	p_release();
	switch (err) {
	case 0:
		return STATUS_OK;
	case POLICY_UNUSABLE:
		return STATUS_POLICY;
	default:
		return STATUS_FAILED;
	}
}

int cmd_load(int argc, char **argv)
{
	struct arguments arguments = {};
	json_t *const warnings = json_array();
	const bool for_others = files_for_others();
	struct policy *policies = NULL;
	struct files files;
	int status = STATUS_POLICY;

	argp_parse(&load_argp, argc, argv, 0, NULL, &arguments);
	p_collect_warnings(warnings);
	lock_take_early();
	if (!files_find(&files, arguments.paths, arguments.count,
			for_others) &&
	    !policies_read(&policies, files.names, files.count, for_others)) {
		if (arguments.strict)
			policies_be_strict(policies, files.count);
		status = load(policies, files.count, for_others,
			      arguments.allow_lockout);
	}
	if (status == STATUS_OK)
		status = report(policies, files.count, warnings);
	json_decref(warnings);
	policies_free(policies, files.count);
	files_free(&files);
	return status;
}
