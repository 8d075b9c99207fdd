/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orders of a test to the programs of kptr.bpf.c, and their answers
 */

#ifndef _KPTR_H
#define _KPTR_H

/* Where policy objects are stored. */
enum kptr_where {
	IN_NOTHING,
	IN_ARRAY,
	IN_HASH,
	IN_LRU_HASH,
	/* Storage of the current task. */
	IN_TASK,
	/* Storage of the cgroup of the current task. */
	IN_CGROUP,
	/* Storage of the inode of the executed file. */
	IN_INODE,
	IN_NUM,
};

enum kptr_hook {
	HOOK_FOR_EXEC,
	HOOK_CHECK,
	HOOK_FROM_FILE,
	HOOK_NUM,
};

#define NUM_PICKS 2

/**
 * struct kptr_pick - Object that a program applies
 *
 * @where: Where it is stored, if anywhere.
 * @flags: Flags to apply it with.
 * @hit: For which call of the program, starting with 1, or 0 for any of them.
 * @ret: The result of the last call.
 * @applied: How many times it was applied.
 * @missing: How many times there was nothing to apply.
 */
struct kptr_pick {
	__u32 where;
	__u32 flags;
	__u32 hit;
	int ret;
	__u32 applied;
	__u32 missing;
};

/**
 * struct kptr_request - Argument of a syscall program
 *
 * @where: Where to store a policy object, if anywhere.
 * @fd: Its file descriptor.
 * @flags: Flags of bpf_lsm_policy_from_fd() or bpf_lsm_policy_replace().
 * @type: Type of the object.
 * @lsmid: ID of the object's LSM.
 * @address: Where the kernel has it.
 */
struct kptr_request {
	__u32 where;
	__s32 fd;
	__u32 flags;
	__u32 type;
	__u64 lsmid;
	__u64 address;
};

#endif /* _KPTR_H */
