/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The default bound on capabilities in user namespaces
 *
 * Its BPF programs are a set of their own beside those that confine, whose maps
 * they use: a set without a default does not have them, and pays nothing.
 */

#ifndef EXECLOCK_USERNS_DEFAULT_H
#define EXECLOCK_USERNS_DEFAULT_H

#include <linux/types.h>

struct userns_default;

/**
 * typedef userns_default_map - Find a map of the programs that confine
 *
 * @name: Its name.
 * @data: For this function.
 *
 * Return: a file descriptor, which is not closed, or -1 with errno set.
 */
typedef int (*userns_default_map)(const char *name, void *data);

/**
 * userns_default_prepare - Load and attach the programs, which do nothing yet
 *
 * @find_map: Finds the maps that they share with the programs that confine.
 * @data: Passed to @find_map.
 *
 * Return: to be released with userns_default_free(), or NULL with the error
 * reported.
 */
struct userns_default *userns_default_prepare(userns_default_map find_map,
					      void *data);

/**
 * userns_default_enforce - Put the default in force, in place of a former one
 *
 * The set of policies that it belongs to is in force.  Programs that run already
 * get what this set says of their files; a lack of memory for this is a warning.
 *
 * @prepared: The programs.
 * @lost: Capabilities, one bit each, that are dropped by default.
 *
 * Return: 0, or -1 with the error reported.
 */
int userns_default_enforce(struct userns_default *prepared, __u64 lost);

/**
 * userns_default_read - Read the default in force
 *
 * @lost: Set to the capabilities, one bit each, that are dropped by default, if
 *        one is in force.
 *
 * Return: 1 if so, 0 if not, or -1 with the error reported.
 */
int userns_default_read(__u64 *lost);

/**
 * userns_default_remove - End the default
 *
 * Return: 1 if one was in force, 0 if not, or -1 with the error reported.
 */
int userns_default_remove(void);

/**
 * userns_default_free - Release the programs, and detach those not in force
 *
 * @prepared: The programs, or NULL.
 */
void userns_default_free(struct userns_default *prepared);

#endif /* EXECLOCK_USERNS_DEFAULT_H */
