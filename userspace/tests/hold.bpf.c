// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Hold execs, for tests
 *
 * A program that is attached later is called earlier.  So the execs of a user
 * stay inside the programs that were attached when they began; or, of a cgroup
 * that has a policy, between two looks at it.
 */

#include "bpf/kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Longer than any test takes, in nanoseconds. */
#define PATIENCE (120 * 1000000000ULL)

/*
 * The user whose execs are held, or zero, and where; how often one came there;
 * and how many of these may go on.
 */
enum {
	USER,
	WHERE,
	CAME,
	RELEASED,
	KEYS,
};

enum {
	EARLY,
	CHECK,
	LOOK,
};

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KEYS);
	__type(key, __u32);
	__type(value, __u32);
} gate SEC(".maps");

static __always_inline volatile __u32 *get(__u32 key)
{
	return bpf_map_lookup_elem(&gate, &key);
}

static __always_inline int hold(__u32 here)
{
	const __u32 uid = bpf_get_current_uid_gid();
	const __u64 begin = bpf_ktime_get_ns();
	volatile __u32 *const user = get(USER), *const where = get(WHERE);
	volatile __u32 *const came = get(CAME), *const released = get(RELEASED);
	__u32 ticket;
	int i, j;

	if (!user || !where || !came || !released || !uid || *user != uid ||
	    *where != here)
		return 0;
	ticket = __sync_fetch_and_add(came, 1);
	bpf_for(i, 0, 1 << 20) {
		bpf_for(j, 0, 1 << 10)
			if (*released > ticket)
				break;
		if (*released > ticket || bpf_ktime_get_ns() - begin > PATIENCE)
			break;
	}
	return 0;
}

SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(hold_early, struct linux_binprm *bprm)
{
	return hold(EARLY);
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(hold_check, struct linux_binprm *bprm)
{
	return hold(CHECK);
}

SEC("fentry/bpf_lsm_policy_acquire")
int BPF_PROG(hold_look)
{
	return hold(LOOK);
}
