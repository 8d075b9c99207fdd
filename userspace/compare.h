/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What policies allow, and how they relate to each other
 */

#ifndef EXECLOCK_COMPARE_H
#define EXECLOCK_COMPARE_H

#include <stdbool.h>

#include "policy.h"

/**
 * compare_allowed - What a policy allows for a file
 *
 * @policy: The policy.
 * @path: Absolute path of the file, without symbolic links.
 *
 * Return: the rights for files that the rules give, and those that the policy
 * does not deny anywhere.
 */
__u64 compare_allowed(const struct policy *policy, const char *path);

/**
 * compare_beneath - Whether a path is at or below another one
 *
 * @path: The path.
 * @directory: The other one.
 *
 * Return: true if so.
 */
bool compare_beneath(const char *path, const char *directory);

/**
 * compare_redundant - Whether a policy adds nothing to another one
 *
 * @policy: The policy.
 * @other: The other one.
 *
 * Return: true if @other is applied whenever @policy is, and denies whatever
 * @policy denies.
 */
bool compare_redundant(const struct policy *policy, const struct policy *other);

#endif /* EXECLOCK_COMPARE_H */
