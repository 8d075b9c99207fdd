/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Make text harmless that anybody could have written
 *
 * Names of files, cgroups and processes, and texts of policies, can have
 * control characters, which terminals obey; format characters of Unicode, which
 * are invisible or change how other characters look, such as their direction;
 * and bytes that are not UTF-8.  With blanks and line ends, a name can look
 * like the output of a command.
 */

#ifndef EXECLOCK_SANITIZE_H
#define EXECLOCK_SANITIZE_H

#include <jansson.h>
#include <stdbool.h>

/**
 * sanitize_defuse - Make text harmless, for a line that is read by people
 *
 * Question marks replace all bytes of harmful characters, and bytes that are
 * not UTF-8.  The text may still look like something else: sanitize_quote() is
 * for names that are not in a sentence.
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
 * sanitize_quote - Quote a name that could be taken for anything else
 *
 * A name gets quotation marks if it has a blank, a quotation mark, a
 * parenthesis, a backslash or a harmful character, if it is empty, or if it
 * begins with a minus sign.  In quotation marks, "\"" and "\\" are these
 * characters, "\n" and "\t" those of C, "\u0085" and "\U000e0001" stand for a
 * character by its number, and "\xff" for a byte that is not UTF-8.
 *
 * @text: The name.
 *
 * Return: a text that the caller frees, or NULL if there is no memory.
 */
char *sanitize_quote(const char *text);

/**
 * sanitize_json - Make a JSON string of a path or a name
 *
 * @text: The text.  Bytes that are not UTF-8 become U+FFFD each; the rest does
 *        not change.
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
