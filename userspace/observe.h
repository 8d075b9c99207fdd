/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Run a command and observe which rights it takes
 */

#ifndef EXECLOCK_OBSERVE_H
#define EXECLOCK_OBSERVE_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>

/**
 * struct observed - What was observed
 *
 * @paths: From paths, as the kernel tells them, to rights for files.
 * @ports: From ports to rights for the network.
 * @signal: Whether a process of others got a signal.
 * @abstract: Whether an abstract UNIX socket was used.
 * @links: Hard links to other directories.
 * @no_path: Accesses to what has no path that could be told.
 * @lost: Accesses for which there was no room.
 * @running: Whether there still are processes of the command.
 * @error: Why the command cannot be executed (errno), or zero.
 * @status: Its status, as from wait(2), if @ended.
 * @ended: Whether it ended.
 */
struct observed {
	json_t *paths;
	json_t *ports;
	bool signal;
	bool abstract;
	unsigned long links;
	unsigned long no_path;
	__u64 lost;
	bool running;
	int error;
	int status;
	bool ended;
};

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
