// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Write a changed JSON document in the layout that it has
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_source.h"
#include "json_text.h"
#include "layout.h"
#include "sanitize.h"

/* Room for the indentation of a line. */
#define INDENT_SIZE 256

/**
 * struct layout - How new values are written
 *
 * @out: The new text.
 * @unit: The indentation of one level.
 * @items: Whether each item has a line of its own.
 * @members: Whether each member has one.
 */
struct layout {
	FILE *out;
	char unit[16];
	bool items;
	bool members;
};

static void copy(struct layout *layout, const char *begin, const char *end)
{
	fwrite(begin, 1, end - begin, layout->out);
}

/* The last line end from @begin on and before @end, or NULL. */
static const char *last_line(const char *begin, const char *end)
{
	return memrchr(begin, '\n', end - begin);
}

/* Sets @indent to the indentation of the line in which @at is. */
static void find_indent(const char *text, const char *at,
			char indent[INDENT_SIZE])
{
	const char *const line = last_line(text, at);
	const char *const begin = line ? line + 1 : text;
	size_t size = strspn(begin, " \t");

	if (size >= INDENT_SIZE)
		size = INDENT_SIZE - 1;
	snprintf(indent, INDENT_SIZE, "%.*s", (int)size, begin);
}

/* The first line that is indented is one level deep. */
static void find_style(struct layout *layout, const char *text)
{
	const char *at;

	snprintf(layout->unit, sizeof(layout->unit), "\t");
	for (at = text; (at = strchr(at, '\n')); ) {
		const size_t size = strspn(++at, " \t");

		if (!size || size >= sizeof(layout->unit) || !at[size] ||
		    strchr("\r\n", at[size]))
			continue;
		snprintf(layout->unit, sizeof(layout->unit), "%.*s", (int)size,
			 at);
		break;
	}
	/* As in the last list of names, and the last rule. */
	for (at = text; (at = strpbrk(at, "[\"")); ) {
		const char *const next = json_skip_space(at + 1);

		if (*at == '[' && *next == '"')
			layout->items = last_line(at, next);
		else if (*at == '[' && *next == '{')
			layout->members = last_line(next,
						    json_skip_space(next + 1));
		at = *at == '"' ? json_skip_string(at) : at + 1;
	}
}

static void write_scalar(struct layout *layout, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	if (text && !sanitize_is_harmless(text)) {
		free(text);
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	}
	fputs(text ?: "null", layout->out);
	free(text);
}

/* Begins an item or member: on a line of its own, or after a blank. */
static void begin_item(struct layout *layout, bool own_line,
		       const char *indent)
{
	if (own_line)
		fprintf(layout->out, "\n%s", indent);
	else
		fputc(' ', layout->out);
}

static void write_value(struct layout *layout, const json_t *value,
			const char *indent);

static void write_items(struct layout *layout, const json_t *array,
			const char *indent)
{
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		if (i)
			fputc(',', layout->out);
		begin_item(layout, layout->items, indent);
		write_value(layout, item, indent);
	}
}

static void write_key(struct layout *layout, const char *key)
{
	json_t *const name = json_string(key);

	write_scalar(layout, name);
	json_decref(name);
	fputs(": ", layout->out);
}

static void write_members(struct layout *layout, const json_t *object,
			  const char *indent)
{
	const char *key;
	json_t *member;
	bool first = true;

	json_object_foreach((json_t *)object, key, member) {
		if (!first)
			fputc(',', layout->out);
		first = false;
		begin_item(layout, layout->members, indent);
		write_key(layout, key);
		write_value(layout, member, indent);
	}
}

/* @indent is that of the line in which the value begins. */
static void write_value(struct layout *layout, const json_t *value,
			const char *indent)
{
	const bool is_array = json_is_array(value);
	char deeper[INDENT_SIZE + sizeof(layout->unit)];

	if (!is_array && !json_is_object(value)) {
		write_scalar(layout, value);
		return;
	}
	fputc(is_array ? '[' : '{', layout->out);
	if (json_array_size(value) || json_object_size(value)) {
		snprintf(deeper, sizeof(deeper), "%.*s%s", INDENT_SIZE - 1,
			 indent, layout->unit);
		if (is_array)
			write_items(layout, value, deeper);
		else
			write_members(layout, value, deeper);
		begin_item(layout, is_array ? layout->items : layout->members,
			   indent);
	}
	fputc(is_array ? ']' : '}', layout->out);
}

static const char *change_value(struct layout *layout, const char *text,
				const char *at, const json_t *before,
				const json_t *after);

/**
 * struct place - Where a new item or member goes
 *
 * @gap: What is before the last one that is there.
 * @gap_end: Its end.
 * @indent: The indentation of the line in which the last one begins.
 */
struct place {
	const char *gap;
	const char *gap_end;
	char indent[INDENT_SIZE];
};

