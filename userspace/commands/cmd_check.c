// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock check - Look for mistakes in policies
 *
 * Nothing is loaded and nothing is executed.  Rulesets are made and dropped, so
 * that what the kernel refuses is known.
 */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "features.h"
#include "landlock_abi.h"
#include "message.h"
#include "patterns.h"
#include "places.h"
#include "policy_files.h"
#include "verify.h"

struct arguments {
	char **paths;
	size_t count;
	const char *system;
	int abi;
	bool strict;
	bool rules;
	bool allow_lockout;
};

/* Options without a short form. */
#define ALLOW_LOCKOUT 256
#define SYSTEM 257

static error_t parse_check(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	char *end;
	long abi;

	switch (key) {
	case 'a':
		abi = strtol(arg, &end, 10);
		if (!isdigit((unsigned char)*arg) || *end || abi < 1 ||
		    abi > LANDLOCK_ABI_KNOWN)
			argp_error(state, "--abi is a number from 1 to %d",
				   LANDLOCK_ABI_KNOWN);
		arguments->abi = abi;
		return 0;
	case 's':
		arguments->strict = true;
		return 0;
	case 'r':
		arguments->rules = true;
		return 0;
	case ALLOW_LOCKOUT:
		arguments->allow_lockout = true;
		return 0;
	case SYSTEM:
		arguments->system = arg;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->paths = state->argv + state->next;
		arguments->count = state->argc - state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp check_argp = {
	.options = (const struct argp_option[]) {
		{ "abi", 'a', "VERSION", 0,
		  "Check for a kernel with this Landlock ABI (default: the running kernel's, or the newest known)",
		  0 },
		{ "strict", 's', NULL, 0,
		  "Take what is missing for an error, as \"execlock load --strict\" does",
		  0 },
		{ "rules", 'r', NULL, 0,
		  "Show of each path whether its rule is for the file that is there, for the name, or for both",
		  0 },
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Allow policies under which root could not unload them again, as with \"execlock load\"",
		  0 },
		{ "system", SYSTEM, "FILE", 0,
		  "Also check this file of the system, as \"execlock load --system\" takes it",
		  0 },
		{}
	},
	.parser = parse_check,
	.children = common_options,
	.args_doc = "[FILE|DIRECTORY...]",
	.doc =
"Look for mistakes in policies, as a set: in the FILEs and DIRECTORYs, which\n"
"are those that \"execlock load\" takes.  Errors are what it would refuse.\n"
"Warnings are policies that are never applied or add nothing, and libraries\n"
"that a program is linked to but would not be allowed to read.\n"
"\vNothing is loaded or executed, and no special kernel is needed.\n"
"\n"
"Exit status: 0 no error, maybe warnings; 1 an operation failed; 2 wrong\n"
"command line; 3 errors; 5 no error, but rules or conditions whose paths are\n"
"missing are left out.\n",
};

/* The exit status that says what came of the work. */
static int status_of(int err, const struct verified *set)
{
	if (err)
		return err < 0 ? STATUS_FAILED : STATUS_POLICY;
	return set->left_out ? STATUS_LEFT_OUT : STATUS_OK;
}

static void report_json(bool ok, int abi, const struct verified *set,
			json_t *findings)
{
	p_json(json_pack("{s:b, s:i, s:I, s:I, s:o, s:o, s:O}",
			 "ok", ok, "landlockAbi", abi,
			 "policies", (json_int_t)set->count,
			 "leftOut", (json_int_t)set->left_out, "patterns",
			 patterns_list(set->policies, set->count), "places",
			 places_list(set->policies, set->count),
			 "findings", findings));
}

static void report_text(const struct verified *set, bool rules)
{
	printf("%zu %s without error\n", set->count,
	       set->count == 1 ? "policy is" : "policies are");
	patterns_print(set->policies, set->count);
	if (rules)
		places_print_rules(set->policies, set->count);
	else
		places_print(set->policies, set->count);
	if (set->left_out)
		printf("%zu paths or values of these policies are missing and left out\n",
		       set->left_out);
}

int cmd_check(int argc, char **argv)
{
	struct arguments arguments = {};
	struct verify_options options = { .all = true };
	json_t *const findings = json_array();
	struct features kernel;
	struct verified set;
	bool ok;
	int err;

	argp_parse(&check_argp, argc, argv, 0, NULL, &arguments);
	p_collect(findings);
	features_ask_landlock(&kernel);
	options.kernel_abi = kernel.landlock_abi;
	options.abi = arguments.abi ?: kernel.landlock_abi ?:
		      LANDLOCK_ABI_KNOWN;
	/* An older version has none; the same one may. */
	options.places = arguments.abi || !kernel.landlock_abi ?
			 options.abi >= LANDLOCK_ABI_PLACES : kernel.places;
	options.kernel_places = kernel.places;
	options.for_kernel = !arguments.abi;
	options.for_others = files_for_others();
	options.strict = arguments.strict;
	options.allow_lockout = arguments.allow_lockout;
	options.system = files_system(arguments.system, arguments.count);
	err = verify(&set, arguments.paths, arguments.count, &options);
	ok = !err;
	if (json_output)
		report_json(ok, options.abi, &set, findings);
	else if (ok)
		report_text(&set, arguments.rules);
	err = status_of(err, &set);
	verify_release(&set);
	json_decref(findings);
	return err;
}
