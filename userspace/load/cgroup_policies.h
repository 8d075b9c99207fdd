/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies of cgroups ("execlock cgroup") in the kernel
 */

#ifndef EXECLOCK_CGROUP_POLICIES_H
#define EXECLOCK_CGROUP_POLICIES_H

#include "bpf/cgroup.h"

/**
 * cgroup_policies_any - Check whether a cgroup has a policy
 *
 * Return: 1 if so, 0 if not, or -1 with the error reported.
 */
int cgroup_policies_any(void);

/**
 * cgroup_policies_open - Open the map of policies, by the numbers of cgroups
 *
 * Return: its file descriptor, or -1 with the error reported.
 */
int cgroup_policies_open(void);

/**
 * cgroup_policies_set - Set or replace the policy of a cgroup
 *
 * @cgroup: Name of the cgroup.
 * @request: The policy; its &cgroup_request.cgroup is filled in.
 *
 * Return: 0, or -1 with the error reported and nothing changed.
 */
int cgroup_policies_set(const char *cgroup, struct cgroup_request *request);

/**
 * cgroup_policies_prune - Forget the policies of cgroups that were removed
 *
 * Return: 0, or -1 with the error reported.
 */
int cgroup_policies_prune(void);

/**
 * cgroup_policies_clear - End the policy of a cgroup
 *
 * @cgroup: Name of the cgroup.
 *
 * Return: 0, or -1 with the error reported.
 */
int cgroup_policies_clear(const char *cgroup);

/**
 * cgroup_policies_clear_all - End the policies of all cgroups
 *
 * Also those that another version of execlock set.
 *
 * Return: 1 if there was one, 0 if not, or -1 with the error reported.
 */
int cgroup_policies_clear_all(void);

#endif /* EXECLOCK_CGROUP_POLICIES_H */
