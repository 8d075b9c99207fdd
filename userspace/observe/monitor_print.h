/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Events of the monitor as lines of text
 */

#ifndef EXECLOCK_MONITOR_PRINT_H
#define EXECLOCK_MONITOR_PRINT_H

#include <jansson.h>

/**
 * monitor_print - Print an event as a line
 *
 * @object: Its description, see monitor_describe.h.
 */
void monitor_print(const json_t *object);

#endif /* EXECLOCK_MONITOR_PRINT_H */
