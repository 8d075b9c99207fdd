/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the default bound on capabilities in user namespaces did
 */

#ifndef EXECLOCK_USERNS_EVENTS_USER_H
#define EXECLOCK_USERNS_EVENTS_USER_H

#include <jansson.h>

#include "bpf/userns_rule.h"

/**
 * userns_kind - Name a kind of event
 *
 * @kind: An &enum userns_kind.
 *
 * Return: its name, as in JSON.
 */
const char *userns_kind(__u32 kind);

/**
 * userns_read_counts - Read how often something happened
 *
 * @counts: Filled in; with zeroes if another build of execlock loaded the
 *          policies and does not count in this way.
 */
void userns_read_counts(struct userns_counts *counts);

/**
 * userns_latest - Read the latest events
 *
 * @since: Number of the last known event; set to the number of the latest one.
 * @events: Filled in with the later ones, from the oldest on.
 *
 * Return: the number of @events; the oldest are lost if there were too many.
 */
size_t userns_latest(__u64 *since, struct userns_event events[USERNS_EVENTS]);

/**
 * userns_describe_counts - Describe how often something happened
 *
 * @counts: The counts.
 *
 * Return: an object.
 */
json_t *userns_describe_counts(const struct userns_counts *counts);

#endif /* EXECLOCK_USERNS_EVENTS_USER_H */
