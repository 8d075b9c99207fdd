/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Who made a mount
 */

#ifndef EXECLOCK_MOUNTS_H
#define EXECLOCK_MOUNTS_H

#include <stdbool.h>
#include <linux/types.h>

/**
 * mounts_number - Tell on which mount something is
 *
 * Nobody is asked: a user's FUSE server might never answer.
 *
 * @fd: The file or directory.
 * @number: Set to the mount's number.
 *
 * Return: 0, or -1 with errno set.
 */
int mounts_number(int fd, __u64 *number);

/**
 * mounts_of_user - Tell whether a user made a mount
 *
 * With FUSE, the user decides what is there, and whom it seems to belong to.  So
 * does who brings a disk that the system lets users mount, as mount(8) and
 * udisks do.
 *
 * The system's list is read again only after a mount was made or ended.
 *
 * @number: The mount's number.
 *
 * Return: 1 if so, 0 if not, or -1 with errno set.
 */
int mounts_of_user(__u64 number);

#endif /* EXECLOCK_MOUNTS_H */
