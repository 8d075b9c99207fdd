// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Directories that an overlayfs is made of
 */

#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "overlays.h"
#include "util.h"

#define MOUNTS "/proc/self/mounts"

/* A directory, and where an overlayfs is mounted that is made of it. */
struct layer {
	char *path;
	char *merged;
};

/* The memory is for the rest of the command. */
static struct layer *layers;
static size_t num_layers;

/* The root of a live system may have been called / when it was mounted. */
static void add_layer(const char *path, const char *merged)
{
	struct layer layer = { .path = strdup(path), .merged = strdup(merged) };
	struct layer *more = NULL;

	if (layer.path && layer.merged && path[0] == '/' && path[1])
		more = reallocarray(layers, num_layers + 1, sizeof(*more));
	if (!more) {
		free(layer.path);
		free(layer.merged);
		return;
	}
	layers = more;
	layers[num_layers++] = layer;
}

/* "lowerdir=/a:/b", "lowerdir+=/a", "upperdir=/c" */
static void read_option(char *option, const char *merged)
{
	static const char *const names[] = {
		"lowerdir=", "lowerdir+=", "datadir+=", "upperdir=",
	};
	char *path, *rest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const size_t size = strlen(names[i]);

		if (strncmp(option, names[i], size))
			continue;
		rest = option + size;
		while ((path = strsep(&rest, ":")))
			add_layer(path, merged);
		return;
	}
}

static void read_layers(void)
{
	static bool done;
	const struct mntent *entry;
	FILE *file;

	if (done)
		return;
	done = true;
	file = setmntent(MOUNTS, "re");
	if (!file)
		return;
	while ((entry = getmntent(file))) {
		char *rest = entry->mnt_opts, *option;

		if (strcmp(entry->mnt_type, "overlay"))
			continue;
		while ((option = strsep(&rest, ",")))
			read_option(option, entry->mnt_dir);
	}
	endmntent(file);
}

const char *overlays_over(const char *path)
{
	size_t i;

	read_layers();
	for (i = 0; i < num_layers; i++)
		if (compare_beneath(path, layers[i].path))
			return layers[i].merged;
	return NULL;
}
