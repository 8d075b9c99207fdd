/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies that are tried before they are enforced
 */

#ifndef EXECLOCK_MODE_H
#define EXECLOCK_MODE_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct policy;

/**
 * mode_settle - Make a policy permissive that was parsed
 *
 * It then denies nothing: neither do its rules, nor an error while it is
 * applied.
 *
 * @policy: The policy.
 *
 * Return: 0, or -1 with the error reported, if it has nothing to be tried.
 */
int mode_settle(struct policy *policy);

/**
 * mode_try - Prepare a policy for "execlock trial"
 *
 * @policy: The policy, whatever mode its file says.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported, if it has nothing to be
 * tried.
 */
int mode_try(struct policy *policy);

/**
 * mode_check_kernel - Check that the kernel can do without enforcing a policy
 *
 * @policy: The policy.
 * @permissive: Whether the kernel has permissive layers.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int mode_check_kernel(const struct policy *policy, bool permissive);

/**
 * mode_warn - Warn of a policy that is not enforced
 *
 * @policy: The policy.
 */
void mode_warn(const struct policy *policy);

/**
 * mode_count - Count the policies that are permissive
 *
 * @policies: The policies.
 * @count: How many there are.
 *
 * Return: their number.
 */
size_t mode_count(const struct policy *policies, size_t count);

/**
 * mode_name - Get the name of the mode of a policy that was loaded
 *
 * @flags: Its flags in the BPF map.
 * @trial: Whether "execlock trial" put it in force.
 *
 * Return: the name, as in policies, or "trial".
 */
const char *mode_name(__u32 flags, bool trial);

/**
 * mode_is_permissive - Tell whether a policy is described that denies nothing
 *
 * @entry: Object whose member "mode" is the mode_name() of the policy.
 *
 * Return: true if so.
 */
bool mode_is_permissive(const json_t *entry);

#endif /* EXECLOCK_MODE_H */
