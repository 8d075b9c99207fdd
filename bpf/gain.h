/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The privileges that an exec gained, or was denied by no_new_privs
 */

#ifndef EXECLOCK_GAIN_H
#define EXECLOCK_GAIN_H

#include "kernel_types.h"

#include <linux/stat.h>
#include <stdbool.h>

#include "nnp.h"

/* As in the kernel. */
#define LSM_UNSAFE_NO_NEW_PRIVS 4
#define MNT_NOSUID 0x01
#define PFA_NO_NEW_PRIVS 0

/* Whether the task has no_new_privs, so that no exec of it gains privileges. */
static __always_inline bool never_gains(const struct task_struct *task)
{
	return task->atomic_flags & (1UL << PFA_NO_NEW_PRIVS);
}

/*
 * Returns where privileges would have come from; NNP_REASONS if from nowhere.
 * The credentials of the exec do not tell, so this looks at the file as the
 * kernel would have done.
 */
static __always_inline enum nnp_reason
denied_reason(const struct linux_binprm *bprm, const struct file *file,
	      const struct cred *old)
{
	const unsigned short set_group = S_ISGID | S_IXGRP;
	const struct vfsmount *mnt = file->f_path.mnt;
	const struct inode *inode = file->f_inode;

	if (!(mnt->mnt_flags & MNT_NOSUID) && !mnt->mnt_sb->s_user_ns->level) {
		if (inode->i_mode & S_ISUID &&
		    inode->i_uid.val != old->euid.val)
			return NNP_USER;
		if ((inode->i_mode & set_group) == set_group &&
		    inode->i_gid.val != old->egid.val)
			return NNP_GROUP;
	}

	/*
	 * Where the kernel took capabilities back, it leaves a trace: the
	 * personality is to be cleaned.  A transition of SELinux or AppArmor
	 * leaves the same trace, and cannot be told apart.
	 */
	return bprm->per_clear ? NNP_CAPABILITIES : NNP_REASONS;
}

/* Returns where the new privileges came from, NNP_REASONS if there are none. */
static __always_inline enum nnp_reason
allowed_reason(const struct cred *new, const struct cred *old)
{
	if (new->euid.val != old->euid.val)
		return NNP_USER;
	if (new->egid.val != old->egid.val)
		return NNP_GROUP;
	return new->cap_permitted.val & ~old->cap_permitted.val ?
	       NNP_CAPABILITIES : NNP_REASONS;
}

#endif /* EXECLOCK_GAIN_H */
