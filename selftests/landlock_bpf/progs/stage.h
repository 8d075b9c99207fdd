/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orders of a test to the programs of stage.bpf.c, and their answers
 */

#ifndef _STAGE_H
#define _STAGE_H

#define NUM_SLOTS 8
#define NUM_OPS 4
#define NUM_OUTER 2

/* Where the programs are attached, two at each place but the last one. */
enum test_prog_id {
	PROG_FOR_EXEC_1,
	PROG_FOR_EXEC_2,
	PROG_CHECK_1,
	PROG_CHECK_2,
	PROG_FROM_FILE,
	PROG_NUM,
};

enum test_op_type {
	DO_NONE,
	/* Stages the ruleset of a slot. */
	DO_RESTRICT,
	/* Stages the ruleset of a slot, as an LSM policy object. */
	DO_APPLY,
	/* Stages no ruleset. */
	DO_RESTRICT_NULL,
	/* Stages the ruleset of a slot of an inner map. */
	DO_RESTRICT_INNER,
	/* Empties a slot. */
	DO_DELETE,
};

/**
 * struct test_op - Action of a program
 *
 * @type: The action.
 * @slot: The slot, of the inner map @outer if any.
 * @outer: The inner map.
 * @flags: Flags of the kfunc.
 * @hit: For which call of the program, starting with 1, or 0 for any of them.
 * @ret: Result of the kfunc.
 * @done: How many times it was called.
 */
struct test_op {
	int type;
	unsigned int slot;
	unsigned int outer;
	unsigned int flags;
	unsigned int hit;
	int ret;
	int done;
};

/**
 * struct test_prog - Actions of a program
 *
 * @ops: In this order.
 * @denies: Whether it denies the exec then, with EPERM.
 * @hits: How many times it was called.
 * @rank: When it was called for the first time, starting with 1.
 */
struct test_prog {
	struct test_op ops[NUM_OPS];
	bool denies;
	unsigned int hits;
	unsigned int rank;
};

#endif /* _STAGE_H */
