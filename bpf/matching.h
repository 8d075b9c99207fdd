/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which policies a file that is executed has, for a task
 *
 * This is the only code that decides it: the program that puts an exec under
 * its policies runs it, and so does the program that explains an exec.
 */

#ifndef EXECLOCK_MATCHING_H
#define EXECLOCK_MATCHING_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "execlock.h"
#include "hash_name.h"
#include "mask.h"
#include "sets.h"
#include "tasks.h"

/* The kernel's NGROUPS_MAX. */
#define MAX_GROUPS 65536

/**
 * struct subject - Whose exec it is
 *
 * @task: The task.
 * @cred: Its credentials, those before the exec.
 */
struct subject {
	struct task_struct *task;
	const struct cred *cred;
};

/* Adds the policies that name @key. */
static __always_inline void add_matches(struct policy_set *set,
					const struct execlock_key *key,
					struct execlock_mask *mask)
{
	const struct execlock_match *const match = find_match(set, key);

	if (match)
		mask_or(mask, &match->mask);
}

static __always_inline void match_user(struct policy_set *set,
				       const struct subject *subject,
				       struct execlock_mask *mask)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_USER,
		.user = subject->cred->euid.val,
	};

	add_matches(set, &key, mask);
}

static __always_inline void match_groups(struct policy_set *set,
					 const struct subject *subject,
					 struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_GROUP,
		.group = subject->cred->egid.val,
	};
	const struct group_info *info = subject->cred->group_info;
	const int count = info->ngroups;
	const void *gids;
	__u32 gid;
	int i;

	add_matches(set, &key, mask);
	gids = (void *)info + bpf_core_field_offset(struct group_info, gid);
	bpf_for(i, 0, MAX_GROUPS) {
		if (i >= count ||
		    bpf_probe_read_kernel(&gid, sizeof(gid),
					  gids + i * sizeof(gid)))
			break;
		key.group = gid;
		add_matches(set, &key, mask);
	}
}

/*
 * A policy for a cgroup holds for those below it.  Paths and not numbers are
 * compared, because a service has a new cgroup each time that it starts.
 */
static __always_inline void match_cgroups(struct policy_set *set,
					  const struct subject *subject,
					  struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_CGROUP,
		.cgroup = EXECLOCK_HASH_INIT,
	};
	__u64 hash = EXECLOCK_HASH_INIT;
	const struct cgroup *cgroup;
	const void *ancestors;
	int i, level;

	add_matches(set, &key, mask);
	bpf_rcu_read_lock();
	cgroup = subject->task->cgroups->dfl_cgrp;
	level = cgroup->level;
	ancestors = (void *)cgroup +
		    bpf_core_field_offset(struct cgroup, ancestors);
	/* The root is at level 0. */
	bpf_for(i, 1, EXECLOCK_DEPTH) {
		const struct cgroup *ancestor;

		if (i > level ||
		    bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
					  ancestors + i * sizeof(ancestor)))
			break;
		hash = hash_name(hash, BPF_CORE_READ(ancestor, kn, name));
		key.cgroup = hash;
		add_matches(set, &key, mask);
	}
	bpf_rcu_read_unlock();
}

static __always_inline void match_namespace(struct policy_set *set,
					    const struct subject *subject,
					    struct execlock_mask *mask)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_NAMESPACE,
		.namespace_level = !!subject->cred->user_ns->level,
	};

	add_matches(set, &key, mask);
}

static __always_inline void match_parent(struct policy_set *set,
					 const struct subject *subject,
					 struct execlock_mask *mask)
{
	struct execlock_key key = { .condition = EXECLOCK_PARENT };
	const struct execlock_task *const known = find_task(subject->task);
	const struct execlock_under *under;
	__u32 i;

	if (!known)
		return;
	under = &known->under;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= under->count)
			break;
		key.policy = under->ids[i & (EXECLOCK_LAYERS - 1)];
		add_matches(set, &key, mask);
	}
}

