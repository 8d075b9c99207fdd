// SPDX-License-Identifier: GPL-2.0-only
/*
 * The function of exec-policy.rst that finds exempt cgroups, in the program
 * above it there
 */

#include "completion.h"
#include "text/is_exempt.h"

SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(deny_elevation, struct linux_binprm *bprm)
{
	if (!bprm->cred->user_ns->level && !is_exempt())
		bpf_bprm_set_no_new_privs(bprm);
	return 0;
}
