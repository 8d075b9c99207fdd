/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Rules that have less effect than they seem to
 */

#ifndef EXECLOCK_ADVICE_RULES_H
#define EXECLOCK_ADVICE_RULES_H

#include "compare.h"

/**
 * advice_rules - Warn of rules on files that have less effect than they seem to
 *
 * Rules beneath another one of the policy that has their rights already, rules on
 * file systems or in directories of processes where they may not last, on the
 * layers of an overlayfs, and on directories that a mount will hide.
 *
 * @compared: The policy; rules that were left out are not looked at.
 */
void advice_rules(const struct compared *compared);

#endif /* EXECLOCK_ADVICE_RULES_H */
