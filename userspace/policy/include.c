// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Several files that make one policy
 *
 * The members of the files are joined to one document, which is parsed as if it
 * had been written in one file.  Objects and arrays that are joined are new
 * ones; struct origin remembers from which file their items came, so that a
 * message is about this file.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include.h"
#include "message.h"

#define INCLUDE "include"

/**
 * struct including - A file on the way to the one that is read
 *
 * @up: The file that includes it, NULL for the policy's own.
 * @source: The file.
 * @depth: Number of files above it.
 */
struct including {
	const struct including *up;
	const struct source *source;
	size_t depth;
};

/* Appends the items of an array. */
static int join_arrays(struct source *source, json_t *into,
		       const struct node *from)
{
	const struct origin origin = {
		.container = into,
		.first = json_array_size(into),
		.count = json_array_size(from->json),
		.part = from->source,
	};

	if (json_array_extend(into, from->json))
		return p_err("out of memory");
	return source_add_origin(source, &origin);
}

static int join_objects(struct source *source, const struct node *into,
			const struct node *from);

/* The member's name, which lasts as long as the object. */
static const char *lasting_key(json_t *object, const char *key)
{
	return json_object_iter_key(json_object_iter_at(object, key));
}

/* A member that no file has had so far. */
static int add_member(struct source *source, const struct node *into,
		      const struct node *from)
{
	json_t *const object = into->parent->json;
	struct origin origin = { .container = object, .part = from->source };
	struct node member = *into;
	int err;

	/* What can be joined is a new one, of which other files have a part. */
	if (json_is_object(from->json))
		member.json = json_object();
	else if (json_is_array(from->json))
		member.json = json_array();
	else
		member.json = json_incref(from->json);
	if (json_object_set_new(object, from->key, member.json))
		return p_err("out of memory");
	origin.key = lasting_key(object, from->key);
	err = source_add_origin(source, &origin);
	if (!err && json_is_object(from->json))
		err = join_objects(source, &member, from);
	else if (!err && json_is_array(from->json))
		err = join_arrays(source, member.json, from);
	return err;
}

static int join_members(struct source *source, const struct node *into,
			const struct node *from)
{
	struct location place;

	if (!into->json)
		return add_member(source, into, from);
	if (json_is_object(into->json) && json_is_object(from->json))
		return join_objects(source, into, from);
	if (json_is_array(into->json) && json_is_array(from->json))
		return join_arrays(source, into->json, from);
	if (json_equal(into->json, from->json))
		return 0;
	node_locate(into, &place);
	return node_err(from, "has another value at %s:%u:%u: of the files that make a policy, only arrays are joined",
			place.file, place.line, place.column);
}

static int join_objects(struct source *source, const struct node *into,
			const struct node *from)
{
	const char *key;
	json_t *value;
	int err = 0;

	json_object_foreach(from->json, key, value) {
		const struct node member = node_member(from, key);
		const struct node place = node_member(into, key);

		if (from->parent || strcmp(key, INCLUDE))
			err = join_members(source, &place, &member);
		if (err)
			break;
	}
	return err;
}

/* Whether a file that was read is the same one. */
static bool is_same(const struct source *source, const struct source *other)
{
	return source->dev == other->dev && source->ino == other->ino;
}

/*
 * Whether a file is to be joined: once, however many files include it.  Returns
 * -1 with the error reported.
 */
static int is_new(const struct source *source, const struct including *by,
		  const struct source *part, const struct node *item)
{
	const struct including *above;
	size_t i;

	for (above = by; above; above = above->up)
		if (is_same(above->source, part))
			return node_err(item, "%s is included by itself: remove this",
					part->file);
	for (i = 0; i < source->num_parts; i++)
		if (source->parts[i] != part &&
		    is_same(source->parts[i], part))
			return 0;
	return 1;
}

static int join_file(struct source *source, const struct including *file,
		     json_t *root, bool for_others);

/* Reads a file, whose errors name the other one as well. */
static int read_part(struct source *part, const char *file,
		     const struct node *item, bool for_others)
{
	struct location place;
	int err;

	node_locate(item, &place);
	place.pointer = node_pointer(item);
	p_included(&place);
	err = source_read(part, file, for_others);
	p_included(NULL);
	free((char *)place.pointer);
	return err;
}

static int include(struct source *source, const struct including *by,
		   const struct node *item, bool for_others)
{
	struct source *const part = calloc(1, sizeof(*part));
	struct including file = { by, part, by->depth + 1 };
	const char *name;
	char *path;
	int err;

	if (!part)
		return p_err("out of memory");
	/* It is released with the document, also after an error. */
	source->parts[source->num_parts++] = part;
	if (node_string(item, &name))
		return -1;
	path = source_near(by->source->file, name);
	if (!path)
		return p_err("out of memory");
	err = read_part(part, path, item, for_others);
	free(path);
	if (err)
		return err;
	err = is_new(source, by, part, item);
	if (err <= 0)
		return err;
	return join_file(source, &file, part->root, for_others);
}

static int include_each(struct source *source, const struct including *by,
			const struct node *array, bool for_others)
{
	size_t i, size;
	int err = 0;

	if (node_array(array, &size))
		return -1;
	if (by->depth == INCLUDE_DEPTH)
		return node_err(array, "is in a file that %d others include, one by one: this is too deep",
				INCLUDE_DEPTH);
	for (i = 0; !err && i < size; i++) {
		const struct node item = node_item(array, i);

		if (source->num_parts == INCLUDE_FILES)
			return node_err(&item, "is one file more than the %d that a policy can include",
					INCLUDE_FILES);
		err = include(source, by, &item, for_others);
	}
	return err;
}

/* Joins the members of a file, and then the files that it includes. */
static int join_file(struct source *source, const struct including *file,
		     json_t *root, bool for_others)
{
	const struct node into = node_root(source);
	const struct node from = { .source = file->source, .json = root };
	const struct node name = node_member(&from, "name");
	const struct node files = node_member(&from, INCLUDE);

	if (!json_is_object(root))
		return node_mismatch(&from, "an object");
	if (file->up && name.json && !json_object_get(into.json, "name"))
		return node_err(&name, "is in a file that is included: name the policy in its own file");
	if (join_objects(source, &into, &from))
		return -1;
	return files.json ? include_each(source, file, &files, for_others) : 0;
}

int include_files(struct source *source, bool for_others)
{
	const struct including file = { .source = source };
	json_t *const root = source->root;
	int err;

	if (!json_object_get(root, INCLUDE))
		return 0;
	source->parts = calloc(INCLUDE_FILES, sizeof(*source->parts));
	source->root = json_object();
	err = source->parts && source->root ?
	      join_file(source, &file, root, for_others) :
	      p_err("out of memory");
	json_decref(root);
	return err;
}
