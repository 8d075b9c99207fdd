// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Domains staged for the next exec
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/binfmts.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/lsm_hooks.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/linux/landlock.h>

#include "common.h"
#include "cred.h"
#include "domain.h"
#include "exec.h"
#include "frozen.h"
#include "limits.h"
#include "setup.h"

#include <trace/events/landlock.h>

/* Flags of the whole stage, and not of one of its layers. */
#define EXEC_FLAGS                             \
	(LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS | \
	 LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF)

/* Flags that say how the denials of a layer are logged. */
#define LAYER_FLAGS                                 \
	(LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF | \
	 LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON)

/**
 * landlock_put_exec - Drop a reference to a stage
 *
 * @exec: The stage, or NULL.
 *
 * Can be called from an RCU callback, as hook_cred_free() does.
 */
void landlock_put_exec(struct landlock_exec *const exec)
{
	if (!exec || !refcount_dec_and_test(&exec->usage))
		return;

	landlock_put_domain_deferred(exec->domain);
	landlock_put_domain_deferred(exec->base);
	landlock_put_frozen(exec->self);
	kfree(exec);
}

DEFINE_FREE(landlock_put_exec, struct landlock_exec *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_exec(_T))

/* Copies all members but the domains.  Without @old, nothing is staged yet. */
static struct landlock_exec *copy_exec(const struct landlock_exec *const old,
				       const gfp_t gfp)
{
	struct landlock_exec *const new = kzalloc_obj(*new, gfp);

	if (!new)
		return ERR_PTR(-ENOMEM);

	if (old) {
		*new = *old;
		new->base = NULL;
		new->domain = NULL;
		landlock_get_frozen(new->self);
	}
	refcount_set(&new->usage, 1);
	return new;
}

/*
 * Makes the final domain, from @base and the ruleset that the task staged for
 * itself.
 */
static int finish_exec(struct landlock_exec *const exec, const gfp_t gfp)
{
	struct landlock_domain *domain = exec->base;

	if (!exec->self) {
		landlock_get_domain(domain);
	} else {
		domain = landlock_create_domain(domain, exec->self,
						exec->self_flags,
						exec->self_muted, gfp);
		if (IS_ERR(domain))
			return PTR_ERR(domain);

		exec->exec_layers |= BIT(domain->num_layers - 1);
	}
	exec->domain = domain;
	return 0;
}

/*
 * Tells if landlock_create_domain() would set the same log configuration for
 * @flags, without being muted.
 */
static bool has_log_flags(const struct landlock_hierarchy *const hierarchy,
			  const u32 flags)
{
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	const bool same = !(flags & LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF);
	const bool new = flags & LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;
	const bool off = READ_ONCE(hierarchy->log_status) ==
			 LANDLOCK_LOG_DISABLED;

	return hierarchy->log_same_exec == same &&
	       hierarchy->log_new_exec == new && off == (!same && !new);
#else /* CONFIG_SECURITY_LANDLOCK_LOG */
	return true;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
}

/*
 * Finds the layer that another layer of @frozen would only repeat: the new
 * layer would deny nothing more.  Without this, a program that executes itself
 * would run out of layers, and so would two programs that execute one another.
 *
 * Scopes separate a domain from its parents.  So a layer with scopes repeats
 * another one only if the youngest layer has these scopes: the domain, which
 * this youngest layer stands for, is then already as separate from its parents
 * as it can be.
 *
 * Returns the index of the layer, or -1.
 */
static int find_layer(const struct landlock_domain *const domain,
		      const struct landlock_frozen *const frozen,
		      const u32 flags)
{
	const struct landlock_hierarchy *hierarchy;
	int i;

	if (!domain)
		return -1;

	i = domain->num_layers - 1;
	if (!access_mask_subset(frozen->enforced_masks.scope,
				landlock_get_scope_mask(domain, i)))
		return -1;

	for (hierarchy = domain->hierarchy; i >= 0; i--) {
		if (domain->layers[i] == frozen &&
		    has_log_flags(hierarchy, flags))
			return i;

		hierarchy = hierarchy->parent;
	}
	return -1;
}

