/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Whether a policy sets no_new_privs
 */

#ifndef EXECLOCK_LIMIT_H
#define EXECLOCK_LIMIT_H

#include "kernel_types.h"

#include <linux/capability.h>
#include <stdbool.h>

#include "execlock.h"
#include "landlock_rights.h"

/*
 * Whether a policy says that no_new_privs is set.  With "auto", it is unless the
 * task administers the system: else a user would choose, among the programs
 * that have a policy, the domain in which a set-user-ID program runs.
 */
static __always_inline bool limits(enum execlock_nnp nnp,
				   const struct cred *cred)
{
	const bool administers =
		!cred->user_ns->level &&
		cred->cap_effective.val & 1ULL << CAP_SYS_ADMIN;

	return nnp == EXECLOCK_NNP_ALWAYS ||
	       (nnp == EXECLOCK_NNP_AUTO && !administers);
}

/* Returns the flags to stage a policy with.  A permissive one limits nothing. */
static __always_inline __u32 limit_flags(__u32 flags, enum execlock_nnp nnp,
					 const struct cred *cred)
{
	if (flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE || !limits(nnp, cred))
		return flags;
	return flags | LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
}

#endif /* EXECLOCK_LIMIT_H */