/*
 * As set when the user logged in, which a process cannot change afterwards
 * without CAP_AUDIT_CONTROL in the initial user namespace.
 */
static __always_inline void match_login(struct policy_set *set,
					const struct subject *subject,
					struct execlock_mask *mask)
{
	struct execlock_key key = { .condition = EXECLOCK_LOGIN };
	const struct task_struct *const task = subject->task;

	/* The loader refuses policies that depend on it where it is not. */
	if (!bpf_core_field_exists(task->loginuid))
		return;
	key.user = task->loginuid.val;
	add_matches(set, &key, mask);
}

/* Adds the policies that name this of the task; not for conditions on files. */
static __always_inline void match_subject(struct policy_set *set,
					  enum execlock_condition condition,
					  const struct subject *subject,
					  struct execlock_mask *mask)
{
	switch (condition) {
	case EXECLOCK_USER:
		match_user(set, subject, mask);
		return;
	case EXECLOCK_GROUP:
		match_groups(set, subject, mask);
		return;
	case EXECLOCK_CGROUP:
		match_cgroups(set, subject, mask);
		return;
	case EXECLOCK_NAMESPACE:
		match_namespace(set, subject, mask);
		return;
	case EXECLOCK_PARENT:
		match_parent(set, subject, mask);
		return;
	case EXECLOCK_LOGIN:
		match_login(set, subject, mask);
		return;
	default:
		return;
	}
}

/*
 * Takes the policies out of @mask of which a condition does not hold: they are
 * not in @hold.  Who asks for the reasons has @holds.
 */
static __always_inline void apply(enum execlock_condition condition,
				  const struct execlock_mask *hold,
				  struct execlock_mask *mask,
				  struct execlock_mask *holds)
{
	mask_and(mask, hold);
	if (holds)
		mask_or(&holds[condition], hold);
}

static __always_inline void apply_condition(struct policy_set *set,
					    enum execlock_condition condition,
					    const struct subject *subject,
					    struct execlock_mask *eligible,
					    struct execlock_mask *holds)
{
	struct execlock_mask hold;

	if (!holds && !depends_on(set, condition))
		return;
	hold = set->header->lacking[condition];
	match_subject(set, condition, subject, &hold);
	apply(condition, &hold, eligible, holds);
}

/* The policies of which the conditions hold that are not about files. */
static __always_inline void find_eligible(struct policy_set *set,
					  const struct subject *subject,
					  struct execlock_mask *eligible,
					  struct execlock_mask *holds)
{
	*eligible = set->header->all;
	apply_condition(set, EXECLOCK_USER, subject, eligible, holds);
	apply_condition(set, EXECLOCK_GROUP, subject, eligible, holds);
	apply_condition(set, EXECLOCK_CGROUP, subject, eligible, holds);
	apply_condition(set, EXECLOCK_NAMESPACE, subject, eligible, holds);
	apply_condition(set, EXECLOCK_PARENT, subject, eligible, holds);
	apply_condition(set, EXECLOCK_LOGIN, subject, eligible, holds);
}

static __always_inline void identify_inode(const struct inode *inode,
					   struct execlock_key *key)
{
	key->inode = inode->i_ino;
	key->generation = inode->i_generation;
}

/*
 * An executable is known both as the file that it was when the policy was
 * loaded, and by its name in its directory, so that the policy is also that of
 * the file that an upgrade puts there.
 */
static __always_inline void match_executable(struct policy_set *set,
					     const struct file *file,
					     struct execlock_mask *mask)
{
	const struct inode *const inode = file->f_inode;
	struct execlock_key key = {
		.condition = EXECLOCK_EXECUTABLE,
		.by_name = 1,
		.device = inode->i_sb->s_dev,
	};
	const struct execlock_match *match;
	const struct dentry *dentry;

