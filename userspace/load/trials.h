/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The policies that are on trial
 */

#ifndef EXECLOCK_TRIALS_H
#define EXECLOCK_TRIALS_H

#include <jansson.h>
#include <stddef.h>

/**
 * trials_describe - Describe the policies that are on trial
 *
 * Return: an array of objects, or NULL with the error reported.
 */
json_t *trials_describe(void);

/**
 * trials_alone - End the enforcement of all policies but those on trial
 *
 * The caller has the lock.
 *
 * Return: 0, or -1 with the error reported.
 */
int trials_alone(void);

/**
 * trials_end - End trials
 *
 * All or nothing; other policies stay in force.
 *
 * @names: Names of policies.
 * @count: Their number; zero for all policies that are on trial.
 * @ended: The names of the policies are added to this array.
 *
 * Return: 0, or -1 with the error reported.
 */
int trials_end(char *const names[], size_t count, json_t *ended);

#endif /* EXECLOCK_TRIALS_H */
