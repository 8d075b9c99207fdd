/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Say which policies an exec would get, and why
 */

#ifndef EXECLOCK_EXPLANATION_H
#define EXECLOCK_EXPLANATION_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "context.h"
#include "exec_files.h"
#include "loaded.h"
#include "matcher.h"

/**
 * struct explanation - An exec that is explained
 *
 * @pid: The process that was named, or 0.
 * @command: The command that was named, or NULL.
 * @context: The process that would execute.
 * @found: Whether a policy set is in force.
 * @loaded: This set.
 * @matcher: The matcher, if there is a set.
 * @files: The files that the exec would go through.
 */
struct explanation {
	pid_t pid;
	char *command;
	struct context context;
	bool found;
	struct loaded loaded;
	struct matcher matcher;
	struct exec_files files;
};

/**
 * explanation_describe - Describe an exec
 *
 * @explanation: The exec.
 *
 * Return: a JSON object, or NULL with the error reported.
 */
json_t *explanation_describe(const struct explanation *explanation);

/**
 * explanation_print - Print the description of an exec
 *
 * @explanation: The exec.
 * @answer: The result of explanation_describe().
 */
void explanation_print(const struct explanation *explanation,
		       const json_t *answer);

#endif /* EXECLOCK_EXPLANATION_H */
