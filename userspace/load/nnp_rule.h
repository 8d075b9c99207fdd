/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The no_new_privs rule ("execlock nnp") in the kernel
 */

#ifndef EXECLOCK_NNP_RULE_H
#define EXECLOCK_NNP_RULE_H

#include <jansson.h>
#include <stddef.h>

struct nnp_rule;

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
 * nnp_rule_prepare - Prepare the rule as the system's file asks for it
 *
 * The rule in force does not change.
 *
 * @paths: Paths of exempt cgroups, which take the place of those of a former
 *         file.  What commands exempted stays exempt.  NULL if the file does not
 *         ask for the rule: then it is to end.  If a command asked for it
 *         as well, it stays in force without the paths.
 *
 * Return: to be released with nnp_rule_free(), or NULL with the error reported.
 */
struct nnp_rule *nnp_rule_prepare(const json_t *paths);

/**
 * nnp_rule_enforce - Put a prepared rule in force, or end it
 *
 * @rule: The rule.
 *
 * Return: 0, 1 if something ended, or -1 with the error reported.
 */
int nnp_rule_enforce(struct nnp_rule *rule);

/**
 * nnp_rule_free - Release a prepared rule, whether it is in force or not
 *
 * @rule: The rule, or NULL.
 */
void nnp_rule_free(struct nnp_rule *rule);

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