/* Completes @exec->base, which is @below plus the layer of @frozen, if any. */
static int add_layer(struct landlock_exec *const exec,
		     struct landlock_domain *const below,
		     struct landlock_frozen *const frozen, const u32 flags,
		     const gfp_t gfp)
{
	const int layer = frozen ? find_layer(below, frozen, flags) : -1;
	struct landlock_domain *base = below;

	if (!frozen || layer >= 0) {
		landlock_get_domain(base);
	} else {
		base = landlock_create_domain(below, frozen, flags, false, gfp);
		if (IS_ERR(base))
			return PTR_ERR(base);
	}
	exec->base = base;
	if (frozen)
		exec->exec_layers |= BIT(layer >= 0 ? layer :
						      base->num_layers - 1);
	return 0;
}

/*
 * Stages on behalf of the system: the task that executes neither decides nor
 * pays.
 */
static int stage_bpf(struct landlock_cred_blob *const blob,
		     struct landlock_frozen *const frozen, const u32 flags)
{
	struct landlock_exec *const old = blob->exec;
	struct landlock_exec *new __free(landlock_put_exec) =
		copy_exec(old, GFP_KERNEL);
	int err;

	BUILD_BUG_ON(BITS_PER_TYPE(new->exec_layers) < LANDLOCK_MAX_NUM_LAYERS);
	if (IS_ERR(new))
		return PTR_ERR(new);

	new->flags |= flags & EXEC_FLAGS;
	/* A new layer takes the place and the bit of @self's layer. */
	err = add_layer(new, old ? old->base : blob->security.domain, frozen,
			flags, GFP_KERNEL);
	if (!err)
		err = finish_exec(new, GFP_KERNEL);
	if (err)
		return err;

	blob->exec = no_free_ptr(new);
	landlock_put_exec(old);
	return 0;
}

/**
 * landlock_stage_bprm - Stage a ruleset, no_new_privs, or both for an exec
 *
 * @bprm: The exec, before its point of no return.
 * @frozen: The frozen ruleset, or NULL to only stage no_new_privs.  The caller
 *          keeps its reference.
 * @flags: Any of %LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF,
 *         %LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON,
 *         %LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF, and
 *         %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS.
 *
 * This is for callers that decide about an exec on behalf of the system, and
 * not for the task that executes.  It only adds: layers are enforced in the
 * order in which they are staged, before the layer that the task staged for
 * itself.  A layer that is there already, with the same log flags, is not added
 * again.  If the exec fails, it drops these layers.
 *
 * No memory is charged to the task's memory cgroup: a task's memory limit must
 * not make its confinement fail.
 *
 * Return: 0 on success.  On error, this call stages nothing and leaves the
 * stage unchanged.  Possible returned errors are:
 *
 * - %-EOPNOTSUPP: Landlock is supported by the kernel but disabled at boot
 *   time;
 * - %-EINVAL: unknown or unsupported flag in @flags, or no ruleset and no
 *   %LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
 * - %-E2BIG: the maximum number of layers would be exceeded;
 * - %-ENOMEM.
 */
int landlock_stage_bprm(struct linux_binprm *const bprm,
			struct landlock_frozen *const frozen, const u32 flags)
{
	if (!landlock_initialized)
		return -EOPNOTSUPP;

	if (flags & ~(LAYER_FLAGS | EXEC_FLAGS))
		return -EINVAL;

	if (!frozen && !(flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS))
		return -EINVAL;

	return stage_bpf(landlock_cred_blob(bprm->cred), frozen, flags);
}

/*
 * Stages @frozen in place of the ruleset that the task staged before, if any.
 */
static int stage_self(struct landlock_cred_blob *const blob,
		      struct landlock_frozen *const frozen, const u32 flags)
{
	struct landlock_exec *new __free(landlock_put_exec) =
		copy_exec(NULL, GFP_KERNEL_ACCOUNT);
	int err;

