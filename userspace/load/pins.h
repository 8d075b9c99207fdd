/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What is loaded, in the BPF file system
 *
 * What is pinned there outlives the process that loaded it.  A new set of
 * programs and maps is pinned beside the current one, and takes its place with
 * one rename.
 *
 * What is attached is in force, whatever the directories say: they may be
 * hidden, or a load was killed.  So sets are found by asking the kernel, and
 * the next load puts the directories right.
 */

#ifndef EXECLOCK_PINS_H
#define EXECLOCK_PINS_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "attached.h"

/** PINS_DIR - Where the policies of executables are */
#define PINS_DIR "/sys/fs/bpf/execlock"

/** PINS_NEW_DIR - Where their next set is prepared */
#define PINS_NEW_DIR PINS_DIR "-new"

/**
 * struct pins - Where a set is
 *
 * @dir: The current set.
 * @new_dir: Where the next one is prepared.
 * @program: Name of the program that decides.
 * @map: Name of the map without whose elements the programs do nothing; its keys
 *       have at most eight bytes.
 * @what: What the set is, for messages.
 */
struct pins {
	const char *dir;
	const char *new_dir;
	const char *program;
	const char *map;
	const char *what;
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
 * pins_find - Find the current set
 *
 * @pins: Which one.
 * @set: Filled in if there is one; release it with attached_close().
 *
 * If several are attached, it is the newest of those that are in force, else
 * the newest.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int pins_find(const struct pins *pins, struct attached *set);

/**
 * pins_several - Check whether a former set is in force beside the current one
 *
 * @pins: Which one.
 *
 * Return: true if so, because a command was killed, or had to leave it.
 */
bool pins_several(const struct pins *pins);

/**
 * pins_try - Open a map of the current set, which may not be there
 *
 * @pins: Which one.
 * @name: Name of the map.
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
 * pins_open - Open a map of the current set
 *
 * @pins: Which one.
 * @name: Name of the map.
 *
 * Return: its file descriptor, or -1 with the error reported.
 */
int pins_open(const struct pins *pins, const char *name);

/**
 * pins_settle - Put right what a former command left
 *
 * @pins: Which one.
 * @set: Filled in if a set is in force; release it with attached_close().
 *
 * If a set is in force, it is then pinned where it should be, and no other one
 * is in force beside it.  Each exec that a former set may be deciding on is over
 * when this set is removed.
 *
 * Return: %PINS_NONE, %PINS_ONE, %PINS_STUCK, or -1 with the error reported.
 */
int pins_settle(const struct pins *pins, struct attached *set);

/**
 * enum pins_state - What pins_settle() found
 *
 * @PINS_NONE: No set is in force.
 * @PINS_ONE: One is.
 * @PINS_STUCK: One is, and a former one is, too: it cannot be removed because
 *              an exec is inside its programs.  There is a warning.
 */
enum pins_state {
	PINS_NONE,
	PINS_ONE,
	PINS_STUCK,
};

/**
 * pins_prepare - Make the directory of the next set, empty
 *
 * @pins: Which one, after pins_settle().
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
 * The former set, if there was one, is then in the other directory, and still
 * in force: pins_settle() removes it.
 *
 * Return: 0, or -1 with the error reported and the former set still current.
 */
int pins_commit(const struct pins *pins);

/**
 * pins_discard - Remove the next set, which was not committed
 *
 * @pins: Which one.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_discard(const struct pins *pins);

/**
 * pins_remove - Remove all sets
 *
 * @pins: Which ones.
 *
 * Return: 1 if one was in force, 0 if not, or -1 with the error reported.
 */
int pins_remove(const struct pins *pins);

#endif /* EXECLOCK_PINS_H */
