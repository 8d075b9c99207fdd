// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock explain - Tell which policies apply to an exec, and why
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "explanation.h"
#include "message.h"

static error_t parse_explain(int key, char *arg, struct argp_state *state)
{
	struct explanation *const explanation = state->input;
	char *end;
	long pid;

	switch (key) {
	case 'p':
		pid = strtol(arg, &end, 10);
		if (!isdigit((unsigned char)*arg) || *end || pid < 1 ||
		    pid > INT_MAX)
			argp_error(state, "--pid is the number of a process");
		explanation->pid = pid;
		return 0;
	case ARGP_KEY_ARG:
		/* The arguments of the command do not matter. */
		explanation->command = cli_take_command(state)[0];
		return 0;
	case ARGP_KEY_END:
		if (!explanation->command && !explanation->pid)
			argp_error(state, "no command: name one, or add --pid PID");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp explain_argp = {
	.options = (const struct argp_option[]) {
		{ "pid", 'p', "PID", 0,
		  "Explain this process: the policies that it is under, and the policies of an exec of its program, or of COMMAND",
		  0 },
		{}
	},
	.parser = parse_explain,
	.children = common_options,
	.args_doc = "[--] COMMAND [ARG...]\n--pid PID [[--] COMMAND [ARG...]]",
	.doc =
"Tell which of the policies in force would apply to COMMAND, in which order,\n"
"and which conditions of each policy hold.  Without --pid, execlock's own user\n"
"and cgroup count: run it as the user, and in the cgroup, in question.\n"
"\vNothing is executed.  execlock looks COMMAND up like execvp(3), and follows a\n"
"script to its interpreters, also to interpreters of binfmt_misc.  If the\n"
"kernel does not execute a file, execvp(3) executes the shell instead.  Paths\n"
"start at execlock's root directory, not at PID's; /proc/self and /dev/fd\n"
"belong to PID, or to the parent of execlock.  execlock does not know the\n"
"domains that the process got in another way (\"execlock cgroup\", \"execlock\n"
"run\", its own calls).\n"
"\n"
"This needs root.\n"
"\n"
"Exit status: 0 explained, also if no policy applies; 1 an operation failed,\n"
"e.g. there is no such process or command, or an exec of it would fail; 2 wrong\n"
"command line.\n",
};

static int context_err(const struct context *context, int err)
{
	switch (err) {
	case -ESRCH:
		return p_err("there is no process %d, or /proc is not mounted",
			     context->pid);
	case -ENODATA:
		return p_err("process %d is in no cgroup of version 2: mount one with \"mount -t cgroup2 none /sys/fs/cgroup\"",
			     context->pid);
	default:
		return p_err("cannot read the credentials and cgroup of process %d: %s",
			     context->pid, strerror(-err));
	}
}

static int read_context(struct explanation *explanation)
{
	struct context *const context = &explanation->context;
	const pid_t pid = explanation->pid ?: getpid();
	const int err = context_read(context, pid);

	if (err)
		return context_err(context, err);
	if (context->zombie)
		return p_err("process %d has ended, and executes nothing any more: only its parent has not asked how",
			     pid);
	return 0;
}

static int look_at(int fd, size_t number, const char *name, void *data)
{
	const struct explanation *const explanation = data;

	if (!explanation->found)
		return 0;
	if (!number)
		matcher_begin(&explanation->matcher);
	return matcher_add_file(&explanation->matcher, fd, number, name);
}

static int follow_command(struct explanation *explanation)
{
	struct exec_files *const files = &explanation->files;
	const struct context *const context = &explanation->context;
	char path[PATH_MAX], link[64];
	ssize_t size;
	int err;

	files->pid = explanation->pid ?: getppid();
	files->look = look_at;
	files->data = explanation;
	if (explanation->command)
		return exec_files_follow_command(files, explanation->command);
	snprintf(link, sizeof(link), "/proc/%d/exe", context->pid);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0 && errno == ENOENT)
		return p_err("process %d has no program%s: add the command in question",
			     context->pid, context->kernel ?
			     ", it is a thread of the kernel" : "");
	if (size < 0)
		return p_err("cannot determine which program process %d executes: %s",
			     context->pid, strerror(errno));
	/* It may be in another mount namespace. */
	err = exec_files_follow(files, link);
	if (err == -ENOEXEC)
		p_err("cannot execute the program of process %d again: %s",
		      context->pid, strerror(ENOEXEC));
	if (err)
		return -1;
	path[size] = '\0';
	free(files->names[0]);
	files->names[0] = strdup(path);
	return files->names[0] ? 0 : p_err("out of memory");
}

static int explain(struct explanation *explanation)
{
	json_t *answer;
	int err;

	err = loaded_open(&explanation->loaded);
	if (err < 0)
		return -1;
	explanation->found = err;
	if (read_context(explanation))
		return -1;
	if (explanation->found &&
	    matcher_open(&explanation->matcher, &explanation->loaded,
			 explanation->context.pid))
		return -1;
	if (follow_command(explanation))
		return -1;
	answer = explanation_describe(explanation);
	if (!answer)
		return -1;
	if (json_output)
		return p_json(answer);
	explanation_print(explanation, answer);
	json_decref(answer);
	return 0;
}

int cmd_explain(int argc, char **argv)
{
	struct explanation explanation = {};
	int err;

	argp_parse(&explain_argp, argc, argv, ARGP_IN_ORDER, NULL,
		   &explanation);
	err = explain(&explanation);
	if (explanation.found)
		loaded_close(&explanation.loaded);
	matcher_close(&explanation.matcher);
	exec_files_release(&explanation.files);
	context_release(&explanation.context);
	return err ? STATUS_FAILED : STATUS_OK;
}
