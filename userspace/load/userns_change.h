/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Change the default of user namespaces beneath loaded policies
 */

#ifndef EXECLOCK_USERNS_CHANGE_H
#define EXECLOCK_USERNS_CHANGE_H

#include <linux/types.h>

/**
 * userns_change_set - Put another default in force, until the next load
 *
 * The policies in force must have been loaded with a default: only then, what
 * exempt programs execute is bounded.
 *
 * @lost: Capabilities, one bit each, that are dropped by default.
 *
 * Return: 0, or -1 with the error reported.
 */
int userns_change_set(__u64 lost);

/**
 * userns_change_clear - End the default, until the next load or set
 *
 * Return: 1 if one was in force, 0 if not, or -1 with the error reported.
 */
int userns_change_clear(void);

#endif /* EXECLOCK_USERNS_CHANGE_H */
