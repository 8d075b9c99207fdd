// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that drop capabilities of one process, as its test orders
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/cap_kfuncs.h"
#include "progs/drop.h"

#ifndef EPERM
#define EPERM 1
#endif

char _license[] SEC("license") = "GPL";

/* The process to act upon, and nothing else on the system. */
int target_pid;

struct drop_orders orders;

/* Number of calls, and of those that returned an error. */
unsigned int num_calls;
unsigned int num_errors;

/* The orders are for the first exec of the process that succeeds. */
unsigned int num_execs;

static bool is_target(void)
{
	return target_pid && bpf_get_current_pid_tgid() >> 32 == target_pid;
}

static void drop_creator(const struct cred *cred, u64 caps)
{
	if (!is_target() || !caps)
		return;

	num_calls++;
	if (bpf_userns_drop_caps(cred, caps))
		num_errors++;
}

static void drop_exec(struct linux_binprm *bprm, u64 caps)
{
	if (!is_target() || num_execs || !caps)
		return;

	num_calls++;
	if (bpf_bprm_drop_userns_caps(bprm, caps))
		num_errors++;
}

/* The program that is attached first runs last, when the others dropped. */
SEC("lsm.s/userns_create")
int BPF_PROG(create, const struct cred *cred)
{
	drop_creator(cred, orders.create);
	return is_target() && orders.fail ? -EPERM : 0;
}

SEC("lsm.s/userns_create")
int BPF_PROG(create_again, const struct cred *cred)
{
	drop_creator(cred, orders.create_again);
	return 0;
}

SEC("lsm/userns_create")
int BPF_PROG(create_atomic, const struct cred *cred)
{
	drop_creator(cred, orders.create_atomic);
	return 0;
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec, struct linux_binprm *bprm)
{
	drop_exec(bprm, orders.for_exec);
	return 0;
}

SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(for_exec_atomic, struct linux_binprm *bprm)
{
	drop_exec(bprm, orders.for_exec_atomic);
	return 0;
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check, struct linux_binprm *bprm)
{
	drop_exec(bprm, orders.check);
	return 0;
}

SEC("lsm/bprm_check_security")
int BPF_PROG(check_atomic, struct linux_binprm *bprm)
{
	drop_exec(bprm, orders.check_atomic);
	return 0;
}

SEC("lsm.s/bprm_creds_from_file")
int BPF_PROG(from_file, struct linux_binprm *bprm, const struct file *file)
{
	drop_exec(bprm, orders.from_file);
	return is_target() && orders.fail ? -EPERM : 0;
}

SEC("lsm/bprm_creds_from_file")
int BPF_PROG(from_file_atomic, struct linux_binprm *bprm,
	     const struct file *file)
{
	drop_exec(bprm, orders.from_file_atomic);
	return 0;
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(committed, const struct linux_binprm *bprm)
{
	if (is_target())
		num_execs++;
	return 0;
}
