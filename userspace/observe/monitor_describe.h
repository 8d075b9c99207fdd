/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Events of the monitor as JSON
 */

#ifndef EXECLOCK_MONITOR_DESCRIBE_H
#define EXECLOCK_MONITOR_DESCRIBE_H

#include <jansson.h>

struct guard_denial;
struct monitor_event;
struct userns_event;

/**
 * monitor_object - Create the description of an event that happens now
 *
 * @word: The kind of event.
 *
 * Return: an object with the time and the kind.
 */
json_t *monitor_object(const char *word);

/**
 * monitor_describe - Describe an event that the BPF programs reported
 *
 * @event: The event.
 *
 * Return: an object, or NULL if the kind of event is unknown.
 */
json_t *monitor_describe(const struct monitor_event *event);

/**
 * monitor_describe_guard - Describe a denial by the guard of the policies
 *
 * @denial: The denial.
 *
 * Return: an object.
 */
json_t *monitor_describe_guard(const struct guard_denial *denial);

/**
 * monitor_describe_userns - Describe what the default of user namespaces did
 *
 * @event: The event.
 *
 * Return: an object.
 */
json_t *monitor_describe_userns(const struct userns_event *event);

#endif /* EXECLOCK_MONITOR_DESCRIBE_H */
