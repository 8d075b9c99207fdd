// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Find the execs that are inside a BPF program
 *
 * When a program is detached, the kernel makes the execs that already are on
 * their way through the BPF programs of this hook skip it, and they do not come
 * by programs that were attached after them.  Such an exec would be decided by
 * nobody.  This finds them, so that the loader can wait for them.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "execs.h"

/* The kernel's limit, unless someone lowered it. */
#define MAX_FRAMES 127

/* BPF programs are called by the first instruction of these. */
#define ENTRY_SIZE 16

char LICENSE[] SEC("license") = "GPL";

struct task_struct___execs {
	int pid;
	int on_cpu;
	__u64 start_boottime;
	unsigned int in_execve : 1;
} CORE;

/* The context of the program, which kernel_types.h does without. */
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} CORE;

/* What LSM programs are attached to, in an exec. */
extern const void bpf_lsm_bprm_creds_for_exec __ksym __weak;
extern const void bpf_lsm_bprm_creds_from_file __ksym __weak;
extern const void bpf_lsm_bprm_check_security __ksym __weak;
extern const void bpf_lsm_bprm_committed_creds __ksym __weak;

/* Only one loader looks at a time. */
static __u64 frames[MAX_FRAMES];

static __always_inline bool is_within(__u64 address, const void *function)
{
	return function && address - (__u64)function <= ENTRY_SIZE;
}

static __always_inline bool is_hook(__u64 address)
{
	return is_within(address, &bpf_lsm_bprm_creds_for_exec) ||
	       is_within(address, &bpf_lsm_bprm_creds_from_file) ||
	       is_within(address, &bpf_lsm_bprm_check_security) ||
	       is_within(address, &bpf_lsm_bprm_committed_creds);
}

/* In doubt, it is. */
static __always_inline bool may_be_inside(struct task_struct *task)
{
	const struct task_struct___execs *const fields = (void *)task;
	long size;
	int i;

	/* Its size differs from one kernel to the next. */
	if (BPF_CORE_READ_BITFIELD_PROBED(fields, on_cpu))
		return true;
	if (!&bpf_lsm_bprm_creds_for_exec || !&bpf_lsm_bprm_check_security)
		return true;
	size = bpf_get_task_stack(task, frames, sizeof(frames), 0);
	if (size <= 0 || size >= (long)sizeof(frames))
		return true;
	bpf_for(i, 0, MAX_FRAMES) {
		if (i * (long)sizeof(frames[0]) >= size)
			break;
		if (is_hook(frames[i]))
			return true;
	}
	return false;
}

SEC("iter/task")
int find_execs(struct bpf_iter__task *ctx)
{
	struct task_struct *const task = ctx->task;
	const struct task_struct___execs *const fields = (void *)task;
	struct execs_task found = {};

	/* The end of the list, or not in an exec. */
	if (!task || !BPF_CORE_READ_BITFIELD_PROBED(fields, in_execve))
		return 0;
	if (!may_be_inside(task))
		return 0;
	found.id = BPF_CORE_READ(fields, pid);
	found.start = BPF_CORE_READ(fields, start_boottime);
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}
