/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Denials by the guard of the policies
 */

#ifndef EXECLOCK_GUARD_H
#define EXECLOCK_GUARD_H

#include <linux/types.h>

/** GUARD_DENIALS - Number of denials that are kept, a power of two */
#define GUARD_DENIALS 16

/** GUARD_COMM - Room for the name of a task: the kernel's TASK_COMM_LEN */
#define GUARD_COMM 16

/**
 * enum guard_kind - Operations that a task under a policy is denied
 *
 * @GUARD_MAP: Open a map of execlock.
 * @GUARD_PROGRAM: Open an LSM program, or another program of execlock.
 * @GUARD_LINK: Open any link by its ID, or change the link of an LSM program.
 * @GUARD_LOAD: Load a program that can change decisions of other programs.
 * @GUARD_PIN: Remove, rename or change a file in a BPF file system.
 * @GUARD_MOUNT: Mount on a BPF file system, or unmount one.
 * @GUARD_PROTOCOL: Create a socket of a protocol like TCP that no right of its
 *                  policy controls.
 * @GUARD_KINDS: Number of kinds.
 */
enum guard_kind {
	GUARD_MAP,
	GUARD_PROGRAM,
	GUARD_LINK,
	GUARD_LOAD,
	GUARD_PIN,
	GUARD_MOUNT,
	GUARD_PROTOCOL,
	GUARD_KINDS,
};

/**
 * struct guard_counts - Numbers of denials
 *
 * @number: Number of all denials, and of operations that permissive policies
 *          would have denied.
 * @permissive: Number of these operations.
 * @kinds: Number of denials of each &enum guard_kind.
 */
struct guard_counts {
	__u64 number;
	__u64 permissive;
	__u64 kinds[GUARD_KINDS];
};

/**
 * struct guard_denial - One of the latest denials
 *
 * @number: Counts from 1; zero while it is being written.
 * @time: Since boot, in nanoseconds.
 * @pid: The process that was denied.
 * @uid: Its user.
 * @kind: An &enum guard_kind.
 * @policy: The policy that was applied to the process last, see struct
 *          execlock_policy.
 * @permissive: Whether it was allowed, because the policy is permissive.
 * @zero: Padding.
 * @comm: Name of the task.
 */
struct guard_denial {
	__u64 number;
	__u64 time;
	__u32 pid;
	__u32 uid;
	__u32 kind;
	__u32 policy;
	__u32 permissive;
	__u32 zero;
	char comm[GUARD_COMM];
};

#endif /* EXECLOCK_GUARD_H */
