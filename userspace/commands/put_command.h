/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Options and messages of the commands that put policies in force
 */

#ifndef EXECLOCK_PUT_COMMAND_H
#define EXECLOCK_PUT_COMMAND_H

#include <argp.h>

#include "verify.h"

/** put_options - --allow-lockout, --strict, and what all commands have */
/* The input of the first child is the struct put_options of the command. */
extern const struct argp_child put_options[];

/**
 * put_report_left_out - Say how much of the policies in force is left out
 *
 * @set: The policies.
 *
 * With --json, the caller says it.
 *
 * Return: the exit status.
 */
int put_report_left_out(const struct verified *set);

#endif /* EXECLOCK_PUT_COMMAND_H */
