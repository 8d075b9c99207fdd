/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Messages to the user, and results as JSON
 */

#ifndef EXECLOCK_MESSAGE_H
#define EXECLOCK_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "util.h"

/**
 * var json_output - Whether standard output is for programs (--json)
 *
 * Standard output then has exactly one JSON document: the result, or an object
 * with the one member "error".  Warnings that have no place in the result are
 * text on standard error.
 *
 * This is a variable of the whole process, as standard output is: errors are
 * reported at any depth, and an argument would go through every function that
 * can fail.  Only main() changes it.
 */
extern bool json_output;

/**
 * struct location - Where a file is wrong
 *
 * @file: Name of the file.
 * @line: Line, from 1.
 * @column: Column in characters, from 1.
 * @pointer: JSON pointer (RFC 6901) to the value, or NULL if the file is not
 *           JSON.
 */
struct location {
	const char *file;
	unsigned int line;
	unsigned int column;
	const char *pointer;
};

/**
 * p_err - Report why the command fails
 *
 * @fmt: Tells which operation failed, on which object, why and, where it helps,
 *       what to do.  Never a question.
 *
 * With --json, only the first error is reported: the others follow from it.
 *
 * Return: always -1, which callers may pass on.
 */
int p_err(const char *fmt, ...) __printf(1, 2);

/**
 * p_err_at - Report an error in a file
 *
 * @location: Where the error is.
 * @fmt: The error.
 *
 * Return: always -1.
 */
int p_err_at(const struct location *location, const char *fmt, ...)
	__printf(2, 3);

/**
 * p_mute - Drop errors and warnings
 *
 * For a look at a file that another command checks.
 *
 * @mute: Whether they are dropped from now on, or reported again.
 */
void p_mute(bool mute);

/**
 * p_err_is_warning - Report errors as warnings
 *
 * For steps after those that the command is for: it succeeded, whatever becomes
 * of them.
 *
 * @warning: Whether errors are warnings from now on, or errors again.
 */
void p_err_is_warning(bool warning);

/**
 * p_included - Set the place that includes the file that is read
 *
 * @location: The place, which must last until the next call; NULL for none.
 *
 * Until then, an error without a location is about this place, and others name
 * it.
 */
void p_included(const struct location *location);

/**
 * p_warn_at - Report a likely mistake in a file
 *
 * @location: Where the mistake is.
 * @fmt: The warning.
 *
 * The command continues.
 */
void p_warn_at(const struct location *location, const char *fmt, ...)
	__printf(2, 3);

/**
 * p_warn - Report a problem of the system, on standard error
 *
 * @fmt: The problem, and how to solve it.
 *
 * The command continues.
 */
void p_warn(const char *fmt, ...) __printf(1, 2);

/**
 * p_note - Report what the command is doing, on standard error
 *
 * @fmt: The note.
 */
void p_note(const char *fmt, ...) __printf(1, 2);

/**
 * p_collect_warnings - Keep warnings for the result
 *
 * With --json, warnings are held back for p_take_warnings().  An error that ends
 * the command first prints them on standard error, because there is no result.
 * Commands without a list of warnings in their result print them there, too.
 */
void p_collect_warnings(void);

/**
 * p_take_warnings - Take the warnings for the result
 *
 * Return: an array, owned by the caller: of the warnings since
 * p_collect_warnings(), or empty without --json.
 */
json_t *p_take_warnings(void);

/**
 * p_collect - Report all errors and warnings, not only the first
 *
 * @findings: Array to which they are added with --json, instead of being
 *            printed.
 *
 * They are then the result of the command: those with a location in a file go
 * to standard output.
 */
void p_collect(json_t *findings);

/**
 * p_hold - Hold back messages about files, to report each only once
 *
 * A set has hundreds of policies, and a warning about the kernel applies to
 * each of them.  A warning with the text and the JSON pointer of an earlier one
 * is reported together with it, as "also in" another file.
 *
 * The order of messages does not change.  An error that ends the command first
 * reports the messages that are held back.
 */
void p_hold(void);

/**
 * p_release - Report the messages that are held back, and hold back no more
 */
void p_release(void);

/**
 * p_json_lines - Print each JSON document on a line of its own
 *
 * There may then be several documents; an error is the last one.
 */
void p_json_lines(void);

/**
 * p_json - Print a JSON document and release it
 *
 * @result: Document, owned by this function.
 *
 * Return: 0, or -1 if it cannot be printed.
 */
int p_json(json_t *result);

#endif /* EXECLOCK_MESSAGE_H */
