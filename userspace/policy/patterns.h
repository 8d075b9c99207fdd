/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Paths of rules whose last component stands for several names
 */

#ifndef EXECLOCK_PATTERNS_H
#define EXECLOCK_PATTERNS_H

#include <jansson.h>
#include <stdbool.h>

#include "policy.h"

/** PATTERN_MATCHES - So many names one path stands for at most */
#define PATTERN_MATCHES 10000

/**
 * pattern_matches - Tell whether a name matches a pattern
 *
 * "*" in the pattern stands for any characters, but not for the dot at the
 * beginning of a name.
 *
 * @pattern: The pattern.
 * @name: The name.
 *
 * Return: true if so.
 */
bool pattern_matches(const char *pattern, const char *name);

/**
 * pattern_expand - Add a rule for each name that a pattern stands for now
 *
 * No name is treated like a missing path.
 *
 * @policy: The policy.
 * @pattern: One of its patterns; nothing is done if it was expanded before.
 * @relative: Whether paths may be relative to the working directory.
 *
 * Return: as ruleset_create().
 */
int pattern_expand(struct policy *policy, struct path_pattern *pattern,
		   bool relative);

/**
 * patterns_list - List how many names the patterns of policies stand for
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 *
 * Return: an array of objects, for the result of a command.
 */
json_t *patterns_list(const struct policy *policies, size_t count);

/**
 * patterns_print - Print how many names the patterns of policies stand for
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 */
void patterns_print(const struct policy *policies, size_t count);

#endif /* EXECLOCK_PATTERNS_H */
