/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Run a command and observe which rights it uses
 */

#ifndef EXECLOCK_OBSERVE_H
#define EXECLOCK_OBSERVE_H

#include <stdbool.h>

struct observed;

/**
 * observe - Run a command and observe it
 *
 * The observation ends when all processes of the command have ended, or with
 * SIGINT, SIGTERM or SIGHUP, which do not end them.
 *
 * @observed: Filled in; release it with observed_free(), also after an error.
 * @command: The command and its arguments, then NULL.
 * @quiet: Whether its standard output goes to standard error.
 *
 * Return: 0, also if the command cannot be executed, or -1 with the error
 * reported.
 */
int observe(struct observed *observed, char **command, bool quiet);

#endif /* EXECLOCK_OBSERVE_H */
