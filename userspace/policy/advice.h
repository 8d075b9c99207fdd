/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What a policy does not do, although it may seem so
 */

#ifndef EXECLOCK_ADVICE_H
#define EXECLOCK_ADVICE_H

#include "policy.h"

/**
 * advice_give - Warn of what a policy does less than it seems
 *
 * Of what it is for: links to programs that have several names, files that others
 * can change or that give privileges, and what the kernel does not execute.  Of
 * its rules: what they do not reach in the services that it is for, file systems
 * on which they may not last, and what no right is about.
 *
 * @policy: The policy.
 */
void advice_give(const struct policy *policy);

#endif /* EXECLOCK_ADVICE_H */