	if (IS_ERR(new))
		return PTR_ERR(new);

	landlock_get_frozen(frozen);
	new->self = frozen;
	new->self_flags = flags;
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/*
	 * The task's own configuration is for its own sandboxes: it must not
	 * mute the logs of the layers that BPF programs stage.
	 */
	new->self_muted = blob->security.log_subdomains_off;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	new->base = blob->security.domain;
	landlock_get_domain(new->base);
	err = finish_exec(new, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;

	landlock_put_exec(blob->exec);
	blob->exec = no_free_ptr(new);
	return 0;
}

/**
 * landlock_stage_self - Stage a ruleset for the current task
 *
 * @frozen: The frozen ruleset.  The caller keeps its reference.
 * @flags: Flags of landlock_restrict_self(2), already checked.
 *
 * Return: 0 on success, %-E2BIG if there would be too many layers, or
 * %-ENOMEM.
 */
int landlock_stage_self(struct landlock_frozen *const frozen, const u32 flags)
{
	struct cred *const new_cred = prepare_creds();
	int err;

	if (!new_cred)
		return -ENOMEM;

	err = stage_self(landlock_cred_blob(new_cred), frozen, flags);
	if (err) {
		abort_creds(new_cred);
		return err;
	}
	return commit_creds(new_cred);
}

/**
 * landlock_restage_exec - Put the stage on top of a new domain
 *
 * @blob: Landlock part of credentials that a task prepared for itself, that no
 *        other task uses yet, and that just got a new domain.
 *
 * Return: 0 on success, %-E2BIG if there would be too many layers, or %-ENOMEM.
 * On error, the stage is unchanged and does not fit the new domain: the caller
 * must drop the credentials.
 */
int landlock_restage_exec(struct landlock_cred_blob *const blob)
{
	struct landlock_exec *const old = blob->exec;
	struct landlock_exec *new __free(landlock_put_exec) = NULL;
	int err;

	if (!old)
		return 0;

	new = copy_exec(old, GFP_KERNEL_ACCOUNT);
	if (IS_ERR(new))
		return PTR_ERR(new);

	new->exec_layers = 0;
	new->base = blob->security.domain;
	landlock_get_domain(new->base);
	err = finish_exec(new, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;

	blob->exec = no_free_ptr(new);
	landlock_put_exec(old);
	return 0;
}

/*
 * Enforces the stage.  This is past the point of no return, so nothing here can
 * fail: no allocation, no check, only references that change hands.
 *
 * @bprm->cred are the credentials that this exec will commit, and no other task
 * can see them yet.  Without a call of this function, the task's own
 * credentials keep their stage, and the credentials of a failed exec are freed
 * with their stage.
 */
static void enforce_exec(const struct linux_binprm *const bprm)
{
	struct landlock_cred_blob *const blob = landlock_cred_blob(bprm->cred);
	struct landlock_cred_security *const llcred = &blob->security;
	struct landlock_exec *const exec = blob->exec;
	struct landlock_domain *const prev = llcred->domain;
	const u32 flags = exec->flags | exec->self_flags;

	/*
	 * The privileges of this exec are already computed: from now on, the
	 * task gains no new ones.
	 */
	if (flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS)
		task_set_no_new_privs(current);

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/* These layers are for the program that starts now. */
	llcred->domain_exec = exec->exec_layers;
	if (flags & LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF)
		llcred->log_subdomains_off = true;
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	if (exec->domain != prev) {
		llcred->domain = exec->domain;
		landlock_get_domain(exec->domain);
		landlock_put_domain_deferred(prev);
		/* The other threads are gone. */
		trace_landlock_enforce_domain(exec->domain, true, true,
					      task_no_new_privs(current));
	}

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

#ifdef CONFIG_SECURITY_LANDLOCK_KUNIT_TEST

/*
 * The credentials of these tests belong to no task, and the rulesets have no
 * rules: the tests check the result of staging and not its enforcement.
 */

/* Rulesets with different handled access rights, to tell them apart. */
#define ACCESS_A LANDLOCK_ACCESS_FS_EXECUTE
#define ACCESS_B LANDLOCK_ACCESS_FS_READ_FILE
#define ACCESS_C LANDLOCK_ACCESS_FS_WRITE_FILE

static void put_frozen_action(void *const frozen)
{
	landlock_put_frozen(frozen);
}

static void put_blob_action(void *const data)
{
	const struct landlock_cred_blob *const blob = data;

	landlock_put_exec(blob->exec);
	landlock_put_domain(blob->security.domain);
}

static struct landlock_frozen *new_scoped(struct kunit *const test,
					  const access_mask_t access_fs,
					  const access_mask_t scope)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(access_fs, 0, scope);
	struct landlock_frozen *frozen;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	frozen = landlock_freeze_ruleset(ruleset);
	landlock_put_ruleset(ruleset);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_frozen_action,
						  frozen));
	return frozen;
}

