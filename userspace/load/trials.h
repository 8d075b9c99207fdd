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
 * @trials: Set to the number of the latter.
 *
 * Return: 0, or -1 with the error reported.
 */
int trials_alone(size_t *trials);

/**
 * trials_of_other_build - Find the trials that a load cannot carry over
 *
 * Another build of execlock loaded the set in force, so a load ends it as a whole.
 *
 * Return: an array of objects as trials_describe() returns it, which is empty for
 * a set of this build, or null if this build cannot read the set.
 */
json_t *trials_of_other_build(void);

/**
 * trials_report_ended - Warn of these trials, once they ended
 *
 * @ended: What trials_of_other_build() returned before.
 */
void trials_report_ended(const json_t *ended);

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
