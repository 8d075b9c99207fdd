// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Variables in paths
 */

#include <limits.h>
#include <string.h>

#include "expand.h"

struct expansion {
	const struct node *path;
	const json_t *variables;
	struct expand_usage *usage;
	int (*emit)(const char *path, void *data);
	void *data;
	/* Of a variable; once, and not on the stack at each of them. */
	char name[PATH_MAX];
	char result[PATH_MAX];
};

static int append(struct expansion *ex, size_t *length, const char *text,
		  size_t size)
{
	if (size >= sizeof(ex->result) - *length)
		return node_err(ex->path, "expands to a path of more than %zu characters",
				sizeof(ex->result) - 1);
	memcpy(ex->result + *length, text, size);
	*length += size;
	ex->result[*length] = '\0';
	return 0;
}

/* Sets @texts to what the variable that begins at @begin has. */
static int look_up(struct expansion *ex, const char *begin, const char *end,
		   const json_t **texts)
{
	const int size = end - begin;

	if ((size_t)size < sizeof(ex->name)) {
		memcpy(ex->name, begin, size);
		ex->name[size] = '\0';
		*texts = json_object_get(ex->variables, ex->name);
		if (*texts)
			return 0;
	}
	return node_err(ex->path, "uses the variable \"%.*s\", which is not defined",
			size, begin);
}

/* Counts a step, and maybe a path of this size. */
static int use(struct expansion *ex, size_t size)
{
	ex->usage->steps++;
	ex->usage->size += size;
	if (ex->usage->steps <= EXPAND_MAX_STEPS &&
	    ex->usage->size <= EXPAND_MAX_SIZE)
		return 0;
	return node_err(ex->path,
			"expands to too many paths: those of a policy are at most %d, of %d MiB altogether",
			EXPAND_MAX_STEPS, EXPAND_MAX_SIZE >> 20);
}

/* Expands @rest, the result so far has @length characters. */
static int expand_rest(struct expansion *ex, const char *rest, size_t length)
{
	const char *const dollar = strstr(rest, "${");
	const char *close;
	const json_t *texts, *text;
	size_t i;

	if (!dollar) {
		if (append(ex, &length, rest, strlen(rest)) ||
		    use(ex, length + 1))
			return -1;
		return ex->emit(ex->result, ex->data);
	}

	close = strchr(dollar, '}');
	if (!close)
		return node_err(ex->path, "has a \"${\" without a \"}\"");
	if (use(ex, 0) || append(ex, &length, rest, dollar - rest) ||
	    look_up(ex, dollar + 2, close, &texts))
		return -1;
	json_array_foreach(texts, i, text) {
		size_t longer = length;

		if (append(ex, &longer, json_string_value(text),
			   json_string_length(text)) ||
		    expand_rest(ex, close + 1, longer))
			return -1;
	}
	return 0;
}

int expand(const struct node *path, const json_t *variables,
	   struct expand_usage *usage,
	   int (*emit)(const char *path, void *data), void *data)
{
	struct expansion ex = {
		.path = path,
		.variables = variables,
		.usage = usage,
		.emit = emit,
		.data = data,
	};
	const char *text;

	if (node_string(path, &text))
		return -1;
	return expand_rest(&ex, text, 0);
}
