// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The variables that a command gets
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "environment.h"

const char *environment_add(struct environment *environment, char *item)
{
	const size_t size = strcspn(item, "=");
	const char *const star = memchr(item, '*', size);
	char **items;

	if (!size)
		return "a variable has no name";
	if (star && (item[size] || star[1]))
		return "\"*\" can only be the last character, for all variables whose names begin with the others";
	items = reallocarray(environment->items, environment->count + 1,
			     sizeof(*items));
	if (!items)
		return "out of memory";
	items[environment->count++] = item;
	environment->items = items;
	return NULL;
}

/* Whether @item, which is NAME or PREFIX*, is for this variable. */
static bool is_for(const char *item, const char *variable)
{
	const size_t size = strcspn(item, "*");

	return strncmp(item, variable, size) == 0 &&
	       (item[size] || variable[size] == '=');
}

/* Puts a variable in the place of one with the same name, or at the end. */
static void set(char **variables, char *variable)
{
	const size_t size = strcspn(variable, "=") + 1;

	while (*variables && strncmp(*variables, variable, size))
		variables++;
	*variables = variable;
}

static void copy(char **variables, const char *item)
{
	char **own;

	for (own = environ; *own; own++)
		if (is_for(item, *own))
			set(variables, *own);
}

static size_t count_own(void)
{
	size_t count = 0;

	while (environ && environ[count])
		count++;
	return count;
}

char **environment_make(const struct environment *environment)
{
	const size_t own = count_own();
	char **variables;
	size_t i;

	variables = calloc(own + environment->count + 1, sizeof(*variables));
	if (!variables)
		return NULL;
	if (!environment->count && own)
		memcpy(variables, environ, own * sizeof(*variables));
	for (i = 0; i < environment->count; i++) {
		if (strchr(environment->items[i], '='))
			set(variables, environment->items[i]);
		else if (own)
			copy(variables, environment->items[i]);
	}
	return variables;
}

void environment_free(struct environment *environment)
{
	free(environment->items);
	memset(environment, 0, sizeof(*environment));
}
