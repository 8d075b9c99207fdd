// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Deny new privileges to one exec, for tests
 *
 * A process asks for it with its name, which the exec then replaces.
 */

#include "bpf/kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

static __always_inline void limit(struct linux_binprm *bprm,
				  const char *const name)
{
	char comm[16];

	if (bpf_get_current_comm(comm, sizeof(comm)) ||
	    bpf_strncmp(comm, sizeof(comm), name))
		return;
	bpf_bprm_set_no_new_privs(bprm);
}

SEC("lsm/bprm_limit_privs")
int BPF_PROG(limit_early, struct linux_binprm *bprm)
{
	limit(bprm, "limit-early");
	return 0;
}

SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(limit_late, struct linux_binprm *bprm)
{
	limit(bprm, "limit-late");
	return 0;
}
