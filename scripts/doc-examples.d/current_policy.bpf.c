// SPDX-License-Identifier: GPL-2.0-only
/*
 * The maps and the function of map_landlock_ruleset.rst that replace a whole
 * policy, in a program that gives each user a slot
 */

#include "completion.h"
#include "text/current_policy.h"

#define FIRST_USER 1000

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(restrict_users, struct linux_binprm *bprm)
{
	const u32 uid = bpf_get_current_uid_gid();
	struct bpf_landlock_ruleset *ruleset;
	int err;

	if (uid < FIRST_USER)
		return 0;

	ruleset = get_current_ruleset(uid - FIRST_USER);
	if (!ruleset)
		return -EACCES;

	err = bpf_landlock_restrict_binprm(bprm, ruleset, 0);
	bpf_landlock_put_ruleset(ruleset);
	return err ? -EACCES : 0;
}
