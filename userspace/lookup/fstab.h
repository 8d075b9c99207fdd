/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Mounts that the system is to have, and has not
 */

#ifndef EXECLOCK_FSTAB_H
#define EXECLOCK_FSTAB_H

/**
 * fstab_hides - Find the mount of /etc/fstab that will hide a file or directory
 *
 * The list is read once.
 *
 * @path: Its absolute path, without symbolic links.
 *
 * Return: the directory at or above it on which nothing is mounted at present,
 * or NULL if there is none.
 */
const char *fstab_hides(const char *path);

#endif /* EXECLOCK_FSTAB_H */
