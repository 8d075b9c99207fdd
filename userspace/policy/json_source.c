// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - JSON files, and the places of their values
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_source.h"
#include "locate.h"
#include "message.h"
#include "resolve.h"
#include "sanitize.h"

/* A policy of 10,000 rules is about 1 MiB. */
#define MAX_SIZE (16 << 20)

static int read_all(struct source *source, int fd, size_t size)
{
	size_t done = 0;
	ssize_t got;

	source->text = malloc(size + 1);
	if (!source->text)
		return p_err("%s: out of memory", source->file);
	while (done < size) {
		got = read(fd, source->text + done, size - done);
		if (got < 0)
			return p_err("cannot read %s: %s", source->file,
				     strerror(errno));
		if (got == 0)
			break;
		done += got;
	}
	source->text[done] = '\0';
	if (strlen(source->text) != done)
		return p_err("%s is not a text file: it has a NUL byte",
			     source->file);
	return 0;
}

static int load_text(struct source *source, bool for_others)
{
	struct stat st = {};
	int fd, err;

	fd = resolve_trusted(source->file, 0, for_others);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		err = p_err("cannot read %s: %s", source->file,
			    strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err = p_err("%s is not a regular file", source->file);
	else if (st.st_size > MAX_SIZE)
		err = p_err("%s is larger than %d MiB", source->file,
			    MAX_SIZE >> 20);
	else
		err = read_all(source, fd, st.st_size);
	source->dev = st.st_dev;
	source->ino = st.st_ino;
	close(fd);
	return err;
}

/* The JSON library's messages are short, and hard for readers new to JSON. */
static const char *explain(const struct source *source, const char *error)
{
	static const char mark[] = "\xef\xbb\xbf", toml[] = ".toml";
	const size_t size = strlen(source->file);

	if (size > strlen(toml) &&
	    strcmp(source->file + size - strlen(toml), toml) == 0)
		return " (policies are JSON, not TOML)";
	if (source->text[strspn(source->text, " \t\r\n")] == '\0')
		return " (the file is empty)";
	if (strncmp(source->text, mark, strlen(mark)) == 0)
		return " (the file begins with a byte order mark, which JSON does not have: save it without)";
	if (strncmp(error, "'}' expected", 12) == 0 ||
	    strncmp(error, "']' expected", 12) == 0)
		return " (there may be a comma missing before it)";
	if (strncmp(error, "string or '}' expected near '}'", 31) == 0 ||
	    strncmp(error, "unexpected token near ']'", 25) == 0)
		return " (there may be a comma before it that should not be)";
	if (strncmp(error, "string or '}' expected", 22) == 0)
		return " (names of members are strings, in double quotes)";
	return "";
}

static int begin(struct source *source, const char *file)
{
	memset(source, 0, sizeof(*source));
	source->file = strdup(file);
	source->memory = calloc(1, sizeof(*source->memory));
	if (!source->file || !source->memory)
		return p_err("%s: out of memory", file);
	return 0;
}

int source_read(struct source *source, const char *file, bool for_others)
{
	json_error_t error;

	if (begin(source, file) || load_text(source, for_others))
		return -1;

	source->root = json_loads(source->text, JSON_REJECT_DUPLICATES, &error);
	if (!source->root) {
		const struct location place = {
			.file = file,
			.line = error.line > 0 ? error.line : 1,
			.column = error.column > 0 ? error.column : 1,
		};

		return p_err_at(&place, "not JSON: %s%s", error.text,
				explain(source, error.text));
	}
	return 0;
}

int source_take(struct source *source, const char *name, json_t *root)
{
	if (begin(source, name))
		return -1;
	source->root = json_incref(root);
	source->text = source_text(root);
	return source->text ? 0 : p_err("%s: out of memory", name);
}

char *source_text(const json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(8)), *line;

	/* If not, write control characters and invisible ones as numbers. */
	if (text && !sanitize_is_harmless(text)) {
		free(text);
		text = json_dumps(root, JSON_INDENT(8) | JSON_ENSURE_ASCII);
	}
	if (!text || asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}

void source_free(struct source *source)
{
	while (source->num_parts) {
		source_free(source->parts[--source->num_parts]);
		free(source->parts[source->num_parts]);
	}
	free(source->parts);
	while (source->num_origins)
		free(source->origins[--source->num_origins].place);
	free(source->origins);
	json_decref(source->root);
	free(source->memory);
	free(source->text);
	free(source->file);
	memset(source, 0, sizeof(*source));
}

int source_add_origin(struct source *source, const struct origin *origin)
{
	struct origin *more;

	more = reallocarray(source->origins, source->num_origins + 1,
			    sizeof(*more));
	if (!more) {
		free(origin->place);
		return p_err("out of memory");
	}
	source->origins = more;
	more[source->num_origins++] = *origin;
	return 0;
}

char *source_near(const char *file, const char *name)
{
	const char *const slash = strrchr(file, '/');
	char *path;

	if (*name == '/' || !slash)
		return strdup(name);
	if (asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0)
		return NULL;
	return path;
}

struct node node_root(const struct source *source)
{
	return (struct node) {
		.source = source,
		.json = source->root,
	};
}

struct node node_member(const struct node *parent, const char *key)
{
	return (struct node) {
		.source = parent->source,
		.parent = parent,
		.key = key,
		.json = json_object_get(parent->json, key),
	};
}

struct node node_item(const struct node *parent, size_t index)
{
	return (struct node) {
		.source = parent->source,
		.parent = parent,
		.index = index,
		.json = json_array_get(parent->json, index),
	};
}

static void print_pointer(FILE *out, const struct node *node)
{
	const char *c;

	if (!node->parent)
		return;
	print_pointer(out, node->parent);
	fputc('/', out);
	if (!node->key) {
		fprintf(out, "%zu", node->index);
		return;
	}
	for (c = node->key; *c; c++) {
		if (*c == '~')
			fputs("~0", out);
		else if (*c == '/')
			fputs("~1", out);
		else
			fputc(*c, out);
	}
}

/* Values are as deep in the objects and arrays of policies, and less. */
#define MAX_DEPTH 16

struct node *node_keep(const struct node *node)
{
	const struct node *above;
	struct node *kept;
	size_t i, count = 0;

	for (above = node; above; above = above->parent)
		count++;
	kept = calloc(count, sizeof(*kept));
	for (i = 0, above = node; kept && i < count; i++) {
		kept[i] = *above;
		above = above->parent;
		kept[i].parent = above ? &kept[i + 1] : NULL;
	}
	return kept;
}

/* The origin of a value, if it is in a joined object or array. */
static const struct origin *find_origin(const struct node *node)
{
	const json_t *const container = node->parent ? node->parent->json :
						       NULL;
	const struct source *const source = node->source;
	size_t i;

	/* What was put in the place of something else came later. */
	for (i = source->num_origins; i-- > 0;) {
		const struct origin *const origin = &source->origins[i];

		if (origin->container != container)
			continue;
		if (node->key && origin->key ?
		    strcmp(origin->key, node->key) == 0 :
		    !node->key && !origin->key &&
		    node->index - origin->first < origin->count)
			return origin;
	}
	return NULL;
}

/*
 * Finds the same value in the file that it is from: below the last of the joined
 * objects and arrays, all is from one file, and above it, that file has the same
 * objects, or those of a place that is known.  @way has room for the nodes.
 */
static const struct node *trace(const struct node *node, struct node *way)
{
	const struct origin *origin = NULL;
	const struct node *joined, *above;
	size_t i;

	for (joined = node; joined; joined = joined->parent) {
		origin = find_origin(joined);
		if (origin)
			break;
	}
	if (!origin)
		return node;
	if (origin->place && joined == node)
		return origin->place;
	for (i = 0, above = node; i < MAX_DEPTH; i++, above = above->parent) {
		way[i] = *above;
		way[i].source = origin->part;
		if (origin->place && above->parent == joined) {
			way[i].parent = origin->place;
			return way;
		}
		if (above == joined && !above->key)
			way[i].index -= origin->first;
		if (!above->parent)
			return way;
		way[i].parent = &way[i + 1];
	}
	return node;
}

void node_locate(const struct node *node, struct location *place)
{
	struct node way[MAX_DEPTH];
	const struct node *const traced = trace(node, way);

	*place = (struct location) { .file = traced->source->file };
	locate(traced, &place->line, &place->column);
}

char *node_pointer(const struct node *node)
{
	struct node way[MAX_DEPTH];
	char *pointer = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&pointer, &size);
	if (!out)
		return NULL;
	print_pointer(out, trace(node, way));
	fclose(out);
	return pointer;
}

