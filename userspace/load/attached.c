// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - BPF programs that are attached, according to the kernel
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"

/**
 * struct candidate - An attached program
 *
 * @link: File descriptor of its link.
 * @id: ID of the link.
 * @info: Description of the program.
 * @maps: IDs of its maps.
 */
struct candidate {
	int link;
	__u32 id;
	struct bpf_prog_info info;
	__u32 maps[ATTACHED_PARTS];
};

/* All attached LSM programs and iterators. */
struct candidates {
	struct candidate *list;
	size_t count;
};

static int get_map_info(int map, struct bpf_map_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_map_get_info_by_fd(map, info, &size);
}

static int get_program_info(__u32 id, struct candidate *candidate)
{
	struct bpf_prog_info *const info = &candidate->info;
	const int fd = bpf_prog_get_fd_by_id(id);
	__u32 size = sizeof(*info);
	int err;

	if (fd < 0)
		return -1;
	memset(info, 0, sizeof(*info));
	info->nr_map_ids = ATTACHED_PARTS;
	info->map_ids = (unsigned long)candidate->maps;
	err = bpf_prog_get_info_by_fd(fd, info, &size);
	if (info->nr_map_ids > ATTACHED_PARTS)
		info->nr_map_ids = ATTACHED_PARTS;
	close(fd);
	return err;
}

static bool is_kind(const struct bpf_link_info *info)
{
	return info->type == BPF_LINK_TYPE_ITER ||
	       (info->type == BPF_LINK_TYPE_TRACING &&
		info->tracing.attach_type == BPF_LSM_MAC);
}

/* Returns false if this is not, or no longer, the link of such a program. */
static bool get_candidate(int link, __u32 id, struct candidate *candidate)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_link_get_info_by_fd(link, &info, &size) ||
	    !is_kind(&info))
		return false;
	candidate->link = link;
	candidate->id = id;
	return !get_program_info(info.prog_id, candidate);
}

static int add_candidate(struct candidates *all,
			 const struct candidate *candidate)
{
	struct candidate *const list =
		reallocarray(all->list, all->count + 1, sizeof(*list));

	if (!list) {
		errno = ENOMEM;
		return -1;
	}
	all->list = list;
	list[all->count++] = *candidate;
	return 0;
}

static void close_candidates(struct candidates *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->list[i].link >= 0)
			close(all->list[i].link);
	free(all->list);
}

/* Finds them from the oldest on: the IDs of links grow. */
static int find_candidates(struct candidates *all)
{
	struct candidate candidate;
	__u32 id = 0;
	int link;

	while (!bpf_link_get_next_id(id, &id)) {
		link = bpf_link_get_fd_by_id(id);
		if (link < 0) {
			/* It was just removed, or is not attached yet. */
			if (errno == ENOENT || errno == EAGAIN)
				continue;
			return -1;
		}
		if (!get_candidate(link, id, &candidate)) {
			close(link);
		} else if (add_candidate(all, &candidate)) {
			close(link);
			return -1;
		}
	}
	/* Without BPF, nothing can be attached. */
	return errno == ENOENT || errno == ENOSYS ? 0 : -1;
}

/* Adds a map unless the set has it already. */
static void add_map(struct attached *set, __u32 id)
{
	struct attached_part *const part = &set->maps[set->num_maps];
	struct bpf_map_info info;
	size_t i;

	for (i = 0; i < set->num_maps; i++)
		if (set->maps[i].id == id)
			return;
	if (set->num_maps == ATTACHED_PARTS)
		return;
	part->fd = bpf_map_get_fd_by_id(id);
	if (part->fd < 0)
		return;
	if (get_map_info(part->fd, &info)) {
		close(part->fd);
		return;
	}
	part->id = id;
	memcpy(part->name, info.name, sizeof(part->name));
	set->num_maps++;
}

/* Adds a link, which the set then owns. */
static void add_link(struct attached *set, struct candidate *candidate)
{
	struct attached_part *const part = &set->links[set->num_links];
	__u32 i;

	if (set->num_links == ATTACHED_PARTS)
		return;
	part->fd = candidate->link;
	part->id = candidate->id;
	memcpy(part->name, candidate->info.name, sizeof(part->name));
	memcpy(part->tag, candidate->info.tag, sizeof(part->tag));
	candidate->link = -1;
	set->num_links++;
	for (i = 0; i < candidate->info.nr_map_ids; i++)
		add_map(set, candidate->maps[i]);
}

static bool uses_map(const struct candidate *candidate, const char *name)
{
	struct attached maps = {};
	bool found;
	__u32 i;

	for (i = 0; i < candidate->info.nr_map_ids; i++)
		add_map(&maps, candidate->maps[i]);
	found = attached_map(&maps, name) >= 0;
	attached_close(&maps);
	return found;
}

