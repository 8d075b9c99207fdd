/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Directories that an overlayfs is made of
 */

#ifndef EXECLOCK_OVERLAYS_H
#define EXECLOCK_OVERLAYS_H

/**
 * overlays_over - Find the overlayfs that a file or directory is a part of
 *
 * Of the overlayfs mounts in this mount namespace; their list is read once.
 *
 * @path: Its absolute path, without symbolic links.
 *
 * Return: the directory on which an overlayfs is mounted of which @path is in one
 * of the layers, or NULL if there is none.
 */
const char *overlays_over(const char *path);

#endif /* EXECLOCK_OVERLAYS_H */
