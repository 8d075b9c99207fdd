// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Have no memory for the rulesets of live policies, for tests
 */

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <stddef.h>

#include "bpf/execlock.h"
#include "bpf/landlock_rights.h"

char LICENSE[] SEC("license") = "GPL";

/* Whether this is what a load stores in the slot of a live policy. */
static __always_inline int is_live(const struct execlock_ruleset *value)
{
	return value->ruleset_fd && value->flags == LANDLOCK_POLICY_LIVE &&
	       !value->num_rules && !value->id && !value->handled_access_fs &&
	       !value->policy_id && !value->zero;
}

SEC("lsm/bpf")
int BPF_PROG(refuse_live, int cmd, union bpf_attr *attr, unsigned int size)
{
	struct execlock_ruleset value;
	__u64 address;

	if (cmd != BPF_MAP_UPDATE_ELEM ||
	    bpf_probe_read_kernel(&address, sizeof(address),
				  (void *)attr +
				  offsetof(union bpf_attr, value)) ||
	    bpf_probe_read_user(&value, sizeof(value), (void *)address))
		return 0;
	return is_live(&value) ? -ENOMEM : 0;
}
