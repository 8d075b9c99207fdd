/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Lower the capabilities in user namespaces of this process
 */

#ifndef EXECLOCK_USERNS_LOWER_H
#define EXECLOCK_USERNS_LOWER_H

struct policy;

/**
 * userns_lower - Have no other capabilities in user namespaces than a policy says
 *
 * All that this process creates and executes inherits this.
 *
 * @policy: The policy, which bounds these capabilities, for programs and for those
 *          that they execute alike.
 *
 * Return: 0, also if the policy does without on this kernel, or less than 0 with
 * the error reported.
 */
int userns_lower(struct policy *policy);

#endif /* EXECLOCK_USERNS_LOWER_H */
