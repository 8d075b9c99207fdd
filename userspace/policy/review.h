/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies that are never applied, or not as they seem to be
 */

#ifndef EXECLOCK_REVIEW_H
#define EXECLOCK_REVIEW_H

#include <stddef.h>

#include "policy.h"
#include "system_file.h"

/**
 * review - Warn of policies that are never applied, or not as they seem to be
 *
 * Policies that deny nothing; policies and their values that are never applied;
 * policies that add nothing to another one; files that a program needs to start
 * and must not read; rights that are left out; and the advice of advice_give().
 * None of this is an error.
 *
 * @policies: The policies, of which rulesets were made.
 * @count: Their number.
 * @abi: The Landlock ABI version that they are for.
 *
 * Return: 0, or -1 with the error reported, which is the system's.
 */
int review(const struct policy *policies, size_t count, int abi);

/**
 * review_system - Warn of exempt cgroups that are not there
 *
 * @system: The system's file, or zeroes.
 */
void review_system(const struct system_file *system);

#endif /* EXECLOCK_REVIEW_H */