static void build_set(struct attached *set, struct candidates *all,
		      __u32 object, const char *map)
{
	size_t i;

	memset(set, 0, sizeof(*set));
	set->object = object;
	for (i = 0; i < all->count; i++)
		if (all->list[i].link >= 0 &&
		    all->list[i].info.btf_id == object)
			add_link(set, &all->list[i]);
	set->in_force = attached_filled(attached_map(set, map));
}

int attached_find(const char *program, const char *map, struct attached *sets,
		  size_t max)
{
	struct candidates all = {};
	size_t i, count = 0;
	int err;

	err = find_candidates(&all);
	for (i = 0; !err && i < all.count && count < max; i++) {
		const struct candidate *const candidate = &all.list[i];

		/*
		 * Programs of a set that was built have no link here any more.
		 */
		if (candidate->link >= 0 && candidate->info.btf_id &&
		    strcmp(candidate->info.name, program) == 0 &&
		    uses_map(candidate, map))
			build_set(&sets[count++], &all, candidate->info.btf_id,
				  map);
	}
	close_candidates(&all);
	return err ?: (int)count;
}

int attached_map(const struct attached *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->num_maps; i++)
		if (strcmp(set->maps[i].name, name) == 0)
			return set->maps[i].fd;
	errno = ENOENT;
	return -1;
}

bool attached_filled(int map)
{
	struct bpf_map_info info;
	__u64 key, *previous = NULL;
	bool filled = false;
	void *value;

	if (map < 0 || get_map_info(map, &info))
		return false;
	value = malloc(info.value_size);
	/* An array also has keys without an element. */
	while (value && !filled &&
	       !bpf_map_get_next_key(map, previous, &key)) {
		filled = !bpf_map_lookup_elem(map, &key, value);
		previous = &key;
	}
	free(value);
	return filled;
}

static const struct attached_part *find_link(const struct attached *set,
					     const char *name)
{
	size_t i;

	for (i = 0; i < set->num_links; i++)
		if (strcmp(set->links[i].name, name) == 0)
			return &set->links[i];
	return NULL;
}

int attached_link(const struct attached *set, const char *name)
{
	const struct attached_part *const link = find_link(set, name);

	if (link)
		return link->fd;
	errno = ENOENT;
	return -1;
}

bool attached_is_part(const struct bpf_program *program)
{
	return bpf_program__autoattach(program) &&
	       (bpf_program__type(program) == BPF_PROG_TYPE_LSM ||
		bpf_program__expected_attach_type(program) == BPF_TRACE_ITER);
}

bool attached_whole(const struct attached *set, const struct bpf_object *object)
{
	const struct bpf_program *program = NULL;

	while ((program = bpf_object__next_program(object, (void *)program)))
		if (attached_is_part(program) &&
		    !find_link(set, bpf_program__name(program)))
			return false;
	return true;
}

static bool same_program(const struct attached *set,
			 const struct bpf_program *program)
{
	const struct attached_part *const link =
		find_link(set, bpf_program__name(program));
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	return link &&
	       !bpf_prog_get_info_by_fd(bpf_program__fd(program), &info,
					&size) &&
	       !memcmp(info.tag, link->tag, sizeof(info.tag));
}

static bool same_map(const struct attached *set, const struct bpf_map *map)
{
	struct bpf_map_info info, other;
	const int fd = attached_map(set, bpf_map__name(map));

	return fd >= 0 && !get_map_info(fd, &info) &&
	       !get_map_info(bpf_map__fd(map), &other) &&
	       info.type == other.type && info.key_size == other.key_size &&
	       info.value_size == other.value_size &&
	       info.max_entries == other.max_entries &&
	       info.map_flags == other.map_flags;
}

bool attached_same(const struct attached *set, const struct bpf_object *object)
{
	const struct bpf_program *program = NULL;
	const struct bpf_map *map = NULL;

	while ((program = bpf_object__next_program(object, (void *)program)))
		if (attached_is_part(program) && !same_program(set, program))
			return false;
	while ((map = bpf_object__next_map(object, map)))
		if (!bpf_map__is_internal(map) && !same_map(set, map))
			return false;
	return true;
}

static void close_parts(struct attached_part *parts, size_t count)
{
	while (count)
		close(parts[--count].fd);
}

void attached_close(struct attached *set)
{
	close_parts(set->links, set->num_links);
	close_parts(set->maps, set->num_maps);
	set->num_links = 0;
	set->num_maps = 0;
}
