/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Propose a policy that allows the accesses of a command
 */

#ifndef EXECLOCK_PROPOSE_H
#define EXECLOCK_PROPOSE_H

#include <jansson.h>

#include "util.h"

struct features;
struct observed;

/**
 * propose_note - Add a note for the person who reads the policy
 *
 * @notes: Array of notes.
 * @fmt: The note.
 */
void propose_note(json_t *notes, const char *fmt, ...) __printf(2, 3);

/**
 * propose - Propose a policy that allows the accesses of a command
 *
 * Rules are for the directories of files where files come and go, where
 * packages install them, and where several were read.  The root directory,
 * directories in it, and homes only have a rule if they were accessed
 * themselves.  Capabilities in user namespaces are bounded if the kernel can do so.
 *
 * @observed: The accesses.
 * @executable: Absolute path of the program that the policy is for.
 * @kernel: The features of the kernel.
 * @notes: Array to which notes are added for the person who reads the policy.
 *
 * Return: the policy, or NULL with the error reported.
 */
json_t *propose(const struct observed *observed, const char *executable,
		const struct features *kernel, json_t *notes);

#endif /* EXECLOCK_PROPOSE_H */
