// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From the name of a unit to the path of its cgroup
 */

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit_cgroup.h"
#include "units.h"
#include "util.h"

#define SLICE ".slice"

/* The kinds of units that have a cgroup. */
static const char *const suffixes[] = {
	".service", ".scope", SLICE, ".socket", ".mount", ".swap",
};

static bool ends_with(const char *text, const char *end)
{
	const size_t size = strlen(text), end_size = strlen(end);

	return size > end_size && strcmp(text + size - end_size, end) == 0;
}

static const char *find_mistake(const char *unit)
{
	const char *const at = strchr(unit, '@');
	const char *c;
	size_t i;

	for (c = unit; *c; c++)
		if (!isascii(*c) || !(isalnum(*c) || strchr(":_.\\@-", *c)))
			return "has a character that names of units do not have";
	if (strlen(unit) > NAME_MAX)
		return "is longer than names of units are";
	if (at && (at == unit || at[1] == '.'))
		return "is a template: name an instance, such as \"name@1.service\"";
	if (strcmp(unit, "-" SLICE) == 0)
		return "has all cgroups: name the cgroup \"/\"";
	for (i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (ends_with(unit, suffixes[i]))
			return NULL;
	return "is not the name of a unit that has a cgroup: it ends in .service, .scope, .slice, .socket, .mount or .swap";
}

/* "a-b.slice" is in "a.slice": prints the path of a slice. */
static void print_slice(FILE *out, const char *slice)
{
	const char *c;

	/* The root. */
	if (strcmp(slice, "-" SLICE) == 0)
		return;
	for (c = strchr(slice, '-'); c; c = strchr(c + 1, '-'))
		fprintf(out, "/%.*s" SLICE, (int)(c - slice), slice);
	fprintf(out, "/%s", slice);
}

/* Instances have a slice of their template, in whose name "-" is no separator. */
static void print_default_slice(FILE *out, const char *unit)
{
	const char *const at = strchr(unit, '@');
	const char *c;

	fputs("/system" SLICE, out);
	if (!at)
		return;
	fputs("/system-", out);
	for (c = unit; c < at; c++) {
		if (*c == '-' || *c == '\\')
			fprintf(out, "\\x%02x", *c);
		else
			putc(*c, out);
	}
	fputs(SLICE, out);
}

char *unit_cgroup(const char *unit, const char **why)
{
	const char *slice;
	char *path = NULL;
	size_t size;
	FILE *out;

	*why = find_mistake(unit);
	if (*why)
		return NULL;
	slice = units_slice(unit);
	if (slice && (strchr(slice, '%') || !ends_with(slice, SLICE))) {
		*why = "has a slice that is not known before it starts: name its cgroup";
		return NULL;
	}
	*why = "out of memory";
	out = open_memstream(&path, &size);
	if (!out)
		return NULL;
	if (ends_with(unit, SLICE)) {
		print_slice(out, unit);
	} else {
		if (slice)
			print_slice(out, slice);
		else
			print_default_slice(out, unit);
		fprintf(out, "/%s", unit);
	}
	if (fclose(out)) {
		free(path);
		return NULL;
	}
	return path;
}
