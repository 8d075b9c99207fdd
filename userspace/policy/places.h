/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which rules are for names in directories, for people and programs
 */

#ifndef EXECLOCK_PLACES_H
#define EXECLOCK_PLACES_H

#include <jansson.h>
#include <stddef.h>

#include "policy.h"

/**
 * places_list - List the rules of policies that are for names
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 *
 * Return: an array of objects, for the result of a command.
 */
json_t *places_list(const struct policy *policies, size_t count);

/**
 * places_print - Print which rules are for names that no file has
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 */
void places_print(const struct policy *policies, size_t count);

/**
 * places_print_rules - Print of each rule on files whether it is for a name
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 */
void places_print_rules(const struct policy *policies, size_t count);

/**
 * places_note - Report which rules are for names that no file has
 *
 * @policy: The policy, of which a ruleset was made.
 *
 * On standard error, for commands whose output is another program's.
 */
void places_note(const struct policy *policy);

#endif /* EXECLOCK_PLACES_H */
