// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounds on capabilities in user namespaces
 *
 * Copyright © 2026 The execlock authors
 *
 * A task has all capabilities in a user namespace that it creates or joins,
 * over kernel code that only root could reach before there were such
 * namespaces.  Two sets bound them.  cap_userns of struct cred holds the
 * capabilities that a task can have in the user namespaces that it creates,
 * joins or owns.  cap_bound of struct user_namespace holds the capabilities
 * that can be used over this namespace at all, except by a task that has them
 * in an ancestor of the namespace.
 */

#include <linux/cap_userns.h>
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/prctl.h>
#include <linux/security.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>

/* Capabilities that can be used over user namespaces but the initial one. */
kernel_cap_t cap_bound_userns_mask __read_mostly = CAP_FULL_SET;

/**
 * cap_userns_set_bound - Bound the capabilities over a new user namespace
 *
 * @ns: The new namespace, whose parent is set.
 * @creator: Credentials of the creator, as they are in the parent.
 */
void cap_userns_set_bound(struct user_namespace *ns, const struct cred *creator)
{
	ns->cap_bound = cap_intersect(ns->parent->cap_bound,
				      cap_userns_let_in(creator));
	ns->cap_bound.val &= READ_ONCE(cap_bound_userns_mask.val);
}

/**
 * cap_userns_entry - Get the capabilities of a task that enters a user namespace
 *
 * @cred: Credentials of the task, as they are outside of @ns.
 * @ns: The namespace that the task creates or joins.
 *
 * Return: The permitted, effective and bounding set of the task in @ns.
 */
kernel_cap_t cap_userns_entry(const struct cred *cred,
			      const struct user_namespace *ns)
{
	kernel_cap_t caps = cap_intersect(ns->cap_bound,
					  cap_userns_let_in(cred));

	/* Show no capability that cannot be used. */
	caps.val &= READ_ONCE(cap_bound_userns_mask.val);
	return caps;
}

/* Checks if the current task may have @cap in user namespaces again. */
static bool may_raise(const struct cred *cred, unsigned long cap)
{
	if (!cap_raised(cred->cap_bset, cap) ||
	    !cap_raised(cred->user_ns->cap_bound, cap))
		return false;

	return cap_raised(cred->cap_permitted, cap) ||
	       cap_capable(cred, cred->user_ns, CAP_SETPCAP,
			   CAP_OPT_NONE) == 0;
}

static int commit_set(const kernel_cap_t set)
{
	struct cred *new = prepare_creds();

	if (!new)
		return -ENOMEM;

	new->cap_userns = set;
	return commit_creds(new);
}

/**
 * cap_userns_prctl - Read or change the capabilities for user namespaces
 *
 * @op: One of PR_CAP_USERNS_*.
 * @cap: The capability, 0 for PR_CAP_USERNS_CLEAR_ALL.
 * @arg4: Must be 0.
 * @arg5: Must be 0.
 *
 * Implements prctl(PR_CAP_USERNS) for the current task.
 *
 * Return: 1 or 0 for PR_CAP_USERNS_IS_SET, 0 if another operation succeeded,
 * -EINVAL if @op is unknown, if @cap is no capability or if an argument that
 * must be 0 is not, -EPERM if the task may not raise @cap, -ENOMEM.
 */
int cap_userns_prctl(unsigned long op, unsigned long cap, unsigned long arg4,
		     unsigned long arg5)
{
	const struct cred *const cred = current_cred();
	kernel_cap_t set = cred->cap_userns;

	if (arg4 || arg5)
		return -EINVAL;

	if (op == PR_CAP_USERNS_CLEAR_ALL) {
		if (cap)
			return -EINVAL;
		return commit_set(CAP_EMPTY_SET);
	}

	if (!cap_valid(cap))
		return -EINVAL;

	switch (op) {
	case PR_CAP_USERNS_IS_SET:
		return cap_raised(set, cap);

	case PR_CAP_USERNS_RAISE:
		if (cap_raised(set, cap))
			return 0;
		if (!may_raise(cred, cap))
			return -EPERM;
		cap_raise(set, cap);
		return commit_set(set);

	case PR_CAP_USERNS_LOWER:
		cap_lower(set, cap);
		return commit_set(set);

	default:
		return -EINVAL;
	}
}

#ifdef CONFIG_SYSCTL
static DEFINE_MUTEX(mask_mutex);

/* Clears bits of the mask, and changes nothing if a bit would be set. */
static int lower_mask(const char *text)
{
	kernel_cap_t mask;
	int err;

	/* What is read can be written, with or without "0x". */
	err = kstrtou64(text, 16, &mask.val);
	if (err)
		return err;

	guard(mutex)(&mask_mutex);
	if (!cap_issubset(mask, cap_bound_userns_mask))
		return -EPERM;
	WRITE_ONCE(cap_bound_userns_mask.val, mask.val);
	return 0;
}

static int proc_mask_handler(const struct ctl_table *table, int write,
			     void *buffer, size_t *lenp, loff_t *ppos)
{
	char text[32];
	const struct ctl_table string = {
		.data = text,
		.maxlen = sizeof(text),
	};
	int err;

	if (!write) {
		snprintf(text, sizeof(text), "%016llx",
			 READ_ONCE(cap_bound_userns_mask.val));
		return proc_dostring(&string, write, buffer, lenp, ppos);
	}

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	/* A part of a number is another number. */
	if (*ppos || *lenp >= sizeof(text))
		return -EINVAL;

	memcpy(text, buffer, *lenp);
	text[*lenp] = '\0';
	err = lower_mask(strim(text));
	if (!err)
		*ppos += *lenp;
	return err;
}

static const struct ctl_table cap_userns_table[] = {
	{
		.procname = "cap_bound_userns_mask",
		.mode = 0644,
		.proc_handler = proc_mask_handler,
	},
};

static int __init init_cap_userns_sysctl(void)
{
	register_sysctl_init("kernel", cap_userns_table);
	return 0;
}
late_initcall(init_cap_userns_sysctl);
#endif /* CONFIG_SYSCTL */
