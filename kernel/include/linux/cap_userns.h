/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounds on capabilities in user namespaces
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _LINUX_CAP_USERNS_H
#define _LINUX_CAP_USERNS_H

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/securebits.h>
#include <linux/user_namespace.h>

#ifdef CONFIG_USER_NS_CAPS

extern kernel_cap_t cap_bound_userns_mask;

void cap_userns_set_bound(struct user_namespace *ns, const struct cred *creator);
kernel_cap_t cap_userns_entry(const struct cred *cred,
			      const struct user_namespace *ns);
int cap_userns_prctl(unsigned long op, unsigned long cap, unsigned long arg4,
		     unsigned long arg5);

/**
 * cap_userns_usable - Check a capability against the bounds of a user namespace
 *
 * @ns: The user namespace, not the initial one.
 * @cap: The capability.
 *
 * A write to the sysctl kernel.cap_bound_userns_mask acts at the next check.
 *
 * Return: True if @cap can be used over @ns by a task in @ns, and by the owner
 * of @ns.
 */
static inline bool cap_userns_usable(const struct user_namespace *ns, int cap)
{
	return ns->cap_bound.val & READ_ONCE(cap_bound_userns_mask.val) &
	       BIT_ULL(cap);
}

/**
 * cap_userns_let_in - Get the capabilities that a task lets into user namespaces
 *
 * @cred: Credentials of the task.
 *
 * The bounding set is about the namespace of @cred alone, unless a securebit says
 * otherwise.
 *
 * Return: What the task can have in user namespaces that it creates, joins or
 * owns.
 */
static inline kernel_cap_t cap_userns_let_in(const struct cred *cred)
{
	if (cred->securebits & issecure_mask(SECURE_USERNS_STRICT_CAPS))
		return cap_intersect(cred->cap_userns, cred->cap_bset);

	return cred->cap_userns;
}

/**
 * cap_userns_owner_may - Check a capability of the owner of a user namespace
 *
 * @cred: Credentials in the parent of @ns, with the effective user ID that owns
 *        @ns.
 * @ns: The user namespace.
 * @cap: The capability.
 *
 * Return: True if these credentials may use @cap over @ns.
 */
static inline bool cap_userns_owner_may(const struct cred *cred,
					const struct user_namespace *ns,
					int cap)
{
	return cap_raised(cap_userns_let_in(cred), cap) &&
	       cap_userns_usable(ns, cap);
}

/**
 * cap_userns_issubset - Compare what two credentials may use in user namespaces
 *
 * @a: Credentials.
 * @set: Other credentials.
 *
 * Return: True if @set can have each capability in user namespaces that @a can
 * have there.
 */
static inline bool cap_userns_issubset(const struct cred *a,
				       const struct cred *set)
{
	return cap_issubset(cap_userns_let_in(a), cap_userns_let_in(set));
}

/**
 * cap_userns_get - Get the capabilities that a task can have in user namespaces
 *
 * @cred: Credentials.
 *
 * Return: The cap_userns set, which is full without CONFIG_USER_NS_CAPS.
 */
static inline kernel_cap_t cap_userns_get(const struct cred *cred)
{
	return cred->cap_userns;
}

/**
 * cap_userns_copy - Copy the capabilities that a task can have in user
 *                   namespaces
 *
 * @new: Credentials to change, not yet in use.
 * @old: Credentials to copy from.
 */
static inline void cap_userns_copy(struct cred *new, const struct cred *old)
{
	new->cap_userns = old->cap_userns;
}

/**
 * cap_userns_gain_root - Undo what the caller of a set-user-ID program lowered
 *
 * @new: Credentials of an exec that makes its task root of its user namespace.
 *
 * Otherwise, a caller could confuse a privileged program.  Raise no more than
 * the bounding set, and lower nothing, because a task that never lowered its
 * set must not notice the set.
 */
static inline void cap_userns_gain_root(struct cred *new)
{
	new->cap_userns = cap_combine(new->cap_userns, new->cap_bset);
}

#else /* CONFIG_USER_NS_CAPS */

static inline bool cap_userns_usable(const struct user_namespace *ns, int cap)
{
	return true;
}

static inline void cap_userns_set_bound(struct user_namespace *ns,
					const struct cred *creator)
{
}

static inline kernel_cap_t cap_userns_entry(const struct cred *cred,
					    const struct user_namespace *ns)
{
	return CAP_FULL_SET;
}

static inline int cap_userns_prctl(unsigned long op, unsigned long cap,
				   unsigned long arg4, unsigned long arg5)
{
	return -EINVAL;
}

static inline bool cap_userns_owner_may(const struct cred *cred,
					const struct user_namespace *ns,
					int cap)
{
	return true;
}

static inline bool cap_userns_issubset(const struct cred *a,
				       const struct cred *set)
{
	return true;
}

static inline kernel_cap_t cap_userns_get(const struct cred *cred)
{
	return CAP_FULL_SET;
}

static inline void cap_userns_copy(struct cred *new, const struct cred *old)
{
}

static inline void cap_userns_gain_root(struct cred *new)
{
}

#endif /* CONFIG_USER_NS_CAPS */

#endif /* _LINUX_CAP_USERNS_H */
