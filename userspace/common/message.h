/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What is said to the user
 */

#ifndef EXECLOCK_MESSAGE_H
#define EXECLOCK_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "util.h"

/**
 * json_output - Whether standard output is for programs (--json)
 *
 * There is then exactly one JSON document on it: the result, or an object with
 * the one member "error".
 */
extern bool json_output;

/**
 * json_lines - Whether each JSON document is one line
 *
 * There may then be several of them, of which an error is the last.
 */
extern bool json_lines;

/**
 * struct place - Where in a file something is wrong
 *
 * @file: Its name.
 * @line: Line, from 1.
 * @column: Column in characters, from 1.
 * @pointer: JSON pointer (RFC 6901) of the value, or NULL if the file is not
 *           even JSON.
 */
struct place {
	const char *file;
	unsigned int line;
	unsigned int column;
	const char *pointer;
};

/**
 * p_err - Report why the command fails
 *
 * @fmt: What went wrong with which object and, where it helps, what to do.
 *
 * Only the first error is reported: the rest follows from it.
 *
 * Return: always -1, which callers may pass on.
 */
int p_err(const char *fmt, ...) __printf(1, 2);

/**
 * p_err_at - Report what is wrong in a file
 *
 * @place: Where.
 * @fmt: What.
 *
 * Return: always -1.
 */
int p_err_at(const struct place *place, const char *fmt, ...)
	__printf(2, 3);

/**
 * p_warn_at - Report what may be wrong in a file
 *
 * @place: Where.
 * @fmt: What.
 *
 * The command goes on.
 */
void p_warn_at(const struct place *place, const char *fmt, ...)
	__printf(2, 3);

/**
 * p_warn - Tell what is not as it should be, on standard error
 *
 * @fmt: What, and what to do.
 *
 * The command goes on.
 */
void p_warn(const char *fmt, ...) __printf(1, 2);

/**
 * p_note - Tell what the command is doing, on standard error
 *
 * @fmt: What.
 */
void p_note(const char *fmt, ...) __printf(1, 2);

/**
 * p_collect_warnings - Keep warnings for the one JSON document
 *
 * @warnings: Array to which they are added with --json, in which they are lost
 *            otherwise.
 */
void p_collect_warnings(json_t *warnings);

/**
 * p_collect - Report all errors and warnings, not only the first
 *
 * @findings: Array to which they are added with --json, instead of being
 *            printed.
 *
 * They are the result of the command then: those with a place in a file go to
 * standard output.
 */
void p_collect(json_t *findings);

/**
 * p_hold - Hold back what is said of files, to say the same only once
 *
 * A warning in the words of a former one, about the same value in another file,
 * is said with it: a set has hundreds of policies, and what is true of the
 * kernel is true of each.
 * The order stays.  An error that ends the command has said before it what is
 * held back.
 */
void p_hold(void);

/**
 * p_say - Say what was held back, and hold back nothing more
 */
void p_say(void);

/**
 * p_json - Print a command's result and release it
 *
 * @result: Document, owned by this function.
 *
 * Return: 0, or -1 if it cannot be printed.
 */
int p_json(json_t *result);

#endif /* EXECLOCK_MESSAGE_H */
