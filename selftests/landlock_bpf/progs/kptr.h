/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs of kptr.bpf.c do is told by their test
 */

#ifndef _KPTR_H
#define _KPTR_H

/* Where rulesets are stored. */
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
	HOOK_NUM,
};

/**
 * struct kptr_request - Argument of a syscall program
 *
 * @where: Where to store a ruleset, if anywhere.
 * @fd: Its file descriptor.
 * @address: Where the kernel has it.
 */
struct kptr_request {
	__u32 where;
	__s32 fd;
	__u64 address;
};

#endif /* _KPTR_H */
