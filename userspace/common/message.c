// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Messages to the user, and results as JSON
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "sanitize.h"

/* How many other files a message names that have the same mistake. */
#define MAX_FILES 3

/**
 * struct message - An error or a warning
 *
 * @error: Whether it is an error.
 * @text: Its text.
 * @locations: Where it applies; the first one comes before the text, and the
 *             others are listed after it.
 * @num_locations: Number of @locations, zero if it is about no file.
 */
struct message {
	bool error;
	char *text;
	struct location *locations;
	size_t num_locations;
};

bool json_output;

/*
 * The treatment of messages and results: one for the process, as standard
 * output and standard error are.
 */
static struct {
	bool json_lines;	/* a document a line */
	bool reported;		/* there was an error */
	bool muted;		/* messages are dropped */
	bool err_is_warning;	/* see p_err_is_warning() */
	bool holding;		/* between p_hold() and p_release() */
	bool collecting;	/* warnings are held back for the result */
	const struct location *included;	/* see p_included() */
	json_t *findings;	/* where errors and warnings go, or NULL */
	struct message *held;
	size_t num_held;
} output;

static void no_memory(void)
{
	fputs("execlock: error: out of memory\n", stderr);
}

static void add_location(json_t *object, const struct location *location)
{
	json_object_set_new(object, "file", sanitize_json(location->file));
	json_object_set_new(object, "line", json_integer(location->line));
	json_object_set_new(object, "column", json_integer(location->column));
	/* It leads nowhere unless it is exact. */
	if (location->pointer)
		json_object_set_new(object, "pointer",
				    json_string(location->pointer));
}

static void add_also(json_t *object, const struct message *message)
{
	json_t *also;
	size_t i;

	if (message->num_locations < 2)
		return;
	also = json_array();
	for (i = 1; i < message->num_locations; i++) {
		json_t *const other = json_object();

		add_location(other, &message->locations[i]);
		json_array_append_new(also, other);
	}
	json_object_set_new(object, "also", also);
}

/* Adds a message to an array, or prints it as the document. */
static void report_json(json_t *list, const struct message *message)
{
	const char *const level = message->error ? "error" : "warning";
	json_t *object;

	object = json_pack("{s:o}", "message", sanitize_json(message->text));
	if (message->num_locations)
		add_location(object, &message->locations[0]);
	if (!list) {
		p_json(json_pack("{s:o}", level, object));
		return;
	}
	add_also(object, message);
	json_object_set_new(object, "level", json_string(level));
	json_array_append_new(list, object);
}

