/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Text that anybody could have written
 */

#ifndef EXECLOCK_TEXT_H
#define EXECLOCK_TEXT_H

#include <jansson.h>

/**
 * text_json - Make a JSON string of a path or a name
 *
 * Terminals obey control characters, and JSON has to be UTF-8: where a text has
 * one of the former, or is not the latter, a "?" takes the place of the byte.
 *
 * @text: The text.
 *
 * Return: the string, or NULL if there is no memory.
 */
json_t *text_json(const char *text);

#endif /* EXECLOCK_TEXT_H */
