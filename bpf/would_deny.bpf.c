// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Count the accesses that permissive policies would deny
 *
 * These programs are attached while a permissive policy is loaded.  They decide
 * nothing.  A domain leads to its policy, if this can be replaced, or to its
 * ruleset, and that to its count.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "landlock_domain.h"
#include "would_deny.h"

char LICENSE[] SEC("license") = "GPL";

/* Domains with permissive layers that are known; the oldest are not counted. */
#define MAX_DOMAINS 16384

/*
 * By the ID of a policy that can be replaced, or of a ruleset.  User space adds
 * those of the policies, so that a task cannot fill this up with rulesets of its
 * own.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, WOULD_DENY_RULESETS);
	__type(key, __u64);
	__type(value, __u64);
} would_deny SEC(".maps");

/* By the ID of the domain: the ID of its ruleset. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_DOMAINS);
	__type(key, __u64);
	__type(value, __u64);
} tried_domains SEC(".maps");

SEC("tp_btf/landlock_create_domain")
int BPF_PROG(tried_created, const struct landlock_domain *domain,
	     const struct landlock_frozen *frozen)
{
	const struct landlock_hierarchy *const hierarchy =
		BPF_CORE_READ(domain, hierarchy);
	__u64 id, ruleset;

	if (live_policy(hierarchy) || !is_permissive_domain(hierarchy))
		return 0;
	ruleset = BPF_CORE_READ(frozen, id);
	if (!bpf_map_lookup_elem(&would_deny, &ruleset))
		return 0;
	id = BPF_CORE_READ(hierarchy, id);
	bpf_map_update_elem(&tried_domains, &id, &ruleset, BPF_ANY);
	return 0;
}

SEC("tp_btf/landlock_free_domain")
int BPF_PROG(tried_freed, const struct landlock_hierarchy *hierarchy)
{
	const __u64 id = BPF_CORE_READ(hierarchy, id);

	if (!live_policy(hierarchy) && is_permissive_domain(hierarchy))
		bpf_map_delete_elem(&tried_domains, &id);
	return 0;
}

/* The count of a layer, or NULL if it is of no policy that is counted. */
static __always_inline __u64 *
find_count(const struct landlock_hierarchy *hierarchy)
{
	const __u64 policy = live_policy_id(hierarchy);
	const __u64 id = BPF_CORE_READ(hierarchy, id);
	const __u64 *ruleset;

	if (policy)
		return bpf_map_lookup_elem(&would_deny, &policy);
	ruleset = bpf_map_lookup_elem(&tried_domains, &id);
	return ruleset ? bpf_map_lookup_elem(&would_deny, ruleset) : NULL;
}

static __always_inline int count(const struct landlock_hierarchy *hierarchy,
				 bool permissive)
{
	__u64 *const number = permissive ? find_count(hierarchy) : NULL;

	if (number)
		__sync_fetch_and_add(number, 1);
	return 0;
}

SEC("tp_btf/landlock_deny_access_fs")
int BPF_PROG(tried_fs, const struct landlock_hierarchy *hierarchy)
{
	return count(hierarchy, is_permissive_denial(hierarchy, ctx, 6));
}

SEC("tp_btf/landlock_deny_access_net")
int BPF_PROG(tried_net, const struct landlock_hierarchy *hierarchy)
{
	return count(hierarchy, is_permissive_denial(hierarchy, ctx, 8));
}

SEC("tp_btf/landlock_deny_ptrace")
int BPF_PROG(tried_ptrace, const struct landlock_hierarchy *hierarchy)
{
	return count(hierarchy, is_permissive_denial(hierarchy, ctx, 6));
}

SEC("tp_btf/landlock_deny_scope_signal")
int BPF_PROG(tried_signal, const struct landlock_hierarchy *hierarchy)
{
	return count(hierarchy, is_permissive_denial(hierarchy, ctx, 6));
}

SEC("tp_btf/landlock_deny_scope_abstract_unix_socket")
int BPF_PROG(tried_unix, const struct landlock_hierarchy *hierarchy)
{
	return count(hierarchy, is_permissive_denial(hierarchy, ctx, 5));
}
