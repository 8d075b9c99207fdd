/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Cgroups as the system's file names them: by unit or by path
 */

#ifndef EXECLOCK_SYSTEM_PLACES_H
#define EXECLOCK_SYSTEM_PLACES_H

#include <jansson.h>

#include "json_source.h"

/**
 * enum system_places - Which cgroups can be named
 *
 * @SYSTEM_PLACES_ANY: All.
 * @SYSTEM_PLACES_BELOW_ROOT: All but the root, which has all processes.
 */
enum system_places {
	SYSTEM_PLACES_ANY,
	SYSTEM_PLACES_BELOW_ROOT,
};

/**
 * system_places_object - Check that an object names cgroups
 *
 * @node: The object, with "unit", "cgroup" or both.
 * @other: Another member that it may have; or NULL.
 *
 * Return: 0, or -1 with the error reported.
 */
int system_places_object(const struct node *node, const char *other);

/**
 * system_places_parse - Get the paths of the cgroups that an object names
 *
 * @node: The object, after system_places_object().
 * @which: Which ones it can name.
 * @paths: An array, to which the paths are added.
 * @source: Is told from which value each path is.
 *
 * Return: 0, or -1 with the error reported.
 */
int system_places_parse(const struct node *node, enum system_places which,
			json_t *paths, struct source *source);

#endif /* EXECLOCK_SYSTEM_PLACES_H */
