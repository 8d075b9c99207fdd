// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that deny new privileges to some execs of one process, the way
 * their test asks them to
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"
#include "progs/nnp.h"

#ifndef EPERM
#define EPERM 1
#endif

#define LSM_UNSAFE_NO_NEW_PRIVS 4

char _license[] SEC("license") = "GPL";

/* The process to act upon, and nothing else on the system. */
int target_pid;

struct nnp_orders orders;

/*
 * Number of execs according to each program, as nothing tells which one
 * comes first, and number of calls of bprm_check_security for the last one.
 */
unsigned int num_limit;
unsigned int num_limit_atomic;
unsigned int num_for_exec;
unsigned int num_atomic;
unsigned int num_check;

/* How many times a kernel function was called, and failed. */
unsigned int num_set;
unsigned int num_errors;

/* The execs that bprm_creds_for_exec finds limited, as in the orders. */
unsigned int found_limited;

static bool is_target(void)
{
	return target_pid && bpf_get_current_pid_tgid() >> 32 == target_pid;
}

/* Whether @mask has the last of @num execs. */
static bool is_ordered(const struct linux_binprm *bprm, unsigned int mask,
		       unsigned int num)
{
	if (orders.initial_only && bprm->cred->user_ns->level)
		return false;

	return num && num <= 32 && mask & (1U << (num - 1));
}

static void set(struct linux_binprm *bprm)
{
	num_set++;
	if (bpf_bprm_set_no_new_privs(bprm))
		num_errors++;
}

SEC("lsm.s/bprm_limit_privs")
int BPF_PROG(limit, struct linux_binprm *bprm)
{
	if (!is_target())
		return 0;

	num_limit++;
	if (is_ordered(bprm, orders.limit, num_limit))
		set(bprm);
	return is_ordered(bprm, orders.limit_fail, num_limit) ? -EPERM : 0;
}

SEC("lsm/bprm_limit_privs")
int BPF_PROG(limit_atomic, struct linux_binprm *bprm)
{
	if (!is_target())
		return 0;

	num_limit_atomic++;
	if (is_ordered(bprm, orders.limit_atomic, num_limit_atomic))
		set(bprm);
	return 0;
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec, struct linux_binprm *bprm)
{
	if (!is_target())
		return 0;

	num_for_exec++;
	num_check = 0;
	if (num_for_exec <= 32 && bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS)
		found_limited |= 1U << (num_for_exec - 1);
	if (is_ordered(bprm, orders.for_exec, num_for_exec))
		set(bprm);
	if (is_ordered(bprm, orders.stage, num_for_exec) &&
	    bpf_landlock_restrict_binprm(bprm, NULL,
					 LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS))
		num_errors++;
	return 0;
}

SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(atomic, struct linux_binprm *bprm)
{
	if (!is_target())
		return 0;

	num_atomic++;
	if (is_ordered(bprm, orders.atomic, num_atomic))
		set(bprm);
	return 0;
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check, struct linux_binprm *bprm)
{
	if (!is_target())
		return 0;

	num_check++;
	if (is_ordered(bprm, orders.check, num_for_exec) ||
	    (is_ordered(bprm, orders.check_last, num_for_exec) &&
	     num_check > 1))
		set(bprm);
	return is_ordered(bprm, orders.fail, num_for_exec) ? -EPERM : 0;
}
