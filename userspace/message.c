// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What is said to the user
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "text.h"

bool json_output;
bool json_lines;
static json_t *collected, *collected_warnings;

static void report_json(json_t *to, const struct place *place,
			const char *level, const char *text)
{
	json_t *error;

	error = json_pack("{s:o}", "message", text_json(text));
	if (place) {
		json_object_set_new(error, "file", text_json(place->file));
		json_object_set_new(error, "line", json_integer(place->line));
		json_object_set_new(error, "column",
				    json_integer(place->column));
		/* It leads nowhere unless it is exact. */
		if (place->pointer)
			json_object_set_new(error, "pointer",
					    json_string(place->pointer));
	}
	if (!to) {
		p_json(json_pack("{s:o}", level, error));
		return;
	}
	json_object_set_new(error, "level", json_string(level));
	json_array_append_new(to, error);
}

static void print(FILE *out, const struct place *place, const char *level,
		  const char *text)
{
	char *line, *file;
	int size = -1;

	if (!place) {
		size = asprintf(&line, "execlock: %s: %s", level, text);
	} else {
		file = text_quote(place->file);
		if (file)
			size = asprintf(&line, "%s:%u:%u: %s: %s%s%s", file,
					place->line, place->column, level,
					place->pointer ? place->pointer : "",
					place->pointer ? ": " : "", text);
		free(file);
	}
	if (size < 0) {
		fputs("execlock: error: out of memory\n", stderr);
		return;
	}
	/*
	 * Policies may come from anywhere, and their files may have any name.
	 * The JSON library leaves parts of characters in what it quotes.
	 */
	text_defuse(line);
	fprintf(out, "%s\n", line);
	free(line);
}

static void report(const struct place *place, bool error, const char *fmt,
		   va_list args)
{
	const char *const level = error ? "error" : "warning";
	json_t *const to = collected || error ? collected : collected_warnings;
	static bool reported;
	char *text;

	/* There is one document, which is for the first error. */
	if (json_output && !to && (reported || !error))
		return;
	reported |= error;
	if (vasprintf(&text, fmt, args) < 0) {
		fputs("execlock: error: out of memory\n", stderr);
		return;
	}

	if (json_output)
		report_json(to, place, level, text);
	else
		/* Findings are a result. */
		print(place && collected ? stdout : stderr, place, level, text);
	free(text);
}

int p_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(NULL, true, fmt, args);
	va_end(args);
	return -1;
}

int p_err_at(const struct place *place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(place, true, fmt, args);
	va_end(args);
	return -1;
}

void p_warn_at(const struct place *place, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(place, false, fmt, args);
	va_end(args);
}

/* Standard output is for the result, whatever its form. */
static void tell(const char *level, const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0) {
		fputs("execlock: error: out of memory\n", stderr);
		return;
	}
	print(stderr, NULL, level, text);
	free(text);
}

void p_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell("warning", fmt, args);
	va_end(args);
}

void p_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell("note", fmt, args);
	va_end(args);
}

void p_collect_warnings(json_t *warnings)
{
	collected_warnings = warnings;
}

void p_collect(json_t *findings)
{
	collected = findings;
}

int p_json(json_t *result)
{
	const size_t form = json_lines ? JSON_COMPACT : JSON_INDENT(2);
	int err;

	err = json_dumpf(result, stdout, form | JSON_ENSURE_ASCII);
	putchar('\n');
	if (fflush(stdout) == EOF)
		err = -1;
	json_decref(result);
	return err;
}