/* Reports, as an error or a warning. */
static void report(const struct node *node, bool error, const char *fmt,
		   va_list args)
{
	char *const pointer = node_pointer(node);
	struct location place;
	char *text = NULL;

	node_locate(node, &place);
	/* The document itself has an empty pointer, which says nothing. */
	if (pointer && *pointer)
		place.pointer = pointer;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	if (error)
		p_err_at(&place, "%s", text ? text : "out of memory");
	else
		p_warn_at(&place, "%s", text ? text : "out of memory");
	free(text);
	free(pointer);
}

int node_err(const struct node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(node, true, fmt, args);
	va_end(args);
	return -1;
}

void node_warn(const struct node *node, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(node, false, fmt, args);
	va_end(args);
}

/* The names in @known, for a message. */
static char *list_names(const char *const known[])
{
	char *names = NULL;
	size_t i, size;
	FILE *out;

	out = open_memstream(&names, &size);
	if (!out)
		return NULL;
	for (i = 0; known[i]; i++)
		fprintf(out, "%s\"%s\"", i ? ", " : "", known[i]);
	fclose(out);
	return names;
}

static bool is_known(const char *key, const char *const known[])
{
	for (; *known; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

static const char *describe(const json_t *json)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a number with a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};

	return names[json_typeof(json)];
}

