/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The no_new_privs rule ("execlock nnp") in the kernel
 */

#ifndef EXECLOCK_NNP_RULE_H
#define EXECLOCK_NNP_RULE_H

#include <stddef.h>

/**
 * nnp_rule_is_on - Check whether the rule is in force
 *
 * Return: 1 if it is, 0 if not, or -1 with the error reported.
 */
int nnp_rule_is_on(void);

/**
 * nnp_rule_load - Put the rule in force, and exempt cgroups from it
 *
 * If the rule is in force already, the cgroups join its list.
 *
 * @cgroups: Names of the cgroups.
 * @count: Number of @cgroups.
 *
 * Return: 0, or -1 with the error reported and nothing changed.
 */
int nnp_rule_load(char *const *cgroups, size_t count);

/**
 * nnp_rule_exempt - Exempt a cgroup, and the cgroups below it, from the rule
 *
 * @map: The list of exempt cgroups, the BPF map "exempt" of the rule.
 * @cgroup: Name of the cgroup.
 *
 * Return: 0, or -1 with the error reported.
 */
int nnp_rule_exempt(int map, const char *cgroup);

/**
 * nnp_rule_unexempt - Remove a cgroup from the list of exempt cgroups
 *
 * @map: The list.
 * @cgroup: Name of the cgroup.
 *
 * Return: 0, or -1 with the error reported.
 */
int nnp_rule_unexempt(int map, const char *cgroup);

#endif /* EXECLOCK_NNP_RULE_H */
