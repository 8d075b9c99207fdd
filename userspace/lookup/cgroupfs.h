/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Names and numbers of cgroups
 *
 * BPF programs know a cgroup (v2) by its number, which is never given to
 * another one while the system runs.  People know it by its path, as in
 * /proc/PID/cgroup.
 */

#ifndef EXECLOCK_CGROUPFS_H
#define EXECLOCK_CGROUPFS_H

#include <linux/types.h>
#include <stdbool.h>

/** CGROUPFS_LEVELS - How many levels BPF programs look at (MAX_ANCESTORS) */
#define CGROUPFS_LEVELS 32

/**
 * cgroupfs_open - Open the directory of a cgroup
 *
 * @name: Its path, with or without that of the cgroup file system in front.  It
 *        is below that, and no link or other file system is on the way.
 *
 * Return: a file descriptor opened with O_PATH, or -1 with errno set; it is
 * ENODEV if there is no cgroup file system.
 */
int cgroupfs_open(const char *name);

/**
 * cgroupfs_number - From the name of a cgroup to its number
 *
 * @name: Its path, with or without that of the cgroup file system in front.
 * @number: Set to the number.
 *
 * Return: 0, or -1 with the error reported.
 */
int cgroupfs_number(const char *name, __u64 *number);

/**
 * cgroupfs_name - From the number of a cgroup to its name
 *
 * @number: The number.
 *
 * Return: its path in the hierarchy, which the caller has to free; NULL if it
 * cannot be told, with errno ESTALE if the cgroup was removed.
 */
char *cgroupfs_name(__u64 number);

/**
 * cgroupfs_check_level - Refuse a cgroup that is too deep to be looked at
 *
 * What is said of such a cgroup would never apply to anything.
 *
 * @name: What it is called, for a message.
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
 * cgroupfs_prune - Remove the cgroups that are gone from a map
 *
 * @map: File descriptor of a BPF hash map whose keys are cgroups' numbers.
 */
void cgroupfs_prune(int map);

#endif /* EXECLOCK_CGROUPFS_H */