int node_mismatch(const struct node *node, const char *expected)
{
	if (!node->json)
		return node_err(node->parent, "has no \"%s\"", node->key);
	return node_err(node, "is %s, should be %s", describe(node->json),
			expected);
}

int node_object(const struct node *node, const char *const known[])
{
	const char *key;
	json_t *value;

	if (!json_is_object(node->json))
		return node_mismatch(node, "an object");
	json_object_foreach(node->json, key, value) {
		struct node member;
		char *names;

		if (is_known(key, known))
			continue;
		member = node_member(node, key);
		/* The name is wrong, not the value. */
		member.json = NULL;
		names = list_names(known);
		node_err(&member, "is unknown; expected one of %s",
			 names ? names : "others");
		free(names);
		return -1;
	}
	return 0;
}

int node_array(const struct node *node, size_t *size)
{
	if (!json_is_array(node->json))
		return node_mismatch(node, "an array");
	*size = json_array_size(node->json);
	if (*size == 0)
		return node_err(node, "is empty, leave it out or fill it");
	return 0;
}

int node_string(const struct node *node, const char **text)
{
	if (!json_is_string(node->json))
		return node_mismatch(node, "a string");
	*text = json_string_value(node->json);
	if (!**text)
		return node_err(node, "is an empty string");
	return 0;
}

int node_boolean(const struct node *node, bool *value)
{
	if (!node->json)
		return 0;
	if (!json_is_boolean(node->json))
		return node_mismatch(node, "true or false");
	*value = json_is_true(node->json);
	return 0;
}

int node_integer(const struct node *node, json_int_t min, json_int_t max,
		 json_int_t *value)
{
	if (!json_is_integer(node->json))
		return node_mismatch(node, "an integer");
	*value = json_integer_value(node->json);
	if (*value < min || *value > max)
		return node_err(node, "is %lld, should be from %lld to %lld",
				(long long)*value, (long long)min,
				(long long)max);
	return 0;
}
