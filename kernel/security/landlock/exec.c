// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Domains staged for the next execution
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/binfmts.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/lsm_hooks.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/linux/landlock.h>

#include "cred.h"
#include "domain.h"
#include "exec.h"
#include "frozen.h"
#include "setup.h"

#include <trace/events/landlock.h>

static void free_exec(struct landlock_exec *const exec)
{
	for (u32 i = 0; i < exec->num_stages; i++) {
		landlock_put_frozen(exec->stages[i].ruleset);
		landlock_put_domain_deferred(exec->stages[i].domain);
	}
	kfree(exec);
}

/**
 * landlock_put_exec - Drop a reference to a stage
 *
 * @exec: What is staged, or NULL.
 *
 * Can be called from an RCU callback, as hook_cred_free() does.
 */
void landlock_put_exec(struct landlock_exec *const exec)
{
	if (exec && refcount_dec_and_test(&exec->usage))
		free_exec(exec);
}

DEFINE_FREE(landlock_put_exec, struct landlock_exec *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_exec(_T))

static struct landlock_exec *alloc_exec(const u32 num_stages)
{
	struct landlock_exec *exec;

	exec = kzalloc_flex(*exec, stages, num_stages, GFP_KERNEL_ACCOUNT);
	if (!exec)
		return ERR_PTR(-ENOMEM);

	refcount_set(&exec->usage, 1);
	exec->num_stages = num_stages;
	return exec;
}

/* Whether both stages ask for the same thing. */
static bool is_same_stage(const struct landlock_stage *const a,
			  const struct landlock_stage *const b)
{
	return a->ruleset == b->ruleset && a->flags == b->flags &&
	       a->muted == b->muted;
}

/*
 * Whether the stage @pos only repeats a layer.  Two policies may well come to
 * the same ruleset, and a second layer would deny nothing more.
 */
static bool is_repeated_layer(const struct landlock_exec *const exec,
			      const u32 pos)
{
	const struct landlock_stage *const stage = &exec->stages[pos];
	const u32 log_flags = LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF |
			      LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;

	for (u32 i = 0; i < pos; i++) {
		const struct landlock_stage *const prev = &exec->stages[i];

		if (prev->ruleset == stage->ruleset &&
		    prev->muted == stage->muted &&
		    !((prev->flags ^ stage->flags) & log_flags))
			return true;
	}
	return false;
}

/*
 * Finds where @stage goes: where the previous one of the same owner is, or
 * after all those that are to be enforced before it.  BPF programs that are
 * losing their ID cannot be told from one another: none of them takes the place
 * of what another staged, unless it is the same anyway.
 */
static u32 find_stage(const struct landlock_exec *const exec,
		      const struct landlock_stage *const stage,
		      bool *const found)
{
	u32 i;

	*found = false;
	if (!exec)
		return 0;

	for (i = 0; i < exec->num_stages; i++) {
		const struct landlock_stage *const this = &exec->stages[i];

		if (this->owner == stage->owner &&
		    (stage->owner || is_same_stage(this, stage))) {
			*found = true;
			break;
		}
		/* What the task staged for itself comes last. */
		if (this->owner == LANDLOCK_STAGE_SELF)
			break;
	}
	return i;
}

/* Completes the results from the stage @first, on top of those before it. */
static int finish_stages(struct landlock_exec *const exec, const u32 first,
			 struct landlock_domain *const base)
{
	struct landlock_domain *domain = first ? exec->stages[first - 1].domain :
						 base;

	for (u32 i = first; i < exec->num_stages; i++) {
		struct landlock_stage *const stage = &exec->stages[i];

		if (!stage->ruleset || is_repeated_layer(exec, i)) {
			landlock_get_domain(domain);
		} else {
			domain = landlock_merge_frozen(domain, stage->ruleset,
						       stage->flags,
						       stage->muted);
			if (IS_ERR(domain))
				return PTR_ERR(domain);
		}
		stage->domain = domain;
	}
	return 0;
}

/* Copies everything but the result. */
static void copy_stage(struct landlock_stage *const dst,
		       const struct landlock_stage *const src)
{
	*dst = *src;
	dst->domain = NULL;
	landlock_get_frozen(dst->ruleset);
}

/*
 * Makes a copy of @old in which @stage is at @pos, either new or instead of
 * the previous one.  The results that do not depend on @stage are kept.
 */
static struct landlock_exec *
update_exec(const struct landlock_exec *const old, const u32 pos,
	    const bool replace, const struct landlock_stage *const stage,
	    struct landlock_domain *const base)
{
	const u32 old_num = old ? old->num_stages : 0;
	struct landlock_exec *new __free(landlock_put_exec) =
		alloc_exec(replace ? old_num : old_num + 1);
	int err;

	if (IS_ERR(new))
		return new;

	for (u32 i = 0; i < pos; i++) {
		copy_stage(&new->stages[i], &old->stages[i]);
		new->stages[i].domain = old->stages[i].domain;
		landlock_get_domain(new->stages[i].domain);
	}
	copy_stage(&new->stages[pos], stage);
	for (u32 i = pos + 1; i < new->num_stages; i++)
		copy_stage(&new->stages[i],
			   &old->stages[replace ? i : i - 1]);

	err = finish_stages(new, pos, base);
	if (err)
		return ERR_PTR(err);

	return no_free_ptr(new);
}

/**
 * landlock_stage_exec - Stage a ruleset, no_new_privs, or both
 *
 * @blob: Landlock part of credentials that nobody else uses yet: those of an
 *        execution, or those that a task prepared for itself.
 * @owner: Who stages.  A previous stage of the same owner is replaced, and
 *         keeps its place.
 * @ruleset: The frozen ruleset, or NULL to only stage no_new_privs.  A
 *           reference is taken.
 * @flags: Log flags and %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS, already checked.
 *
 * The result, on top of @blob's current domain and with what the others
 * staged, is finished here.  On error, what was staged is unchanged.
 *
 * Return: 0 on success, %-E2BIG if there would be too many layers, or
 * %-ENOMEM.
 */
