/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Commands that execute the intended program
 */

#ifndef EXECLOCK_WRAPPER_H
#define EXECLOCK_WRAPPER_H

#include <jansson.h>
#include <stdbool.h>

#include "observed.h"

/**
 * wrapper_cut - Make the arguments of a program begin with its name
 *
 * @program: The program.  The arguments of a script begin with the interpreter,
 *           and a program may have no argument.
 */
void wrapper_cut(struct observed_program *program);

/**
 * wrapper_means - Tell if a program is a wrapper that executes another program
 *
 * This is so if the other program and its arguments are its last arguments, as
 * for env(1), timeout(1) or sudo(8); if it is a shell with them as its command;
 * or if it executes the other program in the same process and is no script.
 *
 * @program: The program.
 * @other: The program that it, or a process that descends from it, executed.
 *
 * Return: true if so.
 */
bool wrapper_means(const struct observed_program *program,
		   const struct observed_program *other);

#endif /* EXECLOCK_WRAPPER_H */
