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
 * others can change or that give privileges, formats that the kernel does not
 * execute, and private mounts of services that the rules do not reach.  Of its
 * rights: "refer".
 *
 * @policy: The policy.
 */
void advice_give(const struct policy *policy);

/**
 * advice_protocols - Warn of protocols like TCP that a policy does not control
 *
 * For what puts a policy in force without the BPF programs that keep these
 * protocols from the programs of policies.
 *
 * @policy: The policy.
 */
void advice_protocols(const struct policy *policy);

#endif /* EXECLOCK_ADVICE_H */
