/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Go through the text of a JSON document
 *
 * The text has been parsed before: if it were not well-formed, the result would
 * be a wrong place in the text, but never one outside of it.
 */

#ifndef EXECLOCK_JSON_TEXT_H
#define EXECLOCK_JSON_TEXT_H

#include <jansson.h>

/**
 * json_skip_space - Go past blanks and line ends
 *
 * @text: The text.
 *
 * Return: the place after them.
 */
const char *json_skip_space(const char *text);

/**
 * json_skip_string - Go past a string
 *
 * @text: Its opening quote.
 *
 * Return: the place after the closing one.
 */
const char *json_skip_string(const char *text);

/**
 * json_skip_value - Go past a value, however deep, without recursion
 *
 * @text: The beginning of the value, or blanks before it.
 *
 * Return: the place after it.
 */
const char *json_skip_value(const char *text);

/**
 * json_decode_string - Decode a string, which may be written with escapes
 *
 * @text: Its opening quote.
 * @end: The place after the closing one.
 *
 * Return: the string, which the caller releases; NULL if there is no memory.
 */
json_t *json_decode_string(const char *text, const char *end);

#endif /* EXECLOCK_JSON_TEXT_H */
