// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Find the execs that are inside a BPF program
 *
 * When a program is detached, execs that are already inside the hook skip it,
 * and they do not run programs that were attached later.  No program would
 * decide such an exec.  So the loader finds these execs, and waits for them.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "execs.h"

/* The kernel's default limit (kernel.perf_event_max_stack). */
#define MAX_FRAMES 127

/* The first instruction of these functions calls BPF programs. */
#define ENTRY_SIZE 16

/* More bytes than calling the functions of all LSMs takes. */
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

/* The functions that LSM programs are attached to, in an exec. */
extern const void bpf_lsm_bprm_creds_for_exec __ksym __weak;
extern const void bpf_lsm_bprm_creds_from_file __ksym __weak;
extern const void bpf_lsm_bprm_check_security __ksym __weak;
extern const void bpf_lsm_bprm_committed_creds __ksym __weak;

/* Their callers. */
extern const void security_bprm_creds_for_exec __ksym __weak;
extern const void security_bprm_creds_from_file __ksym __weak;
extern const void security_bprm_check __ksym __weak;
extern const void security_bprm_committed_creds __ksym __weak;

/* The text of the kernel, without modules and BPF programs. */
extern const void _stext __ksym __weak;
extern const void _etext __ksym __weak;

/* The lock of the loaders lets only one of them run this. */
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

	/* The size of this field differs between kernels. */
	return BPF_CORE_READ_BITFIELD_PROBED(fields, on_cpu);
}

/* In doubt, the task may be inside. */
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
	/* If the task ran meanwhile, the stack is inconsistent. */
	if (is_running(task) || count_switches(task) != switches)
		return true;
	/*
	 * The innermost frame comes first.  A kernel that jumps to the programs
	 * instead of calling them leaves no frame of the hook, but one of its
	 * caller.
	 */
	bpf_for(i, 0, MAX_FRAMES) {
		if (i * (long)sizeof(frames[0]) >= size)
			break;
		if (is_hook(frames[i]) || (program && is_caller(frames[i])))
			return true;
		program = !is_kernel(frames[i]);
	}
	/* At the start of a program, the frame of its caller is missing. */
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
