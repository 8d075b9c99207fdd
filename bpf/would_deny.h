/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Data that the programs that count for permissive policies and
 * their loader share
 */

#ifndef EXECLOCK_WOULD_DENY_H
#define EXECLOCK_WOULD_DENY_H

#include "execlock.h"

/**
 * WOULD_DENY_RULESETS - The most rulesets for which is counted
 *
 * One for each policy of the set in force, and of the next one.
 */
#define WOULD_DENY_RULESETS (2 * EXECLOCK_POLICIES)

#endif /* EXECLOCK_WOULD_DENY_H */
