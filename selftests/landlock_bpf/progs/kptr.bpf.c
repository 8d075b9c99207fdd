// SPDX-License-Identifier: GPL-2.0
/*
 * Stores LSM policy objects in map values of all kinds, and applies them to the
 * execs of some processes
 */

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/lsm_policy.h"
#include "progs/kptr.h"

#ifndef EBADF
#define EBADF 9
#endif

#ifndef ENOENT
#define ENOENT 2
#endif

/* Kernel function that frees a ruleset, wherever the running kernel has it. */
struct landlock_frozen___freed {
	struct rcu_work work_free;
} __attribute__((preserve_access_index));

char _license[] SEC("license") = "GPL";

struct kptr_value {
	struct lsm_policy_object __kptr *policy;
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

/* The processes to act upon, and nothing else on the system. */
int target_pid;
int other_pid;

/* Objects that each hook applies, in this order, and the count of its calls. */
struct kptr_pick picks[HOOK_NUM][NUM_PICKS];
__u32 hits[HOOK_NUM];

/* Set to have the stashed object moved to the next file that is opened. */
bool move_stash;

/* An object, and how many times it was freed. */
__u64 watched;
__u64 freed;

static const u32 zero;

static bool is_target(void)
{
	const int pid = bpf_get_current_pid_tgid() >> 32;

	return pid == target_pid || pid == other_pid;
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

static __always_inline void release(struct lsm_policy_object *policy)
{
	if (policy)
		bpf_lsm_policy_release(policy);
}

SEC("?syscall")
int store(struct kptr_request *request)
{
	const u64 create = BPF_LOCAL_STORAGE_GET_F_CREATE;
	const struct kptr_value empty = {};
	struct lsm_policy_object *policy;
	struct kptr_value *value;

	policy = bpf_lsm_policy_from_fd(request->fd, request->flags);
	if (!policy)
		return -EBADF;

	request->address = (u64)policy;
	request->lsmid = policy->lsmid;
	request->type = policy->type;
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
		bpf_lsm_policy_release(policy);
		return 0;
	}
	if (!value) {
		bpf_lsm_policy_release(policy);
		return -ENOENT;
	}
	release(bpf_kptr_xchg(&value->policy, policy));
	return 0;
}

/* Replaces the policy in the hash. */
SEC("?syscall")
int replace(struct kptr_request *request)
{
	struct lsm_policy_object *policy;
	struct kptr_value *value;
	int err;

	value = bpf_map_lookup_elem(&in_hash, &zero);
	if (!value)
		return -ENOENT;

	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		policy = bpf_lsm_policy_acquire(policy);
	bpf_rcu_read_unlock();
	if (!policy)
		return -ENOENT;

	err = bpf_lsm_policy_replace(policy, request->fd, request->flags);
	bpf_lsm_policy_release(policy);
	return err;
}

/* Empties the value of a map that is not a storage. */
SEC("?syscall")
int take(struct kptr_request *request)
{
	struct lsm_policy_object *policy;
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

	policy = bpf_kptr_xchg(&value->policy, NULL);
	if (!policy)
		return -ENOENT;

	bpf_lsm_policy_release(policy);
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
		struct lsm_policy_object *policy;

		policy = bpf_kptr_xchg(&from->policy, NULL);
		if (policy)
			release(bpf_kptr_xchg(&to->policy, policy));
		move_stash = false;
	}
	return 0;
}

/* Another reference to the stored object, or NULL. */
static __always_inline struct lsm_policy_object *
acquire(struct linux_binprm *bprm, __u32 where)
{
	struct lsm_policy_object *policy;
	struct kptr_value *value;

	switch (where) {
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
		return NULL;
	}
	if (!value)
		return NULL;

	bpf_rcu_read_lock();
	policy = value->policy;
	if (policy)
		policy = bpf_lsm_policy_acquire(policy);
	bpf_rcu_read_unlock();
	return policy;
}

static __always_inline void apply(struct linux_binprm *bprm,
				  struct kptr_pick *pick, __u32 hit)
{
	struct lsm_policy_object *policy;

	if (pick->where == IN_NOTHING || (pick->hit && pick->hit != hit))
		return;

	policy = acquire(bprm, pick->where);
	if (!policy) {
		pick->ret = -ENOENT;
		__sync_fetch_and_add(&pick->missing, 1);
		return;
	}
	pick->ret = bpf_lsm_policy_apply_bprm(policy, bprm, pick->flags);
	bpf_lsm_policy_release(policy);
	if (!pick->ret)
		__sync_fetch_and_add(&pick->applied, 1);
}

static __always_inline int apply_all(struct linux_binprm *bprm,
				     enum kptr_hook hook)
{
	__u32 hit;

	if (!is_target())
		return 0;

	hit = __sync_fetch_and_add(&hits[hook], 1) + 1;
	apply(bprm, &picks[hook][0], hit);
	apply(bprm, &picks[hook][1], hit);
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec, struct linux_binprm *bprm)
{
	return apply_all(bprm, HOOK_FOR_EXEC);
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(check, struct linux_binprm *bprm)
{
	return apply_all(bprm, HOOK_CHECK);
}

SEC("?lsm.s/bprm_creds_from_file")
int BPF_PROG(from_file, struct linux_binprm *bprm, const struct file *file)
{
	return apply_all(bprm, HOOK_FROM_FILE);
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
		    bpf_core_field_offset(struct landlock_frozen___freed,
					  work_free.work))
		__sync_fetch_and_add(&freed, 1);
	return 0;
}
