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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "binfmt.h"
#include "cli.h"
#include "features.h"
#include "json_source.h"
#include "message.h"
#include "observe.h"
#include "observed.h"
#include "path_lookup.h"
#include "propose.h"
#include "resolve.h"

struct arguments {
	const char *output;
	char **command;
};

/**
 * struct output - The file that the policy is written to
 *
 * The file gets its name when it is complete: a directory of policies may be
 * loaded at any time.
 *
 * @name: Name of the file, NULL for standard output.
 * @base: Last part of @name.
 * @temporary: Name of the incomplete file, which no policy has.
 * @dir: The directory.
 * @file: The file.
 */
struct output {
	const char *name;
	const char *base;
	char temporary[NAME_MAX + 1];
	int dir;
	FILE *file;
};

static error_t parse_learn(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case 'o':
		arguments->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		arguments->command = cli_take_command(state);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command)
			argp_error(state, "no command to run");
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

static int cannot_write(const struct output *output, const char *what)
{
	return p_err("cannot %s %s: %s", what, output->name, strerror(errno));
}

/* Root may write anywhere, also in directories that other users can change. */
static int open_output(struct output *output)
{
	struct stat st;
	int fd = -1;

	output->dir = resolve_parent(output->name, &output->base);
	if (output->dir < 0)
		return -1;
	snprintf(output->temporary, sizeof(output->temporary), ".%.200s.%d",
		 output->base, getpid());
	if (!*output->base)
		errno = EISDIR;
	else if (!fstatat(output->dir, output->base, &st, AT_SYMLINK_NOFOLLOW))
		errno = EEXIST;
	else
		/* Not writable by others, whatever the umask is. */
		fd = openat(output->dir, output->temporary,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
			    O_CLOEXEC, 0644);
	output->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (output->file)
		return 0;
	cannot_write(output, "create");
	if (fd >= 0)
		close(fd);
	close(output->dir);
	return -1;
}

/* Gives the file its name, unless another file has it by now. */
static int name_output(const struct output *output)
{
	if (!renameat2(output->dir, output->temporary, output->dir,
		       output->base, RENAME_NOREPLACE))
		return 0;
	/* Network file systems cannot do that, but have hard links. */
	if (errno != EINVAL ||
	    linkat(output->dir, output->temporary, output->dir, output->base,
		   0))
		return cannot_write(output, "create");
	return 0;
}

/* A renamed file has no temporary name any more. */
static void close_output(const struct output *output)
{
	fclose(output->file);
	unlinkat(output->dir, output->temporary, 0);
	close(output->dir);
}

static int write_policy(FILE *file, const json_t *policy)
{
	char *const text = source_text(policy);
	int err;

	if (!text)
		return p_err("out of memory");
	err = fputs(text, file) == EOF || fflush(file) == EOF ? -1 : 0;
	free(text);
	return err;
}

static int write_answer(const struct output *output, json_t *policy,
			json_t *notes)
{
	const json_t *text;
	size_t i;

	if (output->file && (write_policy(output->file, policy) ||
			     fsync(fileno(output->file))))
		return cannot_write(output, "write the policy to");
	if (output->file && name_output(output))
		return -1;
	if (json_output)
		return p_json(json_pack("{s:O, s:O}", "policy", policy, "notes",
					notes));
	json_array_foreach(notes, i, text)
		fprintf(stderr, "execlock: note: %s\n",
			json_string_value(text));
	/* Errors of standard output are reported at the end, in main.c. */
	return output->file ? 0 : write_policy(stdout, policy);
}

static json_t *make_policy(const struct observed *observed,
			   const char *command, const char *executable,
			   const struct features *kernel, json_t *notes)
{
	if (json_array_size(observed->wrappers)) {
		note_wrappers(observed, notes);
		executable = observed->program.path;
	} else {
		note_link(command, executable, notes);
	}
	note_shell(executable, notes);
	note_end(observed, notes);
	return propose(observed, executable, kernel, notes);
}

static int learn(char **command, const char *executable,
		 const struct features *kernel, const struct output *output)
{
	json_t *const notes = json_array();
	struct observed observed;
	int status = STATUS_FAILED;
	json_t *policy = NULL;

	if (!observe(&observed, command, !output->file || json_output)) {
		if (observed.error)
			status = cannot_execute(command[0], observed.error);
		else
			policy = make_policy(&observed, command[0], executable,
					     kernel, notes);
	}
	/* The policy of a program that mounts has no rules for files. */
	if (policy && !write_answer(output, policy, notes) && !observed.lost &&
	    (!observed.no_path || observed.mounts))
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
	struct features kernel;
	struct output output = {};
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
	output.name = arguments.output;
	/* Before the command runs, in case this fails. */
	if (output.name && open_output(&output))
		return STATUS_FAILED;
	status = learn(arguments.command, executable, &kernel, &output);
	if (output.file)
		close_output(&output);
	return status;
}
