// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Tell what a file is to the programs that confine
 *
 * These look at the file and at the directories above it in its file system,
 * whatever part of that is mounted.  User space cannot see all of them.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "explain.h"

char LICENSE[] SEC("license") = "GPL";

/** wanted - The file descriptor in question, of the process that reads */
__u32 wanted;

/** chain - The answer: it has more room than the buffer of an iterator */
struct explain_chain chain;

SEC("iter/task_file")
int explain(struct bpf_iter__task_file *ctx)
{
	const struct file *const file = ctx->file;
	const struct dentry *dentry;
	int i;

	/* The end of the list. */
	if (!file || ctx->fd != wanted)
		return 0;
	bpf_rcu_read_lock();
	dentry = BPF_CORE_READ(file, f_path.dentry);
	bpf_probe_read_kernel_str(chain.name, sizeof(chain.name),
				  BPF_CORE_READ(dentry, d_name.name));
	bpf_for(i, 0, EXPLAIN_DEPTH) {
		const struct dentry *const parent =
			BPF_CORE_READ(dentry, d_parent);
		/* On overlayfs, the file is not that of its dentry. */
		const struct inode *const inode =
			i ? BPF_CORE_READ(dentry, d_inode) :
			    BPF_CORE_READ(file, f_inode);
		struct execlock_file *const answer =
			&chain.files[i & (EXPLAIN_DEPTH - 1)];

		answer->inode = BPF_CORE_READ(inode, i_ino);
		answer->generation = BPF_CORE_READ(inode, i_generation);
		answer->device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
		chain.count = i + 1;
		if (parent == dentry) {
			chain.end = 1;
			break;
		}
		dentry = parent;
	}
	bpf_rcu_read_unlock();
	return 0;
}
