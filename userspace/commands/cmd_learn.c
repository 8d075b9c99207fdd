// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock learn - Run a command, and propose a policy that allows its accesses
 *
 * The command runs without a policy.  BPF programs that are attached to the
 * hooks of Landlock report the rights that each access would have needed.
 */

#include <ctype.h>
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
#include "learn_running.h"
#include "message.h"
#include "observe.h"
#include "observe_running.h"
#include "observed.h"
#include "path_lookup.h"
#include "propose.h"
#include "units.h"
#include "util.h"

enum {
	OPTION_DRY_RUN = 256,
	OPTION_DURATION,
};

struct arguments {
	struct learn_output output;
	struct observe_target target;
	char **command;
};

/* A number, in seconds unless there is a letter. */
static void parse_duration(const char *arg, unsigned int *seconds,
			   struct argp_state *state)
{
	static const struct {
		const char *letter;
		unsigned int seconds;
	} units[] = {
		{ "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 },
	};
	unsigned long number;
	char *end;
	size_t i;

	number = strtoul(arg, &end, 10);
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (isdigit((unsigned char)*arg) && number && number <= 100000 &&
		    strcmp(end, units[i].letter) == 0) {
			*seconds = number * units[i].seconds;
			return;
		}
	argp_error(state, "invalid --duration \"%s\": expected a number from 1 to 100000, and s, m, h or d",
		   arg);
}

static void check_arguments(const struct arguments *arguments,
			    struct argp_state *state)
{
	const struct observe_target *const target = &arguments->target;
	const int targets = !!target->service + !!target->cgroup +
			    !!target->policy + !!arguments->command;

	if (!targets)
		argp_error(state, "no command to run, and no --unit, --cgroup or --policy to observe");
	if (targets > 1)
		argp_error(state, "a command, --unit, --cgroup and --policy exclude one another: give one");
	if (target->seconds && arguments->command)
		argp_error(state, "--duration is for --unit, --cgroup and --policy: a command is observed until it ends");
	if (arguments->output.file && arguments->output.into)
		argp_error(state, "--output makes a new file, and --into adds to one: give one of them");
	if (arguments->output.dry_run && !arguments->output.into)
		argp_error(state, "--dry-run is for --into FILE");
}

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
	case 'u':
		arguments->target.service = arg;
		return 0;
	case 'c':
		arguments->target.cgroup = arg;
		return 0;
	case 'p':
		arguments->target.policy = arg;
		return 0;
	case OPTION_DURATION:
		parse_duration(arg, &arguments->target.seconds, state);
		return 0;
	case OPTION_DRY_RUN:
		arguments->output.dry_run = true;
		return 0;
	case ARGP_KEY_ARG:
		arguments->command = cli_take_command(state);
		return 0;
	case ARGP_KEY_END:
		check_arguments(arguments, state);
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
		{ "unit", 'u', "UNIT", 0,
		  "Observe a systemd service, however often it is started", 0 },
		{ "cgroup", 'c', "CGROUP", 0,
		  "Observe all processes in a cgroup", 0 },
		{ "policy", 'p', "NAME", 0,
		  "Observe the processes under a policy in force", 0 },
		{ "duration", OPTION_DURATION, "TIME", 0,
		  "End after so many seconds, or a time such as 10m, 8h or 2d",
		  0 },
		{}
	},
	.parser = parse_learn,
	.children = common_options,
	.args_doc = "[--] COMMAND [ARG...]\n--unit UNIT | --cgroup CGROUP | --policy NAME",
	.doc =
