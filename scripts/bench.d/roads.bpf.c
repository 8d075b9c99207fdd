// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ways for a BPF program to have a ruleset or no_new_privs for an exec, as
 * short as possible: what is measured is the kernel.  Only one of the LSM
 * programs is attached at a time.
 */

#include "kernel_types.h"

#include <bpf/bpf_tracing.h>
#include <asm/errno.h>

#include "roads.h"

#define RESTRICT_NO_NEW_PRIVS 0x10

char LICENSE[] SEC("license") = "GPL";

int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm) __ksym;
void bpf_rcu_read_lock(void) __ksym;
void bpf_rcu_read_unlock(void) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rulesets SEC(".maps");

struct slot {
	struct lsm_policy_object __kptr *object;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

/* The only file whose executions are acted upon. */
__u64 inode;

/* How many were, and the last error. */
__u64 hits;
int error;

static const __u32 zero;

static __always_inline int is_target(const struct linux_binprm *bprm)
{
	return bprm->file->f_inode->i_ino == inode;
}

/* An error fails the exec: the measure would otherwise be of something else. */
static __always_inline int account(int ret)
{
	if (ret) {
		error = ret;
		return -EACCES;
	}
	hits++;
	return 0;
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(map, struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset;
	int ret;

	if (!is_target(bprm))
		return 0;
	ruleset = bpf_map_lookup_elem(&rulesets, &zero);
	if (!ruleset)
		return account(-ENOENT);
	ret = bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	bpf_landlock_put_ruleset(ruleset);
	return account(ret);
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(kptr, struct linux_binprm *bprm)
{
	struct lsm_policy_object *object;
	struct slot *slot;
	int ret;

	if (!is_target(bprm))
		return 0;
	slot = bpf_map_lookup_elem(&slots, &zero);
	if (!slot)
		return account(-ENOENT);
	bpf_rcu_read_lock();
	object = slot->object;
	if (object)
		object = bpf_lsm_policy_acquire(object);
	bpf_rcu_read_unlock();
	if (!object)
		return account(-ENOENT);
	ret = bpf_lsm_policy_apply_bprm(object, bprm, 0);
	bpf_lsm_policy_release(object);
	return account(ret);
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(nnp, struct linux_binprm *bprm)
{
	if (!is_target(bprm))
		return 0;
	return account(bpf_landlock_restrict_binprm(bprm, NULL,
						    RESTRICT_NO_NEW_PRIVS));
}

SEC("?lsm.s/bprm_creds_for_exec")
int BPF_PROG(exec_nnp, struct linux_binprm *bprm)
{
	if (!is_target(bprm))
		return 0;
	return account(bpf_bprm_set_no_new_privs(bprm));
}

SEC("?syscall")
int store(struct store_request *request)
{
	struct lsm_policy_object *object;
	struct slot *slot;

	slot = bpf_map_lookup_elem(&slots, &zero);
	if (!slot)
		return -ENOENT;
	object = bpf_lsm_policy_from_fd(request->ruleset_fd, request->flags);
	if (!object)
		return -EBADF;
	object = bpf_kptr_xchg(&slot->object, object);
	if (object)
		bpf_lsm_policy_release(object);
	return 0;
}
