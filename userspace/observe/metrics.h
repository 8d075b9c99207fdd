/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Counters for a monitoring system
 */

#ifndef EXECLOCK_METRICS_H
#define EXECLOCK_METRICS_H

#include <jansson.h>

/**
 * metrics_print - Print counters on standard output, as OpenMetrics
 *
 * In the part of the format that the textfile collector of node_exporter reads,
 * too.
 *
 * @status: The output of "execlock --json status".
 */
void metrics_print(const json_t *status);

#endif /* EXECLOCK_METRICS_H */
