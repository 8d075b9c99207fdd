/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities tests - Sequences of operations that are compared with the model
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _USERNS_FUZZ_H
#define _USERNS_FUZZ_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

#include "userns_actor.h"
#include "userns_model.h"

#define MAX_STEPS 20

/* Any group, of all processes and files: no set-group-ID program plays here. */
#define GID 1000

enum step_kind {
	STEP_LOWER,
	STEP_RAISE,
	STEP_CLEAR_ALL,
	STEP_DROP_BOUNDING,
	STEP_RAISE_AMBIENT,
	STEP_CAPSET,
	STEP_SECUREBITS,
	STEP_NO_NEW_PRIVS,
	STEP_FORK,
	STEP_UNSHARE,
	STEP_CLONE,
	STEP_SETNS,
	STEP_EXEC,
	STEP_ASK,
	STEP_CLEAR_MASK,
	NUM_STEPS,
};

/**
 * struct step - One operation
 *
 * A step makes sense in any state, so that a sequence without some of its steps
 * is a sequence.
 *
 * @kind: The operation.
 * @proc: The process that does it, modulo the number of processes.
 * @other: A process or a user namespace, modulo their number.
 * @cap: A capability.
 * @choice: A random number for all the rest.
 */
struct step {
	enum step_kind kind;
	unsigned int proc;
	unsigned int other;
	int cap;
	unsigned int choice;
};

/**
 * struct sequence - What is compared
 *
 * @users: Users of the first two processes.
 * @caps: Permitted capabilities of these.
 * @num: Number of steps.
 * @steps: The steps.
 */
struct sequence {
	enum model_user users[2];
	__u64 caps[2];
	int num;
	struct step steps[MAX_STEPS];
};

/**
 * struct run - A sequence that runs
 *
 * @model: The expected state.
 * @actors: The processes.
 * @spaces: File descriptors of the user namespaces.
 * @verbose: Print the steps.
 * @why: The difference.
 */
struct run {
	struct model model;
	struct actor actors[MODEL_MAX_PROCS];
	int spaces[MODEL_MAX_SPACES];
	bool verbose;
	char why[256];
};

/**
 * struct program - Something to execute
 *
 * @name: What it is.
 * @file: What an exec of it gives.
 */
struct program {
	const char *name;
	struct model_file file;
};

#define NUM_PROGRAMS 8

extern const struct program programs[NUM_PROGRAMS];
extern const uid_t uids[NUM_USERS];

int make_programs(void);

__u64 read_mask(void);
int run_sequence(struct run *run, const struct sequence *seq, bool verbose);

#endif /* _USERNS_FUZZ_H */
