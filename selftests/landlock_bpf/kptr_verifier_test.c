// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Programs with LSM policy objects, which the verifier must
 *                  accept or refuse
 */

#include "landlock_bpf.h"

#include "load.h"
#include "kptr_verifier.skel.h"

FIXTURE(kptr_load)
{
};

FIXTURE_VARIANT(kptr_load)
{
	const struct load_answer answer;
};

#define FD_NOT_ALLOWED NOT_ALLOWED("bpf_lsm_policy_from_fd")
#define REPLACE_NOT_ALLOWED NOT_ALLOWED("bpf_lsm_policy_replace")
#define APPLY_NOT_ALLOWED NOT_ALLOWED("bpf_lsm_policy_apply_bprm")
#define ACQUIRE_NOT_ALLOWED NOT_ALLOWED("bpf_lsm_policy_acquire")
#define RELEASE_NOT_ALLOWED NOT_ALLOWED("bpf_lsm_policy_release")
#define UNRELEASED "Unreleased reference"
#define MAYBE_NULL "Possibly NULL pointer passed to trusted R1"
#define NOT_RCU "R1 must be a rcu pointer"
#define NOT_OWNED "expects referenced PTR_TO_BTF_ID passed to R1"

FIXTURE_VARIANT_ADD(kptr_load, ok_for_exec) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, ok_check) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, ok_from_file) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, ok_acquire_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, ok_acquire_syscall) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, ok_read_fields) ACCEPTED;

/* Only system calls have file descriptors. */
FIXTURE_VARIANT_ADD(kptr_load, fd_for_exec) REFUSED(FD_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, fd_file_open) REFUSED(FD_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, fd_tracepoint) REFUSED(FD_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, fd_fentry) REFUSED(FD_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, ok_replace) ACCEPTED;
FIXTURE_VARIANT_ADD(kptr_load, replace_for_exec) REFUSED(REPLACE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, replace_file_open) REFUSED(REPLACE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, replace_unacquired)
	REFUSED("R1 must be referenced or trusted");
FIXTURE_VARIANT_ADD(kptr_load, fd_rcu_locked)
	REFUSED("is sleepable within rcu_read_lock region");

/* Before the point of no return, by the programs that own the exec. */
FIXTURE_VARIANT_ADD(kptr_load, apply_not_sleepable)
	REFUSED("program must be sleepable to call sleepable kfunc");
FIXTURE_VARIANT_ADD(kptr_load, apply_rcu_locked)
	REFUSED("is sleepable within rcu_read_lock region");
FIXTURE_VARIANT_ADD(kptr_load, apply_committing) REFUSED(APPLY_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, apply_file_open) REFUSED(APPLY_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, apply_cgroup) REFUSED(APPLY_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, apply_fentry) REFUSED(APPLY_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, apply_syscall) REFUSED(APPLY_NOT_ALLOWED);

/* Tracing programs do not even have references. */
FIXTURE_VARIANT_ADD(kptr_load, acquire_tracepoint) REFUSED(ACQUIRE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, release_tracepoint) REFUSED(RELEASE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(kptr_load, release_fentry) REFUSED(RELEASE_NOT_ALLOWED);

/* Objects are the kernel's own. */
FIXTURE_VARIANT_ADD(kptr_load, hook_from_fd) REFUSED("points to disabled hook");
FIXTURE_VARIANT_ADD(kptr_load, hook_get) REFUSED("points to disabled hook");
FIXTURE_VARIANT_ADD(kptr_load, hook_put) REFUSED("points to disabled hook");
FIXTURE_VARIANT_ADD(kptr_load, hook_apply) REFUSED("points to disabled hook");

/* Each reference is released or stored, once. */
FIXTURE_VARIANT_ADD(kptr_load, fd_missing_release) REFUSED(UNRELEASED);
FIXTURE_VARIANT_ADD(kptr_load, fd_unchecked_release) REFUSED(MAYBE_NULL);
FIXTURE_VARIANT_ADD(kptr_load, xchg_unchecked)
	REFUSED("Possibly NULL pointer passed to helper R2");
FIXTURE_VARIANT_ADD(kptr_load, xchg_missing_release) REFUSED(UNRELEASED);
FIXTURE_VARIANT_ADD(kptr_load, xchg_then_release) REFUSED(NOT_OWNED);
FIXTURE_VARIANT_ADD(kptr_load, acquire_missing_release) REFUSED(UNRELEASED);
FIXTURE_VARIANT_ADD(kptr_load, acquire_double_release) REFUSED(NOT_OWNED);
FIXTURE_VARIANT_ADD(kptr_load, acquire_use_after_release)
	REFUSED("R1 is scalar expected STRUCT lsm_policy_object");

/* A stored object can be gone at any time. */
FIXTURE_VARIANT_ADD(kptr_load, acquire_unlocked) REFUSED(NOT_RCU);
FIXTURE_VARIANT_ADD(kptr_load, acquire_after_unlock) REFUSED(NOT_RCU);
FIXTURE_VARIANT_ADD(kptr_load, acquire_unchecked) REFUSED(MAYBE_NULL);
FIXTURE_VARIANT_ADD(kptr_load, borrowed_apply)
	REFUSED("R1 must be referenced or trusted");
FIXTURE_VARIANT_ADD(kptr_load, borrowed_release) REFUSED(NOT_OWNED);
FIXTURE_VARIANT_ADD(kptr_load, borrowed_xchg)
	REFUSED("expects referenced PTR_TO_BTF_ID passed to R2");

/* Not the program's own memory. */
FIXTURE_VARIANT_ADD(kptr_load, forged_apply)
	REFUSED("R1 is fp expected STRUCT lsm_policy_object");
FIXTURE_VARIANT_ADD(kptr_load, forged_acquire)
	REFUSED("R1 is fp expected STRUCT lsm_policy_object");
FIXTURE_VARIANT_ADD(kptr_load, forged_release) REFUSED(NOT_OWNED);

/* Nothing but an exchange. */
FIXTURE_VARIANT_ADD(kptr_load, plain_store)
	REFUSED("store to referenced kptr disallowed");
FIXTURE_VARIANT_ADD(kptr_load, other_type) REFUSED("invalid kptr access");
FIXTURE_VARIANT_ADD(kptr_load, write_policy) REFUSED("only read is supported");

FIXTURE_SETUP(kptr_load)
{
}

FIXTURE_TEARDOWN(kptr_load)
{
}

TEST_F(kptr_load, load)
{
	struct kptr_verifier *const skel = kptr_verifier__open();

	ASSERT_NE(NULL, skel);
	load_expect(_metadata, skel->obj, &variant->answer);
	kptr_verifier__destroy(skel);
}

TEST_HARNESS_MAIN
