// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Programs that the verifier must accept or refuse
 */

#include "landlock_bpf.h"

#include "load.h"
#include "verifier.skel.h"

FIXTURE(verifier)
{
};

FIXTURE_VARIANT(verifier)
{
	const struct load_answer answer;
};

/* Not an errno for user space, but user space gets it. */
#define ENOTSUPP 524

#define RESTRICT_NOT_ALLOWED NOT_ALLOWED("bpf_landlock_restrict_binprm")

FIXTURE_VARIANT_ADD(verifier, ok_for_exec) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_check) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_from_file) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_null_ruleset) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_lookup_tracepoint) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_lookup_elsewhere) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_delete) ACCEPTED;

/* A ruleset is an LSM policy object, but not the other way round. */
FIXTURE_VARIANT_ADD(verifier, ok_apply) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, ok_acquire) ACCEPTED;
FIXTURE_VARIANT_ADD(verifier, other_release)
	REFUSED("R1 expected pointer to STRUCT lsm_policy_object");
FIXTURE_VARIANT_ADD(verifier, object_restrict)
	REFUSED("R2 expected pointer to STRUCT bpf_landlock_ruleset");
FIXTURE_VARIANT_ADD(verifier, object_put)
	REFUSED("R1 expected pointer to STRUCT bpf_landlock_ruleset");

/* Each reference is released, once, and not used afterwards. */
FIXTURE_VARIANT_ADD(verifier, missing_put) REFUSED("Unreleased reference");
FIXTURE_VARIANT_ADD(verifier, missing_put_on_error)
	REFUSED("Unreleased reference");
FIXTURE_VARIANT_ADD(verifier, ignored_lookup) REFUSED("Unreleased reference");
FIXTURE_VARIANT_ADD(verifier, use_after_put)
	REFUSED("R2 is scalar expected STRUCT bpf_landlock_ruleset");
FIXTURE_VARIANT_ADD(verifier, double_put)
	REFUSED("expects referenced PTR_TO_BTF_ID passed to R1");
FIXTURE_VARIANT_ADD(verifier, unchecked_ruleset)
	REFUSED("R2 must be referenced or trusted");
FIXTURE_VARIANT_ADD(verifier, unchecked_put)
	REFUSED("Possibly NULL pointer passed to trusted R1");
FIXTURE_VARIANT_ADD(verifier, null_put)
	REFUSED("Possibly NULL pointer passed to trusted R1");

/* Arguments have the declared types. */
FIXTURE_VARIANT_ADD(verifier, null_bprm)
	REFUSED("Possibly NULL pointer passed to trusted R1");
FIXTURE_VARIANT_ADD(verifier, other_bprm)
	REFUSED("R1 expected pointer to STRUCT linux_binprm");
FIXTURE_VARIANT_ADD(verifier, other_ruleset)
	REFUSED("R2 expected pointer to STRUCT bpf_landlock_ruleset");
FIXTURE_VARIANT_ADD(verifier, borrowed_put)
	REFUSED("expects referenced PTR_TO_BTF_ID passed to R1");
FIXTURE_VARIANT_ADD(verifier, number_ruleset)
	REFUSED("R2 is scalar expected STRUCT bpf_landlock_ruleset");
FIXTURE_VARIANT_ADD(verifier, write_ruleset) REFUSED("only read is supported");
FIXTURE_VARIANT_ADD(verifier, store_ruleset)
	REFUSED("may write into memory pointed by R3");

/* Only lookups and deletions. */
FIXTURE_VARIANT_ADD(verifier, map_update) REFUSED("cannot pass map_type");
FIXTURE_VARIANT_ADD(verifier, map_push) REFUSED("cannot pass map_type");
FIXTURE_VARIANT_ADD(verifier, map_for_each)
	REFUSED_WITH(-ENOTSUPP, "callback function not allowed for map");
FIXTURE_VARIANT_ADD(verifier, map_lookup_percpu)
	REFUSED("cannot pass map_type");
FIXTURE_VARIANT_ADD(verifier, rdonly_delete)
	REFUSED("write into map forbidden");

/* In the few places that own the credentials of an exec. */
FIXTURE_VARIANT_ADD(verifier, not_sleepable)
	REFUSED("program must be sleepable to call sleepable kfunc");
FIXTURE_VARIANT_ADD(verifier, rcu_locked)
	REFUSED("is sleepable within rcu_read_lock region");
FIXTURE_VARIANT_ADD(verifier, hook_committing) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, hook_committed) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, hook_file_open) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, cgroup_for_exec) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, cgroup_check) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, fentry_for_exec) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, fmod_ret_for_exec) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, tracepoint) REFUSED(RESTRICT_NOT_ALLOWED);
FIXTURE_VARIANT_ADD(verifier, syscall_prog) REFUSED(RESTRICT_NOT_ALLOWED);

FIXTURE_SETUP(verifier)
{
}

FIXTURE_TEARDOWN(verifier)
{
}

TEST_F(verifier, load)
{
	struct verifier *const skel = verifier__open();

	ASSERT_NE(NULL, skel);
	load_expect(_metadata, skel->obj, &variant->answer);
	verifier__destroy(skel);
}

TEST_HARNESS_MAIN
