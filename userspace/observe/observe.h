/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Run a command and observe which rights it takes
 */

#ifndef EXECLOCK_OBSERVE_H
#define EXECLOCK_OBSERVE_H

#include <jansson.h>
#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

/**
 * struct observed_program - The program that a policy would be for
 *
 * A command can be a wrapper, which executes the program that is meant.
 *
 * @path: Its path, or that of the script.
 * @arguments: Array of its arguments, with its name.
 * @script: Whether it is a script.
 * @exec: Number of the exec.
 * @pid: Number of its process.
 */
struct observed_program {
	char *path;
	json_t *arguments;
	bool script;
	__u64 exec;
	__u32 pid;
};

/**
 * struct observed_path - What is known of the file that a path leads to
 *
 * @access: Rights that were taken.
 * @mode: Type of the file, as in st_mode.
 */
struct observed_path {
	__u64 access;
	__u32 mode;
};

/**
 * struct observed - What was observed
 *
 * @program: The program that is meant.  What follows is what it and its
 *           descendants did, if nothing else is said.
 * @cwd: The directory in which the command begins.
 * @wrappers: Array of the paths of programs that came before it.
 * @execs: Set of the numbers of execs that would be under the policy.
 * @tries: From the numbers of execs that began to paths.
 * @roots: From the numbers of root directories to paths.
 * @moves: From the numbers of renames that are half known to directories.
 * @paths: From paths to &struct observed_path, as [ access, mode ].
 * @changed: Set of the paths that the whole command made, removed, renamed or
 *           replaced.
 * @pairs: Array of directories of files that got a new one: [ old, new ].
 * @ports: From ports to rights for the network.
 * @signal: Whether a process of others got a signal.
 * @abstract: Whether an abstract UNIX socket was used.
 * @listens: Whether it waited for connections.
 * @pid_file: Whether it made a file for the number of its process.
 * @outlives: Whether processes of the command went on after its end.
 * @no_path: Accesses to what has no path that could be told.
 * @lost: Accesses for which there was no room.
 * @running: Whether there still are processes of the command.
 * @error: Why the command cannot be executed (errno), or zero.
 * @status: Its status, as from wait(2), if @ended.
 * @ended: Whether it ended.
 * @end: When it did, in seconds of CLOCK_MONOTONIC.
 */
struct observed {
	struct observed_program program;
	char cwd[PATH_MAX];
	json_t *wrappers;
	json_t *execs;
	json_t *tries;
	json_t *roots;
	json_t *moves;
	json_t *paths;
	json_t *changed;
	json_t *pairs;
	json_t *ports;
	bool signal;
	bool abstract;
	bool listens;
	bool pid_file;
	bool outlives;
	unsigned long no_path;
	__u64 lost;
	bool running;
	int error;
	int status;
	bool ended;
	time_t end;
};

/**
 * observed_get - Get what was observed of a path
 *
 * @value: A value of &observed.paths.
 *
 * Return: it.
 */
struct observed_path observed_get(const json_t *value);

/**
 * observe - Run a command and observe it
 *
 * It ends when all processes of the command have, or with SIGINT, SIGTERM or
 * SIGHUP, which do not end them.
 *
 * @observed: Filled in; release it with observed_free(), also after an error.
 * @command: The command and its arguments, then NULL.
 * @quiet: Whether its standard output goes to standard error.
 *
 * Return: 0, also if the command cannot be executed, or -1 with the error
 * reported.
 */
int observe(struct observed *observed, char **command, bool quiet);

/**
 * observed_free - Release what observe() acquired
 *
 * @observed: It.
 */
void observed_free(struct observed *observed);

#endif /* EXECLOCK_OBSERVE_H */
