// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Programs that deny new privileges, which the verifier must
 *                  accept or refuse
 */

#include "landlock_bpf.h"

#include "load.h"
#include "nnp_verifier.skel.h"

FIXTURE(nnp_load)
{
};

FIXTURE_VARIANT(nnp_load)
{
	const struct load_answer answer;
};

#define SET_NOT_ALLOWED NOT_ALLOWED("bpf_bprm_set_no_new_privs")

FIXTURE_VARIANT_ADD(nnp_load, ok_limit) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_limit_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_for_exec) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_for_exec_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_check) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_check_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_rcu_locked) ACCEPTED;

/* Too late, or elsewhere. */
FIXTURE_VARIANT_ADD(nnp_load, hook_from_file) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, hook_committing) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, hook_committed) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, hook_file_open) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, cgroup_limit) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, cgroup_for_exec) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, cgroup_check) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, fentry_limit) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, fentry_for_exec) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, fentry_check) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, fexit_for_exec) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, fmod_ret_for_exec) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, tracepoint) REFUSED(SET_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(nnp_load, syscall_prog) REFUSED(SET_NOT_ALLOWED);

/* Nothing else than the exec, nor otherwise. */
FIXTURE_VARIANT_ADD(nnp_load, null_bprm)
	REFUSED("Possibly NULL pointer passed to trusted R1");
FIXTURE_VARIANT_ADD(nnp_load, other_bprm)
	REFUSED("R1 expected pointer to STRUCT linux_binprm");
FIXTURE_VARIANT_ADD(nnp_load, number_bprm)
	REFUSED("R1 is scalar expected STRUCT linux_binprm");
FIXTURE_VARIANT_ADD(nnp_load, stage_limit)
	REFUSED(NOT_ALLOWED("bpf_landlock_restrict_binprm"));
FIXTURE_VARIANT_ADD(nnp_load, write_unsafe_limit)
	REFUSED("only read is supported");
FIXTURE_VARIANT_ADD(nnp_load, write_unsafe) REFUSED("only read is supported");

/* Waiting for memory. */
FIXTURE_VARIANT_ADD(nnp_load, ok_wait_task) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, ok_wait_check) ACCEPTED;
FIXTURE_VARIANT_ADD(nnp_load, wait_atomic)
	REFUSED("program must be sleepable to call sleepable kfunc");
FIXTURE_VARIANT_ADD(nnp_load, wait_rcu_locked)
	REFUSED("kernel func bpf_wait_for_memory is sleepable within");
FIXTURE_VARIANT_ADD(nnp_load, wait_syscall)
	REFUSED(NOT_ALLOWED("bpf_wait_for_memory"));

FIXTURE_SETUP(nnp_load)
{
}

FIXTURE_TEARDOWN(nnp_load)
{
}

TEST_F(nnp_load, load)
{
	struct nnp_verifier *const skel = nnp_verifier__open();

	ASSERT_NE(NULL, skel);
	load_expect(_metadata, skel->obj, &variant->answer);
	nnp_verifier__destroy(skel);
}

TEST_HARNESS_MAIN
