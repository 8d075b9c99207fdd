/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which slots of the ruleset map policies have
 *
 * The slot of a live policy holds a policy of the kernel, to which all layers from
 * this slot refer.  A load replaces its ruleset once the new set is in force, so
 * that nothing has changed if the load fails.  A map of its own tells which slot a
 * live policy has.  It lasts as long as the processes that are under it, also if
 * no set has this policy for a while, or another build of execlock takes over.
 *
 * Any other slot holds a ruleset, which never changes.
 */

#ifndef EXECLOCK_RULESET_SLOTS_H
#define EXECLOCK_RULESET_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/execlock.h"
#include "policy.h"

/**
 * struct slot_change - A slot of which the ruleset is going to be replaced
 *
 * @value: The new one, with a file descriptor that this owns.
 * @slot: The slot.
 * @name: Name of the policy, as long as the policy is there.
 */
struct slot_change {
	struct execlock_ruleset value;
	__u32 slot;
	const char *name;
};

/**
 * struct slots - The slots
 *
 * @rulesets: The ruleset map.
 * @live: The map from IDs of live policies to their slots.
 * @used: The slots that cannot be taken.
 * @changes: The rulesets that are going to be replaced.
 * @num_changes: Their number.
 */
struct slots {
	int rulesets;
	int live;
	bool used[EXECLOCK_RULESETS];
	struct slot_change changes[EXECLOCK_POLICIES];
	size_t num_changes;
};

/**
 * slots_find_used - Do not take the slots that are not empty
 *
 * @slots: The slots.
 *
 * For maps that programs of another build use as well.
 */
void slots_find_used(struct slots *slots);

/**
 * slots_prune - Empty the slots that are not used
 *
 * @slots: The slots, of which @used is complete.
 */
void slots_prune(const struct slots *slots);

/**
 * slots_filled - Tell whether a slot is not empty, which anybody may have made it
 *
 * @slots: The slots.
 * @slot: The slot, or %EXECLOCK_NO_RULESET.
 *
 * Return: true if so.
 */
bool slots_filled(const struct slots *slots, __u32 slot);

/**
 * slots_take - Store a ruleset in a slot of its own
 *
 * @slots: The slots.
 * @policy: Its policy.
 * @ruleset: File descriptor of the ruleset.
 * @slot: Set to the slot.
 *
 * Return: 0, or -1 with the error reported.
 */
int slots_take(struct slots *slots, const struct policy *policy, int ruleset,
	       __u32 *slot);

/**
 * slots_take_live - Have a ruleset stored in the slot of its policy
 *
 * @slots: The slots.
 * @policy: The policy, of which @change is set if it has a slot already.
 * @ruleset: File descriptor of the ruleset.
 * @slot: Set to the slot.
 *
 * If the policy has a slot already, slots_change() replaces the ruleset.
 *
 * Return: 0, or -1 with the error reported.
 */
int slots_take_live(struct slots *slots, struct policy *policy, int ruleset,
		    __u32 *slot);

/**
 * slots_change - Replace the rulesets that are to be replaced
 *
 * @slots: The slots.
 *
 * The kernel has seen all rulesets before, so it only lacks memory for a few
 * words if this fails.  Then the other ones are replaced all the same.
 *
 * Return: 0, or -1 with the error reported.
 */
int slots_change(const struct slots *slots);

/**
 * slots_release - Forget the changes
 *
 * @slots: The slots, or zeroes.
 */
void slots_release(struct slots *slots);

#endif /* EXECLOCK_RULESET_SLOTS_H */
