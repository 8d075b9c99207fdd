// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Deny new privileges, but not in containers
 *
 * In the initial user namespace, no exec gains privileges, unless its task is
 * in an exempt cgroup: set-user-ID and set-group-ID bits and file capabilities
 * are ignored.  In any other user namespace, an exec can only gain the
 * privileges of this namespace, and they work as usual.  The task's
 * no_new_privs attribute does not change, so each exec is decided anew.
 *
 * These programs cannot sleep or fail: a task cannot provoke an error to keep
 * its privileges.
 */

#include "kernel_types.h"

#include <asm/errno.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "ancestors.h"
#include "execlock.h"
#include "gain.h"
#include "nnp.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * Levels of user namespaces in which privileges are denied, and why, bits of
 * enum nnp_by.  The loader adds NNP_LEVEL in its last step.  To switch the rule
 * off, it empties this map first, because the kernel detaches the programs some
 * time after they are unpinned.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} levels SEC(".maps");

/* Cgroups that are exempt, with the cgroups below them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NNP_MAX_CGROUPS);
	__type(key, __u64);
	__type(value, __u8);
} exempt SEC(".maps");

/*
 * Paths of cgroups that are exempt, with the cgroups below them.  A service has
 * a new cgroup each time that it starts, which has the same path.  The names are
 * compared and no hashes: users choose the names of cgroups below theirs.
 */
struct exempt_path {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct nnp_step));
	__uint(value_size, sizeof(struct nnp_place));
};

/* The list is replaced as a whole.  Without an element, no path is exempt. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct exempt_path);
} exempt_paths SEC(".maps");

/* An element for each enum nnp_outcome. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NNP_OUTCOMES);
	__type(key, __u32);
	__type(value, struct nnp_counters);
} counters SEC(".maps");

/* The latest gains that were denied, in slots that have no order. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NNP_GAINS);
	__type(key, __u32);
	__type(value, struct nnp_gain);
} gains SEC(".maps");

/* Whether the cgroup of the current task, or one above it, has such a path. */
static __always_inline bool has_exempt_path(void)
{
	const struct task_struct *const task = bpf_get_current_task_btf();
	const struct cgroup *cgroup, *ancestor;
	const struct nnp_place *place;
	struct nnp_step step = {};
	const void *ancestors;
	const __u32 zero = 0;
	void *paths;
	int i;

	paths = bpf_map_lookup_elem(&exempt_paths, &zero);
	if (!paths)
		return false;
	cgroup = task->cgroups->dfl_cgrp;
	ancestors = (void *)cgroup +
		    bpf_core_field_offset(struct cgroup, ancestors);
	/* The root is at level 0. */
	bpf_for(i, 1, EXECLOCK_DEPTH) {
		if (i > BPF_CORE_READ(cgroup, level) ||
		    bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
					  ancestors + i * sizeof(ancestor)))
			break;
		__builtin_memset(step.name, 0, sizeof(step.name));
		bpf_probe_read_kernel_str(step.name, sizeof(step.name),
					  BPF_CORE_READ(ancestor, kn, name));
		place = bpf_map_lookup_elem(paths, &step);
		if (!place)
			return false;
		if (place->exempt)
			return true;
		step.above = place->number;
	}
	return false;
}

/*
 * Decides, in the first hook: later LSMs take their own decision in the same
 * hook, and the bits and capabilities that matter may be those of an
 * interpreter, which is not known yet.
 */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(decide, struct linux_binprm *bprm)
{
	__u32 level = bprm->cred->user_ns->level;

	if (!bpf_map_lookup_elem(&levels, &level))
		return 0;
	if (lookup_cgroup(&exempt, NULL, NULL) || has_exempt_path())
		return 0;

	return bpf_bprm_set_no_new_privs(bprm) ? -EPERM : 0;
}

/* Returns the slot of this file and user, or else the least recently used. */
static __always_inline struct nnp_gain *find_gain(__u64 inode, __u32 device,
						  __u32 uid)
{
	struct nnp_gain *entry, *oldest = NULL;
	__u32 i;

	bpf_for(i, 0, NNP_GAINS) {
		const __u32 key = i;

		entry = bpf_map_lookup_elem(&gains, &key);
		if (!entry)
			break;
		if (entry->count && entry->inode == inode &&
		    entry->device == device && entry->uid == uid)
			return entry;
		if (!oldest || entry->time < oldest->time)
			oldest = entry;
	}
	return oldest;
}

/*
 * Remembers a gain that was denied.  If another task is writing the slot, it is
 * denied a gain at the same time, and one of the two is enough.
 */
static __always_inline void remember(const struct file *file,
				     enum nnp_reason reason)
{
	const __u64 inode = file->f_inode->i_ino;
	const __u32 device = file->f_inode->i_sb->s_dev;
	const __u32 uid = bpf_get_current_uid_gid();
	struct nnp_gain *const entry = find_gain(inode, device, uid);
	__u32 version;

	if (!entry)
		return;
	version = entry->version;
	if (version & 1 || __sync_val_compare_and_swap(&entry->version, version,
						       version + 1) != version)
		return;
	if (entry->inode != inode || entry->device != device ||
	    entry->uid != uid)
		entry->count = 0;
	entry->count++;
	entry->time = bpf_ktime_get_boot_ns();
	entry->inode = inode;
	entry->device = device;
	entry->uid = uid;
	entry->pid = bpf_get_current_pid_tgid() >> 32;
	entry->reason = reason;
	bpf_get_current_comm(entry->comm, sizeof(entry->comm));
	if (bpf_path_d_path(&file->f_path, entry->file, sizeof(entry->file)) < 0)
		entry->file[0] = '\0';
	__sync_fetch_and_add(&entry->version, 1);
}

/*
 * Counts.  The kernel calls this hook once for each exec, with the file whose
 * bits and capabilities matter, after it applied them.
 */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(count, struct linux_binprm *bprm, const struct file *file)
{
	const struct task_struct *task = bpf_get_current_task_btf();
	enum nnp_reason reason;
	struct nnp_counters *entry;
	__u32 outcome;

	if (never_gains(task))
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
	if (outcome == NNP_DENIED)
		remember(file, reason);
	return 0;
}
