/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for the programs of stage.bpf.c
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _STAGE_PROGS_H
#define _STAGE_PROGS_H

#include <linux/bpf.h>

#include "ruleset_map.h"
#include "progs/stage.h"
#include "stage.skel.h"

static char *const self_argv[] = { "exectime", NULL };

/* Rights that the rulesets of the slots deny. */
enum slot {
	SLOT_A,
	SLOT_B,
	SLOT_C,
	SLOT_EMPTY,
	/* Out of range. */
	SLOT_NONE = NUM_SLOTS,
};

static const __u64 slot_denied[] = {
	[SLOT_A] = DENY_A,
	[SLOT_B] = DENY_B,
	[SLOT_C] = DENY_C,
};

/* Denials of an existing domain, and of the task's own stage. */
#define EXISTING DENY_D
#define SELF DENY_E

static __maybe_unused struct stage *
load_stage(struct __test_metadata *const _metadata)
{
	struct stage *skel;
	int info_map, fd_map;

	skel = stage__open_and_load();
	ASSERT_NE(NULL, skel)
	{
		TH_LOG("Failed to load the programs: %s", strerror(errno));
	}

	info_map = bpf_map__fd(skel->maps.rulesets);
	fd_map = bpf_map__fd(skel->maps.fd_rulesets);
	for (__u32 slot = 0; slot < ARRAY_SIZE(slot_denied); slot++) {
		const int fd = exectime_ruleset(slot_denied[slot]);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, store_ruleset(info_map, slot, fd));
		ASSERT_EQ(0, bpf_map_update_elem(fd_map, &slot, &fd, BPF_ANY));
		ASSERT_EQ(0, close(fd));
	}
	return skel;
}

static __maybe_unused struct bpf_program *
get_prog(struct stage *const skel, const enum test_prog_id id)
{
	switch (id) {
	case PROG_FOR_EXEC_1:
		return skel->progs.for_exec_1;
	case PROG_FOR_EXEC_2:
		return skel->progs.for_exec_2;
	case PROG_CHECK_1:
		return skel->progs.check_1;
	case PROG_CHECK_2:
		return skel->progs.check_2;
	case PROG_FROM_FILE:
		return skel->progs.from_file;
	default:
		return NULL;
	}
}

static __maybe_unused struct bpf_link **
get_link(struct stage *const skel, const enum test_prog_id id)
{
	switch (id) {
	case PROG_FOR_EXEC_1:
		return &skel->links.for_exec_1;
	case PROG_FOR_EXEC_2:
		return &skel->links.for_exec_2;
	case PROG_CHECK_1:
		return &skel->links.check_1;
	case PROG_CHECK_2:
		return &skel->links.check_2;
	case PROG_FROM_FILE:
		return &skel->links.from_file;
	default:
		return NULL;
	}
}

/* Attaches the programs that have something to do. */
static __maybe_unused void attach_progs(struct __test_metadata *const _metadata,
					struct stage *const skel,
					const struct test_prog *const progs)
{
	for (int id = 0; id < PROG_NUM; id++) {
		struct test_prog *const prog = &skel->bss->progs[id];

		*prog = progs[id];
		for (int i = 0; i < NUM_OPS; i++) {
			/* Must be told by the program. */
			prog->ops[i].ret = 1;
			prog->ops[i].done = 0;
		}
		if (!prog->ops[0].type && !prog->denies)
			continue;

		*get_link(skel, id) =
			bpf_program__attach_lsm(get_prog(skel, id));
		ASSERT_NE(NULL, *get_link(skel, id))
		{
			TH_LOG("Failed to attach program %d: %s", id,
			       strerror(errno));
		}
	}
}

/* Actions of programs and tasks for one exec, and their results. */
struct staging {
	/* Number of layers of the domain of the task, EXISTING first. */
	int existing;
	/* Right that the task's own stage denies. */
	bool self;
	__u32 self_flags;
	/* Actions of the programs, with the expected results. */
	struct test_prog progs[PROG_NUM];
	bool script;
	bool fd_rulesets;
	/* Denials of the executed program, except EXISTING and SELF. */
	__u64 denied;
	int layers;
	int nnp;
	/* Expected error of execve(2). */
	int error;
};

/* Prepares a child to execute something.  */
static __maybe_unused void prepare_task(struct __test_metadata *const _metadata,
					const struct staging *const staging)
{
	for (int i = 0; i < staging->existing; i++)
		ASSERT_EQ(0, exectime_restrict(i ? DENY_NOTHING : EXISTING,
					       0));
	if (staging->self)
		ASSERT_EQ(0, exectime_restrict(SELF, RESTRICT_EXECTIME |
							     staging->self_flags));
}

static __maybe_unused void expect_ops(struct __test_metadata *const _metadata,
				      const struct stage *const skel,
				      const struct test_prog *const progs)
{
	for (int id = 0; id < PROG_NUM; id++) {
		for (int i = 0; i < NUM_OPS; i++) {
			const struct test_op *const want = &progs[id].ops[i];
			const struct test_op *const op =
				&skel->bss->progs[id].ops[i];

			if (!want->type)
				continue;
			EXPECT_EQ(want->ret, op->ret)
			{
				TH_LOG("in operation %d of program %d", i, id);
			}
			EXPECT_EQ(want->done ?: 1, op->done)
			{
				TH_LOG("in operation %d of program %d", i, id);
			}
		}
	}
}

#define RESTRICT(_slot, _flags)                                    \
	{                                                          \
		.type = DO_RESTRICT, .slot = (_slot), .flags = (_flags) \
	}

#define RESTRICT_ERROR(_slot, _flags, _ret)                             \
	{                                                               \
		.type = DO_RESTRICT, .slot = (_slot), .flags = (_flags), \
		.ret = (_ret)                                           \
	}

#define RESTRICT_NULL(_flags, _ret)                                       \
	{                                                                 \
		.type = DO_RESTRICT_NULL, .flags = (_flags), .ret = (_ret) \
	}

#endif /* _STAGE_PROGS_H */
