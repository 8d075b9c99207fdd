// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Programs that the verifier must accept or refuse
 */

#include "landlock_bpf.h"

#include "verifier.skel.h"

FIXTURE(verifier)
{
	char log[65536];
};

FIXTURE_VARIANT(verifier)
{
	const char *prog;
	/* Expected message of the verifier, or NULL if the program is right. */
	const char *message;
	/* Error, when it is neither EINVAL nor EACCES. */
	int error;
};

/* Not an errno for user space, but user space gets it. */
#define ENOTSUPP 524

#define NOT_ALLOWED(_kfunc) "calling kernel function " _kfunc " is not allowed"
#define RESTRICT_NOT_ALLOWED NOT_ALLOWED("bpf_landlock_restrict_binprm")

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_for_exec) {
	/* clang-format on */
	.prog = "ok_for_exec",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_check) {
	/* clang-format on */
	.prog = "ok_check",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_from_file) {
	/* clang-format on */
	.prog = "ok_from_file",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_null_ruleset) {
	/* clang-format on */
	.prog = "ok_null_ruleset",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_lookup_tracepoint) {
	/* clang-format on */
	.prog = "ok_lookup_tracepoint",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_lookup_elsewhere) {
	/* clang-format on */
	.prog = "ok_lookup_elsewhere",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_delete) {
	/* clang-format on */
	.prog = "ok_delete",
};

/* A ruleset is an LSM policy object, but not the other way round. */

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_apply) {
	/* clang-format on */
	.prog = "ok_apply",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ok_acquire) {
	/* clang-format on */
	.prog = "ok_acquire",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, other_release) {
	/* clang-format on */
	.prog = "other_release",
	.message = "R1 expected pointer to STRUCT lsm_policy_object",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, object_restrict) {
	/* clang-format on */
	.prog = "object_restrict",
	.message = "R2 expected pointer to STRUCT bpf_landlock_ruleset",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, object_put) {
	/* clang-format on */
	.prog = "object_put",
	.message = "R1 expected pointer to STRUCT bpf_landlock_ruleset",
};

/* Each reference is released, once, and not used afterwards. */

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, missing_put) {
	/* clang-format on */
	.prog = "missing_put",
	.message = "Unreleased reference",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, missing_put_on_error) {
	/* clang-format on */
	.prog = "missing_put_on_error",
	.message = "Unreleased reference",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, ignored_lookup) {
	/* clang-format on */
	.prog = "ignored_lookup",
	.message = "Unreleased reference",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, use_after_put) {
	/* clang-format on */
	.prog = "use_after_put",
	.message = "R2 is scalar expected STRUCT bpf_landlock_ruleset",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, double_put) {
	/* clang-format on */
	.prog = "double_put",
	.message = "expects referenced PTR_TO_BTF_ID passed to R1",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, unchecked_ruleset) {
	/* clang-format on */
	.prog = "unchecked_ruleset",
	.message = "R2 must be referenced or trusted",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, unchecked_put) {
	/* clang-format on */
	.prog = "unchecked_put",
	.message = "Possibly NULL pointer passed to trusted R1",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, null_put) {
	/* clang-format on */
	.prog = "null_put",
	.message = "Possibly NULL pointer passed to trusted R1",
};

/* Arguments have the declared types. */

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, null_bprm) {
	/* clang-format on */
	.prog = "null_bprm",
	.message = "Possibly NULL pointer passed to trusted R1",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, other_bprm) {
	/* clang-format on */
	.prog = "other_bprm",
	.message = "R1 expected pointer to STRUCT linux_binprm",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, other_ruleset) {
	/* clang-format on */
	.prog = "other_ruleset",
	.message = "R2 expected pointer to STRUCT bpf_landlock_ruleset",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, borrowed_put) {
	/* clang-format on */
	.prog = "borrowed_put",
	.message = "expects referenced PTR_TO_BTF_ID passed to R1",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, number_ruleset) {
	/* clang-format on */
	.prog = "number_ruleset",
	.message = "R2 is scalar expected STRUCT bpf_landlock_ruleset",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, write_ruleset) {
	/* clang-format on */
	.prog = "write_ruleset",
	.message = "only read is supported",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, store_ruleset) {
	/* clang-format on */
	.prog = "store_ruleset",
	.message = "may write into memory pointed by R3",
};

