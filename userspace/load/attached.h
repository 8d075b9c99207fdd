/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What is attached, according to the kernel
 *
 * Programs are in force as long as they are attached, wherever they are pinned,
 * and whether or not that place can be seen.  So the kernel is asked for them.
 */

#ifndef EXECLOCK_ATTACHED_H
#define EXECLOCK_ATTACHED_H

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/** ATTACHED_PARTS - More programs or maps than a set has */
#define ATTACHED_PARTS 40

/**
 * struct attached_part - A map, or the link of a program
 *
 * @fd: Its file descriptor.
 * @id: Its ID.
 * @name: The map's or the program's, as the kernel knows it.
 * @tag: Of a program, what it consists of.
 */
struct attached_part {
	int fd;
	__u32 id;
	char name[BPF_OBJ_NAME_LEN];
	__u8 tag[BPF_TAG_SIZE];
};

/**
 * struct attached - Programs that were loaded together, and their maps
 *
 * @object: Identifies what was loaded together: the ID of its BTF.
 * @in_force: Whether the programs do something.
 * @num_links: Number of @links.
 * @num_maps: Number of @maps.
 * @links: Links of the programs that are attached.
 * @maps: Maps that these programs use.
 */
struct attached {
	__u32 object;
	bool in_force;
	size_t num_links;
	size_t num_maps;
	struct attached_part links[ATTACHED_PARTS];
	struct attached_part maps[ATTACHED_PARTS];
};

/**
 * attached_find - Find the sets of a kind that are attached
 *
 * @program: Name of the program that each such set has.
 * @map: Name of the map that this program uses, without whose elements it does
 *       nothing.
 * @sets: Filled in, from the oldest on; release them with attached_close().
 * @max: Room for so many.  If there are more, the newest are left out.
 *
 * Return: their number, or -1 with errno set and nothing reported.
 */
int attached_find(const char *program, const char *map, struct attached *sets,
		  size_t max);

/**
 * attached_map - Find a map of a set
 *
 * @set: The set.
 * @name: Name of the map.
 *
 * Return: its file descriptor, which stays the set's, or -1 with errno set.
 */
int attached_map(const struct attached *set, const char *name);

/**
 * attached_filled - Check whether there is an element in a map
 *
 * @map: The map, whose keys have at most eight bytes.
 *
 * Return: true if so.
 */
bool attached_filled(int map);

/**
 * attached_whole - Check that no program of a set is missing
 *
 * @set: The set.
 * @object: What it was loaded from, not necessarily loaded; programs that are
 *          not attached by themselves do not count.
 *
 * Return: true if each program is attached.
 */
bool attached_whole(const struct attached *set, const struct bpf_object *object);

/**
 * attached_same - Check whether a set consists of certain programs and maps
 *
 * @set: The set.
 * @object: The programs and maps, loaded.
 *
 * Return: true if so.
 */
bool attached_same(const struct attached *set, const struct bpf_object *object);

/**
 * attached_close - Close a set
 *
 * @set: The set.
 */
void attached_close(struct attached *set);

#endif /* EXECLOCK_ATTACHED_H */