static struct landlock_frozen *new_frozen(struct kunit *const test,
					  const access_mask_t access_fs)
{
	return new_scoped(test, access_fs, 0);
}

static struct landlock_cred_blob *new_blob(struct kunit *const test)
{
	struct landlock_cred_blob *const blob =
		kunit_kzalloc(test, sizeof(*blob), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, blob);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_blob_action, blob));
	return blob;
}

/* The domain that an exec would enforce. */
static struct landlock_domain *
result(const struct landlock_cred_blob *const blob)
{
	return blob->exec ? blob->exec->domain : blob->security.domain;
}

/* Commits as an exec does. */
static void commit(struct landlock_cred_blob *const blob)
{
	struct landlock_domain *const domain = result(blob);

	landlock_get_domain(domain);
	landlock_put_domain(blob->security.domain);
	blob->security.domain = domain;
	landlock_put_exec(blob->exec);
	blob->exec = NULL;
}

/* Restricts as landlock_restrict_self(2) does without EXECTIME. */
static void restrict_now(struct kunit *const test,
			 struct landlock_cred_blob *const blob,
			 struct landlock_frozen *const frozen, const bool muted)
{
	struct landlock_domain *const domain =
		landlock_create_domain(blob->security.domain, frozen, 0, muted,
				       GFP_KERNEL_ACCOUNT);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	landlock_put_domain(blob->security.domain);
	blob->security.domain = domain;
}

static void expect_layers(struct kunit *const test,
			  const struct landlock_cred_blob *const blob,
			  const access_mask_t *const layers, const u32 num)
{
	const struct landlock_domain *const domain = result(blob);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, num, domain->num_layers);
	for (u32 i = 0; i < num; i++)
		KUNIT_EXPECT_TRUE(test, layers[i] ==
						domain->layers[i]->handled_masks.fs);
}

#define EXPECT_LAYERS(test, blob, ...)                                   \
	do {                                                             \
		const access_mask_t layers[] = { __VA_ARGS__ };          \
									 \
		expect_layers(test, blob, layers, ARRAY_SIZE(layers)); \
	} while (0)

/*
 * Existing domain, then BPF programs, then the task itself, in any order of
 * calls.
 */
static void test_order(struct kunit *const test)
{
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_frozen *const c = new_frozen(test, ACCESS_C);
	struct landlock_cred_blob *const blob = new_blob(test);

	restrict_now(test, blob, c, false);
	KUNIT_ASSERT_EQ(test, 0, stage_self(blob, c, 0));
	EXPECT_LAYERS(test, blob, ACCESS_C, ACCESS_C);
	KUNIT_EXPECT_EQ(test, BIT(1), blob->exec->exec_layers);
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, b, 0));
	EXPECT_LAYERS(test, blob, ACCESS_C, ACCESS_B, ACCESS_C);
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_C, ACCESS_B, ACCESS_A, ACCESS_C);
	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(2) | BIT(3),
			blob->exec->exec_layers);
}

