/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From what was observed to a policy
 */

#ifndef EXECLOCK_PROPOSE_H
#define EXECLOCK_PROPOSE_H

#include <jansson.h>

#include "observe.h"
#include "util.h"

/**
 * propose_note - Add something that a person should know
 *
 * @notes: Array of such notes.
 * @fmt: The note.
 */
void propose_note(json_t *notes, const char *fmt, ...) __printf(2, 3);

/**
 * propose - Make a policy that allows what was observed
 *
 * Files become the directories that they are in where files come and go, where
 * packages install them, and where several were read.  The directories "/" and
 * those in it, and homes, only occur if they were used themselves.
 *
 * @observed: What was observed.
 * @executable: Absolute path of the program that the policy is for.
 * @abi: The kernel's Landlock ABI version.
 * @notes: Array to which is added what a person should know.
 *
 * Return: the policy, or NULL with the error reported.
 */
json_t *propose(const struct observed *observed, const char *executable,
		int abi, json_t *notes);

#endif /* EXECLOCK_PROPOSE_H */
