/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Charge the memory of BPF programs to the root cgroup
 */

#ifndef EXECLOCK_MEMORY_H
#define EXECLOCK_MEMORY_H

struct bpf_object_skeleton;

/**
 * memory_load - Load BPF programs and maps in the root cgroup
 *
 * The kernel charges the elements of a map to the memory cgroup in which the
 * map was created.  Some maps have an element for each process that the
 * programs see.  So maps are created in the root cgroup, which has no limit: in
 * the cgroup of the service or session in which execlock runs, the processes of
 * one user could reach the limit, and execs of others would fail.  This process
 * stays in its cgroup.  If it cannot enter the root cgroup, there is a warning.
 *
 * @skeleton: The programs and maps, opened.
 *
 * Return: 0, or a negative error number, with errno set, as
 * bpf_object__load_skeleton() does.
 */
int memory_load(struct bpf_object_skeleton *skeleton);

#endif /* EXECLOCK_MEMORY_H */
