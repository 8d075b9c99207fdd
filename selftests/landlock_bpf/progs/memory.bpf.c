// SPDX-License-Identifier: GPL-2.0
/*
 * A program that waits for memory in the execs of one process
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"

char _license[] SEC("license") = "GPL";

/* The process to act upon. */
int target_pid;

/* How many times the kernel function was called, and its last result. */
unsigned int num_waits;
int result;

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(wait_for_memory, struct linux_binprm *bprm)
{
	if (!target_pid || bpf_get_current_pid_tgid() >> 32 != target_pid)
		return 0;

	num_waits++;
	result = bpf_wait_for_memory();
	return 0;
}