int landlock_stage_exec(struct landlock_cred_blob *const blob,
			const u32 owner,
			struct bpf_landlock_ruleset *const ruleset,
			const u32 flags)
{
	struct landlock_exec *const old = blob->exec;
	struct landlock_stage stage = {
		.ruleset = ruleset,
		.owner = owner,
		.flags = flags,
	};
	struct landlock_exec *new;
	bool replace;
	u32 pos;

	might_sleep();

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/*
	 * A task can mute the domains that it creates, but not those that the
	 * administrator's programs pick for it.
	 */
	stage.muted = owner == LANDLOCK_STAGE_SELF &&
		      blob->security.log_subdomains_off;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	pos = find_stage(old, &stage, &replace);
	/*
	 * What a task staged for itself may have been inherited, or enforced by
	 * a child: staging it again makes a domain that is not theirs.
	 */
	if (replace && owner != LANDLOCK_STAGE_SELF &&
	    is_same_stage(&old->stages[pos], &stage))
		return 0;

	new = update_exec(old, pos, replace, &stage, blob->security.domain);
	if (IS_ERR(new))
		return PTR_ERR(new);

	blob->exec = new;
	landlock_put_exec(old);
	return 0;
}

/**
 * landlock_restage_exec - Put what is staged on top of a new domain
 *
 * @blob: Landlock part of credentials that nobody else uses yet, which just got
 *        a new domain.
 *
 * Return: 0 on success, %-E2BIG if there would be too many layers, or
 * %-ENOMEM.  On error, what was staged is unchanged and does not fit the new
 * domain: the caller must drop the credentials.
 */
int landlock_restage_exec(struct landlock_cred_blob *const blob)
{
	struct landlock_exec *const old = blob->exec;
	struct landlock_exec *new;

	if (!old)
		return 0;

	new = update_exec(old, 0, true, &old->stages[0],
			  blob->security.domain);
	if (IS_ERR(new))
		return PTR_ERR(new);

	blob->exec = new;
	landlock_put_exec(old);
	return 0;
}

/**
 * landlock_stage_self - Stage a ruleset for the current task
 *
 * @ruleset: The ruleset, of which a snapshot is taken.
 * @flags: Flags of landlock_restrict_self(2), already checked.
 *
 * Return: 0 on success, %-E2BIG if there would be too many layers, or
 * %-ENOMEM.
 */
int landlock_stage_self(struct landlock_ruleset *const ruleset,
			const u32 flags)
{
	struct bpf_landlock_ruleset *frozen __free(landlock_put_frozen) =
		landlock_freeze_ruleset(ruleset);
	struct cred *new_cred;
	int err;

	if (IS_ERR(frozen))
		return PTR_ERR(frozen);

	new_cred = prepare_creds();
	if (!new_cred)
		return -ENOMEM;

	err = landlock_stage_exec(landlock_cred_blob(new_cred),
				  LANDLOCK_STAGE_SELF, frozen,
				  flags & ~LANDLOCK_RESTRICT_SELF_EXECTIME);
	if (err) {
		abort_creds(new_cred);
		return err;
	}
	return commit_creds(new_cred);
}

/* Emits one event per enforced layer, from the oldest to the newest. */
static void trace_enforce(const struct landlock_exec *const exec,
			  const struct landlock_domain *prev)
{
	const struct landlock_domain *const last =
		exec->stages[exec->num_stages - 1].domain;

	for (u32 i = 0; i < exec->num_stages; i++) {
		const struct landlock_domain *const domain =
			exec->stages[i].domain;

		if (domain == prev)
			continue;

		/* The other threads are gone. */
		trace_landlock_enforce_domain(domain, domain == last, true,
					      task_no_new_privs(current));
		prev = domain;
	}
}

/*
 * Enforces what is staged.  This is past the point of no return, so nothing
 * here can fail: no allocation, no check, only references that change hands.
 *
 * @bprm->cred are the credentials that this execution will commit, and nobody
 * else can see them yet.  Credentials that do not get here keep what they
 * stage (the task's own) or are freed with it (those of a failed execution).
 */
static void enforce_exec(const struct linux_binprm *const bprm)
{
	struct landlock_cred_blob *const blob = landlock_cred_blob(bprm->cred);
	struct landlock_cred_security *const llcred = &blob->security;
	struct landlock_exec *const exec = blob->exec;
	struct landlock_domain *const prev = llcred->domain;
	u32 flags = 0;

	for (u32 i = 0; i < exec->num_stages; i++)
		flags |= exec->stages[i].flags;

	/*
	 * The privileges of this execution are already computed: from now on,
	 * there will be no new ones.
	 */
	if (flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS)
		task_set_no_new_privs(current);

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	if (flags & LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF)
		llcred->log_subdomains_off = true;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	llcred->domain = exec->stages[exec->num_stages - 1].domain;
	landlock_get_domain(llcred->domain);
	trace_enforce(exec, prev);
	landlock_put_domain_deferred(prev);

	blob->exec = NULL;
	landlock_put_exec(exec);
}

static void hook_bprm_committing_creds(const struct linux_binprm *const bprm)
{
	if (landlock_cred_blob(bprm->cred)->exec)
		enforce_exec(bprm);
}

static struct security_hook_list landlock_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bprm_committing_creds, hook_bprm_committing_creds),
};

__init void landlock_add_exec_hooks(void)
{
	security_add_hooks(landlock_hooks, ARRAY_SIZE(landlock_hooks),
			   &landlock_lsmid);
}