/* Only lookups and deletions. */

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, map_update) {
	/* clang-format on */
	.prog = "map_update",
	.message = "cannot pass map_type",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, map_push) {
	/* clang-format on */
	.prog = "map_push",
	.message = "cannot pass map_type",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, map_for_each) {
	/* clang-format on */
	.prog = "map_for_each",
	.message = "callback function not allowed for map",
	.error = -ENOTSUPP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, map_lookup_percpu) {
	/* clang-format on */
	.prog = "map_lookup_percpu",
	.message = "cannot pass map_type",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, rdonly_delete) {
	/* clang-format on */
	.prog = "rdonly_delete",
	.message = "write into map forbidden",
};

/* In the few places that own the credentials of an exec. */

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, not_sleepable) {
	/* clang-format on */
	.prog = "not_sleepable",
	.message = "program must be sleepable to call sleepable kfunc",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, rcu_locked) {
	/* clang-format on */
	.prog = "rcu_locked",
	.message = "is sleepable within rcu_read_lock region",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, hook_committing) {
	/* clang-format on */
	.prog = "hook_committing",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, hook_committed) {
	/* clang-format on */
	.prog = "hook_committed",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, hook_file_open) {
	/* clang-format on */
	.prog = "hook_file_open",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, cgroup_for_exec) {
	/* clang-format on */
	.prog = "cgroup_for_exec",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, cgroup_check) {
	/* clang-format on */
	.prog = "cgroup_check",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, fentry_for_exec) {
	/* clang-format on */
	.prog = "fentry_for_exec",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, fmod_ret_for_exec) {
	/* clang-format on */
	.prog = "fmod_ret_for_exec",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, tracepoint) {
	/* clang-format on */
	.prog = "tracepoint",
	.message = RESTRICT_NOT_ALLOWED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(verifier, syscall_prog) {
	/* clang-format on */
	.prog = "syscall_prog",
	.message = RESTRICT_NOT_ALLOWED,
};

FIXTURE_SETUP(verifier)
{
}

FIXTURE_TEARDOWN(verifier)
{
}

static int no_print(enum libbpf_print_level level, const char *format,
		    va_list args)
{
	return 0;
}

TEST_F(verifier, load)
{
	struct bpf_program *prog;
	struct verifier *skel;
	int err;

	libbpf_set_print(no_print);
	skel = verifier__open();
	ASSERT_NE(NULL, skel);
	prog = bpf_object__find_program_by_name(skel->obj, variant->prog);
	ASSERT_NE(NULL, prog);
	ASSERT_EQ(0, bpf_program__set_autoload(prog, true));
	ASSERT_EQ(0, bpf_program__set_log_buf(prog, self->log,
					      sizeof(self->log)));
	ASSERT_EQ(0, bpf_program__set_log_level(prog, 1));

	err = verifier__load(skel);
	if (variant->message) {
		EXPECT_TRUE(variant->error ? err == variant->error :
					     err == -EINVAL || err == -EACCES)
		{
			TH_LOG("%s is not refused: %d", variant->prog, err);
		}
		EXPECT_NE(NULL, strstr(self->log, variant->message))
		{
			TH_LOG("No \"%s\" in:\n%s", variant->message,
			       self->log);
		}
	} else {
		EXPECT_EQ(0, err)
		{
			TH_LOG("%s is refused: %s", variant->prog, self->log);
		}
	}
	verifier__destroy(skel);
}

TEST_HARNESS_MAIN
