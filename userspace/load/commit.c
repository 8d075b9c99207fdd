// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put policies and the system's file in force, or end both
 */

#include "commit.h"
#include "lock.h"
#include "nnp_rule.h"
#include "pins.h"
#include "trials.h"
#include "userns_default.h"
#include "would_deny.h"

/* Ends the policies.  Returns as commit_nothing() does. */
static int end_policies(void)
{
	const struct would_deny nothing = {};
	const int removed = pins_remove(&pins_policies);

	return removed < 0 || userns_default_remove() < 0 ||
	       would_deny_settle(&nothing) ? -1 : removed;
}

/* A system's file can do without policies.  Trials go on. */
static int put_policies(struct loader *loader, const struct verified *set,
			size_t *trials)
{
	if (!set->count)
		return trials_alone(trials) ?: userns_default_remove();
	*trials = loader_carried(loader);
	return loader_commit(loader, set);
}

int commit_set(struct loader *loader, const struct verified *set,
	       size_t *trials)
{
	const struct system_file *const system = &set->system;
	struct nnp_rule *rule;
	json_t *ended;
	int err;

	if (lock_take())
		return -1;
	/* What can fail comes before the policies are in force. */
	rule = nnp_rule_prepare(system->no_new_privs ? system->exempt : NULL);
	if (!rule)
		return -1;
	ended = trials_of_other_build();
	err = put_policies(loader, set, trials);
	if (err >= 0)
		err = nnp_rule_enforce(rule);
	/* All is in force for new processes, also if this fails. */
	if (err >= 0 && set->count)
		err = loader_settle(loader);
	if (err >= 0)
		trials_report_ended(ended);
	json_decref(ended);
	nnp_rule_free(rule);
	return err < 0 ? -1 : 0;
}

int commit_nothing(void)
{
	struct nnp_rule *rule;
	int policies, ended;

	if (lock_take())
		return -1;
	rule = nnp_rule_prepare(NULL);
	if (!rule)
		return -1;
	policies = end_policies();
	ended = policies < 0 ? -1 : nnp_rule_enforce(rule);
	nnp_rule_free(rule);
	return ended < 0 ? -1 : policies | ended;
}
