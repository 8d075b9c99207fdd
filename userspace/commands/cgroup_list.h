/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock cgroup list - Show the policies of cgroups
 */

#ifndef EXECLOCK_CGROUP_LIST_H
#define EXECLOCK_CGROUP_LIST_H

#include <jansson.h>

/**
 * cgroup_list - Run "execlock cgroup list"
 *
 * @arguments: Not used.
 *
 * Return: an &enum status.
 */
int cgroup_list(const void *arguments);

/**
 * cgroup_list_describe - Describe the policies of cgroups
 *
 * Return: An array, empty if no cgroup has a policy; or NULL with the error
 * reported.
 */
json_t *cgroup_list_describe(void);

#endif /* EXECLOCK_CGROUP_LIST_H */
