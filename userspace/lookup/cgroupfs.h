/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Names and numbers of cgroups
 *
 * BPF programs identify a cgroup (v2) by its number, which is not used again
 * while the system runs.  Users name it by its path, as in /proc/PID/cgroup.
 */

#ifndef EXECLOCK_CGROUPFS_H
#define EXECLOCK_CGROUPFS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * CGROUPFS_LEVELS - Number of levels that BPF programs search (MAX_ANCESTORS)
 */
#define CGROUPFS_LEVELS 32

/**
 * cgroupfs_open - Open the directory of a cgroup
 *
 * @name: Its path, with or without the mount of the cgroup file system in
 *        front.  Links, and paths that leave the file system, are refused.
 *
 * Return: a file descriptor opened with O_PATH, or -1 with errno set, which is
 * ENODEV if there is no cgroup file system.
 */
int cgroupfs_open(const char *name);

/**
 * cgroupfs_number - Find the number of a cgroup
 *
 * @name: Its path, as for cgroupfs_open().
 * @number: Set to the number.
 *
 * Return: 0, or -1 with the error reported.
 */
int cgroupfs_number(const char *name, __u64 *number);

/**
 * cgroupfs_threads - Call a function for each thread in a cgroup and below
 *
 * @name: Path of the cgroup, as for cgroupfs_open().
 * @call: Called with the number of the thread.
 * @data: Passed to @call.
 */
void cgroupfs_threads(const char *name, void (*call)(int thread, void *data),
		      void *data);

/**
 * cgroupfs_name - Find the name of a cgroup
 *
 * @number: The number.
 *
 * Return: its path in the hierarchy, which the caller frees; NULL with errno
 * set on error, which is ESTALE if the cgroup was removed.
 */
char *cgroupfs_name(__u64 number);

/**
 * cgroupfs_check_level - Refuse a cgroup that is too deep for BPF programs
 *
 * @name: Name of the cgroup, for a message.
 * @number: Its number.
 *
 * Return: 0, or -1 with the error reported.
 */
int cgroupfs_check_level(const char *name, __u64 number);

/**
 * cgroupfs_is_root - Check whether no memory cgroup limits this process
 *
 * Return: true if it is in the root cgroup, or if there are no memory cgroups
 * (of version 2).
 */
bool cgroupfs_is_root(void);

/**
 * cgroupfs_join_root - Enter the root cgroup
 *
 * Return: 0, or -1 with errno set.
 */
int cgroupfs_join_root(void);

/**
 * cgroupfs_prune - Remove cgroups that no longer exist from a map
 *
 * @map: File descriptor of a BPF hash map whose keys are cgroups' numbers.
 */
void cgroupfs_prune(int map);

#endif /* EXECLOCK_CGROUPFS_H */