/* Takes over what is before an item, which begins at @end. */
static void note_place(struct place *place, const char *text,
		       const char *begin, const char *end)
{
	place->gap = begin;
	place->gap_end = end;
	find_indent(text, end, place->indent);
}

/*
 * Writes an array, each item of which is that of before or a changed one, and
 * more.  @at is at the opening bracket.
 */
static const char *change_array(struct layout *layout, const char *text,
				const char *at, const json_t *before,
				const json_t *after)
{
	const size_t size = json_array_size(before);
	struct place place = {};
	const char *next;
	size_t i;

	fputc(*at++, layout->out);
	for (i = 0; i < size; i++) {
		next = json_skip_space(at);
		note_place(&place, text, at, next);
		copy(layout, at, next);
		at = change_value(layout, text, next, json_array_get(before, i),
				  json_array_get(after, i));
		next = json_skip_space(at);
		if (*next != ',')
			break;
		copy(layout, at, next + 1);
		at = next + 1;
	}
	for (i = size; i < json_array_size(after); i++) {
		fputc(',', layout->out);
		copy(layout, place.gap, place.gap_end);
		write_value(layout, json_array_get(after, i), place.indent);
	}
	next = json_skip_space(at);
	copy(layout, at, next + 1);
	return next + 1;
}

static void add_members(struct layout *layout, const struct place *place,
			const json_t *before, const json_t *after)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)after, key, value) {
		if (json_object_get(before, key))
			continue;
		fputc(',', layout->out);
		copy(layout, place->gap, place->gap_end);
		write_key(layout, key);
		write_value(layout, value, place->indent);
	}
}

/* Copies the key at @at, and sets @key to it.  Returns where its value begins. */
static const char *copy_key(struct layout *layout, const char *at, json_t **key)
{
	const char *const end = json_skip_string(at);
	const char *const colon = json_skip_space(end);
	const char *const value = json_skip_space(colon + (*colon == ':'));

	*key = json_decode_string(at, end);
	copy(layout, at, value);
	return value;
}

/* Writes an object with all members of before, changed or not, and more. */
static const char *change_object(struct layout *layout, const char *text,
				 const char *at, const json_t *before,
				 const json_t *after)
{
	struct place place = {};
	const char *next;
	json_t *key;

	fputc(*at++, layout->out);
	while (next = json_skip_space(at), *next == '"') {
		const char *name;

		note_place(&place, text, at, next);
		copy(layout, at, next);
		next = copy_key(layout, next, &key);
		name = json_string_value(key) ?: "";
		at = change_value(layout, text, next,
				  json_object_get(before, name),
				  json_object_get(after, name));
		json_decref(key);
		next = json_skip_space(at);
		if (*next != ',')
			break;
		copy(layout, at, next + 1);
		at = next + 1;
	}
	add_members(layout, &place, before, after);
	next = json_skip_space(at);
	copy(layout, at, next + 1);
	return next + 1;
}

/* Whether members can be added to those that are there. */
static bool has_all_members(const json_t *before, const json_t *after)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)before, key, value)
		if (!json_object_get(after, key))
			return false;
	return json_object_size(before);
}

/* Whether the first items may be the same ones, changed or not. */
static bool has_all_items(const json_t *before, const json_t *after)
{
	const json_t *item;
	size_t i;

	if (!json_array_size(before) ||
	    json_array_size(after) < json_array_size(before))
		return false;
	json_array_foreach(before, i, item)
		if (!json_is_object(item) &&
		    !json_equal(item, json_array_get(after, i)))
			return false;
	return true;
}

/* Writes the value that begins at @at.  Returns where that ends. */
static const char *change_value(struct layout *layout, const char *text,
				const char *at, const json_t *before,
				const json_t *after)
{
	const char *const end = json_skip_value(at);
	char indent[INDENT_SIZE];

	if (json_equal(before, after)) {
		copy(layout, at, end);
		return end;
	}
	if (json_is_object(before) && json_is_object(after) &&
	    has_all_members(before, after))
		return change_object(layout, text, at, before, after);
	if (json_is_array(before) && json_is_array(after) &&
	    has_all_items(before, after))
		return change_array(layout, text, at, before, after);
	find_indent(text, at, indent);
	write_value(layout, after, indent);
	return end;
}

char *layout_text(const char *text, const json_t *before, const json_t *after)
{
	struct layout layout = {};
	const char *begin, *end;
	char *result = NULL;
	json_t *check;
	size_t size;

	layout.out = open_memstream(&result, &size);
	if (!layout.out)
		return NULL;
	find_style(&layout, text);
	begin = json_skip_space(text);
	copy(&layout, text, begin);
	end = change_value(&layout, text, begin, before, after);
	fputs(end, layout.out);
	if (fclose(layout.out))
		return NULL;
	check = json_loads(result, JSON_REJECT_DUPLICATES, NULL);
	/* A wrong layout would be bad, but not as bad as another policy. */
	if (!json_equal(check, after)) {
		free(result);
		result = source_text(after);
	}
	json_decref(check);
	return result;
}
