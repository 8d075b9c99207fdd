// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock run - Execute one command under a policy
 *
 * This is landlock_restrict_self(2) with LANDLOCK_RESTRICT_SELF_EXECTIME: the
 * policy needs no rule for what happens from here to the command, and its
 * executable file need not be readable under it.  prctl(2) bounds the
 * capabilities in user namespaces.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adhoc.h"
#include "cli.h"
#include "context.h"
#include "environment.h"
#include "features.h"
#include "landlock_abi.h"
#include "message.h"
#include "mode.h"
#include "places.h"
#include "ruleset.h"
#include "userns_lower.h"

/* Keys of options that have no letter. */
enum {
	KEY_RO = 256,
	KEY_ROX,
	KEY_RW,
	KEY_BIND,
	KEY_CONNECT,
	KEY_WITH_LIBRARIES,
	KEY_ENV,
	KEY_PRINT,
};

struct arguments {
	const char *policy;
	struct adhoc adhoc;
	struct environment environment;
	bool no_new_privs;
	bool print;
	char **command;
};

/* Ends the command if an option is wrong. */
static error_t take(const struct argp_state *state, const char *option,
		    const char *arg, const char *error)
{
	if (error)
		argp_error(state, "%s %s: %s", option, arg, error);
	return 0;
}

