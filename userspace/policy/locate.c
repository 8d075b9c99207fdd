// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a value in a JSON document to its line and column
 */

#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "locate.h"

/* The key may be written with escapes, so it is decoded before comparing. */
static bool is_key(const char *text, const char *end, const char *key)
{
	json_t *string;
	bool same;

	string = json_decode_string(text, end);
	same = string && strcmp(json_string_value(string), key) == 0;
	json_decref(string);
	return same;
}

/* @text is at the opening brace; the result is where the member begins. */
static const char *find_member(const char *text, const char *key, bool value)
{
	text = json_skip_space(text + 1);
	while (*text == '"') {
		const char *const end = json_skip_string(text);
		const char *begin = json_skip_space(end);

		if (*begin == ':')
			begin = json_skip_space(begin + 1);
		if (is_key(text, end, key))
			return value ? begin : text;
		text = json_skip_space(json_skip_value(begin));
		if (*text == ',')
			text = json_skip_space(text + 1);
	}
	return text;
}

/* @array is at the opening bracket. */
static const char *find_item(struct locate_memory *memory, const char *array,
			     size_t index)
{
	const char *text = json_skip_space(array + 1);
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
		text = json_skip_space(json_skip_value(text));
		if (*text == ',')
			text = json_skip_space(text + 1);
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
		return json_skip_space(node->source->text);
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
