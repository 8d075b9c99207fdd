/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Accesses of a command, from the events of BPF programs
 */

#ifndef EXECLOCK_OBSERVED_H
#define EXECLOCK_OBSERVED_H

#include <jansson.h>
#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/**
 * struct observed_program - A program that the policy may be for
 *
 * A command can be a wrapper that executes the intended program.
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
 * struct observed_path - A file or directory that was accessed
 *
 * @access: Rights that were used.
 * @mode: Type of the file, as in st_mode.
 */
struct observed_path {
	__u64 access;
	__u32 mode;
};

/**
 * struct observed - A command, and its accesses
 *
 * Or a service, or other processes that run already: each program that is
 * executed from outside counts then, and that happens any number of times.
 *
 * @program: The intended program.  The other members are about it and its
 *           descendants, unless they say otherwise.
 * @watches: Whether it is no command.
 * @starts: Array of the paths of the programs that the service starts, or NULL:
 *          then all count.
 * @private: Array of the paths of directories and files in the place of which the
 *           service has others of its own.
 * @programs: Array of the paths of those that were seen, without wrappers.
 * @own: Set of the numbers of execs of these.
 * @pending: Set of the numbers of execs of wrappers that were seen before.
 * @cwd: The working directory in which the command begins.
 * @wrappers: Array of the paths of programs that executed the program.
 * @execs: Set of the numbers of execs that would be under the policy.
 * @tries: Paths of execs that began, by their numbers.
 * @roots: Paths of root directories, by their numbers.
 * @moves: Directories of renames and links of which one event came, by their
 *         numbers.
 * @paths: &struct observed_path of paths, as [ access, mode ].
 * @changed: Set of the paths that the whole command created, removed, renamed
 *           or replaced.
 * @pairs: Array of old and new directories of moved files: [ old, new ].
 * @ports: Rights for the network, by port.
 * @caps: Capabilities over user namespaces that it used.
 * @caps_kept: Those that it kept when it gave up others.
 * @caps_executed: Those of both of which this was a program that it executed.
 * @signal: Whether it sent a signal to a process that would not be under the
 *          policy.
 * @abstract: Whether an abstract UNIX socket was used.
 * @mounts: Whether it changed mounts.
 * @listens: Whether it waited for connections.
 * @pid_file: Whether it created a PID file.
 * @outlives: Whether processes of the command ran on after its end.
 * @no_path: Number of accesses to files without a known path.
 * @lost: Number of events that were lost.
 * @running: Whether processes of the command are still running.
 * @error: errno of the exec of the command, or zero if it succeeded.
 * @status: Status of the command, as from wait(2), if @ended.
 * @ended: Whether the command ended.
 * @end: Time of its end, in seconds of CLOCK_MONOTONIC.
 */
struct observed {
	struct observed_program program;
	bool watches;
	json_t *starts;
	json_t *private;
	json_t *programs;
	json_t *own;
	json_t *pending;
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
	__u64 caps;
	__u64 caps_kept;
	__u64 caps_executed;
	bool signal;
	bool abstract;
	bool mounts;
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
 * observed_get - Convert a value of @paths
 *
 * @value: A value of &observed.paths.
 *
 * Return: the value.
 */
struct observed_path observed_get(const json_t *value);

/**
 * observed_init - Begin an observation
 *
 * @observed: Initialised; release it with observed_free(), also after an error.
 *
 * Return: 0, or -1 with the error reported.
 */
int observed_init(struct observed *observed);

/**
 * observed_watch - Observe processes that are no command
 *
 * @observed: The observation, just begun.
 * @starts: As &observed.starts, which owns it from now on.
 */
void observed_watch(struct observed *observed, json_t *starts);

/**
 * observed_add_path - Add an access to a file or directory
 *
 * @observed: The observation.
 * @path: The path.
 * @access: The rights.
 * @mode: Type of the file, as in st_mode.
 */
void observed_add_path(struct observed *observed, const char *path,
		       __u64 access, __u32 mode);

/**
 * observed_add_port - Add an access to a port
 *
 * @observed: The observation.
 * @port: The port.
 * @access: The rights.
 */
void observed_add_port(struct observed *observed, __u16 port, __u64 access);

/**
 * observed_add_service - Add the private mounts of a service
 *
 * @observed: The observation.
 * @service: Name of the service of which processes are observed.
 */
void observed_add_service(struct observed *observed, const char *service);

/**
 * observed_event - Add an event, as a callback of a ring buffer
 *
 * @context: The &struct observed.
 * @data: The &struct learn_event.
 * @size: Not used.
 *
 * Return: always 0.
 */
int observed_event(void *context, void *data, size_t size);

/**
 * observed_free - Release the members of an observation
 *
 * @observed: The observation.
 */
void observed_free(struct observed *observed);

#endif /* EXECLOCK_OBSERVED_H */
