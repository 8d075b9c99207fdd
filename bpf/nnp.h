/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the dynamic no_new_privs policy and its loader share
 */

#ifndef EXECLOCK_NNP_H
#define EXECLOCK_NNP_H

#include <linux/types.h>

/**
 * NNP_LEVEL - The initial user namespace, as a level of nesting
 *
 * The policy is in force as long as its map "levels" has this element.
 */
#define NNP_LEVEL 0

/** NNP_MAX_CGROUPS - Room in the list of cgroups that may elevate */
#define NNP_MAX_CGROUPS 1024

/**
 * enum nnp_outcome - What became of an execution that asked for privileges
 *
 * @NNP_DENIED: It got none, because of no_new_privs for this execution.
 * @NNP_BY_CGROUP: It got them, and its cgroup is in the list.
 * @NNP_BY_NAMESPACE: It got them, in a user namespace of its own.
 * @NNP_OUTCOMES: Number of outcomes.
 */
enum nnp_outcome {
	NNP_DENIED,
	NNP_BY_CGROUP,
	NNP_BY_NAMESPACE,
	NNP_OUTCOMES,
};

/**
 * enum nnp_reason - Where its privileges came from, the first that applies
 *
 * @NNP_USER: A set-user-ID file, of another user.
 * @NNP_GROUP: A set-group-ID file, of another group.
 * @NNP_CAPABILITIES: Capabilities that the task did not have: those of the
 *                    file or, if its user is root, all.
 * @NNP_REASONS: Number of reasons.
 */
enum nnp_reason {
	NNP_USER,
	NNP_GROUP,
	NNP_CAPABILITIES,
	NNP_REASONS,
};

/**
 * struct nnp_counters - Number of executions with one outcome
 *
 * @reasons: Each has one of these &enum nnp_reason.
 */
struct nnp_counters {
	__u64 reasons[NNP_REASONS];
};

/** NNP_GAINS - How many denied gains are remembered */
#define NNP_GAINS 32

/** NNP_PATH - Room for a path, with its NUL: the kernel's PATH_MAX */
#define NNP_PATH 4096

/** NNP_COMM - Room for the name of a task: the kernel's TASK_COMM_LEN */
#define NNP_COMM 16

/**
 * struct nnp_gain - Gains that were denied to one user with one file
 *
 * @version: Odd while it is being written.
 * @uid: The user.
 * @inode: Number of the inode of the file.
 * @device: Number of its file system.
 * @reason: Where the privileges would have come from, an &enum nnp_reason.
 * @count: How often, since this is remembered; zero if there is nothing here.
 * @time: When it was the last time, in nanoseconds since the system is up.
 * @pid: The process, the last time.
 * @comm: Its name, before the exec.
 * @file: Path of the file.
 * @zero: Padding.
 */
struct nnp_gain {
	__u32 version;
	__u32 uid;
	__u64 inode;
	__u32 device;
	__u32 reason;
	__u64 count;
	__u64 time;
	__u32 pid;
	__u32 zero;
	char comm[NNP_COMM];
	char file[NNP_PATH];
};

#endif /* EXECLOCK_NNP_H */