/* A task replaces only the ruleset that it staged for itself. */
static void test_self_again(struct kunit *const test)
{
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const parent = new_blob(test);
	struct landlock_cred_blob *const child = new_blob(test);

	KUNIT_ASSERT_EQ(test, 0, stage_self(parent, a, 0));
	landlock_cred_copy(child, parent);
	KUNIT_EXPECT_PTR_EQ(test, result(parent), result(child));

	/*
	 * Staging the same ruleset again makes a domain that the child does not
	 * share.
	 */
	KUNIT_ASSERT_EQ(test, 0, stage_self(parent, a, 0));
	EXPECT_LAYERS(test, parent, ACCESS_A);
	KUNIT_EXPECT_PTR_NE(test, result(parent), result(child));

	KUNIT_ASSERT_EQ(test, 0, stage_self(parent, b, 0));
	EXPECT_LAYERS(test, parent, ACCESS_B);
	EXPECT_LAYERS(test, child, ACCESS_A);
	/* One for the test, the others for the child and its domain. */
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&a->usage));
}

static void test_repeated_layer(struct kunit *const test)
{
	const u32 log_flag = LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const blob = new_blob(test);
	const struct landlock_domain *domain;

	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, b, 0));
	domain = result(blob);

	/* In the same exec, and in all later ones. */
	for (u32 i = 0; i < 2 * LANDLOCK_MAX_NUM_LAYERS; i++) {
		KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
		KUNIT_EXPECT_PTR_EQ(test, domain, result(blob));
		KUNIT_EXPECT_TRUE(test, blob->exec->exec_layers & BIT(0));
		KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, b, 0));
		KUNIT_EXPECT_PTR_EQ(test, domain, result(blob));
		commit(blob);
	}
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_B);

#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	/* A layer with other log flags is another layer. */
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, log_flag));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, log_flag));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_B, ACCESS_A);
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	/*
	 * A ruleset that a task stages for itself is always a layer of its own.
	 */
	commit(blob);
	KUNIT_ASSERT_EQ(test, 0, stage_self(blob, a, log_flag));
	KUNIT_EXPECT_PTR_NE(test, blob->security.domain, result(blob));
}

#ifdef CONFIG_SECURITY_LANDLOCK_LOG

/* A layer that the task muted does not replace a layer that it may not mute. */
static void test_muted_layer(struct kunit *const test)
{
	const u32 flag = LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF;
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const blob = new_blob(test);

	restrict_now(test, blob, a, true);
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_A);

	/* These logs are off as requested. */
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, flag));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, flag));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_A, ACCESS_A);
}

#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

/* Scopes are about the domain, which must be separate from its parents. */
static void test_repeated_scope(struct kunit *const test)
{
	struct landlock_frozen *const a =
		new_scoped(test, ACCESS_A, LANDLOCK_SCOPE_SIGNAL);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_frozen *const c =
		new_scoped(test, ACCESS_C, LANDLOCK_MASK_SCOPE);
	struct landlock_cred_blob *const blob = new_blob(test);

	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A);

	/* The domain of B is not separate from the domain of A. */
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, b, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_B, ACCESS_A);

	/*
	 * The domain of C is, for all scopes of A, but not the other way round.
	 */
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, c, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_B, ACCESS_A, ACCESS_C);
	commit(blob);
	restrict_now(test, blob, a, false);
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, c, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A, ACCESS_B, ACCESS_A, ACCESS_C,
		      ACCESS_A, ACCESS_C);
}

static void test_no_new_privs_only(struct kunit *const test)
{
	const u32 flag = LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const blob = new_blob(test);

	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, NULL, flag));
	KUNIT_ASSERT_NOT_NULL(test, blob->exec);
	KUNIT_EXPECT_NULL(test, result(blob));

	/* The staged flag stays. */
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(blob, a, 0));
	EXPECT_LAYERS(test, blob, ACCESS_A);
	KUNIT_EXPECT_EQ(test, flag, blob->exec->flags);
}

