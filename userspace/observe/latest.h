/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The latest entries that BPF programs keep in an array
 *
 * An entry begins with its number, of 64 bits, which counts from 1 and is zero
 * while the entry is written.  The entry is in the slot of its number.
 */

#ifndef EXECLOCK_LATEST_H
#define EXECLOCK_LATEST_H

#include <linux/types.h>
#include <stddef.h>

/**
 * struct latest - Such an array
 *
 * @map: Name of the map, of the set in force.
 * @size: Size of an entry.
 * @slots: Number of slots.
 */
struct latest {
	const char *map;
	size_t size;
	__u32 slots;
};

/**
 * latest_read - Read the entries that were added
 *
 * @latest: The array.
 * @number: Number of the latest entry.
 * @since: Number of the last known entry; set to @number.
 * @entries: Filled in with the later ones, from the oldest on; has room for all.
 *
 * Return: the number of @entries; the oldest are lost if there were too many.
 */
size_t latest_read(const struct latest *latest, __u64 number, __u64 *since,
		   void *entries);

#endif /* EXECLOCK_LATEST_H */
