// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock learn - Run a command, and propose a policy that allows its accesses
 *
 * The command runs without a policy.  BPF programs that are attached to the
 * hooks of Landlock report the rights that each access would have needed.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "binfmt.h"
#include "cli.h"
#include "features.h"
#include "learn_output.h"
#include "message.h"
#include "observe.h"
#include "observed.h"
#include "path_lookup.h"
#include "propose.h"

enum {
	OPTION_DRY_RUN = 256,
};

struct arguments {
	struct learn_output output;
	char **command;
};

static error_t parse_learn(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case 'o':
		arguments->output.file = arg;
		return 0;
	case 'i':
		arguments->output.into = arg;
		return 0;
	case 'n':
		arguments->output.name = arg;
		return 0;
	case OPTION_DRY_RUN:
		arguments->output.dry_run = true;
		return 0;
	case ARGP_KEY_ARG:
		arguments->command = cli_take_command(state);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command)
			argp_error(state, "no command to run");
		if (arguments->output.file && arguments->output.into)
			argp_error(state, "--output makes a new file, and --into adds to one: give one of them");
		if (arguments->output.dry_run && !arguments->output.into)
			argp_error(state, "--dry-run is for --into FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp learn_argp = {
	.options = (const struct argp_option[]) {
		{ "output", 'o', "FILE", 0,
		  "Write the policy to a new FILE instead of standard output",
		  0 },
		{ "into", 'i', "FILE", 0,
		  "Add what is missing to the policy in FILE, and show the difference; FILE may be a directory of policies",
		  0 },
		{ "dry-run", OPTION_DRY_RUN, NULL, 0,
		  "With --into, only show the difference", 0 },
		{ "name", 'n', "NAME", 0, "Name of the policy", 0 },
		{}
	},
	.parser = parse_learn,
	.children = common_options,
	.args_doc = "[--] COMMAND [ARG...]",
	.doc =
"Run COMMAND, observe it and its children, and propose a policy for it that\n"
"allows their accesses and no other ones that Landlock can deny.  COMMAND runs\n"
"without restrictions, unless policies in force apply to it.  Observing needs root.\n"
"\vThe policy is written when all processes of COMMAND, daemons included, have\n"
"ended, or after Ctrl-C or SIGTERM.  If the policy goes to standard output, the\n"
"output of COMMAND goes to standard error.\n"
"\n"
"Read the proposal before you use it: it has the accesses of this run, which may\n"
"differ from those of later runs, and must not have been an attack.  If COMMAND is\n"
"a wrapper, such as env, sudo or \"sh -c\", the policy is for the program that the\n"
"wrapper executes.  Rules are for the directories of files, because a rule for a\n"
"file ends when the file is replaced; notes list directories whose rules allow\n"
"more than was used.  Not observed are accesses that were denied by other means,\n"
"files that were open from the start, and the owners of UNIX sockets.  Paths are\n"
"those of this mount namespace.  See execlock(8).\n"
"\n"
"Exit status: 0 a policy is proposed; 1 an operation failed, or events were lost,\n"
"so that the proposal is incomplete; 2 wrong command line; 4 the kernel lacks a\n"
"feature; 126 COMMAND cannot be executed; 127 COMMAND was not found.\n",
};

/* Sets @path to the program that the policy is for.  Returns 0 or an errno. */
static int find_executable(const char *name, char *path)
{
	char found[PATH_MAX];
	const int err = path_lookup(name, found);

	if (err)
		return -err;
	return realpath(found, path) ? 0 : errno;
}

static int cannot_execute(const char *name, int err)
{
	p_err("cannot execute %s: %s", name, strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

static void note_link(const char *name, const char *executable, json_t *notes)
{
	const char *const slash = strrchr(name, '/');

	if (strcmp(slash ? slash + 1 : name, strrchr(executable, '/') + 1))
		propose_note(notes, "%s is a link to %s: the policy applies whenever that file is executed, by any name",
			     name, executable);
}

/* execvp(3) executes a shell for such a file, which the policy is not for. */
static void note_shell(const char *executable, json_t *notes)
{
	const int fd = open(executable, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct binfmt binfmt;

	if (fd < 0)
		return;
	binfmt_read(fd, executable, &binfmt);
	if (binfmt.kind == BINFMT_NONE && !binfmt.error)
		propose_note(notes, "%s has no format that the kernel knows, so %s is executed instead and the policy is never applied: begin the script with \"#!%s\"",
			     executable, PATH_LOOKUP_SHELL, PATH_LOOKUP_SHELL);
	close(fd);
}

static void note_wrappers(const struct observed *observed, json_t *notes)
{
	const json_t *path;
	size_t i;

	json_array_foreach(observed->wrappers, i, path)
		propose_note(notes, "%s executed %s, which the policy is for: accesses of the former itself, and of other commands that it executed, are left out",
			     json_string_value(path), observed->program.path);
}

static void note_end(const struct observed *observed, json_t *notes)
{
	if (!observed->ended)
		return;
	if (WIFSIGNALED(observed->status))
		propose_note(notes, "the command was killed by signal %d",
			     WTERMSIG(observed->status));
	else if (WEXITSTATUS(observed->status))
		propose_note(notes, "the command failed with status %d",
			     WEXITSTATUS(observed->status));
}

static int make_policy(const struct observed *observed, const char *command,
		       const char *executable, const struct features *kernel,
		       struct proposed *proposed)
{
	if (json_array_size(observed->wrappers)) {
		note_wrappers(observed, proposed->notes);
		executable = observed->program.path;
	} else {
		note_link(command, executable, proposed->notes);
	}
	note_shell(executable, proposed->notes);
	note_end(observed, proposed->notes);
	return propose(observed, executable, kernel, proposed);
}

static int learn(char **command, const char *executable,
		 const struct features *kernel, struct learn_output *output)
{
	struct proposed proposed = {
		.name = output->name,
		.merges = output->merges,
		.notes = json_array(),
	};
	struct observed observed;
	int status = STATUS_FAILED;

	if (!observe(&observed, command, learn_output_is_stdout(output))) {
		if (observed.error)
			status = cannot_execute(command[0], observed.error);
		else
			make_policy(&observed, command[0], executable, kernel,
				    &proposed);
	}
	/* The policy of a program that mounts has no rules for files. */
	if (proposed.policy && !learn_output_write(output, &proposed) &&
	    !observed.lost && (!observed.no_path || observed.mounts))
		status = STATUS_OK;
	observed_free(&observed);
	json_decref(proposed.policy);
	json_decref(proposed.notes);
	return status;
}

int cmd_learn(int argc, char **argv)
{
	struct arguments arguments = {};
	char executable[PATH_MAX];
	struct features kernel;
	int status, err;

	argp_parse(&learn_argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_bpf(&kernel);
	if (status)
		return status;
	err = find_executable(arguments.command[0], executable);
	if (err)
		return cannot_execute(arguments.command[0], err);
	/* Before the command runs, in case this fails. */
	if (learn_output_open(&arguments.output))
		status = STATUS_FAILED;
	else
		status = learn(arguments.command, executable, &kernel,
			       &arguments.output);
	learn_output_close(&arguments.output);
	return status;
}
