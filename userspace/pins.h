/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What is loaded, in the BPF file system
 *
 * What is pinned there outlives the process that loaded it.  A new set of
 * programs and maps is pinned beside the current one, and takes its place with
 * one rename.
 */

#ifndef EXECLOCK_PINS_H
#define EXECLOCK_PINS_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

/** PINS_DIR - Where the policies of executables are */
#define PINS_DIR "/sys/fs/bpf/execlock"

/** PINS_NEW_DIR - Where their next set is prepared */
#define PINS_NEW_DIR PINS_DIR "-new"

/**
 * struct pins - Where a set is
 *
 * @dir: The current set.
 * @new_dir: Where the next one is prepared.
 * @map: Name of the map without whose elements the programs do nothing; its keys
 *       have at most eight bytes.
 */
struct pins {
	const char *dir;
	const char *new_dir;
	const char *map;
};

/** pins_policies - The policies of executables */
extern const struct pins pins_policies;

/** pins_nnp - The dynamic no_new_privs policy */
extern const struct pins pins_nnp;

/** pins_cgroups - The policies of cgroups */
extern const struct pins pins_cgroups;

/**
 * pins_lock - Wait until no other execlock changes a set
 *
 * The lock is released when the process ends.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_lock(void);

/**
 * pins_lock_early - Take the lock before it is needed, if it can be taken
 *
 * This is for who reads files first: of two commands, the one that comes last
 * then also has what the files say last.  What is wrong is left to pins_lock()
 * to report: a mistake in a file is, on any system.
 */
void pins_lock_early(void);

/**
 * pins_exist - Check whether there is a current set
 *
 * @pins: Which one.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int pins_exist(const struct pins *pins);

/**
 * pins_try - Open something of the current set, which may not be there
 *
 * @pins: Which one.
 * @name: Name of a map or program.
 *
 * Return: its file descriptor, or -1 with errno set and nothing reported.
 */
int pins_try(const struct pins *pins, const char *name);

/**
 * pins_fits - Check that what is in a map is what this build knows
 *
 * @map: The map.
 * @key_size: Size of its keys.
 * @value_size: Size of its values.
 *
 * Return: true if so; false if another build of execlock made the map.
 */
bool pins_fits(int map, __u32 key_size, __u32 value_size);

/**
 * pins_open - Open something of the current set
 *
 * @pins: Which one.
 * @name: Name of a map or program.
 *
 * Return: its file descriptor, or -1 with the error reported.
 */
int pins_open(const struct pins *pins, const char *name);

/**
 * pins_prepare - Make the directory of the next set, empty
 *
 * @pins: Which one.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_prepare(const struct pins *pins);

/**
 * pins_attach - Attach the LSM programs of the next set and pin their links
 *
 * @pins: Which one.
 * @object: The programs, loaded; those that are not to be attached by
 *          themselves (bpf_program__set_autoattach()) are not.
 *
 * From then on they are in force, and stay attached as long as they are pinned.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_attach(const struct pins *pins, const struct bpf_object *object);

/**
 * pins_commit - Make the next set the current one
 *
 * @pins: Which one.
 *
 * The former set, if there was one, is then in the other directory.
 *
 * Return: 0, or -1 with the error reported and the former set still current.
 */
int pins_commit(const struct pins *pins);

/**
 * pins_discard - Remove the next set, or the former one after pins_commit()
 *
 * @pins: Which one.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_discard(const struct pins *pins);

/**
 * pins_remove - Remove the current set
 *
 * @pins: Which one.
 *
 * Return: 1 if there was one, 0 if not, or -1 with the error reported.
 */
int pins_remove(const struct pins *pins);

#endif /* EXECLOCK_PINS_H */
