// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What is said to the user
 */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"

bool json_output;
static json_t *collected;

static void report_json(const struct place *place, const char *level,
			const char *text)
{
	json_t *error;

	/* File names need not be UTF-8, JSON has to be. */
	error = json_pack("{s:s}", "message", text);
	if (!error)
		error = json_pack("{s:s}", "message",
				  "an error whose text is not UTF-8");
	if (place) {
		json_object_set_new(error, "file", json_string(place->file));
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

/* Policies may come from anywhere, and terminals obey control characters. */
static void defuse(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
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

	defuse(text);
	if (json_output)
		report_json(place, level, text);
	else if (!place)
		fprintf(stderr, "execlock: %s: %s\n", level, text);
	else
		fprintf(stderr, "%s:%u:%u: %s: %s%s%s\n", place->file,
			place->line, place->column, level,
			place->pointer ? place->pointer : "",
			place->pointer ? ": " : "", text);
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
