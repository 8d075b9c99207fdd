/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From the name of a user or group to its number
 *
 * In /etc/passwd and /etc/group alone: a static program cannot ask other
 * services, nor can a program that starts before these.
 */

#ifndef EXECLOCK_ACCOUNTS_H
#define EXECLOCK_ACCOUNTS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * accounts_find_user - Find the ID of a user
 *
 * @name: The name of the user.
 * @for_others: As for resolve_list().
 * @id: Set to the ID if there is such a user.
 *
 * Return: NULL, or why there is none: a text to be freed.
 */
char *accounts_find_user(const char *name, bool for_others, __u32 *id);

/**
 * accounts_find_group - Find the ID of a group
 *
 * @name: The name of the group.
 * @for_others: As for resolve_list().
 * @id: Set to the ID if there is such a group.
 *
 * Return: as accounts_find_user().
 */
char *accounts_find_group(const char *name, bool for_others, __u32 *id);

#endif /* EXECLOCK_ACCOUNTS_H */
