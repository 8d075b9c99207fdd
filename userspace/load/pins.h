/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Sets of BPF programs and maps, pinned and in force
 *
 * Pinned objects outlive the process that loaded them.  A new set of programs
 * and maps is pinned beside the current one, and takes its place with one
 * rename.
 *
 * A set is in force as long as its programs are attached, whatever the
 * directories have: another file system may hide them, or a load was killed.
 * So sets are found by asking the kernel, and the next load repairs the
 * directories.
 */

#ifndef EXECLOCK_PINS_H
#define EXECLOCK_PINS_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "attached.h"

/** PINS_DIR - Directory of the policies of executables */
#define PINS_DIR "/sys/fs/bpf/execlock"

/** PINS_NEW_DIR - Directory where their next set is prepared */
#define PINS_NEW_DIR PINS_DIR "-new"

/**
 * struct pins - A kind of set, and its directories
 *
 * @dir: Directory of the current set.
 * @new_dir: Directory where the next set is prepared.
 * @program: Name of the program that decides.
 * @map: Name of the map without whose elements the programs do nothing; its
 *       keys have at most eight bytes.
 * @what: Name of the kind, for messages.
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

/** pins_nnp - The no_new_privs rule */
extern const struct pins pins_nnp;

/** pins_cgroups - The policies of cgroups */
extern const struct pins pins_cgroups;

/** pins_userns - The default bound on capabilities in user namespaces */
extern const struct pins pins_userns;

/**
 * pins_find - Find the current set
 *
 * @pins: The kind of set.
 * @set: Filled in if there is one; release it with attached_close().
 *
 * If several are attached, the newest set in force is found, or else the newest
 * one.
 *
 * Return: 1 if there is one, 0 if not, or -1 with the error reported.
 */
int pins_find(const struct pins *pins, struct attached *set);

/**
 * pins_several - Check whether a former set is in force beside the current one
 *
 * @pins: The kind of set.
 *
 * Return: true if so: a command was killed, or had to leave the former set.
 */
bool pins_several(const struct pins *pins);

/**
 * pins_try - Open a map of the current set, which may be missing
 *
 * @pins: The kind of set.
 * @name: Name of the map.
 *
 * Return: its file descriptor, or -1 with errno set and nothing reported.
 */
int pins_try(const struct pins *pins, const char *name);

/**
 * pins_fits - Check that this build knows the format of a map
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
 * @pins: The kind of set.
 * @name: Name of the map.
 *
 * Return: its file descriptor, or -1 with the error reported.
 */
int pins_open(const struct pins *pins, const char *name);

/**
 * pins_settle - Repair the result of a former command that was killed
 *
 * @pins: The kind of set.
 * @set: Filled in if a set is in force; release it with attached_close().
 *
 * If a set is in force, it is then pinned in its directory, and no other set is
 * in force beside it.  A former set is removed when no exec is inside its
 * programs any more.
 *
 * Return: %PINS_NONE, %PINS_ONE, %PINS_STUCK, or -1 with the error reported.
 */
int pins_settle(const struct pins *pins, struct attached *set);

/**
 * pins_check - Check that sets can be pinned, and removed later
 *
 * @pins: The kind of set.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_check(const struct pins *pins);

/**
 * enum pins_state - What pins_settle() found
 *
 * @PINS_NONE: No set is in force.
 * @PINS_ONE: One set is in force.
 * @PINS_STUCK: One set is in force, and a former one beside it, which cannot be
 *              removed because an exec is inside its programs.  A warning was
 *              given.
 */
enum pins_state {
	PINS_NONE,
	PINS_ONE,
	PINS_STUCK,
};

/**
 * pins_prepare - Create the directory of the next set
 *
 * @pins: The kind of set, after pins_settle().
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_prepare(const struct pins *pins);

/**
 * pins_attach - Attach the programs of the next set and pin their links
 *
 * @pins: The kind of set.
 * @object: The programs, loaded, of which those that are parts of their set are
 *          attached, see attached_is_part().
 *
 * From then on they are in force, and stay attached as long as they are pinned.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_attach(const struct pins *pins, const struct bpf_object *object);

/**
 * pins_commit - Make the next set the current one
 *
 * @pins: The kind of set.
 *
 * A former set is then in the other directory, and still in force:
 * pins_drop_former() removes it.
 *
 * Return: 0, or -1 with the error reported and the former set still current.
 */
int pins_commit(const struct pins *pins);

/**
 * pins_drop_former - Remove the former set, now that the next one is the current
 *
 * The command succeeded by then.  So it gives a warning if a former set has to
 * stay, and the next command removes it.
 *
 * @pins: The kind of set.
 */
void pins_drop_former(const struct pins *pins);

/**
 * pins_discard - Remove the next set instead of committing it
 *
 * @pins: The kind of set.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_discard(const struct pins *pins);

/**
 * pins_remove - Remove all sets
 *
 * @pins: The kind of set.
 *
 * Return: 1 if one was in force, 0 if not, or -1 with the error reported.
 */
int pins_remove(const struct pins *pins);

#endif /* EXECLOCK_PINS_H */
