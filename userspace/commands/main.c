// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Enforce Landlock policies on programs as they are executed
 */

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "message.h"
#include "privileges.h"
#include "util.h"
#include "version.h"

const char *argp_program_version = "execlock " VERSION;

/* Whether print_bpf() prints, to which libbpf passes no argument of ours. */
static bool verbose;

/**
 * struct command - A sub-command
 *
 * @name: Its name.
 * @run: Runs it.  Returns an &enum status.
 * @privileges: The capabilities that it keeps; it may need fewer.
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	__u64 privileges;
};

static const struct command commands[] = {
	{ "load", cmd_load, PRIVILEGES_PROCESSES },
	{ "trial", cmd_trial, PRIVILEGES_PROCESSES },
	{ "unload", cmd_unload, PRIVILEGES_MAPS },
	{ "run", cmd_run, PRIVILEGES_ALL },
	{ "status", cmd_status, PRIVILEGES_MAPS | PRIVILEGES_LOOK },
	{ "check", cmd_check, PRIVILEGES_ANCESTORS },
	{ "explain", cmd_explain, PRIVILEGES_PROCESSES },
	{ "monitor", cmd_monitor, PRIVILEGES_BPF },
	{ "learn", cmd_learn, PRIVILEGES_ALL },
	{ "cgroup", cmd_cgroup, PRIVILEGES_PROCESSES },
	{ "oci-hook", cmd_oci_hook, PRIVILEGES_PROCESSES },
	{ "nnp", cmd_nnp, PRIVILEGES_BPF },
	{ "userns", cmd_userns, PRIVILEGES_BPF },
	{ "features", cmd_features, PRIVILEGES_NONE },
};

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		json_output = true;
		return 0;
	case 'v':
		verbose = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp common_argp = {
	.options = (const struct argp_option[]) {
		{ "json", 'j', NULL, 0,
		  "Write the result, or the error, as one JSON document to standard output",
		  0 },
		{ "verbose", 'v', NULL, 0,
		  "Show the messages of the BPF library and the BPF verifier", 0 },
		{}
	},
	.parser = parse_common,
};

const struct argp_child common_options[] = {
	{ &common_argp, 0, NULL, 0 },
	{}
};

char **cli_take_command(struct argp_state *state)
{
	char **const command = state->argv + state->next - 1;

	state->next = state->argc;
	return command;
}

static int print_bpf(enum libbpf_print_level level, const char *fmt,
		     va_list args)
{
	return verbose ? vfprintf(stderr, fmt, args) : 0;
}

/**
 * struct rest - The command line, from the command's name on
 *
 * @command: The command.
 * @argc: Number of @argv.
 * @argv: The command's name and its arguments.
 */
struct rest {
	const struct command *command;
	int argc;
	char **argv;
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static error_t parse_main(int key, char *arg, struct argp_state *state)
{
	struct rest *const rest = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		rest->command = find_command(arg);
		if (!rest->command)
			argp_error(state, "unknown command \"%s\"", arg);
		rest->argc = state->argc - state->next + 1;
		rest->argv = cli_take_command(state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no command");
		return ARGP_ERR_UNKNOWN;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp main_argp = {
	.parser = parse_main,
	.children = common_options,
	.args_doc = "COMMAND [OPTION...] [ARG...]",
	.doc =
"Enforce Landlock policies on programs as they are executed.\n"
"\vCommands:\n"
"  check          report mistakes in policies, without loading them\n"
"  load           load policies, replacing the policies in force\n"
"  trial          try policies beside the policies in force, denying nothing\n"
"  unload         stop enforcing the loaded policies on future execs\n"
"  run --policy FILE -- COMMAND, run --ro PATH -- COMMAND\n"
"                 execute one command under a policy; needs no root and no BPF\n"
"  status         show the policies in force and how often they were applied\n"
"  explain -- COMMAND, explain --pid PID\n"
"                 show which policies apply to a command or process, and why\n"
"  monitor        show execs under policies, and denials, as they happen\n"
"  learn -- COMMAND\n"
"                 run a command, and propose a policy that allows its accesses\n"
"  cgroup         policies of cgroups: set, clear, list\n"
"  oci-hook       put a container under a policy, as a hook of its runtime\n"
"  nnp            deny new privileges, but not in containers: set, clear, list\n"
"  userns         default of capabilities in user namespaces: set, clear, list\n"
"  features       show which features the kernel supports\n"
"\n"
"For more, see \"execlock COMMAND --help\".\n"
"\n"
"Exit status: 0 success; 1 an operation failed; 2 wrong command line; 3 invalid\n"
"policy, nothing was changed; 4 the kernel lacks a feature; 5 success, but\n"
"without rules or conditions whose paths are missing.  \"run\" has the exit\n"
"statuses of env(1).\n",
};

static int call(const struct rest *rest)
{
	const struct command *const command = rest->command;
	static char name[64];

	snprintf(name, sizeof(name), "execlock %s", command->name);
	rest->argv[0] = name;
	/* argp takes the name for messages from here. */
	program_invocation_name = name;
	if (privileges_keep(command->privileges))
		return STATUS_FAILED;
	return command->run(rest->argc, rest->argv);
}

/* A reader of the output must be able to rely on having all of it. */
static void check_output(int status, void *arg)
{
	int err = 0;

	if (fflush(stdout) == EOF)
		err = errno;
	if (!err && !ferror(stdout))
		return;
	/* Not with p_err(), which may use the same output. */
	fprintf(stderr, "execlock: error: cannot write to standard output%s%s\n",
		err ? ": " : "", err ? strerror(err) : "");
	if (status == STATUS_OK)
		_exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	struct rest rest = {};

	/* Where argp shows help, it does not return here. */
	on_exit(check_output, NULL);
	argp_err_exit_status = STATUS_USAGE;
	libbpf_set_print(print_bpf);
	argp_parse(&main_argp, argc, argv, ARGP_IN_ORDER, NULL, &rest);
	return call(&rest);
}
