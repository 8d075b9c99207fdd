/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Execs of which no file had a policy so far
 */

#ifndef EXECLOCK_NOTES_H
#define EXECLOCK_NOTES_H

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <stdbool.h>
#include <stddef.h>

#include "execlock.h"

/* There are that many slots for notes, as a power of two. */
#define NOTE_BITS 10

/**
 * struct note - An exec of which no file had a policy so far
 *
 * Most are of this kind.  This is their state, with which the next file is
 * matched in the same set.
 *
 * @task: The task, or zero if the slot is free.  Only to be compared.
 * @generation: As in struct execlock_exec.
 * @zero: Padding.
 * @eligible: As in struct execlock_exec.
 */
struct note {
	__u64 task;
	__u32 generation;
	__u32 zero;
	struct execlock_mask eligible;
};

/*
 * Each task has its slot, which it may share with others.  A task that finds it
 * taken makes a storage instead.  This is rare: an exec that succeeds leaves it,
 * and the next exec of a task does after one that failed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << NOTE_BITS);
	__type(key, __u32);
	__type(value, struct note);
} notes SEC(".maps");

static __always_inline __u64 this_task(void)
{
	return bpf_get_current_task();
}

static __always_inline struct note *find_note(void)
{
	/* Knuth's multiplicative hash. */
	const __u32 slot = this_task() * 0x9e3779b97f4a7c15ULL >>
			    (64 - NOTE_BITS);

	return bpf_map_lookup_elem(&notes, &slot);
}

/* Returns false if another task has this slot. */
static __always_inline bool take_note(__u32 generation,
				      const struct execlock_mask *eligible)
{
	struct note *const note = find_note();

	if (!note || __sync_val_compare_and_swap(&note->task, 0, this_task()))
		return false;
	note->generation = generation;
	note->eligible = *eligible;
	return true;
}

/* Returns this task's note, or NULL if it has none. */
static __always_inline struct note *exec_note(void)
{
	struct note *const note = find_note();

	return note && note->task == this_task() ? note : NULL;
}

static __always_inline void drop_note(void)
{
	struct note *const note = exec_note();

	if (note)
		note->task = 0;
}

#endif /* EXECLOCK_NOTES_H */
