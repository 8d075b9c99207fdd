/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Put policies and the system's file in force, or end both
 */

#ifndef EXECLOCK_COMMIT_H
#define EXECLOCK_COMMIT_H

#include <stddef.h>

#include "loader.h"
#include "verify.h"

/**
 * commit_set - Put a verified set and its system's file in force
 *
 * They take the place of all that was loaded before.  The steps that are likely
 * to fail come before one of them is in force.
 *
 * @loader: Where all rulesets of the set are stored.
 * @set: The set.
 * @trials: Set to the number of policies that stay on trial.
 *
 * Return: 0, or -1 with the error reported.
 */
int commit_set(struct loader *loader, const struct verified *set,
	       size_t *trials);

/**
 * commit_nothing - End all that was loaded
 *
 * Return: 1 if something was in force, 0 if not, or -1 with the error reported.
 */
int commit_nothing(void);

#endif /* EXECLOCK_COMMIT_H */
