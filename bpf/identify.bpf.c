// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Tell which file the programs that confine will see
 *
 * This is linked with them.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "execlock.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * Tells the loader which file one of its descriptors refers to, the way that the
 * programs above will see it.  Nothing in user space can tell for all file
 * systems: stat(2) has other numbers on btrfs and overlayfs.
 */
SEC("syscall")
int identify(struct execlock_fd *request)
{
	struct task_struct *const task = bpf_get_current_task_btf();
	struct file *file = NULL;
	struct file **files;
	struct inode *inode;

	files = BPF_CORE_READ(task, files, fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + request->fd);
	inode = BPF_CORE_READ(file, f_inode);
	request->file.inode = BPF_CORE_READ(inode, i_ino);
	request->file.generation = BPF_CORE_READ(inode, i_generation);
	request->file.device = BPF_CORE_READ(inode, i_sb, s_dev);
	request->address = (__u64)inode;
	return 0;
}
