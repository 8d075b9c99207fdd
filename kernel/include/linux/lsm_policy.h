/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LSM policy objects
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _LINUX_LSM_POLICY_H
#define _LINUX_LSM_POLICY_H

#include <linux/types.h>

struct lsm_id;

/**
 * struct lsm_policy_object - Policy of an LSM that can be held and applied
 *
 * An LSM embeds this in a reference-counted object of its own.  The other parts
 * of the kernel only hold references, and hand the object back to its LSM with
 * the security_policy_object_*() and security_bprm_apply_policy_object()
 * functions.
 *
 * An LSM must not free an object before an RCU grace period after its last
 * reference was put: a program may find the object in a map value while it is
 * being freed.
 */
struct lsm_policy_object {
	/**
	 * @lsmid: ID of the object's LSM, e.g. %LSM_ID_LANDLOCK.
	 */
	u64 lsmid;
	/**
	 * @type: Kind of object.  Each LSM has its own kinds, which start from
	 * 1.
	 */
	u32 type;
	/**
	 * @lsm: The object's LSM.
	 *
	 * The BPF verifier would take a structure of only numbers for data, and
	 * a program could pass its own memory as an object.
	 */
	const struct lsm_id *lsm;
};

struct linux_binprm;

#ifdef CONFIG_BPF_LSM

int security_policy_object_from_fd(int fd, u32 flags,
				   struct lsm_policy_object **object);

int security_policy_object_replace(struct lsm_policy_object *object, int fd,
				   u32 flags);

int security_policy_object_get(struct lsm_policy_object *object);

void security_policy_object_put(struct lsm_policy_object *object);

int security_bprm_apply_policy_object(struct linux_binprm *bprm,
				      struct lsm_policy_object *object,
				      u32 flags);

#endif /* CONFIG_BPF_LSM */

#endif /* _LINUX_LSM_POLICY_H */
