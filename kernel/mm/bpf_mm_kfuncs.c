// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions for BPF LSM programs that need memory
 *
 * Copyright © 2026 The execlock authors
 */

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/module.h>

__bpf_kfunc_start_defs();

/**
 * bpf_wait_for_memory - Wait until there is free memory
 *
 * The elements of maps are allocated without waiting, and so are the storages
 * of tasks, because most programs cannot sleep.  When other tasks leave little
 * memory free, these allocations fail, and so may decisions that depend on
 * them, e.g. the decision about an exec that a BPF program has to record.  A
 * program that can sleep calls this function and then tries again, a few times.
 * Memory that is in use for caches is reclaimed meanwhile, as it is for any
 * other allocation of the kernel.
 *
 * This function ignores the limits of memory cgroups: a map is charged to the
 * cgroup in which it was created.
 *
 * Only BPF LSM programs that can sleep can call this kfunc.
 *
 * Return: 0, or -ENOMEM.
 */
__bpf_kfunc int bpf_wait_for_memory(void)
{
	const unsigned long page = __get_free_page(GFP_KERNEL | __GFP_NOWARN);

	if (!page)
		return -ENOMEM;

	free_page(page);
	return 0;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(bpf_mm_kfunc_ids)
BTF_ID_FLAGS(func, bpf_wait_for_memory, KF_SLEEPABLE)
BTF_KFUNCS_END(bpf_mm_kfunc_ids)

static const struct btf_kfunc_id_set bpf_mm_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &bpf_mm_kfunc_ids,
};

static int __init bpf_mm_kfuncs_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &bpf_mm_kfunc_set);
}
late_initcall(bpf_mm_kfuncs_init);
