/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Who else could have written a file
 */

#ifndef EXECLOCK_TRUST_H
#define EXECLOCK_TRUST_H

/**
 * trust_check - Refuse what others than root may write
 *
 * The file or directory, and all directories above it, must belong to root and
 * must not be writable by its group or by others.  A directory whose sticky bit
 * is set may be above: nobody can remove from it what is root's.
 *
 * @name: What the file is called, for messages.
 * @fd: The open file: what is checked is what is read, whatever happens to
 *      the name.
 *
 * Return: 0, or -1 with the error reported.
 */
int trust_check(const char *name, int fd);

#endif /* EXECLOCK_TRUST_H */
