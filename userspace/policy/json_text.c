// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Go through the text of a JSON document
 */

#include <string.h>

#include "json_text.h"

const char *json_skip_space(const char *text)
{
	return text + strspn(text, " \t\r\n");
}

const char *json_skip_string(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : text;
}

const char *json_skip_value(const char *text)
{
	size_t depth = 0;

	do {
		text = json_skip_space(text);
		switch (*text) {
		case '\0':
			return text;
		case '"':
			text = json_skip_string(text);
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

json_t *json_decode_string(const char *text, const char *end)
{
	return json_loadb(text, end - text, JSON_DECODE_ANY, NULL);
}
