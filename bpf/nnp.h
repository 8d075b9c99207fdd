/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Data that the no_new_privs rule and its loader share
 */

#ifndef EXECLOCK_NNP_H
#define EXECLOCK_NNP_H

#include <linux/types.h>

/**
 * NNP_LEVEL - The initial user namespace, as a level of nesting
 *
 * The rule is in force as long as its map "levels" has this element.
 */
#define NNP_LEVEL 0

/**
 * enum nnp_by - Bits of the value of this element: why the rule is in force
 *
 * @NNP_BY_COMMAND: "execlock nnp" put it in force.
 * @NNP_BY_FILE: "execlock load" did, because of the system's file.
 */
enum nnp_by {
	NNP_BY_COMMAND = 1,
	NNP_BY_FILE = 2,
};

/** NNP_MAX_CGROUPS - The most cgroups that can be exempt by their numbers */
#define NNP_MAX_CGROUPS 1024

/** NNP_NAME - Room for the name of a cgroup, with its NUL */
#define NNP_NAME 256

/**
 * struct nnp_step - A step down on the way to an exempt path
 *
 * @above: Number of the cgroup above; zero for the root.
 * @name: Name of the cgroup in it, padded with zeroes.
 */
struct nnp_step {
	__u32 above;
	char name[NNP_NAME];
};

/**
 * struct nnp_place - A cgroup on the way to an exempt path, or at its end
 *
 * @number: Its number among those of the list, from 1.
 * @exempt: Whether it is exempt.
 */
struct nnp_place {
	__u32 number;
	__u32 exempt;
};

/**
 * enum nnp_outcome - Result of an exec that asked for privileges
 *
 * @NNP_DENIED: It gained none, because of no_new_privs for this exec.
 * @NNP_BY_CGROUP: It gained them, because its cgroup is exempt.
 * @NNP_BY_NAMESPACE: It gained them in a user namespace other than the initial
 *                    one.
 * @NNP_OUTCOMES: Number of outcomes.
 */
enum nnp_outcome {
	NNP_DENIED,
	NNP_BY_CGROUP,
	NNP_BY_NAMESPACE,
	NNP_OUTCOMES,
};

/**
 * enum nnp_reason - Source of the privileges; of several, the first one
 *
 * @NNP_USER: A set-user-ID file, of another user.
 * @NNP_GROUP: A set-group-ID file, of another group.
 * @NNP_CAPABILITIES: Capabilities that the task did not have: the file's or, if
 *                    the task's user is root, all.
 * @NNP_REASONS: Number of reasons.
 */
enum nnp_reason {
	NNP_USER,
	NNP_GROUP,
	NNP_CAPABILITIES,
	NNP_REASONS,
};

/**
 * struct nnp_counters - Number of execs with one outcome
 *
 * @reasons: A number for each &enum nnp_reason.
 */
struct nnp_counters {
	__u64 reasons[NNP_REASONS];
};

/** NNP_GAINS - Number of denied gains that are remembered */
#define NNP_GAINS 32

/** NNP_PATH - Room for a path, with its NUL: the kernel's PATH_MAX */
#define NNP_PATH 4096

/** NNP_COMM - Room for the name of a task: the kernel's TASK_COMM_LEN */
#define NNP_COMM 16

/**
 * struct nnp_gain - Gains that one user was denied with one file
 *
 * @version: Odd while this is being written.
 * @uid: The user.
 * @inode: Number of the inode of the file.
 * @device: Number of its file system.
 * @reason: Source of the privileges, an &enum nnp_reason.
 * @count: Number of denials; zero if the slot is empty.
 * @time: Time of the last denial, in nanoseconds since boot.
 * @pid: The process that was denied last.
 * @comm: Its name before the exec.
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
