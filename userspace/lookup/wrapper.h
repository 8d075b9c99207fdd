/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Commands that execute the one that is meant
 */

#ifndef EXECLOCK_WRAPPER_H
#define EXECLOCK_WRAPPER_H

#include <jansson.h>
#include <stdbool.h>

#include "observe.h"

/**
 * wrapper_cut - Make the arguments of a program begin with its name
 *
 * @program: The program.  Those of a script begin with the interpreter, and
 *           there may be none.
 */
void wrapper_cut(struct observed_program *program);

/**
 * wrapper_means - Whether a program is only there to execute another one
 *
 * It is if the other one and its arguments are at the end of its own ones, as
 * with env(1), timeout(1) or sudo(8); if it is a shell that has them as its
 * command; or if it becomes the other one in the same process and is no script.
 *
 * @program: The program.
 * @other: What it, or a process that descends from it, executed.
 *
 * Return: true if so.
 */
bool wrapper_means(const struct observed_program *program,
		   const struct observed_program *other);

#endif /* EXECLOCK_WRAPPER_H */
