/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The loaded policy set in the BPF file system
 *
 * What is pinned there outlives the process that loaded it.  A new set is
 * pinned beside the current one, and takes its place with one rename.
 */

#ifndef EXECLOCK_PINS_H
#define EXECLOCK_PINS_H

/** PINS_DIR - Where the current set is */
#define PINS_DIR "/sys/fs/bpf/execlock"

/** PINS_NEW_DIR - Where the next set is prepared */
#define PINS_NEW_DIR PINS_DIR "-new"

/**
 * pins_lock - Wait until no other execlock changes the set
 *
 * The lock is released when the process ends.
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_lock(void);

/**
 * pins_prepare - Make PINS_NEW_DIR, empty
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_prepare(void);

/**
 * pins_commit - Make PINS_NEW_DIR the current set
 *
 * The former set, if there was one, is then in PINS_NEW_DIR.
 *
 * Return: 0, or -1 with the error reported and the former set still current.
 */
int pins_commit(void);

/**
 * pins_discard - Remove PINS_NEW_DIR and what is in it
 *
 * Return: 0, or -1 with the error reported.
 */
int pins_discard(void);

/**
 * pins_remove - Remove the current set
 *
 * Return: 1 if there was one, 0 if not, or -1 with the error reported.
 */
int pins_remove(void);

#endif /* EXECLOCK_PINS_H */
