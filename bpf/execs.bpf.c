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

/* More than it takes to call the functions of all LSMs. */
#define HOOK_SIZE 512

char LICENSE[] SEC("license") = "GPL";

struct task_struct___execs {
	int pid;
	int on_cpu;
	__u64 start_boottime;
	unsigned int in_execve : 1;
	unsigned long nvcsw;
	unsigned long nivcsw;
} CORE;

/* What LSM programs are attached to, in an exec. */
extern const void bpf_lsm_bprm_creds_for_exec __ksym __weak;
extern const void bpf_lsm_bprm_creds_from_file __ksym __weak;
extern const void bpf_lsm_bprm_check_security __ksym __weak;
extern const void bpf_lsm_bprm_committed_creds __ksym __weak;

/* And what calls that. */
extern const void security_bprm_creds_for_exec __ksym __weak;
extern const void security_bprm_creds_from_file __ksym __weak;
extern const void security_bprm_check __ksym __weak;
extern const void security_bprm_committed_creds __ksym __weak;

/* The kernel itself, without modules and BPF programs. */
extern const void _stext __ksym __weak;
extern const void _etext __ksym __weak;

/* Only one loader looks at a time. */
static __u64 frames[MAX_FRAMES];

static __always_inline bool is_within(__u64 address, const void *function,
				      __u64 size)
{
	return function && address - (__u64)function <= size;
}

static __always_inline bool is_hook(__u64 address)
{
	return is_within(address, &bpf_lsm_bprm_creds_for_exec, ENTRY_SIZE) ||
	       is_within(address, &bpf_lsm_bprm_creds_from_file, ENTRY_SIZE) ||
	       is_within(address, &bpf_lsm_bprm_check_security, ENTRY_SIZE) ||
	       is_within(address, &bpf_lsm_bprm_committed_creds, ENTRY_SIZE);
}

static __always_inline bool is_caller(__u64 address)
{
	return is_within(address, &security_bprm_creds_for_exec, HOOK_SIZE) ||
	       is_within(address, &security_bprm_creds_from_file, HOOK_SIZE) ||
	       is_within(address, &security_bprm_check, HOOK_SIZE) ||
	       is_within(address, &security_bprm_committed_creds, HOOK_SIZE);
}

static __always_inline bool is_kernel(__u64 address)
{
	const __u64 begin = (__u64)&_stext, end = (__u64)&_etext;

	return address >= begin && address < end;
}

static __always_inline bool knows_all(void)
{
	return bpf_ksym_exists(&bpf_lsm_bprm_creds_for_exec) &&
	       bpf_ksym_exists(&bpf_lsm_bprm_check_security) &&
	       bpf_ksym_exists(&security_bprm_creds_for_exec) &&
	       bpf_ksym_exists(&security_bprm_check) &&
	       bpf_ksym_exists(&_stext) && bpf_ksym_exists(&_etext);
}

static __always_inline __u64 count_switches(struct task_struct *task)
{
	const struct task_struct___execs *const fields = (void *)task;

	return BPF_CORE_READ(fields, nvcsw) + BPF_CORE_READ(fields, nivcsw);
}

static __always_inline bool is_running(struct task_struct *task)
{
	const struct task_struct___execs *const fields = (void *)task;

	/* Its size differs from one kernel to the next. */
	return BPF_CORE_READ_BITFIELD_PROBED(fields, on_cpu);
}

/* In doubt, it is. */
static __always_inline bool may_be_inside(struct task_struct *task)
{
	const __u64 switches = count_switches(task);
	bool program = false;
	long size;
	int i;

	if (is_running(task) || !knows_all())
		return true;
	size = bpf_get_task_stack(task, frames, sizeof(frames), 0);
	if (size <= 0 || size >= (long)sizeof(frames))
		return true;
	/* The stack of a task that went on meanwhile may be any mixture. */
	if (is_running(task) || count_switches(task) != switches)
		return true;
	/*
	 * From what was called last on.  A kernel that jumps to the programs
	 * instead of calling them leaves no trace of the hook, but of what
	 * called it.
	 */
	bpf_for(i, 0, MAX_FRAMES) {
		if (i * (long)sizeof(frames[0]) >= size)
			break;
		if (is_hook(frames[i]) || (program && is_caller(frames[i])))
			return true;
		program = !is_kernel(frames[i]);
	}
	/* Where a program begins, the kernel cannot tell what called it. */
	return program;
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