static void check_arguments(const struct argp_state *state,
			    const struct arguments *arguments)
{
	if (arguments->policy && arguments->adhoc.used)
		argp_error(state, "--policy has all rules: --ro, --rox, --rw, --bind, --connect and --with-libraries cannot be added");
	if (arguments->policy && arguments->print)
		argp_error(state, "--print is for a policy of --ro and the like, and --policy has its own file");
	if (!arguments->policy && !arguments->adhoc.used)
		argp_error(state, "no policy: add --policy FILE, or the rules with --ro, --rox, --rw, --bind, --connect or --with-libraries");
	if (!arguments->command)
		argp_error(state, "no command to run");
}

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	struct adhoc *const adhoc = &arguments->adhoc;

	switch (key) {
	case 'p':
		arguments->policy = arg;
		return 0;
	case 'n':
		arguments->no_new_privs = true;
		adhoc->no_new_privs = true;
		return 0;
	case KEY_RO:
		return take(state, "--ro", arg,
			    adhoc_add_path(adhoc, ADHOC_RO, arg));
	case KEY_ROX:
		return take(state, "--rox", arg,
			    adhoc_add_path(adhoc, ADHOC_ROX, arg));
	case KEY_RW:
		return take(state, "--rw", arg,
			    adhoc_add_path(adhoc, ADHOC_RW, arg));
	case KEY_BIND:
		return take(state, "--bind", arg,
			    adhoc_add_port(adhoc, true, arg));
	case KEY_CONNECT:
		return take(state, "--connect", arg,
			    adhoc_add_port(adhoc, false, arg));
	case KEY_WITH_LIBRARIES:
		adhoc->used = true;
		adhoc->with_libraries = true;
		return 0;
	case KEY_ENV:
		return take(state, "--env", arg,
			    environment_add(&arguments->environment, arg));
	case KEY_PRINT:
		arguments->print = true;
		return 0;
	case ARGP_KEY_ARG:
		arguments->command = cli_take_command(state);
		return 0;
	case ARGP_KEY_END:
		check_arguments(state, arguments);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp run_argp = {
	.options = (const struct argp_option[]) {
		{ "policy", 'p', "FILE", 0,
		  "The policy; its \"match\" is ignored", 0 },
		{ "no-new-privs", 'n', NULL, 0,
		  "Set no_new_privs, even if the policy does not",
		  0 },
		{ NULL, 0, NULL, 0, "Instead of a policy in a file:", 1 },
		{ "ro", KEY_RO, "PATH", 0, "Allow to read PATH", 1 },
		{ "rox", KEY_ROX, "PATH", 0, "Allow to read and execute PATH",
		  1 },
		{ "rw", KEY_RW, "PATH", 0,
		  "Allow to read and write PATH, to create and to remove", 1 },
		{ "bind", KEY_BIND, "PORT", 0,
		  "Allow to bind to PORT[/tcp|/udp]", 1 },
		{ "connect", KEY_CONNECT, "PORT", 0,
		  "Allow to connect and send to PORT[/tcp|/udp]", 1 },
		{ "with-libraries", KEY_WITH_LIBRARIES, NULL, 0,
		  "Allow to read the libraries that COMMAND is linked to", 1 },
		{ "print", KEY_PRINT, NULL, 0,
		  "Show the policy that these options make, and run nothing",
		  1 },
		{ NULL, 0, NULL, 0, "With any policy:", 2 },
		{ "env", KEY_ENV, "VARIABLE", 0,
		  "Pass only these variables: NAME, PREFIX*, or NAME=VALUE", 2 },
		{}
	},
	.parser = parse_run,
	.children = common_options,
	.args_doc = "--policy FILE [--] COMMAND [ARG...]\n"
		    "--ro PATH... [--] COMMAND [ARG...]",
	.doc =
"Execute COMMAND under the policy in FILE, or under the rules of the command line.\n"
"\v--ro, --rox, --rw, --bind and --connect may be repeated.  What none of them\n"
"allows is denied: files, the network, and signals and abstract UNIX sockets to\n"
"processes that COMMAND did not start.\n"
"\n"
"Either the caller has CAP_SYS_ADMIN, or COMMAND runs with no_new_privs: a\n"
"caller that can still gain privileges by executing a set-user-ID program must\n"
"not decide what that program may do.  With CAP_SYS_ADMIN in the initial user\n"
"namespace, no_new_privs is only set if the policy has \"noNewPrivs\": true, or\n"
"with --no-new-privs.  Without it, no_new_privs is set unless the policy has\n"
"\"noNewPrivs\": false.  A policy with \"execNoNewPrivs\": true, or with other\n"
"\"userNamespaceCapabilities\" for the programs that COMMAND executes, is\n"
"rejected.  A policy with \"mode\": \"permissive\" denies nothing and sets no\n"
"no_new_privs; \"execlock monitor\" shows the accesses that it would deny.\n"
"\n"
"Exit status: 125 execlock failed; 126 COMMAND cannot be executed; 127 COMMAND\n"
"was not found; otherwise the exit status of COMMAND.\n",
};

/*
 * Stages a ruleset and no_new_privs: in one step, so that the exec sets both,
 * if the kernel permits that to this process.
 */
static int stage_no_new_privs(int ruleset, __u32 flags)
{
	if (!landlock_restrict_self(ruleset, flags |
				    LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS))
		return 0;
	if (errno != EPERM)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return landlock_restrict_self(ruleset, flags);
}

/*
 * Whether the policy sets no_new_privs, as bpf/limit.h decides for loaded ones.
 */
static bool limits(const struct policy *policy)
{
	if (policy->permissive)
		return false;
	return policy->no_new_privs == EXECLOCK_NNP_ALWAYS ||
	       (policy->no_new_privs == EXECLOCK_NNP_AUTO &&
		!context_administers());
}

static int stage_policy(const struct policy *policy, int ruleset,
			bool no_new_privs)
{
	const __u32 flags = policy->flags | LANDLOCK_RESTRICT_SELF_EXECTIME;
	int err;

	if (no_new_privs || limits(policy))
		err = stage_no_new_privs(ruleset, flags);
	else
		err = landlock_restrict_self(ruleset, flags);
	if (!err)
		return 0;
	switch (errno) {
	case EPERM:
		if (policy->permissive)
			return p_err("%s: a permissive policy does not set no_new_privs, and without it, the kernel takes a policy only from a process with CAP_SYS_ADMIN: add --no-new-privs",
				     policy->source.file);
		return p_err("%s: enforcing a policy without no_new_privs needs CAP_SYS_ADMIN: add --no-new-privs, or remove \"noNewPrivs\": false from the policy's \"enforce\"",
			     policy->source.file);
	case E2BIG:
		return p_err("%s: cannot stage the policy: this process is in too many Landlock domains already",
			     policy->source.file);
	default:
		return p_err("%s: cannot stage the policy: %s",
			     policy->source.file, strerror(errno));
	}
}

static int stage_landlock(struct policy *policy, bool no_new_privs)
{
	struct ruleset_options options = { .relative = true };
	struct features kernel;
	int ruleset, err;

	features_ask_landlock(&kernel);
	if (features_need_exectime(&kernel) ||
	    mode_check_kernel(policy, kernel.permissive))
		return -1;
	options.abi = kernel.landlock_abi;
	options.kernel_abi = kernel.landlock_abi;
	options.places = kernel.places;
	options.kernel_places = kernel.places;
	/* The user can mend a missing path; no other policy depends on it. */
	if (policy->if_missing == POLICY_MISSING_UNSAID)
		policy->if_missing = POLICY_MISSING_ERROR;
	if (ruleset_create(policy, &options, &ruleset))
		return -1;
	policies_report_left_out(policy, 1);
	places_note(policy);
	err = stage_policy(policy, ruleset, no_new_privs);
	close(ruleset);
	return err;
}

/* Sets no_new_privs for a policy that has no domain to be set with. */
static int set_no_new_privs(const struct policy *policy, bool no_new_privs)
{
	if ((!no_new_privs && !limits(policy)) ||
	    !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return 0;
	return p_err("cannot set no_new_privs: %s", strerror(errno));
}

static int prepare(struct policy *policy, bool no_new_privs)
{
	if (policy_bounds_userns(policy) && userns_lower(policy))
		return -1;
	return policy->has_landlock ? stage_landlock(policy, no_new_privs) :
				      set_no_new_privs(policy, no_new_privs);
}

/* Makes the policy of the command line, or shows it. */
static int take_rules(struct arguments *arguments, struct policy *policy)
{
	struct features kernel;
	json_t *root;
	char *text;
	int err;

	features_ask_landlock(&kernel);
	arguments->adhoc.places = kernel.places;
	root = adhoc_make(&arguments->adhoc, arguments->command[0]);
	if (!root)
		return -1;
	/* Also before it is shown: a policy that is shown is valid. */
	err = policy_take(policy, "command line", root);
	if (!err && arguments->print) {
		text = source_text(root);
		err = text ? fputs(text, stdout) == EOF :
			     p_err("out of memory");
		free(text);
	}
	json_decref(root);
	return err;
}

static int read_policy(struct arguments *arguments, struct policy *policy)
{
	if (!arguments->policy)
		return take_rules(arguments, policy);
	return policy_read(policy, arguments->policy, false) ?:
	       policy_refuse_for(policy, "run");
}

static int execute(const struct arguments *arguments)
{
	char **const command = arguments->command;
	char **const variables = environment_make(&arguments->environment);
	int err;

	if (!variables) {
		p_err("out of memory");
		return STATUS_RUN;
	}
	execvpe(command[0], command, variables);
	err = errno;
	free(variables);
	p_err("cannot execute %s: %s", command[0], strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

int cmd_run(int argc, char **argv)
{
	struct arguments arguments = {};
	struct policy policy = {};
	int err, status = STATUS_RUN;

	argp_err_exit_status = STATUS_RUN;
	argp_parse(&run_argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	err = read_policy(&arguments, &policy);
	if (!err && !arguments.print)
		err = prepare(&policy, arguments.no_new_privs);
	policy_free(&policy);
	if (!err)
		status = arguments.print ? STATUS_OK : execute(&arguments);
	adhoc_free(&arguments.adhoc);
	environment_free(&arguments.environment);
	return status;
}
