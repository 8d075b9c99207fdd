// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What is said to the user
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "sanitize.h"

bool json_output;
bool json_lines;
static json_t *collected, *collected_warnings;

/* So many other files with the same warning are named. */
#define MAX_FILES 3

/* Something to say, and where it is to be said. */
struct saying {
	bool error;
	char *text;
	/* The first one is what it is said of; there may be none. */
	struct place *places;
	size_t num_places;
};

/* What is held back. */
static struct saying *held;
static size_t num_held;
static bool holding;

static void no_memory(void)
{
	fputs("execlock: error: out of memory\n", stderr);
}

static void add_place(json_t *object, const struct place *place)
{
	json_object_set_new(object, "file", text_json(place->file));
	json_object_set_new(object, "line", json_integer(place->line));
	json_object_set_new(object, "column", json_integer(place->column));
	/* It leads nowhere unless it is exact. */
	if (place->pointer)
		json_object_set_new(object, "pointer",
				    json_string(place->pointer));
}

static void add_also(json_t *error, const struct saying *saying)
{
	json_t *also;
	size_t i;

	if (saying->num_places < 2)
		return;
	also = json_array();
	for (i = 1; i < saying->num_places; i++) {
		json_t *const object = json_object();

		add_place(object, &saying->places[i]);
		json_array_append_new(also, object);
	}
	json_object_set_new(error, "also", also);
}

static void report_json(json_t *to, const struct saying *saying)
{
	const char *const level = saying->error ? "error" : "warning";
	json_t *error;

	error = json_pack("{s:o}", "message", text_json(saying->text));
	if (saying->num_places)
		add_place(error, &saying->places[0]);
	if (!to) {
		p_json(json_pack("{s:o}", level, error));
		return;
	}
	add_also(error, saying);
	json_object_set_new(error, "level", json_string(level));
	json_array_append_new(to, error);
}

/* " (also in b.json, c.json and 7 more)", or nothing; NULL without memory. */
static char *also_text(const struct saying *saying)
{
	const size_t left = saying->num_places > MAX_FILES + 1 ?
			    saying->num_places - MAX_FILES - 1 : 0;
	const size_t last = saying->num_places - left;
	char *text = NULL;
	size_t i, size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (i = 1; i < last; i++) {
		const char *const file = saying->places[i].file;
		const char *const slash = strrchr(file, '/');
		char *const name = text_quote(slash ? slash + 1 : file);

		fprintf(out, "%s%s", i == 1 ? " (also in " :
			i == last - 1 && !left ? " and " : ", ", name ?: "");
		free(name);
	}
	if (left)
		fprintf(out, " and %zu more", left);
	if (last > 1)
		fputc(')', out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
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
		no_memory();
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

static void say(const struct saying *saying)
{
	json_t *const to = collected || saying->error ? collected :
							collected_warnings;
	const struct place *const place =
		saying->num_places ? &saying->places[0] : NULL;
	char *also, *text;

	if (json_output) {
		report_json(to, saying);
		return;
	}
	also = also_text(saying);
	if (!also || asprintf(&text, "%s%s", saying->text, also) < 0) {
		no_memory();
	} else {
		/* Findings are a result. */
		print(place && collected ? stdout : stderr, place,
		      saying->error ? "error" : "warning", text);
		free(text);
	}
	free(also);
}

static void release(struct saying *saying)
{
	while (saying->num_places) {
		saying->num_places--;
		free((char *)saying->places[saying->num_places].file);
		free((char *)saying->places[saying->num_places].pointer);
	}
	free(saying->places);
	free(saying->text);
}

/* Returns whether there was memory for it. */
static bool also_at(struct saying *saying, const struct place *place)
{
	struct place *more;

	if (!place)
		return true;
	more = reallocarray(saying->places, saying->num_places + 1,
			    sizeof(*more));
	if (!more)
		return false;
	saying->places = more;
	more += saying->num_places;
	*more = *place;
	more->file = strdup(place->file);
	more->pointer = place->pointer ? strdup(place->pointer) : NULL;
	if (!more->file || (place->pointer && !more->pointer)) {
		free((char *)more->file);
		free((char *)more->pointer);
		return false;
	}
	saying->num_places++;
	return true;
}

static bool same_pointer(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether a warning is the same of another file.  Files come one by one. */
static bool is_same(const struct saying *saying, const struct saying *other,
		    const struct place *place)
{
	const struct place *last;

	if (saying->error || other->error || strcmp(saying->text, other->text))
		return false;
	if (!place || !saying->num_places)
		return !place && !saying->num_places;
	last = &saying->places[saying->num_places - 1];
	return strcmp(last->file, place->file) &&
	       same_pointer(last->pointer, place->pointer);
}

/* Takes the text of @saying, which has no place yet. */
static bool hold(struct saying *saying, const struct place *place)
{
	struct saying *more;
	size_t i;

	for (i = 0; i < num_held; i++)
		if (is_same(&held[i], saying, place)) {
			if (!also_at(&held[i], place))
				return false;
			free(saying->text);
			return true;
		}
	more = reallocarray(held, num_held + 1, sizeof(*more));
	if (!more)
		return false;
	held = more;
	if (!also_at(saying, place))
		return false;
	held[num_held++] = *saying;
	return true;
}

static void say_held(void)
{
	size_t i;

	for (i = 0; i < num_held; i++) {
		say(&held[i]);
		release(&held[i]);
	}
	free(held);
	held = NULL;
	num_held = 0;
}

void p_hold(void)
{
	holding = true;
}

void p_say(void)
{
	say_held();
	holding = false;
}

static void report(const struct place *place, bool error, const char *fmt,
		   va_list args)
{
	json_t *const to = collected || error ? collected : collected_warnings;
	struct saying saying = { .error = error };
	struct place copy;
	static bool reported;

	/* There is one document, which is for the first error. */
	if (json_output && !to && (reported || !error))
		return;
	reported |= error;
	/* It ends the command, and comes last. */
	if (error && !collected)
		say_held();
	if (vasprintf(&saying.text, fmt, args) < 0) {
		no_memory();
		return;
	}
	if (holding && !(error && !collected) && hold(&saying, place))
		return;
	if (place) {
		copy = *place;
		saying.places = &copy;
		saying.num_places = 1;
	}
	say(&saying);
	free(saying.text);
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
		no_memory();
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
