/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Propose a policy that allows the accesses of a command
 */

#ifndef EXECLOCK_PROPOSE_H
#define EXECLOCK_PROPOSE_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>

#include "rights.h"
#include "util.h"

struct features;
struct observed;

/**
 * struct proposed - A proposal
 *
 * @name: Name that the policy gets; NULL for that of the first program.
 * @executables: Array of the absolute paths of the programs that the policy is
 *               for; NULL for all.
 * @cgroup: Path of the cgroup that it is for; NULL for all.
 * @is_part: Whether it is a part of a policy that is there already, and not a
 *           whole one.
 * @merges: Whether it is added to a policy that is there already.
 * @policy: The policy.
 * @complete: Whether no access is missing that has to have a rule.
 * @open: Rights that no rule can allow as the program needs them, by kind.
 * @notes: Array of notes for the person who reads the policy.
 */
struct proposed {
	const char *name;
	const json_t *executables;
	const char *cgroup;
	bool is_part;
	bool merges;
	json_t *policy;
	bool complete;
	__u64 open[RIGHTS_KINDS];
	json_t *notes;
};

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
 * @kernel: The features of the kernel.
 * @proposed: @policy, @complete and @open are filled in; notes are added to its array.
 *
 * Return: 0, or -1 with the error reported.
 */
int propose(const struct observed *observed, const struct features *kernel,
	    struct proposed *proposed);

#endif /* EXECLOCK_PROPOSE_H */
