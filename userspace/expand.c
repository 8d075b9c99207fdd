// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Variables in paths
 */

#include <limits.h>
#include <string.h>

#include "expand.h"

/* Far more than a policy needs, and reached within a second. */
#define MAX_STEPS 1000000

struct expansion {
	const struct node *path;
	const json_t *variables;
	int (*emit)(const char *path, void *data);
	void *data;
	unsigned int steps;
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
static int look_up(const struct expansion *ex, const char *begin,
		   const char *end, const json_t **texts)
{
	const int size = end - begin;
	char name[PATH_MAX];

	if ((size_t)size < sizeof(name)) {
		memcpy(name, begin, size);
		name[size] = '\0';
		*texts = json_object_get(ex->variables, name);
		if (*texts)
			return 0;
	}
	return node_err(ex->path, "uses the variable \"%.*s\", which is not defined",
			size, begin);
}

/* Expands @rest, the result so far has @length characters. */
static int expand_rest(struct expansion *ex, const char *rest, size_t length)
{
	const char *const dollar = strstr(rest, "${");
	const char *close;
	const json_t *texts, *text;
	size_t i;

	if (++ex->steps > MAX_STEPS)
		return node_err(ex->path, "expands to too many paths");
	if (!dollar) {
		if (append(ex, &length, rest, strlen(rest)))
			return -1;
		return ex->emit(ex->result, ex->data);
	}

	close = strchr(dollar, '}');
	if (!close)
		return node_err(ex->path, "has a \"${\" without a \"}\"");
	if (append(ex, &length, rest, dollar - rest) ||
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
	   int (*emit)(const char *path, void *data), void *data)
{
	struct expansion ex = {
		.path = path,
		.variables = variables,
		.emit = emit,
		.data = data,
	};
	const char *text;

	if (node_string(path, &text))
		return -1;
	return expand_rest(&ex, text, 0);
}
