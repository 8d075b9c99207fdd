/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Domains staged for the next execution
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_EXEC_H
#define _SECURITY_LANDLOCK_EXEC_H

#include <linux/init.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct bpf_landlock_ruleset;
struct landlock_cred_blob;
struct landlock_domain;
struct landlock_ruleset;

/**
 * LANDLOCK_STAGE_SELF - Owner of what a task stages for itself
 *
 * Other owners are BPF program IDs, which start from 1 and are positive
 * signed integers.  0 stands for a program that is losing its ID because it is
 * being freed.
 */
#define LANDLOCK_STAGE_SELF U32_MAX

/**
 * struct landlock_stage - What one owner wants enforced at the next execution
 */
struct landlock_stage {
	/**
	 * @ruleset: The ruleset that makes a new layer, or NULL if there is
	 * only no_new_privs to set.
	 */
	struct bpf_landlock_ruleset *ruleset;
	/**
	 * @domain: The finished result, up to and including this stage.  May
	 * be NULL if nothing so far makes a layer.
	 */
	struct landlock_domain *domain;
	/**
	 * @owner: Who staged this, see %LANDLOCK_STAGE_SELF.
	 */
	u32 owner;
	/**
	 * @flags: Subset of the landlock_restrict_self(2) flags: the log flags
	 * and %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS.
	 */
	u32 flags;
	/**
	 * @muted: Whether %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF applied to
	 * the owner when it staged this.
	 */
	bool muted;
};

/**
 * struct landlock_exec - All that is staged for the next execution
 *
 * Immutable once it is in a credential: staging makes a new one.  Everything
 * that can fail fails at that time, and the execution only has to take the
 * last stage's domain.
 */
struct landlock_exec {
	/**
	 * @usage: Number of credentials referring to this object.
	 */
	refcount_t usage;
	/**
	 * @num_stages: Number of entries in @stages, at least 1.
	 */
	u32 num_stages;
	/**
	 * @stages: What BPF programs staged, in the order in which each of
	 * them first did, then what the task staged for itself.
	 */
	struct landlock_stage stages[] __counted_by(num_stages);
};

void landlock_put_exec(struct landlock_exec *const exec);

static inline void landlock_get_exec(struct landlock_exec *const exec)
{
	if (exec)
		refcount_inc(&exec->usage);
}

int landlock_stage_exec(struct landlock_cred_blob *const blob,
			const u32 owner,
			struct bpf_landlock_ruleset *const ruleset,
			const u32 flags);

int landlock_restage_exec(struct landlock_cred_blob *const blob);

int landlock_stage_self(struct landlock_ruleset *const ruleset,
			const u32 flags);

__init void landlock_add_exec_hooks(void);

#endif /* _SECURITY_LANDLOCK_EXEC_H */