	bpf_rcu_read_lock();
	dentry = file->f_path.dentry;
	key.parent_inode = dentry->d_parent->d_inode->i_ino;
	key.name = hash_name(EXECLOCK_HASH_INIT,
			     (const char *)dentry->d_name.name);
	bpf_rcu_read_unlock();
	match = find_match(set, &key);
	key.by_name = 0;
	identify_inode(inode, &key);
	/* Unless it was replaced, one search is enough. */
	if (match && match->file.inode == key.inode &&
	    match->file.generation == key.generation &&
	    match->file.device == key.device) {
		mask_or(mask, &match->with_file);
		return;
	}
	if (match)
		mask_or(mask, &match->mask);
	add_matches(set, &key, mask);
}

/*
 * Goes up to the root of the file system, whatever part of it is mounted: a
 * file is in a directory by any path.
 *
 * Returns -ELOOP if there is no end to it.
 */
static __always_inline int match_directories(struct policy_set *set,
					     const struct file *file,
					     struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_DIRECTORY,
		.device = file->f_inode->i_sb->s_dev,
	};
	const struct dentry *dentry, *parent;
	int err = -ELOOP;
	int i;

	bpf_rcu_read_lock();
	dentry = file->f_path.dentry;
	bpf_for(i, 0, EXECLOCK_DEPTH) {
		parent = dentry->d_parent;
		if (parent == dentry) {
			err = 0;
			break;
		}
		dentry = parent;
		identify_inode(dentry->d_inode, &key);
		add_matches(set, &key, mask);
	}
	bpf_rcu_read_unlock();
	return err;
}

/* Whether one of the policies in @mask has a condition. */
static __always_inline bool some_depend_on(const struct policy_set *set,
					   enum execlock_condition condition,
					   const struct execlock_mask *mask)
{
	const struct execlock_mask *const lacking =
		&set->header->lacking[condition];
	__u64 any = 0;
	int i;

	if (!depends_on(set, condition))
		return false;
	for (i = 0; i < MASK_WORDS; i++)
		any |= mask->word[i] & ~lacking->word[i];
	return any;
}

/* Takes out of @mask the policies that do not match a file. */
static __always_inline int match_file(struct policy_set *set,
				      const struct file *file,
				      struct execlock_mask *mask,
				      struct execlock_mask *holds)
{
	const struct execlock_header *const header = set->header;
	struct execlock_mask hold;
	bool some;
	int err;

	if (holds || depends_on(set, EXECLOCK_EXECUTABLE)) {
		hold = header->lacking[EXECLOCK_EXECUTABLE];
		match_executable(set, file, &hold);
		apply(EXECLOCK_EXECUTABLE, &hold, mask, holds);
	}
	/* Only for policies of directories can a file be too deep. */
	some = some_depend_on(set, EXECLOCK_DIRECTORY, mask);
	if (holds || some) {
		hold = header->lacking[EXECLOCK_DIRECTORY];
		err = match_directories(set, file, &hold);
		if (err && some)
			return err;
		apply(EXECLOCK_DIRECTORY, &hold, mask, holds);
	}
	return 0;
}

/*
 * Decides on the first file of an exec: finds the policies that this file has,
 * and those that a file of this exec can have, these included.
 *
 * @holds is NULL, or has for each condition the policies for which it holds, with
 * those that do not have it: then all conditions are looked at, and those of this
 * file are added.
 */
static __always_inline int match_first_file(struct policy_set *set,
					    const struct subject *subject,
					    const struct file *file,
					    struct execlock_mask *eligible,
					    struct execlock_mask *found,
					    struct execlock_mask *holds)
{
	find_eligible(set, subject, eligible, holds);
	*found = *eligible;
	/* If there is none, none applies, whatever files follow. */
	if (!holds && mask_empty(eligible))
		return 0;
	return match_file(set, file, found, holds);
}

/*
 * Decides on another file of it, an interpreter: @eligible are the policies that
 * it can have, but for those that a file before it had.
 */
static __always_inline int match_next_file(struct policy_set *set,
					   const struct file *file,
					   const struct execlock_mask *eligible,
					   struct execlock_mask *found,
					   struct execlock_mask *holds)
{
	*found = *eligible;
	return match_file(set, file, found, holds);
}

#endif /* EXECLOCK_MATCHING_H */
