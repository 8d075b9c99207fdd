// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that stage rulesets for the execs of one process, the way
 * their test asks them to
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/landlock_kfuncs.h"
#include "progs/lsm_policy.h"
#include "progs/stage.h"

#ifndef ENOENT
#define ENOENT 2
#endif

#ifndef EPERM
#define EPERM 1
#endif

char _license[] SEC("license") = "GPL";

struct ruleset_map {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, NUM_SLOTS);
	__type(key, u32);
	__type(value, struct bpf_landlock_ruleset_info);
};

struct ruleset_map rulesets SEC(".maps");

/* The other kind of values. */
struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, NUM_SLOTS);
	__type(key, u32);
	__type(value, u32);
} fd_rulesets SEC(".maps");

struct ruleset_map inner_1 SEC(".maps"), inner_2 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, NUM_OUTER);
	__type(key, u32);
	__array(values, struct ruleset_map);
} outer_array SEC(".maps") = {
	.values = { &inner_1, &inner_2 },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, NUM_OUTER);
	__type(key, u32);
	__array(values, struct ruleset_map);
} outer_hash SEC(".maps") = {
	.values = { &inner_1, &inner_2 },
};

/* The process to act upon, and nothing else on the system. */
int target_pid;

/* Which maps to use instead of the first ones. */
bool use_fd_rulesets;
bool use_outer_hash;

struct test_prog progs[PROG_NUM];
unsigned int num_ranks;

static const struct bpf_landlock_ruleset *lookup_inner(const struct test_op *op)
{
	u32 outer = op->outer, slot = op->slot;
	void *inner;

	if (use_outer_hash)
		inner = bpf_map_lookup_elem(&outer_hash, &outer);
	else
		inner = bpf_map_lookup_elem(&outer_array, &outer);
	if (!inner)
		return NULL;

	return bpf_map_lookup_elem(inner, &slot);
}

static int restrict_with(struct linux_binprm *bprm, const struct test_op *op)
{
	const struct bpf_landlock_ruleset *ruleset;
	u32 slot = op->slot;
	int ret;

	if (op->type == DO_RESTRICT_INNER)
		ruleset = lookup_inner(op);
	else if (use_fd_rulesets)
		ruleset = bpf_map_lookup_elem(&fd_rulesets, &slot);
	else
		ruleset = bpf_map_lookup_elem(&rulesets, &slot);
	if (!ruleset)
		return -ENOENT;

	if (op->type == DO_APPLY)
		ret = bpf_lsm_policy_apply_bprm((void *)ruleset, bprm,
						op->flags);
	else
		ret = bpf_landlock_restrict_binprm(bprm, ruleset, op->flags);
	bpf_landlock_put_ruleset(ruleset);
	return ret;
}

static void do_op(struct linux_binprm *bprm, struct test_op *op)
{
	u32 slot = op->slot;

	switch (op->type) {
	case DO_RESTRICT:
	case DO_APPLY:
	case DO_RESTRICT_INNER:
		op->ret = restrict_with(bprm, op);
		break;
	case DO_RESTRICT_NULL:
		op->ret = bpf_landlock_restrict_binprm(bprm, NULL, op->flags);
		break;
	case DO_DELETE:
		op->ret = bpf_map_delete_elem(&rulesets, &slot);
		break;
	default:
		return;
	}
	op->done++;
}

static int run(struct linux_binprm *bprm, enum test_prog_id id)
{
	struct test_prog *prog = &progs[id];
	int i;

	if (!target_pid || bpf_get_current_pid_tgid() >> 32 != target_pid)
		return 0;

	prog->hits++;
	if (!prog->rank)
		prog->rank = ++num_ranks;

	for (i = 0; i < NUM_OPS; i++) {
		struct test_op *op = &prog->ops[i];

		if (!op->hit || op->hit == prog->hits)
			do_op(bprm, op);
	}
	return prog->denies ? -EPERM : 0;
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec_1, struct linux_binprm *bprm)
{
	return run(bprm, PROG_FOR_EXEC_1);
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(for_exec_2, struct linux_binprm *bprm)
{
	return run(bprm, PROG_FOR_EXEC_2);
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check_1, struct linux_binprm *bprm)
{
	return run(bprm, PROG_CHECK_1);
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(check_2, struct linux_binprm *bprm)
{
	return run(bprm, PROG_CHECK_2);
}

SEC("lsm.s/bprm_creds_from_file")
int BPF_PROG(from_file, struct linux_binprm *bprm, const struct file *file)
{
	return run(bprm, PROG_FROM_FILE);
}
