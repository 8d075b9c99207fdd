// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - Programs that drop capabilities, which the verifier must
 *                      accept or refuse
 */

#include "../capabilities/userns_caps.h"
#include "../landlock_bpf/load.h"

#include "verifier.skel.h"

FIXTURE(load)
{
};

FIXTURE_VARIANT(load)
{
	const struct load_answer answer;
};

#define CREATE_NOT_ALLOWED NOT_ALLOWED("bpf_userns_drop_caps")
#define EXEC_NOT_ALLOWED NOT_ALLOWED("bpf_bprm_drop_userns_caps")
#define NOT_TRUSTED "R1 must be referenced or trusted"

FIXTURE_VARIANT_ADD(load, ok_create) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_create_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_create_rcu_locked) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_for_exec) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_for_exec_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_check) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_check_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_from_file) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_from_file_atomic) ACCEPTED;
FIXTURE_VARIANT_ADD(load, ok_any_caps) ACCEPTED;

/* In other hooks. */
FIXTURE_VARIANT_ADD(load, create_drops_exec) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, for_exec_drops_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, from_file_drops_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_cred_prepare) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_capable) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_capset) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_fix_setuid) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_committing) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_committed) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, hook_file_open) REFUSED(EXEC_NOT_ALLOWED);

/* In programs of other types. */
FIXTURE_VARIANT_ADD(load, cgroup_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, cgroup_for_exec) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, cgroup_from_file) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fentry_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fexit_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fmod_ret_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fentry_for_exec) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fexit_check) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, fmod_ret_for_exec) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, tracepoint) REFUSED(EXEC_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, syscall_create) REFUSED(CREATE_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(load, syscall_exec) REFUSED(EXEC_NOT_ALLOWED);

/* With other arguments. */
FIXTURE_VARIANT_ADD(load, null_cred)
	REFUSED("Possibly NULL pointer passed to trusted R1");
FIXTURE_VARIANT_ADD(load, number_cred)
	REFUSED("R1 is scalar expected STRUCT cred");
FIXTURE_VARIANT_ADD(load, current_cred) REFUSED(NOT_TRUSTED);
FIXTURE_VARIANT_ADD(load, current_cred_rcu_locked) REFUSED(NOT_TRUSTED);
FIXTURE_VARIANT_ADD(load, parent_cred_atomic) REFUSED(NOT_TRUSTED);
FIXTURE_VARIANT_ADD(load, file_cred) REFUSED(NOT_TRUSTED);
FIXTURE_VARIANT_ADD(load, other_cred) REFUSED(NOT_TRUSTED);
FIXTURE_VARIANT_ADD(load, task_cred)
	REFUSED("R1 expected pointer to STRUCT cred");
FIXTURE_VARIANT_ADD(load, null_bprm)
	REFUSED("Possibly NULL pointer passed to trusted R1");
FIXTURE_VARIANT_ADD(load, number_bprm)
	REFUSED("R1 is scalar expected STRUCT linux_binprm");
FIXTURE_VARIANT_ADD(load, other_bprm)
	REFUSED("R1 expected pointer to STRUCT linux_binprm");
FIXTURE_VARIANT_ADD(load, file_bprm)
	REFUSED("R1 expected pointer to STRUCT linux_binprm");

/* Without the functions. */
FIXTURE_VARIANT_ADD(load, write_cred) REFUSED("only read is supported");
FIXTURE_VARIANT_ADD(load, write_bprm_cred) REFUSED("only read is supported");

FIXTURE_SETUP(load)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(load)
{
}

TEST_F(load, load)
{
	struct verifier *const skel = verifier__open();

	ASSERT_NE(NULL, skel);
	load_expect(_metadata, skel->obj, &variant->answer);
	verifier__destroy(skel);
}

TEST_HARNESS_MAIN
