/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Text that anybody could have written
 */

#ifndef EXECLOCK_TEXT_H
#define EXECLOCK_TEXT_H

#include <jansson.h>

/**
 * text_defuse - Make text harmless
 *
 * Terminals obey control characters: those of ASCII, and U+0080 to U+009F.  A
 * part of a character can swallow what comes after it.  Question marks take the
 * place of all these bytes, and the rest is UTF-8, as JSON has to be.
 *
 * @text: The text, which is changed.
 */
void text_defuse(char *text);

/**
 * text_json - Make a JSON string of a path or a name
 *
 * @text: The text.  What text_defuse() replaces is replaced.
 *
 * Return: the string, or NULL if there is no memory.
 */
json_t *text_json(const char *text);

#endif /* EXECLOCK_TEXT_H */
