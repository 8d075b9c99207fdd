/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the running kernel can do
 */

#ifndef EXECLOCK_KERNEL_H
#define EXECLOCK_KERNEL_H

#include <stdbool.h>

/**
 * struct kernel - What execlock needs of a kernel
 *
 * @landlock_abi: Landlock ABI version, 0 if there is no Landlock.
 * @exectime: Whether landlock_restrict_self(2) can stage for the next exec.
 * @bpf_lsm: Whether BPF programs can be LSM hooks.
 * @map_type: Number of BPF_MAP_TYPE_LANDLOCK_RULESET, 0 if there is none.
 * @restrict_binprm: Whether BPF programs can stage rulesets.
 * @no_new_privs: Whether BPF programs can deny new privileges to one exec.
 */
struct kernel {
	int landlock_abi;
	bool exectime;
	bool bpf_lsm;
	int map_type;
	bool restrict_binprm;
	bool no_new_privs;
};

/**
 * kernel_landlock - Ask for what Landlock can do
 *
 * @kernel: Its landlock_abi and exectime are set.
 */
void kernel_landlock(struct kernel *kernel);

/**
 * kernel_bpf - Ask for what BPF programs can do
 *
 * @kernel: The other members are set.
 */
void kernel_bpf(struct kernel *kernel);

/**
 * kernel_need_exectime - Make sure that a process can stage for itself
 *
 * @kernel: What kernel_landlock() found.
 *
 * Return: 0, or -1 with the error reported.
 */
int kernel_need_exectime(const struct kernel *kernel);

/**
 * kernel_need_bpf - Make sure that BPF programs can stage
 *
 * @kernel: What kernel_landlock() and kernel_bpf() found.
 *
 * Return: 0, or -1 with the error reported.
 */
int kernel_need_bpf(const struct kernel *kernel);

/**
 * kernel_need_nnp - Make sure that BPF programs can deny new privileges
 *
 * This has nothing to do with Landlock.
 *
 * @kernel: What kernel_bpf() found.
 *
 * Return: 0, or -1 with the error reported.
 */
int kernel_need_nnp(const struct kernel *kernel);

#endif /* EXECLOCK_KERNEL_H */
