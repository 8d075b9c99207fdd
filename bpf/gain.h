/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What an exec would have gained if it were not denied
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

int bpf_path_d_path(const struct path *path, char *buf,
		    unsigned long buf__sz) __ksym;

/*
 * Whether it would not have gained anything in any case.
 */
static __always_inline bool never_gains(const struct task_struct *task)
{
	return task->atomic_flags & (1UL << PFA_NO_NEW_PRIVS);
}

/*
 * What the exec would have gained; NNP_REASONS if nothing.  Its credentials were
 * computed without that, so this looks at the file the way that the kernel would
 * have.
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
	 * The kernel leaves a trace of the capabilities that it took back: the
	 * personality is to be cleaned.  So it is if SELinux or AppArmor made a
	 * transition, which nothing can tell from that.
	 */
	return bprm->per_clear ? NNP_CAPABILITIES : NNP_REASONS;
}

#endif /* EXECLOCK_GAIN_H */