"Run COMMAND, observe it and its children, and propose a policy for it that\n"
"allows their accesses and no other ones that Landlock can deny.  COMMAND runs\n"
"without restrictions, unless policies in force apply to it.  Observing needs\n"
"root.\n"
"\vThe policy is written when all processes of COMMAND, daemons included, have\n"
"ended, or after Ctrl-C or SIGTERM.  If the policy goes to standard output, the\n"
"output of COMMAND goes to standard error.\n"
"\n"
"With --unit, --cgroup or --policy, no command runs.  The processes that run\n"
"are observed, and those that are started until Ctrl-C, SIGTERM or the end of\n"
"--duration.  The policy of a service is for its program in its cgroup.\n"
"\n"
"Read the proposal before you use it: it has the accesses of this run, which\n"
"may differ from those of later runs, and must not have been an attack.  If\n"
"COMMAND is a wrapper, such as env, sudo or \"sh -c\", the policy is for the\n"
"program that the wrapper executes.  Rules are for the directories of files,\n"
"because the next run may need others there; notes list\n"
"directories whose rules allow more than was used.  Not observed are accesses\n"
"that were denied by other means, files that were open from the start, and the\n"
"owners of UNIX sockets.  Paths are those of this mount namespace.  See\n"
"execlock(8).\n"
"\n"
"Exit status: 0 a policy is proposed; 1 an operation failed, or events were\n"
"lost, so that the proposal is incomplete; 2 wrong command line; 4 the kernel\n"
"lacks a feature; 126 COMMAND cannot be executed; 127 COMMAND was not found.\n",
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

/* A command of a service sees the private mounts of the service. */
static void add_own_service(struct observed *observed)
{
	FILE *const file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX], unit[NAME_MAX + 1];

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0 &&
		    units_of_cgroup(line + 3, unit))
			observed_add_service(observed, unit);
	}
	if (file)
		fclose(file);
}

static int make_policy(struct observed *observed, const char *command,
		       const char *executable, const struct features *kernel,
		       struct proposed *proposed)
{
	json_t *executables;
	int err;

	if (json_array_size(observed->wrappers)) {
		note_wrappers(observed, proposed->notes);
		executable = observed->program.path;
	} else {
		note_link(command, executable, proposed->notes);
	}
	note_shell(executable, proposed->notes);
	/* Without rules for names, only one for / reaches them. */
	if (kernel->places)
		add_own_service(observed);
	note_end(observed, proposed->notes);
	executables = json_pack("[o]", json_stringn_nocheck(executable,
							    strlen(executable)));
	proposed->executables = executables;
	err = executables ? propose(observed, kernel, proposed) :
			    p_err("out of memory");
	proposed->executables = NULL;
	json_decref(executables);
	return err;
}

/* Returns an exit status. */
static int learn_command(char **command, const char *executable, bool quiet,
			 const struct features *kernel,
			 struct proposed *proposed)
{
	struct observed observed;
	int status = STATUS_FAILED;

	if (!observe(&observed, command, quiet)) {
		if (observed.error)
			status = cannot_execute(command[0], observed.error);
		else if (!make_policy(&observed, command[0], executable, kernel,
				      proposed))
			status = STATUS_OK;
	}
	observed_free(&observed);
	return status;
}

/* Returns an exit status. */
static int learn(struct arguments *arguments, const char *executable,
		 const struct features *kernel)
{
	struct learn_output *const output = &arguments->output;
	struct proposed proposed = {
		.name = output->name,
		.merges = output->merges,
		.notes = json_array(),
	};
	int status;

	if (arguments->command)
		status = learn_command(arguments->command, executable,
				       learn_output_is_stdout(output), kernel,
				       &proposed);
	else
		status = learn_running(&arguments->target, kernel, &proposed) ?
			 STATUS_FAILED : STATUS_OK;
	if (!status && (learn_output_write(output, &proposed) ||
			!proposed.complete))
		status = STATUS_FAILED;
	json_decref(proposed.policy);
	json_decref(proposed.notes);
	return status;
}

static int check_target(struct arguments *arguments)
{
	const char *const policy = arguments->target.policy;

	if (policy && !arguments->output.name)
		arguments->output.name = policy;
	return learn_running_check(&arguments->target);
}

int cmd_learn(int argc, char **argv)
{
	struct arguments arguments = {};
	char executable[PATH_MAX] = "";
	struct features kernel;
	int status, err;

	argp_parse(&learn_argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	if (check_target(&arguments))
		return STATUS_FAILED;
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_bpf(&kernel);
	if (status)
		return status;
	err = arguments.command ? find_executable(arguments.command[0],
						  executable) : 0;
	if (err)
		return cannot_execute(arguments.command[0], err);
	/* Before anything is observed, in case this fails. */
	if (learn_output_open(&arguments.output))
		status = STATUS_FAILED;
	else
		status = learn(&arguments, executable, &kernel);
	learn_output_close(&arguments.output);
	return status;
}
