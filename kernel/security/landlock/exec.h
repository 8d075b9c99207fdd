/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Domains staged for the next exec
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_EXEC_H
#define _SECURITY_LANDLOCK_EXEC_H

#include <linux/init.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct landlock_cred_blob;
struct landlock_domain;
struct landlock_frozen;
struct landlock_policy;
struct linux_binprm;

/**
 * struct landlock_exec - Stage of the next exec
 *
 * Immutable once it is in a credential: staging makes a new one.  All errors
 * occur at that time, and the exec only has to take @domain.
 *
 * Layers that BPF programs stage are only in the credentials of an exec.  The
 * layer that a task staged for itself is in its own credentials, and in those
 * of the exec.
 */
struct landlock_exec {
	/**
	 * @usage: Number of credentials referring to this object.
	 */
	refcount_t usage;
	/**
	 * @flags: Flags that BPF programs staged beside layers:
	 * %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS and
	 * %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF.
	 */
	u32 flags;
	/**
	 * @self_flags: Flags of landlock_restrict_self(2) with which the task
	 * staged @self.
	 */
	u32 self_flags;
	/**
	 * @exec_layers: Bitmask of the layers of @domain that this exec
	 * enforces, cf. &landlock_cred_security.domain_exec.
	 */
	u16 exec_layers;
	/**
	 * @self_muted: Whether %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF
	 * applied to the task when it staged @self.
	 */
	bool self_muted;
	/**
	 * @self: The ruleset that the task staged for itself, or NULL.
	 */
	struct landlock_frozen *self;
	/**
	 * @base: The credentials' domain plus the layers that BPF programs
	 * staged, or NULL if there is neither.
	 */
	struct landlock_domain *base;
	/**
	 * @domain: The finished result: @base plus the layer of @self.
	 */
	struct landlock_domain *domain;
};

void landlock_put_exec(struct landlock_exec *const exec);

static inline void landlock_get_exec(struct landlock_exec *const exec)
{
	if (exec)
		refcount_inc(&exec->usage);
}

int landlock_stage_bprm(struct linux_binprm *const bprm,
			struct landlock_frozen *const frozen, const u32 flags);

int landlock_stage_policy(struct linux_binprm *const bprm,
			  struct landlock_policy *const policy,
			  const u32 flags);

int landlock_stage_self(struct landlock_frozen *const frozen, const u32 flags);

int landlock_restage_exec(struct landlock_cred_blob *const blob);

__init void landlock_add_exec_hooks(void);

#endif /* _SECURITY_LANDLOCK_EXEC_H */