static void test_layer_limit(struct kunit *const test)
{
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_cred_blob *const blob = new_blob(test);
	const struct landlock_exec *exec;

	KUNIT_ASSERT_EQ(test, 0, stage_self(blob, a, 0));
	for (u32 i = 1; i < LANDLOCK_MAX_NUM_LAYERS; i++)
		KUNIT_ASSERT_EQ(test, 0,
				stage_bpf(blob, new_frozen(test, ACCESS_B), 0));

	exec = blob->exec;
	KUNIT_EXPECT_EQ(test, LANDLOCK_MAX_NUM_LAYERS,
			result(blob)->num_layers);
	KUNIT_EXPECT_EQ(test, U16_MAX, exec->exec_layers);
	KUNIT_EXPECT_EQ(test, -E2BIG,
			stage_bpf(blob, new_frozen(test, ACCESS_C), 0));
	KUNIT_EXPECT_PTR_EQ(test, exec, blob->exec);

	/* There is room for a repeated layer, but for no other. */
	KUNIT_EXPECT_EQ(test, 0, stage_bpf(blob, result(blob)->layers[0], 0));
	commit(blob);
	KUNIT_EXPECT_EQ(test, 0, stage_bpf(blob, a, 0));
	KUNIT_EXPECT_EQ(test, -E2BIG, stage_self(blob, a, 0));
}

static void test_restage(struct kunit *const test)
{
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const blob = new_blob(test);
	struct landlock_exec *exec;

	KUNIT_ASSERT_EQ(test, 0, landlock_restage_exec(blob));
	KUNIT_EXPECT_NULL(test, blob->exec);

	KUNIT_ASSERT_EQ(test, 0, stage_self(blob, a, 0));
	for (u32 i = 1; i < LANDLOCK_MAX_NUM_LAYERS; i++) {
		restrict_now(test, blob, b, false);
		KUNIT_ASSERT_EQ(test, 0, landlock_restage_exec(blob));
		KUNIT_ASSERT_EQ(test, i + 1, result(blob)->num_layers);
		KUNIT_EXPECT_PTR_EQ(test, a, result(blob)->layers[i]);
		KUNIT_EXPECT_EQ(test, BIT(i), blob->exec->exec_layers);
	}

	/* There is no room for one more layer below the stage. */
	exec = blob->exec;
	restrict_now(test, blob, b, false);
	KUNIT_EXPECT_EQ(test, -E2BIG, landlock_restage_exec(blob));
	KUNIT_EXPECT_PTR_EQ(test, exec, blob->exec);
}

/* Layers refer to the same rules, wherever they are. */
static void test_shared_layers(struct kunit *const test)
{
	struct landlock_frozen *const a = new_frozen(test, ACCESS_A);
	struct landlock_frozen *const b = new_frozen(test, ACCESS_B);
	struct landlock_cred_blob *const one = new_blob(test);
	struct landlock_cred_blob *const two = new_blob(test);

	KUNIT_ASSERT_EQ(test, 0, stage_bpf(one, a, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(two, b, 0));
	KUNIT_ASSERT_EQ(test, 0, stage_bpf(two, a, 0));
	commit(one);
	commit(two);
	KUNIT_EXPECT_PTR_EQ(test, a, one->security.domain->layers[0]);
	KUNIT_EXPECT_PTR_EQ(test, a, two->security.domain->layers[1]);
	/* One for the test, and one for each domain. */
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&a->usage));
	kunit_release_action(test, put_blob_action, two);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&a->usage));
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&b->usage));
}

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_order),
	KUNIT_CASE(test_self_again),
	KUNIT_CASE(test_repeated_layer),
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	KUNIT_CASE(test_muted_layer),
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	KUNIT_CASE(test_repeated_scope),
	KUNIT_CASE(test_no_new_privs_only),
	KUNIT_CASE(test_layer_limit),
	KUNIT_CASE(test_restage),
	KUNIT_CASE(test_shared_layers),
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_exec",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);

#endif /* CONFIG_SECURITY_LANDLOCK_KUNIT_TEST */
