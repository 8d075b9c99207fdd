/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What a policy asks for and a command cannot do
 */

#ifndef EXECLOCK_UNFIT_H
#define EXECLOCK_UNFIT_H

#include "policy.h"

/**
 * unfit_exec_nnp - Refuse a policy that denies new privileges to the exec alone
 *
 * A policy must not be enforced in part without a word.
 *
 * @policy: The policy.
 * @command: The command, for the message.
 *
 * Return: 0 if the policy does not, or -1 with the error reported.
 */
int unfit_exec_nnp(const struct policy *policy, const char *command);

#endif /* EXECLOCK_UNFIT_H */
