/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - JSON files, and the places of their values
 */

#ifndef EXECLOCK_JSON_SOURCE_H
#define EXECLOCK_JSON_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "message.h"
#include "util.h"

struct locate_memory;
struct source;

/**
 * struct origin - The file from which items of a joined object or array are
 *
 * Such an object or array has the same place in each of its files, unless there
 * is a @place.
 *
 * @container: The object or array; NULL for the document itself.
 * @key: The name of a member of an object; NULL for an array.
 * @first: The first item of an array, the file's own first item.
 * @count: Number of items.
 * @part: The file.
 * @place: The value in @part from which this one was made, with the nodes above
 *         it, see node_keep(); or NULL.
 */
struct origin {
	const json_t *container;
	const char *key;
	size_t first;
	size_t count;
	const struct source *part;
	struct node *place;
};

/**
 * struct source - A JSON file, with those that it includes
 *
 * @file: Its name, as the user gave it.
 * @text: Its content.
 * @root: The document, joined with those of @parts.
 * @memory: For locate().
 * @dev: Device of the file.
 * @ino: Inode number of the file.
 * @parts: The files that it, or one of them, includes; NULL if there are none.
 * @num_parts: Their number.
 * @origins: The files from which @root is, if there are several.
 * @num_origins: Their number.
 */
struct source {
	char *file;
	char *text;
	json_t *root;
	struct locate_memory *memory;
	dev_t dev;
	ino_t ino;
	struct source **parts;
	size_t num_parts;
	struct origin *origins;
	size_t num_origins;
};

/**
 * struct node - A value, and how it was reached
 *
 * Nodes live on the stack, so that the way to a value costs nothing unless
 * there is something wrong with the value.
 *
 * @source: File that it is in.
 * @parent: Object or array that it is in, NULL for the document itself.
 * @key: Its name, if @parent is an object.
 * @index: Its index, if @parent is an array.
 * @json: The value; NULL if only the place matters.
 */
struct node {
	const struct source *source;
	const struct node *parent;
	const char *key;
	size_t index;
	json_t *json;
};

/**
 * source_read - Read and parse a JSON file
 *
 * @source: Filled in; release it with source_free(), also after an error.
 * @file: File name.
 * @for_others: Whether execlock decides for others, see resolve_trusted().
 *
 * Return: 0, or -1 with the error reported.
 */
int source_read(struct source *source, const char *file, bool for_others);

/**
 * source_take - Treat a document as if it had been read from a file
 *
 * @source: Filled in; release it with source_free(), also after an error.
 * @name: Its name for messages.
 * @root: The document, of which the source becomes an owner.
 *
 * Return: 0, or -1 with the error reported.
 */
int source_take(struct source *source, const char *name, json_t *root);

/**
 * source_add_origin - Remember the file from which a part of a document is
 *
 * @source: The document.
 * @origin: The part and its origin, whose place the source then owns.
 *
 * Return: 0, or -1 with the error reported.
 */
int source_add_origin(struct source *source, const struct origin *origin);

/**
 * source_near - Make the name of a file that another one names
 *
 * @file: The other one.
 * @name: As it names it: absolute, or relative to its directory.
 *
 * Return: the name, which the caller has to free; NULL if there is no memory.
 */
char *source_near(const char *file, const char *name);

/**
 * source_text - Get the text of a document
 *
 * It is harmless for terminals.
 *
 * @root: The document.
 *
 * Return: the text, with a line feed at its end, which the caller has to free;
 * NULL if there is no memory.
 */
char *source_text(const json_t *root);

/**
 * source_free - Release a file
 *
 * @source: File, or zeroes.
 */
void source_free(struct source *source);

/**
 * node_root - The document of a file
 *
 * @source: The file.
 *
 * Return: the node.
 */
struct node node_root(const struct source *source);

/**
 * node_member - A member of an object
 *
 * @parent: The object.
 * @key: The name of the member.
 *
 * Return: the node, its json is NULL if there is none with this name.
 */
struct node node_member(const struct node *parent, const char *key);

/**
 * node_item - An item of an array
 *
 * @parent: The array.
 * @index: The index of the item.
 *
 * Return: the node, its json is NULL if there are not that many.
 */
struct node node_item(const struct node *parent, size_t index);

/**
 * node_keep - Copy a node, and those above it, for longer than the stack lasts
 *
 * @node: The node.
 *
 * Return: the copies in one piece, the node's first, which the caller has to
 * free; NULL if there is no memory.
 */
struct node *node_keep(const struct node *node);

/**
 * node_locate - Find the file, line and column of a value
 *
 * @node: The value.
 * @place: Set to the place, without a pointer.
 */
void node_locate(const struct node *node, struct location *place);

/**
 * node_pointer - Make the JSON pointer of a value
 *
 * @node: The value.
 *
 * Return: the pointer in the file of the value, which the caller has to free;
 * NULL if there is no memory.
 */
char *node_pointer(const struct node *node);

/**
 * node_err - Report an error in a value
 *
 * @node: The value.
 * @fmt: The error.
 *
 * Return: always -1.
 */
int node_err(const struct node *node, const char *fmt, ...)
	__printf(2, 3);

/**
 * node_warn - Report a likely mistake in a value
 *
 * @node: The value.
 * @fmt: The warning.
 */
void node_warn(const struct node *node, const char *fmt, ...)
	__printf(2, 3);

/**
 * node_object - Check that a value is an object without foreign members
 *
 * @node: The value.
 * @known: Names that members can have, then NULL.
 *
 * Return: 0, or -1 with the error reported.
 */
int node_object(const struct node *node, const char *const known[]);

/**
 * node_mismatch - Report that a value is missing, or of another type
 *
 * @node: The value.
 * @expected: The type, in words.
 *
 * Return: always -1.
 */
int node_mismatch(const struct node *node, const char *expected);

/**
 * node_array - Check that a value is an array of at least one item
 *
 * @node: The value.
 * @size: Set to the number of items.
 *
 * Return: 0, or -1 with the error reported.
 */
int node_array(const struct node *node, size_t *size);

/**
 * node_string - Get the text of a value that must be a string, not empty
 *
 * @node: The value.
 * @text: Set to the text, which lives as long as the file's struct source.
 *
 * Return: 0, or -1 with the error reported.
 */
int node_string(const struct node *node, const char **text);

/**
 * node_boolean - Get an optional truth value
 *
 * @node: The value; its json may be NULL.
 * @value: Set if there is a value, else left alone.
 *
 * Return: 0, or -1 with the error reported.
 */
int node_boolean(const struct node *node, bool *value);

/**
 * node_integer - Get an integer
 *
 * @node: The value.
 * @min: Least value allowed.
 * @max: Greatest value allowed.
 * @value: Set to the value.
 *
 * Return: 0, or -1 with the error reported.
 */
int node_integer(const struct node *node, json_int_t min, json_int_t max,
		 json_int_t *value);

#endif /* EXECLOCK_JSON_SOURCE_H */
