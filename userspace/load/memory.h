/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Who pays for the memory of BPF programs
 */

#ifndef EXECLOCK_MEMORY_H
#define EXECLOCK_MEMORY_H

struct bpf_object_skeleton;

/**
 * memory_load - Load BPF programs and maps at the expense of the whole system
 *
 * The kernel charges all that a map ever holds to the memory cgroup in which it
 * was created.  Some maps hold something for each process that the programs
 * see.  So they are created in the root cgroup, which has no limit: the limit of
 * the service or session in which execlock runs could be reached by any user's
 * processes, and those of others would fail.  This process itself stays where
 * it is.  If the root cgroup is out of reach, a warning says so.
 *
 * @skeleton: The programs and maps, opened.
 *
 * Return: 0, or a negative error number, with errno set, as
 * bpf_object__load_skeleton() does.
 */
int memory_load(struct bpf_object_skeleton *skeleton);

#endif /* EXECLOCK_MEMORY_H */