/* " (also in b.json, c.json and 7 more)", or nothing; NULL without memory. */
static char *also_text(const struct message *message)
{
	const size_t left = message->num_locations > MAX_FILES + 1 ?
			    message->num_locations - MAX_FILES - 1 : 0;
	const size_t last = message->num_locations - left;
	char *text = NULL;
	size_t i, size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (i = 1; i < last; i++) {
		const char *const file = message->locations[i].file;
		const char *const slash = strrchr(file, '/');
		char *const name = sanitize_quote(slash ? slash + 1 : file);

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

/* Returns "FILE:LINE:COLUMN: LEVEL: POINTER: TEXT", or NULL without memory. */
static char *located_text(const struct location *location, const char *level,
			  const char *text)
{
	char *const file = sanitize_quote(location->file);
	const char *const pointer = location->pointer ?: "";
	char *line;
	int size = -1;

	if (file)
		size = asprintf(&line, "%s:%u:%u: %s: %s%s%s", file,
				location->line, location->column, level,
				pointer, location->pointer ? ": " : "", text);
	free(file);
	return size < 0 ? NULL : line;
}

static void print(FILE *out, const struct location *location,
		  const char *level, const char *text)
{
	char *line;

	if (location)
		line = located_text(location, level, text);
	else if (asprintf(&line, "execlock: %s: %s", level, text) < 0)
		line = NULL;
	if (!line) {
		no_memory();
		return;
	}
	/*
	 * Policies may come from anywhere, and their files may have any name.
	 * The JSON library leaves parts of characters in what it quotes.
	 */
	sanitize_defuse(line);
	fprintf(out, "%s\n", line);
	free(line);
}

static void print_message(const struct message *message)
{
	const struct location *const location =
		message->num_locations ? &message->locations[0] : NULL;
	char *also, *text;

	also = also_text(message);
	if (!also || asprintf(&text, "%s%s", message->text, also) < 0) {
		no_memory();
	} else {
		/* Findings are a result. */
		print(location && output.findings ? stdout : stderr, location,
		      message->error ? "error" : "warning", text);
		free(text);
	}
	free(also);
}

static void report_message(const struct message *message)
{
	/* A warning has no place on standard output unless the result lists it. */
	if (json_output && (message->error || output.findings))
		report_json(output.findings, message);
	else
		print_message(message);
}

static void free_message(struct message *message)
{
	while (message->num_locations) {
		message->num_locations--;
		free((char *)message->locations[message->num_locations].file);
		free((char *)message->locations[message->num_locations].pointer);
	}
	free(message->locations);
	free(message->text);
}

/* Returns false without memory. */
static bool copy_location(struct message *message,
			  const struct location *location)
{
	struct location *more;

	if (!location)
		return true;
	more = reallocarray(message->locations, message->num_locations + 1,
			    sizeof(*more));
	if (!more)
		return false;
	message->locations = more;
	more += message->num_locations;
	*more = *location;
	more->file = strdup(location->file);
	more->pointer = location->pointer ? strdup(location->pointer) : NULL;
	if (!more->file || (location->pointer && !more->pointer)) {
		free((char *)more->file);
		free((char *)more->pointer);
		return false;
	}
	message->num_locations++;
	return true;
}

static bool same_pointer(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/*
 * Whether a warning repeats an earlier one for another file.  Files are looked
 * at one by one, so only the last location can be of the same file.
 */
static bool repeats(const struct message *earlier, const struct message *message,
		    const struct location *location)
{
	const struct location *last;

	if (earlier->error || message->error ||
	    strcmp(earlier->text, message->text))
		return false;
	if (!location || !earlier->num_locations)
		return !location && !earlier->num_locations;
	last = &earlier->locations[earlier->num_locations - 1];
	return strcmp(last->file, location->file) &&
	       same_pointer(last->pointer, location->pointer);
}

/*
 * Holds back a message that has no location yet.  Returns true if its text is
 * then owned by the list, or was freed; false without memory.
 */
static bool hold(struct message *message, const struct location *location)
{
	struct message *more;
	size_t i;

	for (i = 0; i < output.num_held; i++) {
		if (!repeats(&output.held[i], message, location))
			continue;
		if (!copy_location(&output.held[i], location))
			return false;
		free(message->text);
		return true;
	}
	more = reallocarray(output.held, output.num_held + 1, sizeof(*more));
	if (!more)
		return false;
	output.held = more;
	if (!copy_location(message, location))
		return false;
	output.held[output.num_held++] = *message;
	return true;
}

/* Reports the messages that are held back, or adds them to an array. */
static void report_held(json_t *list)
{
	size_t i;

	for (i = 0; i < output.num_held; i++) {
		if (list)
			report_json(list, &output.held[i]);
		else
			report_message(&output.held[i]);
		free_message(&output.held[i]);
	}
	free(output.held);
	output.held = NULL;
	output.num_held = 0;
}

void p_hold(void)
{
	output.holding = true;
}

void p_release(void)
{
	if (!output.collecting)
		report_held(NULL);
	output.holding = false;
}

void p_collect_warnings(void)
{
	output.collecting = json_output;
}

json_t *p_take_warnings(void)
{
	json_t *const warnings = json_array();

	output.collecting = false;
	report_held(warnings);
	return warnings;
}

void p_mute(bool mute)
{
	output.muted = mute;
}

void p_err_is_warning(bool warning)
{
	output.err_is_warning = warning;
}

void p_included(const struct location *location)
{
	output.included = location;
}

/* Adds which file includes the one that an error is in. */
static void add_included(char **text)
{
	const struct location *const place = output.included;
	char *longer;

	if (asprintf(&longer, "%s (included at %s:%u:%u)", *text, place->file,
		     place->line, place->column) < 0)
		return;
	free(*text);
	*text = longer;
}

static void report(const struct location *location, bool is_error,
		   const char *fmt, va_list args)
{
	const bool error = is_error && !output.err_is_warning;
	const bool ends = error && !output.findings;
	struct message message = { .error = error };
	struct location copy;

	if (output.muted)
		return;
	/* There is one document, which is for the first error. */
	if (json_output && ends && output.reported)
		return;
	output.reported |= error;
	/* An error that ends the command comes last, and instead of a result. */
	if (ends) {
		output.collecting = false;
		report_held(NULL);
	}
	if (vasprintf(&message.text, fmt, args) < 0) {
		no_memory();
		return;
	}
	if (output.included && location)
		add_included(&message.text);
	else if (output.included)
		location = output.included;
	if ((output.holding || output.collecting) && !ends &&
	    hold(&message, location))
		return;
	if (location) {
		copy = *location;
		message.locations = &copy;
		message.num_locations = 1;
	}
	report_message(&message);
	free(message.text);
}

int p_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(NULL, true, fmt, args);
	va_end(args);
	return -1;
}

int p_err_at(const struct location *location, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(location, true, fmt, args);
	va_end(args);
	return -1;
}

void p_warn_at(const struct location *location, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(location, false, fmt, args);
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

void p_collect(json_t *findings)
{
	output.findings = findings;
}

void p_json_lines(void)
{
	output.json_lines = true;
}

int p_json(json_t *result)
{
	const size_t form = output.json_lines ? JSON_COMPACT : JSON_INDENT(2);
	int err;

	err = json_dumpf(result, stdout, form | JSON_ENSURE_ASCII);
	putchar('\n');
	if (fflush(stdout) == EOF)
		err = -1;
	json_decref(result);
	return err;
}
