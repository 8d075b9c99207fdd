/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock nnp status - Show exempt cgroups, counters and the latest denials
 */

#ifndef EXECLOCK_NNP_STATUS_H
#define EXECLOCK_NNP_STATUS_H

#include <jansson.h>

/**
 * nnp_status - Run "execlock nnp status"
 *
 * @arguments: Not used.
 *
 * Return: an &enum status.
 */
int nnp_status(const void *arguments);

/**
 * nnp_status_describe - Describe the no_new_privs rule
 *
 * Return: An object whose member "on" is false if the rule is off; or NULL with
 * the error reported.
 */
json_t *nnp_status_describe(void);

#endif /* EXECLOCK_NNP_STATUS_H */
