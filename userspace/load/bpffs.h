/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Directories of pinned objects in the BPF file system
 */

#ifndef EXECLOCK_BPFFS_H
#define EXECLOCK_BPFFS_H

#include <stdbool.h>

/** BPFFS - Where the BPF file system is mounted */
#define BPFFS "/sys/fs/bpf"

/** BPFFS_PATH_SIZE - Enough for the path of a pinned object */
#define BPFFS_PATH_SIZE 128

/**
 * bpffs_advice - Tell what to do about a permission that is missing
 *
 * @err: The errno of an operation on BPF objects, the BPF file system or the
 *       lock.
 *
 * Return: a text to append to the message about the error, which may be empty.
 */
const char *bpffs_advice(int err);

/**
 * bpffs_is_mounted - Check whether there is a BPF file system
 *
 * Return: true if there is one at %BPFFS.
 */
bool bpffs_is_mounted(void);

/**
 * bpffs_check - Check that only root can replace pinned objects
 *
 * Also finds what would keep a directory from being removed, before new objects
 * are put in force.
 *
 * @dirs: Directories of pinned objects, which may be missing; NULL ends the
 *        array.
 *
 * Return: 0, or -1 with the error reported.
 */
int bpffs_check(const char *const *dirs);

/**
 * bpffs_create - Create a directory of pinned objects
 *
 * @path: The directory.
 *
 * Return: 0, or -1 with the error reported.
 */
int bpffs_create(const char *path);

/**
 * bpffs_is_own - Check whether execlock can have created a directory
 *
 * @path: The path.
 *
 * Return: true if it is a directory of root's.
 */
bool bpffs_is_own(const char *path);

/**
 * bpffs_remove - Remove a directory of pinned objects
 *
 * @path: The directory, which may be incomplete or missing.
 *
 * Return: 0, or -1 with the error reported.
 */
int bpffs_remove(const char *path);

#endif /* EXECLOCK_BPFFS_H */
