// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Cgroups as the system's file names them: by unit or by path
 */

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "policy.h"
#include "system_places.h"
#include "unit_cgroup.h"

/* Where paths go, and which. */
struct places {
	enum system_places which;
	json_t *paths;
	struct source *source;
};

int system_places_object(const struct node *node, const char *other)
{
	const char *const known[] = { "unit", "cgroup", other, NULL };

	if (node_object(node, known))
		return -1;
	if (node_member(node, "unit").json || node_member(node, "cgroup").json)
		return 0;
	return node_err(node, "names no \"unit\" and no \"cgroup\"");
}

static int add(const struct places *places, const struct node *value,
	       const char *path)
{
	const struct origin origin = {
		.container = places->paths,
		.first = json_array_size(places->paths),
		.count = 1,
		.part = value->source,
		.place = node_keep(value),
	};

	if (!origin.place ||
	    json_array_append_new(places->paths, json_string(path))) {
		free(origin.place);
		return p_err("out of memory");
	}
	return source_add_origin(places->source, &origin);
}

static int add_unit(const struct places *places, const struct node *value)
{
	const char *unit, *why;
	char *path;
	int err;

	if (node_string(value, &unit))
		return -1;
	path = unit_cgroup(unit, &why);
	if (!path)
		return node_err(value, "\"%s\" %s", unit, why);
	err = add(places, value, path);
	free(path);
	return err;
}

/* Whether no name in a path is longer than those of cgroups are. */
static bool fits(const char *path)
{
	for (; *path; path += strcspn(path, "/"))
		if (strcspn(++path, "/") > NAME_MAX)
			return false;
	return true;
}

static int add_cgroup(const struct places *places, const struct node *value)
{
	const char *path;

	if (policy_check_cgroup(value))
		return -1;
	path = json_string_value(value->json);
	if (places->which == SYSTEM_PLACES_BELOW_ROOT && !path[1])
		return node_err(value, "has all processes: set \"on\" to false to exempt them");
	if (!fits(path))
		return node_err(value, "has a name of more than %d characters, which no cgroup has",
				NAME_MAX);
	return add(places, value, path);
}

/* One value, or an array of them. */
static int add_each(const struct places *places, const struct node *node,
		    int (*add_one)(const struct places *places,
				   const struct node *value))
{
	size_t i, size;

	if (!node->json)
		return 0;
	if (!json_is_array(node->json))
		return add_one(places, node);
	if (node_array(node, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);

		if (add_one(places, &item))
			return -1;
	}
	return 0;
}

int system_places_parse(const struct node *node, enum system_places which,
			json_t *paths, struct source *source)
{
	const struct places places = { which, paths, source };
	const struct node units = node_member(node, "unit");
	const struct node cgroups = node_member(node, "cgroup");

	return add_each(&places, &units, add_unit) ||
	       add_each(&places, &cgroups, add_cgroup) ? -1 : 0;
}
