/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From denials to the rules that are missing
 */

#ifndef EXECLOCK_DENIALS_H
#define EXECLOCK_DENIALS_H

#include <stdbool.h>

struct denials;
struct features;
struct monitor_event;

/**
 * denials_new - Begin to collect denials
 *
 * Return: the collection, or NULL with the error reported.
 */
struct denials *denials_new(void);

/**
 * denials_add - Add a denial
 *
 * @denials: The collection.
 * @event: The event; if it is no denial, nothing is done.
 */
void denials_add(struct denials *denials, const struct monitor_event *event);

/**
 * denials_propose - Propose rules, for each policy that denied something
 *
 * They are printed, or added to files.
 *
 * @denials: The collection.
 * @kernel: The features of the kernel.
 * @into: A file or directory of policies, or NULL.
 * @dry_run: Whether files stay as they are.
 *
 * Return: 0, or -1 with the error reported.
 */
int denials_propose(struct denials *denials, const struct features *kernel,
		    const char *into, bool dry_run);

/**
 * denials_free - Release a collection
 *
 * @denials: The collection, or NULL.
 */
void denials_free(struct denials *denials);

#endif /* EXECLOCK_DENIALS_H */
