// SPDX-License-Identifier: GPL-2.0
/*
 * Stores rulesets in map values of all kinds, and stages them for the
 * executions of one process
 */

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"
#include "progs/kptr.h"

#ifndef EBADF
#define EBADF 9
#endif

#ifndef ENOENT
#define ENOENT 2
#endif

/* What frees a ruleset, wherever the running kernel has it. */
struct bpf_landlock_ruleset___freed {
	struct rcu_work work_free;
} __attribute__((preserve_access_index));

char _license[] SEC("license") = "GPL";

struct kptr_value {
	struct bpf_landlock_ruleset __kptr *ruleset;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct kptr_value);
} in_array SEC(".maps"), stash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, struct kptr_value);
} in_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, struct kptr_value);
} in_lru_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct kptr_value);
} in_task SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct kptr_value);
} in_cgroup SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct kptr_value);
} in_inode SEC(".maps");

/* The process to act upon, and nothing else on the system. */
int target_pid;

/* Where each hook takes its ruleset from, with which flags, and the result. */
__u32 where[HOOK_NUM];
__u32 flags[HOOK_NUM];
int ret[HOOK_NUM];

/* Set to have the stashed ruleset moved to the next file that is opened. */
bool move_stash;

/* A ruleset, and how many times it was freed. */
__u64 watched;
__u64 freed;

static const u32 zero;

static bool is_target(void)
{
	return target_pid && bpf_get_current_pid_tgid() >> 32 == target_pid;
}

static __always_inline struct kptr_value *find_in_cgroup(u64 storage_flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kptr_value *value;

	bpf_rcu_read_lock();
	value = bpf_cgrp_storage_get(&in_cgroup, task->cgroups->dfl_cgrp, NULL,
				     storage_flags);
	bpf_rcu_read_unlock();
	return value;
}

static __always_inline struct kptr_value *find_in_task(u64 storage_flags)
{
	return bpf_task_storage_get(&in_task, bpf_get_current_task_btf(), NULL,
				    storage_flags);
}

static __always_inline void put(struct bpf_landlock_ruleset *ruleset)
{
	if (ruleset)
		bpf_landlock_put_ruleset(ruleset);
}

SEC("?syscall")
int store(struct kptr_request *request)
{
	const u64 create = BPF_LOCAL_STORAGE_GET_F_CREATE;
	const struct kptr_value empty = {};
	struct bpf_landlock_ruleset *ruleset;
	struct kptr_value *value;

	ruleset = bpf_landlock_get_ruleset_from_fd(request->fd);
	if (!ruleset)
		return -EBADF;

	request->address = (u64)ruleset;
	switch (request->where) {
	case IN_ARRAY:
		value = bpf_map_lookup_elem(&in_array, &zero);
		break;
	case IN_HASH:
		bpf_map_update_elem(&in_hash, &zero, &empty, BPF_NOEXIST);
		value = bpf_map_lookup_elem(&in_hash, &zero);
		break;
	case IN_LRU_HASH:
		bpf_map_update_elem(&in_lru_hash, &zero, &empty, BPF_NOEXIST);
		value = bpf_map_lookup_elem(&in_lru_hash, &zero);
		break;
	case IN_TASK:
		value = find_in_task(create);
		break;
	case IN_CGROUP:
		value = find_in_cgroup(create);
		break;
	case IN_INODE:
		/* Inode storage is only for LSM programs. */
		value = bpf_map_lookup_elem(&stash, &zero);
		break;
	default:
		/* Nowhere. */
		bpf_landlock_put_ruleset(ruleset);
		return 0;
	}
	if (!value) {
		bpf_landlock_put_ruleset(ruleset);
		return -ENOENT;
	}
	put(bpf_kptr_xchg(&value->ruleset, ruleset));
	return 0;
}

/* Empties the value of a map that is not a storage. */
SEC("?syscall")
int take(struct kptr_request *request)
{
	struct bpf_landlock_ruleset *ruleset;
	struct kptr_value *value;

	switch (request->where) {
	case IN_ARRAY:
		value = bpf_map_lookup_elem(&in_array, &zero);
		break;
	case IN_HASH:
		value = bpf_map_lookup_elem(&in_hash, &zero);
		break;
	case IN_LRU_HASH:
		value = bpf_map_lookup_elem(&in_lru_hash, &zero);
		break;
	default:
		return -EBADF;
	}
	if (!value)
		return -ENOENT;

	ruleset = bpf_kptr_xchg(&value->ruleset, NULL);
	if (!ruleset)
		return -ENOENT;

	bpf_landlock_put_ruleset(ruleset);
	return 0;
}

SEC("?lsm/file_open")
int BPF_PROG(move, struct file *file)
{
	struct kptr_value *from, *to;

	if (!is_target() || !move_stash)
		return 0;

	from = bpf_map_lookup_elem(&stash, &zero);
	to = bpf_inode_storage_get(&in_inode, file->f_inode, NULL,
				   BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (from && to) {
		struct bpf_landlock_ruleset *ruleset;

		ruleset = bpf_kptr_xchg(&from->ruleset, NULL);
		if (ruleset)
			put(bpf_kptr_xchg(&to->ruleset, ruleset));
		move_stash = false;
	}
	return 0;
}

static __always_inline int stage(struct linux_binprm *bprm,
				 enum kptr_hook hook)
{
	struct bpf_landlock_ruleset *ruleset;
	struct kptr_value *value;
	int err;

	if (!is_target())
		return 0;

	switch (where[hook]) {
	case IN_ARRAY:
		value = bpf_map_lookup_elem(&in_array, &zero);
		break;
	case IN_HASH:
		value = bpf_map_lookup_elem(&in_hash, &zero);
		break;
	case IN_LRU_HASH:
		value = bpf_map_lookup_elem(&in_lru_hash, &zero);
		break;
	case IN_TASK:
		value = find_in_task(0);
		break;
	case IN_CGROUP:
		value = find_in_cgroup(0);
		break;
	case IN_INODE:
		value = bpf_inode_storage_get(&in_inode, bprm->file->f_inode,
					      NULL, 0);
		break;
	default:
		return 0;
	}

	ret[hook] = -ENOENT;
	if (!value)
		return 0;

	bpf_rcu_read_lock();
	ruleset = value->ruleset;
	if (ruleset)
		ruleset = bpf_landlock_get_ruleset(ruleset);
	bpf_rcu_read_unlock();
	if (!ruleset)
		return 0;

	err = bpf_landlock_restrict_binprm(bprm, ruleset, flags[hook]);
	bpf_landlock_put_ruleset(ruleset);
	ret[hook] = err;
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec, struct linux_binprm *bprm)
{
	return stage(bprm, HOOK_FOR_EXEC);
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(check, struct linux_binprm *bprm)
{
	return stage(bprm, HOOK_CHECK);
}

/* Where a frozen ruleset is freed, with a work that is part of it. */
SEC("?fentry/free_frozen_work")
int BPF_PROG(watch)
{
	u64 address;

	/* As a number. */
	if (bpf_get_func_arg(ctx, 0, &address))
		return 0;

	if (watched &&
	    address - watched ==
		    bpf_core_field_offset(struct bpf_landlock_ruleset___freed,
					  work_free.work))
		__sync_fetch_and_add(&freed, 1);
	return 0;
}
