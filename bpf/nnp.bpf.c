// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Deny new privileges, but not in containers
 *
 * In the initial user namespace, no execution gains privileges, unless its task
 * is in a cgroup that may: set-user-ID and set-group-ID bits and file
 * capabilities are ignored.  In any other user namespace, where the most that
 * can be gained is the privileges of this namespace, they work as usual.  The
 * no_new_privs attribute of the task is not touched, so the next execution is
 * decided anew.
 *
 * Nothing here sleeps, nor can any of it fail: there is no way to provoke an
 * error and get away with the privileges.
 */

#include <asm/errno.h>
#include <linux/bpf.h>
#include <linux/stat.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "ancestors.h"
#include "nnp.h"

/* As in the kernel. */
#define LSM_UNSAFE_NO_NEW_PRIVS 4
#define MNT_NOSUID 0x01
#define PFA_NO_NEW_PRIVS 0

/* Only the fields that are read, see kernel_types.h. */
#define CORE __attribute__((preserve_access_index))

struct user_or_group {
	__u32 val;
} CORE;

struct capabilities {
	__u64 val;
} CORE;

struct user_namespace {
	int level;
} CORE;

struct cred {
	struct user_or_group euid;
	struct user_or_group egid;
	struct capabilities cap_permitted;
	struct user_namespace *user_ns;
} CORE;

struct task_struct {
	unsigned long atomic_flags;
	const struct cred *cred;
} CORE;

struct super_block {
	struct user_namespace *s_user_ns;
} CORE;

struct vfsmount {
	struct super_block *mnt_sb;
	int mnt_flags;
} CORE;

struct path {
	struct vfsmount *mnt;
} CORE;

struct inode {
	unsigned short i_mode;
	struct user_or_group i_uid;
	struct user_or_group i_gid;
} CORE;

struct file {
	struct inode *f_inode;
	struct path f_path;
} CORE;

struct linux_binprm {
	struct cred *cred;
	int unsafe;
	unsigned int per_clear;
} CORE;

int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm) __ksym;

char LICENSE[] SEC("license") = "GPL";

/*
 * Levels of user namespaces in which privileges are denied.  The loader adds
 * NNP_LEVEL as the last thing.  To switch off, it empties this first, because
 * the programs are only detached some time after they are unpinned.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} levels SEC(".maps");

/* Cgroups, with all below them, whose executions may gain privileges. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NNP_MAX_CGROUPS);
	__type(key, __u64);
	__type(value, __u8);
} allowed SEC(".maps");

/* An element for each enum nnp_outcome. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NNP_OUTCOMES);
	__type(key, __u32);
	__type(value, struct nnp_counters);
} counters SEC(".maps");

/*
 * Decides.  This is the first of the hooks, because other LSMs that come later
 * take their own decision here, and because bits and capabilities that matter
 * may be those of an interpreter that is not known yet.
 */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(decide, struct linux_binprm *bprm)
{
	__u32 level = bprm->cred->user_ns->level;

	if (!bpf_map_lookup_elem(&levels, &level))
		return 0;
	if (lookup_cgroup(&allowed, NULL, NULL))
		return 0;

	return bpf_bprm_set_no_new_privs(bprm) ? -EPERM : 0;
}

/*
 * What the execution would have gained.  Its credentials were computed without
 * that, so this looks at the file the way that the kernel would have.
 */
static enum nnp_reason denied_reason(const struct linux_binprm *bprm,
				     const struct file *file,
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

/* What the execution did gain, which its credentials say. */
static enum nnp_reason allowed_reason(const struct cred *new,
				      const struct cred *old)
{
	if (new->euid.val != old->euid.val)
		return NNP_USER;
	if (new->egid.val != old->egid.val)
		return NNP_GROUP;
	return new->cap_permitted.val & ~old->cap_permitted.val ?
	       NNP_CAPABILITIES : NNP_REASONS;
}

/*
 * Counts.  This hook is called once for each execution, for the file whose bits
 * and capabilities matter, after the kernel applied these.
 */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(count, struct linux_binprm *bprm, const struct file *file)
{
	const struct task_struct *task = (void *)bpf_get_current_task_btf();
	enum nnp_reason reason;
	struct nnp_counters *entry;
	__u32 outcome;

	/* It would not have gained anything in any case. */
	if (task->atomic_flags & (1UL << PFA_NO_NEW_PRIVS))
		return 0;

	if (bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS) {
		outcome = NNP_DENIED;
		reason = denied_reason(bprm, file, task->cred);
	} else {
		outcome = bprm->cred->user_ns->level == NNP_LEVEL ?
			  NNP_BY_CGROUP : NNP_BY_NAMESPACE;
		reason = allowed_reason(bprm->cred, task->cred);
	}
	if (reason >= NNP_REASONS)
		return 0;

	entry = bpf_map_lookup_elem(&counters, &outcome);
	if (entry)
		__sync_fetch_and_add(&entry->reasons[reason], 1);
	return 0;
}
