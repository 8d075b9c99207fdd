// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Commands that execute the intended program
 */

#include <string.h>

#include "wrapper.h"

static const char *argument(const struct observed_program *program, size_t i)
{
	return json_string_value(json_array_get(program->arguments, i));
}

static size_t count(const struct observed_program *program)
{
	return json_array_size(program->arguments);
}

/* Without the "-" before the name of a login shell. */
static const char *last_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash ? slash + 1 : path + (*path == '-');
}

static bool same_name(const char *a, const char *b)
{
	return strcmp(last_name(a), last_name(b)) == 0;
}

void wrapper_cut(struct observed_program *program)
{
	size_t i = 0;

	if (program->script) {
		/* The interpreter and at most one argument of it come first. */
		for (i = 1; i <= 2 && i < count(program); i++)
			if (same_name(argument(program, i), program->path))
				break;
		if (i > 2 || i >= count(program))
			i = 1;
	}
	for (; i && count(program); i--)
		json_array_remove(program->arguments, 0);
	if (!count(program))
		json_array_append_new(program->arguments,
				      json_stringn_nocheck(program->path,
							   strlen(program->path)));
}

/* Whether the end of the arguments is the other program and its arguments. */
static bool passes_on(const struct observed_program *program,
		      const struct observed_program *other)
{
	const size_t total = count(program), size = count(other);
	const char *name;
	size_t i;

	if (total <= size)
		return false;
	for (i = 1; i < size; i++)
		if (strcmp(argument(program, total - size + i),
			   argument(other, i)))
			return false;
	name = argument(program, total - size);
	/* "--exec /usr/sbin/daemon -- ARGUMENT..." */
	if (strcmp(name, "--") == 0 && total - size > 1)
		name = argument(program, total - size - 1);
	return same_name(name, argument(other, 0)) ||
	       same_name(name, other->path);
}

/* Whether the other program is a shell that runs one of the arguments. */
static bool passes_to_shell(const struct observed_program *program,
			    const struct observed_program *other)
{
	size_t i;

	if (count(other) < 3 || strcmp(argument(other, 1), "-c"))
		return false;
	for (i = 1; i < count(program); i++)
		if (strcmp(argument(program, i), argument(other, 2)) == 0)
			return true;
	return false;
}

/* Removes a quoted or unquoted word, as the shell would. */
static bool takes_word(const char **text, const char *word)
{
	const size_t size = strlen(word);
	const char quote = **text == '\'' || **text == '"' ? **text : '\0';

	*text += quote != '\0';
	if (strncmp(*text, word, size))
		return false;
	*text += size;
	if (quote && *(*text)++ != quote)
		return false;
	if (**text && **text != ' ')
		return false;
	*text += strspn(*text, " ");
	return true;
}

/* Whether the program is a shell that runs only the other program. */
static bool shell_runs(const struct observed_program *program,
		       const struct observed_program *other)
{
	const char *text;
	size_t i;

	if (count(program) < 3 || strcmp(argument(program, 1), "-c"))
		return false;
	text = argument(program, 2);
	text += strspn(text, " ");
	for (i = 0; i < count(other); i++)
		if (!takes_word(&text, argument(other, i)))
			return false;
	return !*text;
}

bool wrapper_means(const struct observed_program *program,
		   const struct observed_program *other)
{
	/* A program that executes itself, maybe by another name. */
	if (strcmp(program->path, other->path) == 0)
		return false;
	if (passes_on(program, other) || passes_to_shell(program, other) ||
	    shell_runs(program, other))
		return true;
	return program->pid == other->pid && !program->script;
}
