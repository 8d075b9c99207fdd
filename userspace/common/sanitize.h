/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Text that anybody could have written
 *
 * Names of files, cgroups and processes, and what policies contain, can have
 * characters that terminals obey (control characters), that are not seen or
 * change how others are seen (format characters of Unicode, of which some turn
 * the direction of what comes after them), and bytes that are not UTF-8.  With
 * blanks and line ends, they can look like what a command says itself.
 */

#ifndef EXECLOCK_SANITIZE_H
#define EXECLOCK_SANITIZE_H

#include <jansson.h>
#include <stdbool.h>

/**
 * sanitize_defuse - Make text harmless, for a line that is read by people
 *
 * Question marks take the place of all bytes of harmful characters, and of what
 * is not UTF-8.  What is left may still look like something else: for a name
 * that is not in a sentence, there is sanitize_quote().
 *
 * @text: The text, which is changed.
 */
void sanitize_defuse(char *text);

/**
 * sanitize_is_harmless - Tell if text can be shown as it is
 *
 * @text: The text, which may have several lines.
 *
 * Return: true if it has no harmful character, and is UTF-8.
 */
bool sanitize_is_harmless(const char *text);

/**
 * sanitize_quote - Make a name that cannot be taken for anything else
 *
 * What has a blank, a quotation mark, a parenthesis, a backslash, or anything
 * that is harmful, or is empty, or begins with a minus sign, gets quotation
 * marks: "\"" and "\\" are these characters, "\n" and "\t" those of C, "\u0085"
 * and "\U000e0001" stand for a character by its number, and "\xff" for a byte
 * that is not UTF-8.
 *
 * @text: The name.
 *
 * Return: what the caller frees, or NULL if there is no memory.
 */
char *sanitize_quote(const char *text);

/**
 * sanitize_json - Make a JSON string of a path or a name
 *
 * @text: The text.  It is kept as it is but for bytes that are not UTF-8, each
 *        of which becomes U+FFFD.
 *
 * Return: the string, or NULL if there is no memory.
 */
json_t *sanitize_json(const char *text);

/**
 * sanitize_name - Make a JSON string of a name that is part of a result
 *
 * @text: The name.  Unless the result is for programs (--json), it is quoted.
 *
 * Return: the string, or NULL if there is no memory.
 */
json_t *sanitize_name(const char *text);

/**
 * sanitize_print - Print a name to standard output, quoted
 *
 * @text: The name.
 */
void sanitize_print(const char *text);

#endif /* EXECLOCK_SANITIZE_H */
