/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - BPF programs that are attached, according to the kernel
 *
 * Programs are in force as long as they are attached, wherever they are pinned,
 * and even if that directory is hidden.  So the kernel is asked for them.
 *
 * A set here is a set of BPF programs that were loaded together, with their
 * maps.
 */

#ifndef EXECLOCK_ATTACHED_H
#define EXECLOCK_ATTACHED_H

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/** ATTACHED_PARTS - Room for the programs, or for the maps, of a set */
#define ATTACHED_PARTS 40

/**
 * struct attached_part - A map, or the link of a program
 *
 * @fd: Its file descriptor.
 * @id: Its ID.
 * @name: Name of the map or the program in the kernel.
 * @tag: Hash of the program's instructions.
 */
struct attached_part {
	int fd;
	__u32 id;
	char name[BPF_OBJ_NAME_LEN];
	__u8 tag[BPF_TAG_SIZE];
};

/**
 * struct attached - A set
 *
 * @object: Identifies the set: ID of the BTF of its programs.
 * @in_force: Whether the programs have an effect.
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
 * attached_find - Find the attached sets of a kind
 *
 * @program: Name of a program that each such set has.
 * @map: Name of a map of this program, without whose elements it has no effect.
 * @sets: Filled in, from the oldest on; release them with attached_close().
 * @max: Size of @sets.  If there are more sets, the newest are left out.
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
 * Return: its file descriptor, owned by the set, or -1 with errno set.
 */
int attached_map(const struct attached *set, const char *name);

/**
 * attached_link - Find the link of a program of a set
 *
 * @set: The set.
 * @name: Name of the program.
 *
 * Return: its file descriptor, owned by the set, or -1 with errno set.
 */
int attached_link(const struct attached *set, const char *name);

/**
 * attached_is_part - Check whether a program is attached for as long as its set
 *
 * @program: The program.
 *
 * That is so for LSM programs, and for those that list something (iterators),
 * unless they have no autoattach (see bpf_program__set_autoattach()).
 *
 * Return: true if so.
 */
bool attached_is_part(const struct bpf_program *program);

/**
 * attached_filled - Check whether a map has an element
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
 * @object: The programs of such a set, not necessarily loaded.  Programs
 *          without autoattach do not count.
 *
 * Return: true if each program is attached.
 */
bool attached_whole(const struct attached *set, const struct bpf_object *object);

/**
 * attached_same - Check whether a set has the same programs and maps
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
