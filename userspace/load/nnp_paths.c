// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Paths of cgroups that are exempt from the no_new_privs rule
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/nnp.h"
#include "loaded.h"
#include "message.h"
#include "nnp_paths.h"

/* Sets @step to the first name of a path, and returns the rest. */
static const char *take_name(const char *path, struct nnp_step *step)
{
	const char *const name = path + 1;
	const size_t size = strcspn(name, "/");

	memset(step->name, 0, sizeof(step->name));
	/* The parser checked that it fits. */
	memcpy(step->name, name, size < NNP_NAME ? size : NNP_NAME - 1);
	return name + size;
}

/* An upper limit: the names of all paths. */
static __u32 count_names(const json_t *paths)
{
	const json_t *path;
	__u32 count = 0;
	const char *c;
	size_t i;

	json_array_foreach(paths, i, path)
		for (c = json_string_value(path); *c; c++)
			count += *c == '/';
	return count;
}

/* Adds the way to a path; @number is that of the last place of all. */
static int add_path(int map, const char *path, __u32 *number)
{
	struct nnp_place place = {};
	struct nnp_step step = {};

	while (*path) {
		path = take_name(path, &step);
		if (bpf_map_lookup_elem(map, &step, &place)) {
			place.number = ++*number;
			place.exempt = 0;
		}
		place.exempt |= !*path;
		if (bpf_map_update_elem(map, &step, &place, BPF_ANY))
			return -1;
		step.above = place.number;
	}
	return 0;
}

int nnp_paths_create(const json_t *paths)
{
	LIBBPF_OPTS(bpf_map_create_opts, options,
		    .map_flags = BPF_F_NO_PREALLOC);
	const __u32 names = count_names(paths);
	const json_t *path;
	__u32 number = 0;
	size_t i;
	int map, err;

	/* There is no map without room. */
	map = bpf_map_create(BPF_MAP_TYPE_HASH, "exempt_path",
			     sizeof(struct nnp_step), sizeof(struct nnp_place),
			     names ?: 1, &options);
	err = map < 0;
	json_array_foreach(paths, i, path)
		err = err || add_path(map, json_string_value(path), &number);
	if (!err)
		return map;
	p_err("cannot store the paths of exempt cgroups in a BPF map: %s",
	      strerror(errno));
	if (map >= 0)
		close(map);
	return -1;
}

/* Part of a list: where a place is, and whether it is exempt. */
struct entry {
	struct nnp_step step;
	bool exempt;
};

/* Returns the number of places. */
static __u32 count_places(int map)
{
	struct nnp_step step, *previous = NULL;
	__u32 count = 0;

	while (!bpf_map_get_next_key(map, previous, &step)) {
		count++;
		previous = &step;
	}
	return count;
}

/* Fills in the places by their numbers. */
static void read_places(int map, struct entry *entries, __u32 count)
{
	struct nnp_step step, *previous = NULL;
	struct nnp_place place;

	while (!bpf_map_get_next_key(map, previous, &step)) {
		if (!bpf_map_lookup_elem(map, &step, &place) &&
		    place.number <= count) {
			entries[place.number].step = step;
			entries[place.number].exempt = place.exempt;
		}
		previous = &step;
	}
}

/* The number of a place above is less than its own. */
static void print_path(FILE *out, const struct entry *entries, __u32 number)
{
	const struct nnp_step *const step = &entries[number].step;

	if (step->above && step->above < number)
		print_path(out, entries, step->above);
	fprintf(out, "/%.*s", NNP_NAME, step->name);
}

static void add_description(json_t *list, const struct entry *entries,
			    __u32 number)
{
	char *path = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&path, &size);
	if (!out)
		return;
	print_path(out, entries, number);
	fclose(out);
	json_array_append_new(list, json_string(path));
	free(path);
}

json_t *nnp_paths_describe(int map)
{
	const int paths = loaded_inner(map, 0);
	json_t *const list = json_array();
	struct entry *entries;
	__u32 i, count;

	/* None was put in force. */
	if (paths < 0)
		return list;
	count = count_places(paths);
	entries = calloc(count + 1, sizeof(*entries));
	if (entries)
		read_places(paths, entries, count);
	close(paths);
	for (i = 1; entries && i <= count; i++)
		if (entries[i].exempt)
			add_description(list, entries, i);
	free(entries);
	return list;
}
