/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The little that the BPF programs know about kernel types
 *
 * Only the fields that are read: libbpf finds where they really are in the
 * running kernel (CO-RE).  A generated vmlinux.h would do as well, but then
 * execlock could only be built with an execlock kernel at hand.
 */

#ifndef EXECLOCK_KERNEL_TYPES_H
#define EXECLOCK_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define CORE __attribute__((preserve_access_index))

struct task_struct {};
struct seq_file {};

struct super_block {
	__u32 s_dev;
} CORE;

struct inode {
	__u64 i_ino;
	struct super_block *i_sb;
} CORE;

struct file {
	struct inode *f_inode;
} CORE;

struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
} CORE;

struct bpf_iter_meta {
	struct seq_file *seq;
} CORE;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} CORE;

/*
 * What an execlock kernel adds.  The loader replaces the number of the map
 * type with that of the running kernel.
 */
#define BPF_MAP_TYPE_LANDLOCK_RULESET 36

struct bpf_landlock_ruleset {};

int bpf_landlock_restrict_binprm(struct linux_binprm *bprm,
				 const struct bpf_landlock_ruleset *ruleset,
				 __u32 flags) __ksym;
void bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset)
	__ksym;

#endif /* EXECLOCK_KERNEL_TYPES_H */
