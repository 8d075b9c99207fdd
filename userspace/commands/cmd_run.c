// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock run - Execute one command under a policy
 *
 * This is landlock_restrict_self(2) with LANDLOCK_RESTRICT_SELF_EXECTIME: the
 * policy needs no rule for what happens from here to the command, and its
 * executable file need not be readable under it.
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli.h"
#include "context.h"
#include "features.h"
#include "landlock_abi.h"
#include "message.h"
#include "ruleset.h"

struct arguments {
	const char *policy;
	bool no_new_privs;
	char **command;
};

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case 'p':
		arguments->policy = arg;
		return 0;
	case 'n':
		arguments->no_new_privs = true;
		return 0;
	case ARGP_KEY_ARG:
		arguments->command = cli_take_command(state);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->policy)
			argp_error(state, "no policy: add --policy FILE");
		if (!arguments->command)
			argp_error(state, "no command to run");
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
		{}
	},
	.parser = parse_run,
	.children = common_options,
	.args_doc = "--policy FILE [--] COMMAND [ARG...]",
	.doc =
"Execute COMMAND under the policy in FILE.\n"
"\vEither the caller has CAP_SYS_ADMIN, or COMMAND runs with no_new_privs: a caller\n"
"that can still gain privileges by executing a set-user-ID program must not\n"
"decide what that program may do.  With CAP_SYS_ADMIN in the initial user\n"
"namespace, no_new_privs is only set if the policy has \"noNewPrivs\": true, or with\n"
"--no-new-privs.  Without it, no_new_privs is set unless the policy has\n"
"\"noNewPrivs\": false.  A policy with \"execNoNewPrivs\": true\n"
"or \"userNamespaceCapabilities\" is rejected.\n"
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
		p_err("%s: enforcing a policy without no_new_privs needs CAP_SYS_ADMIN: add --no-new-privs, or remove \"noNewPrivs\": false from the policy's \"enforce\"",
		      policy->source.file);
		return -1;
	case E2BIG:
		return p_err("%s: cannot stage the policy: this process is in too many Landlock domains already",
			     policy->source.file);
	default:
		return p_err("%s: cannot stage the policy: %s",
			     policy->source.file, strerror(errno));
	}
}

static int prepare(struct policy *policy, bool no_new_privs)
{
	struct ruleset_options options = { .relative = true };
	struct features kernel;
	int ruleset, err;

	features_ask_landlock(&kernel);
	if (features_need_exectime(&kernel))
		return -1;
	options.abi = kernel.landlock_abi;
	options.kernel_abi = kernel.landlock_abi;
	/* The user can mend a missing path; no other policy depends on it. */
	if (policy->if_missing == POLICY_MISSING_UNSAID)
		policy->if_missing = POLICY_MISSING_ERROR;
	if (ruleset_create(policy, &options, &ruleset))
		return -1;
	policies_report_left_out(policy, 1);
	err = stage_policy(policy, ruleset, no_new_privs);
	close(ruleset);
	return err;
}

int cmd_run(int argc, char **argv)
{
	struct arguments arguments = {};
	struct policy policy;
	int err;

	argp_err_exit_status = STATUS_RUN;
	argp_parse(&run_argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	err = policy_read(&policy, arguments.policy, false);
	if (!err)
		err = policy_refuse_load_only(&policy, "run");
	if (!err)
		err = prepare(&policy, arguments.no_new_privs);
	policy_free(&policy);
	if (err)
		return STATUS_RUN;

	execvp(arguments.command[0], arguments.command);
	err = errno;
	p_err("cannot execute %s: %s", arguments.command[0], strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}
