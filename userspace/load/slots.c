// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which slots of the ruleset map policies have
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "landlock_abi.h"
#include "message.h"
#include "slots.h"

bool slots_filled(const struct slots *slots, __u32 slot)
{
	struct execlock_ruleset ruleset;

	return slot < EXECLOCK_RULESETS &&
	       !bpf_map_lookup_elem(slots->rulesets, &slot, &ruleset);
}

void slots_find_used(struct slots *slots)
{
	__u32 slot;

	for (slot = 0; slot < EXECLOCK_RULESETS; slot++)
		slots->used[slot] |= slots_filled(slots, slot);
}

/* Forgets the policies whose slots are not used. */
static void prune_live(const struct slots *slots)
{
	__u32 gone[EXECLOCK_RULESETS], *previous = NULL;
	__u32 id, slot;
	size_t count = 0;

	while (!bpf_map_get_next_key(slots->live, previous, &id)) {
		if (count < EXECLOCK_RULESETS &&
		    !bpf_map_lookup_elem(slots->live, &id, &slot) &&
		    (slot >= EXECLOCK_RULESETS || !slots->used[slot]))
			gone[count++] = id;
		previous = &id;
	}
	while (count--)
		bpf_map_delete_elem(slots->live, &gone[count]);
}

void slots_prune(const struct slots *slots)
{
	__u32 slot;

	prune_live(slots);
	for (slot = 0; slot < EXECLOCK_RULESETS; slot++)
		if (!slots->used[slot])
			bpf_map_delete_elem(slots->rulesets, &slot);
}

/* There are enough, unless an exec is inside the programs of another build. */
static int find_free(const struct slots *slots, const struct policy *policy,
		     __u32 *slot)
{
	for (*slot = 0; *slot < EXECLOCK_RULESETS; ++*slot)
		if (!slots->used[*slot])
			return 0;
	return p_err("cannot store the ruleset of policy \"%s\": the BPF map \"rulesets\" is full of those of former loads, which execs that have not ended may need; try again later",
		     policy->name);
}

static int store(const struct slots *slots, const struct policy *policy,
		 __u32 slot, const struct execlock_ruleset *value)
{
	if (!bpf_map_update_elem(slots->rulesets, &slot, value, BPF_ANY))
		return 0;
	return p_err("cannot store the ruleset of policy \"%s\" in a BPF map: %s",
		     policy->name, strerror(errno));
}

static int take(struct slots *slots, const struct policy *policy,
		const struct execlock_ruleset *value, __u32 *slot)
{
	if (find_free(slots, policy, slot))
		return -1;
	slots->used[*slot] = true;
	return store(slots, policy, *slot, value);
}

int slots_take(struct slots *slots, const struct policy *policy, int ruleset,
	       __u32 *slot)
{
	const struct execlock_ruleset value = { .ruleset_fd = ruleset };

	return take(slots, policy, &value, slot);
}

/* Finds the slot of a live policy.  Returns false if it has none. */
static bool find_live(const struct slots *slots, __u32 id, __u32 *slot)
{
	struct execlock_ruleset ruleset;

	return !bpf_map_lookup_elem(slots->live, &id, slot) &&
	       *slot < EXECLOCK_RULESETS &&
	       !bpf_map_lookup_elem(slots->rulesets, slot, &ruleset) &&
	       ruleset.flags & LANDLOCK_POLICY_LIVE;
}

/*
 * Remembers that the ruleset is to be replaced.  The kernel looks at the new one
 * now, and makes a copy that it keeps with the ruleset.
 */
static int change_later(struct slots *slots, const struct policy *policy,
			const struct execlock_ruleset *value, __u32 slot)
{
	const struct execlock_ruleset tried = {
		.ruleset_fd = value->ruleset_fd,
	};
	const int copy = fcntl(value->ruleset_fd, F_DUPFD_CLOEXEC, 0);
	struct slot_change *change;
	__u32 unused;

	if (copy < 0)
		return p_err("cannot keep the ruleset of policy \"%s\" open: %s",
			     policy->name, strerror(errno));
	change = &slots->changes[slots->num_changes++];
	*change = (struct slot_change) {
		.value = *value,
		.slot = slot,
		.name = policy->name,
	};
	change->value.ruleset_fd = copy;
	if (find_free(slots, policy, &unused) ||
	    store(slots, policy, unused, &tried))
		return -1;
	bpf_map_delete_elem(slots->rulesets, &unused);
	return 0;
}

int slots_take_live(struct slots *slots, struct policy *policy, int ruleset,
		    __u32 *slot)
{
	const __u32 id = policy_id(policy);
	const struct execlock_ruleset value = {
		.ruleset_fd = ruleset,
		.flags = policy->permissive ? LANDLOCK_POLICY_LIVE |
					      LANDLOCK_POLICY_PERMISSIVE :
					      LANDLOCK_POLICY_LIVE,
	};

	if (find_live(slots, id, slot)) {
		slots->used[*slot] = true;
		policy->change = POLICY_REPLACED;
		return change_later(slots, policy, &value, *slot);
	}
	if (take(slots, policy, &value, slot))
		return -1;
	if (bpf_map_update_elem(slots->live, &id, slot, BPF_ANY))
		return p_err("cannot store the slot of policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));
	return 0;
}

int slots_change(const struct slots *slots)
{
	size_t i;
	int err = 0;

	for (i = 0; i < slots->num_changes; i++) {
		const struct slot_change *const change = &slots->changes[i];

		if (bpf_map_update_elem(slots->rulesets, &change->slot,
					&change->value, BPF_ANY))
			err = p_err("the policies are in force, but policy \"%s\" has its former rules still, for processes that run and for new ones: %s; load the policies again",
				    change->name, strerror(errno));
	}
	return err;
}

void slots_release(struct slots *slots)
{
	while (slots->num_changes)
		close(slots->changes[--slots->num_changes].value.ruleset_fd);
}
