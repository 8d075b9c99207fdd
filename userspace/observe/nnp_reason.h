/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Sources of privileges that were denied
 */

#ifndef EXECLOCK_NNP_REASON_H
#define EXECLOCK_NNP_REASON_H

#include "bpf/nnp.h"

/**
 * nnp_reason_name - Name a reason, as results do
 *
 * @reason: An &enum nnp_reason.
 *
 * Return: the name, or "unknown" if it is not an &enum nnp_reason.
 */
static inline const char *nnp_reason_name(__u64 reason)
{
	static const char *const names[NNP_REASONS] = {
		[NNP_USER] = "setUserId",
		[NNP_GROUP] = "setGroupId",
		[NNP_CAPABILITIES] = "capabilities",
	};

	return reason < NNP_REASONS ? names[reason] : "unknown";
}

#endif /* EXECLOCK_NNP_REASON_H */
