// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What is said to the user
 */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

bool json_output;
static json_t *collected;

/* How many bytes the character at @text has, 0 if it is not UTF-8. */
static size_t character_size(const unsigned char *text)
{
	/* Others would be a longer way to write a character, or a surrogate. */
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

/*
 * Policies may come from anywhere, and terminals obey control characters: those
 * of ASCII, and U+0080 to U+009F.  A part of a character can swallow what comes
 * after it, and the JSON library leaves some in what it quotes.
 */
static void defuse(char *text)
{
	unsigned char *c = (unsigned char *)text;

	while (*c) {
		const size_t size = character_size(c);

		if (!size) {
			*c++ = '?';
			continue;
		}
		if (iscntrl(*c) || (c[0] == 0xc2 && c[1] < 0xa0))
			memset(c, '?', size);
		c += size;
	}
}

/* File names need not be UTF-8, JSON has to be. */
static json_t *make_string(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string)
		return string;
	copy = strdup(text);
	if (!copy)
		return NULL;
	defuse(copy);
	string = json_string(copy);
	free(copy);
	return string;
}

static void report_json(const struct place *place, const char *level,
			const char *text)
{
	json_t *error;

	error = json_pack("{s:s}", "message", text);
	if (place) {
		json_object_set_new(error, "file", make_string(place->file));
		json_object_set_new(error, "line", json_integer(place->line));
		json_object_set_new(error, "column",
				    json_integer(place->column));
		if (place->pointer)
			json_object_set_new(error, "pointer",
					    json_string(place->pointer));
	}
	if (!collected) {
		p_json(json_pack("{s:o}", level, error));
		return;
	}
	json_object_set_new(error, "level", json_string(level));
	json_array_append_new(collected, error);
}

static void print(const struct place *place, const char *level,
		  const char *text)
{
	char *line;
	int size;

	if (!place)
		size = asprintf(&line, "execlock: %s: %s", level, text);
	else
		size = asprintf(&line, "%s:%u:%u: %s: %s%s%s", place->file,
				place->line, place->column, level,
				place->pointer ? place->pointer : "",
				place->pointer ? ": " : "", text);
	if (size < 0) {
		fputs("execlock: error: out of memory\n", stderr);
		return;
	}
	/* Names in the file, and the file's own, are not to be trusted either. */
	defuse(line);
	fprintf(stderr, "%s\n", line);
	free(line);
}

static void report(const struct place *place, const char *level,
		   const char *fmt, va_list args)
{
	static bool reported;
	char *text;

	if (reported && json_output && !collected)
		return;
	reported = true;
	if (vasprintf(&text, fmt, args) < 0) {
		fputs("execlock: error: out of memory\n", stderr);
		return;
	}

	if (json_output) {
		defuse(text);
		report_json(place, level, text);
	} else {
		print(place, level, text);
	}
	free(text);
}

int p_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(NULL, "error", fmt, args);
	va_end(args);
	return -1;
}

int p_err_at(const struct place *place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(place, "error", fmt, args);
	va_end(args);
	return -1;
}

void p_warn_at(const struct place *place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(place, "warning", fmt, args);
	va_end(args);
}

void p_collect(json_t *findings)
{
	collected = findings;
}

int p_json(json_t *result)
{
	int err;

	err = json_dumpf(result, stdout, JSON_INDENT(2));
	putchar('\n');
	if (fflush(stdout) == EOF)
		err = -1;
	json_decref(result);
	return err;
}
