/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock nnp list - Show exempt cgroups, counters and the latest denials
 */

#ifndef EXECLOCK_NNP_LIST_H
#define EXECLOCK_NNP_LIST_H

#include <jansson.h>

/**
 * nnp_list - Run "execlock nnp list"
 *
 * @arguments: Not used.
 *
 * Return: an &enum status.
 */
int nnp_list(const void *arguments);

/**
 * nnp_list_describe - Describe the no_new_privs rule
 *
 * Return: An object whose member "on" is false if the rule is off; or NULL with
 * the error reported.
 */
json_t *nnp_list_describe(void);

#endif /* EXECLOCK_NNP_LIST_H */
