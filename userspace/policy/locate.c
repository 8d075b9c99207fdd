// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a value in a JSON document to its line and column
 *
 * The text has been parsed before: if it were not well-formed, the result would
 * be a wrong place in the text, but never one outside of it.
 */

#include <stdlib.h>
#include <string.h>

#include "locate.h"

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t\r\n");
}

/* @text is at the opening quote; the result is after the closing one. */
static const char *skip_string(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : text;
}

/* Goes past a value, however deep, without recursion. */
static const char *skip_value(const char *text)
{
	size_t depth = 0;

	do {
		text = skip_space(text);
		switch (*text) {
		case '\0':
			return text;
		case '"':
			text = skip_string(text);
			break;
		case '{':
		case '[':
			depth++;
			text++;
			break;
		case '}':
		case ']':
			depth--;
			text++;
			break;
		case ',':
		case ':':
			text++;
			break;
		default:
			text += strcspn(text, ",:]}[{\" \t\r\n");
		}
	} while (depth);
	return text;
}

/* The key may be written with escapes, so it is decoded before comparing. */
static bool is_key(const char *text, const char *end, const char *key)
{
	json_t *string;
	bool same;

	string = json_loadb(text, end - text, JSON_DECODE_ANY, NULL);
	same = string && strcmp(json_string_value(string), key) == 0;
	json_decref(string);
	return same;
}

/* @text is at the opening brace; the result is where the member begins. */
static const char *find_member(const char *text, const char *key, bool value)
{
	text = skip_space(text + 1);
	while (*text == '"') {
		const char *const end = skip_string(text);
		const char *begin = skip_space(end);

		if (*begin == ':')
			begin = skip_space(begin + 1);
		if (is_key(text, end, key))
			return value ? begin : text;
		text = skip_space(skip_value(begin));
		if (*text == ',')
			text = skip_space(text + 1);
	}
	return text;
}

/* @array is at the opening bracket. */
static const char *find_item(struct locate_memory *memory, const char *array,
			     size_t index)
{
	const char *text = skip_space(array + 1);
	size_t i, at = 0;

	for (i = 0; i < LOCATE_ARRAYS; i++)
		if (memory->arrays[i].array == array)
			break;
	if (i == LOCATE_ARRAYS) {
		i = memory->next++ % LOCATE_ARRAYS;
	} else if (memory->arrays[i].index <= index) {
		text = memory->arrays[i].item;
		at = memory->arrays[i].index;
	}
	for (; at < index && *text; at++) {
		text = skip_space(skip_value(text));
		if (*text == ',')
			text = skip_space(text + 1);
	}
	memory->arrays[i].array = array;
	memory->arrays[i].item = text;
	memory->arrays[i].index = at;
	return text;
}

static const char *find(const struct node *node, bool value)
{
	const char *text;

	if (!node->parent)
		return skip_space(node->source->text);
	text = find(node->parent, true);
	if (*text == '{')
		return find_member(text, node->key, value);
	if (*text == '[')
		return find_item(node->source->memory, text, node->index);
	return text;
}

void locate(const struct node *node, unsigned int *line, unsigned int *column)
{
	struct locate_memory *const memory = node->source->memory;
	const char *const end = find(node, node->json);

	if (!memory->line || memory->text > end) {
		memory->text = node->source->text;
		memory->line = 1;
		memory->column = 1;
	}
	for (; memory->text < end; memory->text++) {
		if (*memory->text == '\n') {
			memory->line++;
			memory->column = 1;
		} else if ((*memory->text & 0xc0) != 0x80) {
			/* Not a further byte of a UTF-8 character. */
			memory->column++;
		}
	}
	*line = memory->line;
	*column = memory->column;
}
