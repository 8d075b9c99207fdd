/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Gaps between a policy and its apparent effect
 */

#ifndef EXECLOCK_ADVICE_H
#define EXECLOCK_ADVICE_H

#include "policy.h"

/**
 * advice_give - Warn of gaps between a policy and its apparent effect
 *
 * Of its executables: links to programs that have several names, files that
 * others can change or that give privileges, and formats that the kernel does not
 * execute.  Of its rules: private mounts of its services that they do not reach,
 * file systems on which they may not last, and protocols that no right controls.
 *
 * @policy: The policy.
 */
void advice_give(const struct policy *policy);

#endif /* EXECLOCK_ADVICE_H */
