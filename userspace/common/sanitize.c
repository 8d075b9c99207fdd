// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Make text harmless that anybody could have written
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "sanitize.h"
#include "util.h"

/* A range of characters, with its ends. */
struct range {
	unsigned int first;
	unsigned int last;
};

/*
 * Characters that are invisible, or that change how others look: the categories
 * Cc, Cf, Zl and Zp of Unicode, fillers and selectors without width, and code
 * points that are no characters.
 */
static const struct range harmful[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f },
	{ 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd },
	{ 0x70f, 0x70f }, { 0x890, 0x891 }, { 0x8e2, 0x8e2 },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0x1fffe, 0x1ffff }, { 0xe0000, 0xe0fff },
	{ 0xffffe, 0x10ffff },
};

/* Characters between words: the category Zs. */
static const struct range blank[] = {
	{ 0x20, 0x20 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 },
	{ 0x2000, 0x200a }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};

static bool is_in(unsigned int character, const struct range *ranges,
		  size_t count)
{
	size_t i;

	/* The ranges are in order, so that most text is checked quickly. */
	for (i = 0; i < count && character >= ranges[i].first; i++)
		if (character <= ranges[i].last)
			return true;
	return false;
}

static bool is_harmful(unsigned int character)
{
	return is_in(character, harmful, ARRAY_SIZE(harmful));
}

static bool is_blank(unsigned int character)
{
	return is_in(character, blank, ARRAY_SIZE(blank));
}

/* Returns the size of the character at @text in bytes, 0 if it is not UTF-8. */
static size_t character_size(const unsigned char *text)
{
	/* Other bytes would encode a shorter character, or a surrogate. */
	const unsigned char min = *text == 0xe0 ? 0xa0 :
				  *text == 0xf0 ? 0x90 : 0x80;
	const unsigned char max = *text == 0xed ? 0x9f :
				  *text == 0xf4 ? 0x8f : 0xbf;
	size_t i, size;

	if (*text < 0x80)
		return 1;
	if (*text < 0xc2 || *text > 0xf4 || text[1] < min || text[1] > max)
		return 0;
	size = *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
	for (i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

/* Returns the character at @text, and its size in bytes, 0 if it is none. */
static unsigned int next_character(const unsigned char *text, size_t *size)
{
	unsigned int character = *text;
	size_t i;

	*size = character_size(text);
	if (*size > 1)
		character &= 0x7f >> *size;
	for (i = 1; i < *size; i++)
		character = character << 6 | (text[i] & 0x3f);
	return character;
}

void sanitize_defuse(char *text)
{
	unsigned char *c = (unsigned char *)text;

	while (*c) {
		size_t size;
		const unsigned int character = next_character(c, &size);

		if (!size)
			size = 1;
		else if (!is_harmful(character))
			goto next;
		memset(c, '?', size);
next:
		c += size;
	}
}

bool sanitize_is_harmless(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	while (*c) {
		size_t size;
		const unsigned int character = next_character(c, &size);

		if (!size || (is_harmful(character) && character != '\n' &&
			      character != '\t'))
			return false;
		c += size;
	}
	return true;
}

/* Whether a name needs no quotation marks. */
static bool is_plain(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (!*c || *c == '-')
		return false;
	while (*c) {
		size_t size;
		const unsigned int character = next_character(c, &size);

		if (!size || is_harmful(character) || is_blank(character) ||
		    strchr("\"\\()", *c))
			return false;
		c += size;
	}
	return true;
}

/* Writes a character as it is between quotation marks. */
static void put_escaped(FILE *file, unsigned int character,
			const unsigned char *bytes, size_t size)
{
	if (!size)
		fprintf(file, "\\x%02x", *bytes);
	else if (character == '"' || character == '\\')
		fprintf(file, "\\%c", character);
	else if (character == '\n')
		fputs("\\n", file);
	else if (character == '\t')
		fputs("\\t", file);
	else if (character == ' ' ||
		 !(is_harmful(character) || is_blank(character)))
		fwrite(bytes, 1, size, file);
	else
		fprintf(file, character > 0xffff ? "\\U%08x" : "\\u%04x",
			character);
}

char *sanitize_quote(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	char *quoted = NULL;
	size_t length;
	FILE *file;

	if (is_plain(text))
		return strdup(text);
	file = open_memstream(&quoted, &length);
	if (!file)
		return NULL;
	fputc('"', file);
	while (*c) {
		size_t size;
		const unsigned int character = next_character(c, &size);

		put_escaped(file, character, c, size);
		c += size ? size : 1;
	}
	fputc('"', file);
	if (fclose(file)) {
		free(quoted);
		return NULL;
	}
	return quoted;
}

json_t *sanitize_json(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	char *exact = NULL;
	json_t *json;
	size_t length;
	FILE *file;

	file = open_memstream(&exact, &length);
	if (!file)
		return NULL;
	while (*c) {
		const size_t size = character_size(c);

		if (size)
			fwrite(c, 1, size, file);
		else
			fputs("\xef\xbf\xbd", file);
		c += size ? size : 1;
	}
	json = fclose(file) ? NULL : json_string(exact);
	free(exact);
	return json;
}

json_t *sanitize_name(const char *text)
{
	json_t *json;
	char *quoted;

	if (json_output)
		return sanitize_json(text);
	quoted = sanitize_quote(text);
	if (!quoted)
		return NULL;
	json = json_string(quoted);
	free(quoted);
	return json;
}

void sanitize_print(const char *text)
{
	char *const quoted = sanitize_quote(text);

	fputs(quoted ? quoted : "?", stdout);
	free(quoted);
}
