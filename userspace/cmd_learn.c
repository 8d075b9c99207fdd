// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock learn - Run a command, and propose a policy for what it does
 *
 * Landlock has no mode in which it says what it would deny and allows it.  So
 * the command runs without a policy, and BPF programs that are attached where
 * Landlock decides say which rights it would have needed.
 */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "kernel.h"
#include "landlock_abi.h"
#include "message.h"
#include "observe.h"
#include "propose.h"

struct arguments {
	const char *output;
	char **command;
};

static error_t parse_learn(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case 'o':
		arguments->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* This and what follows is the command's. */
		arguments->command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command)
			argp_error(state, "which command?");
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
		{}
	},
	.parser = parse_learn,
	.children = common_options,
	.args_doc = "[--] COMMAND [ARG...]",
	.doc =
"Run COMMAND, observe what it and its children do, and propose a policy for it\n"
"that allows this and nothing else that Landlock can deny.  COMMAND is not\n"
"hindered, unless policies in force apply to it.  It needs root to observe.\n"
"\vThis ends when all processes of COMMAND have ended, daemons too, or with\n"
"Ctrl-C or SIGTERM, after which the policy is written.  If it goes to standard\n"
"output, what COMMAND writes there goes to standard error.\n"
"\n"
"The proposal is for a person to read: it has what this run did, not what others\n"
"will do, and no attack may have been part of it.  Files become directories where\n"
"files come and go, where packages have them, or if three in one were read.  Not\n"
"observed are: what was denied by other means; files that were open from the\n"
"start; the directory where hard links come from; whom a UNIX socket belongs to.\n"
"Paths are those of this mount namespace.  See execlock(8).\n"
"\n"
"Exit status: 0 a policy is proposed; 1 the system did not do it, or something\n"
"was lost, so that the proposal is incomplete; 2 wrong command line; 4 the kernel\n"
"lacks something; 126 COMMAND cannot be executed; 127 it was not found.\n",
};

/* Looks for a command as execvp(3) does. */
static int find_executable(const char *name, char *path)
{
	const char *dirs = getenv("PATH");
	char candidate[PATH_MAX];

	if (strchr(name, '/'))
		return realpath(name, path) ? 0 : -1;
	if (!dirs)
		dirs = "/bin:/usr/bin";
	while (*dirs) {
		const size_t size = strcspn(dirs, ":");
		struct stat st;

		snprintf(candidate, sizeof(candidate), "%.*s%s%s", (int)size,
			 dirs, size ? "/" : "", name);
		if (*name && !stat(candidate, &st) && S_ISREG(st.st_mode) &&
		    st.st_mode & 0111)
			return realpath(candidate, path) ? 0 : -1;
		dirs += size;
		dirs += *dirs == ':';
	}
	errno = ENOENT;
	return -1;
}

static int cannot_execute(const char *name, int err)
{
	p_err("cannot execute %s: %s", name, strerror(err));
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

static void note_link(const char *name, const char *executable, json_t *notes)
{
	const char *const slash = strrchr(name, '/');
	char text[PATH_MAX + 256];

	if (strcmp(slash ? slash + 1 : name, strrchr(executable, '/') + 1) == 0)
		return;
	snprintf(text, sizeof(text),
		 "%s is a link to %s, and the policy is for all that this executes",
		 name, executable);
	json_array_append_new(notes, json_string(text));
}

static void note_end(const struct observed *observed, json_t *notes)
{
	char text[128];

	if (!observed->ended)
		return;
	if (WIFSIGNALED(observed->status))
		snprintf(text, sizeof(text), "the command was ended by signal %d",
			 WTERMSIG(observed->status));
	else if (WEXITSTATUS(observed->status))
		snprintf(text, sizeof(text), "the command failed with status %d",
			 WEXITSTATUS(observed->status));
	else
		return;
	json_array_append_new(notes, json_string(text));
}

static int write_policy(FILE *file, const char *name, const json_t *policy)
{
	int err = json_dumpf(policy, file, JSON_INDENT(8));

	if (fputc('\n', file) == EOF || fflush(file) == EOF)
		err = -1;
	if (err)
		return p_err("cannot write the policy to %s: %s", name,
			     strerror(errno));
	return 0;
}

static int answer(const struct arguments *arguments, FILE *file,
		  json_t *policy, json_t *notes)
{
	const json_t *text;
	size_t i;

	if (file && write_policy(file, arguments->output, policy))
		return -1;
	if (json_output)
		return p_json(json_pack("{s:O, s:O}", "policy", policy, "notes",
					notes));
	json_array_foreach(notes, i, text)
		fprintf(stderr, "execlock: note: %s\n",
			json_string_value(text));
	return file ? 0 : write_policy(stdout, "standard output", policy);
}

static int learn(const struct arguments *arguments, const char *executable,
		 int abi, FILE *file)
{
	json_t *const notes = json_array();
	struct observed observed;
	int status = STATUS_FAILED;
	json_t *policy = NULL;

	if (!observe(&observed, arguments->command, !file || json_output)) {
		if (observed.error) {
			status = cannot_execute(arguments->command[0],
						observed.error);
		} else {
			note_link(arguments->command[0], executable, notes);
			note_end(&observed, notes);
			policy = propose(&observed, executable, abi, notes);
		}
	}
	if (policy && !answer(arguments, file, policy, notes) &&
	    !observed.lost && !observed.no_path)
		status = STATUS_OK;
	observed_free(&observed);
	json_decref(policy);
	json_decref(notes);
	return status;
}

int cmd_learn(int argc, char **argv)
{
	struct arguments arguments = {};
	char executable[PATH_MAX];
	struct kernel kernel;
	FILE *file = NULL;
	int status;

	argp_parse(&learn_argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	kernel_landlock(&kernel);
	kernel_bpf(&kernel);
	if (kernel_need_bpf(&kernel))
		return STATUS_KERNEL;
	if (find_executable(arguments.command[0], executable))
		return cannot_execute(arguments.command[0], errno);
	/* Not after the command did all that it does. */
	if (arguments.output) {
		file = fopen(arguments.output, "wxe");
		if (!file) {
			p_err("cannot make %s: %s", arguments.output,
			      strerror(errno));
			return STATUS_FAILED;
		}
	}
	status = learn(&arguments, executable,
		       kernel.landlock_abi < LANDLOCK_ABI_KNOWN ?
		       kernel.landlock_abi : LANDLOCK_ABI_KNOWN, file);
	if (file) {
		/* Nothing was written. */
		if (ftell(file) == 0)
			unlink(arguments.output);
		fclose(file);
	}
	return status;
}
