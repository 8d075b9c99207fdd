/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Landlock domains, as BPF programs at its tracepoints see them
 */

#ifndef EXECLOCK_LANDLOCK_DOMAIN_H
#define EXECLOCK_LANDLOCK_DOMAIN_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <stdbool.h>

/* The kernel has these two if it has policies that can be replaced. */
struct landlock_policy_version {
	bool permissive;
} CORE;

struct landlock_policy {
	__u64 id;
	struct landlock_policy_version *version;
} CORE;

/*
 * The kernel has @permissive if it has permissive layers, and @policy with the
 * structure above.
 */
struct landlock_hierarchy {
	__u64 id;
	bool permissive;
	struct landlock_policy *policy;
	struct landlock_hierarchy *parent;
} CORE;

struct landlock_domain {
	struct landlock_hierarchy *hierarchy;
} CORE;

/* The policy that decides what the domain is now, or NULL if nothing changes it. */
static __always_inline const struct landlock_policy *
live_policy(const struct landlock_hierarchy *hierarchy)
{
	return bpf_core_field_exists(hierarchy->policy) ?
	       BPF_CORE_READ(hierarchy, policy) : NULL;
}

/* The number of this policy, or zero. */
static __always_inline __u64
live_policy_id(const struct landlock_hierarchy *hierarchy)
{
	const struct landlock_policy *const policy = live_policy(hierarchy);

	return policy ? BPF_CORE_READ(policy, id) : 0;
}

/* Whether a domain denies nothing now. */
static __always_inline bool
is_permissive_domain(const struct landlock_hierarchy *hierarchy)
{
	const struct landlock_policy *const policy = live_policy(hierarchy);

	if (policy)
		return BPF_CORE_READ(policy, version, permissive);
	return bpf_core_field_exists(hierarchy->permissive) &&
	       BPF_CORE_READ(hierarchy, permissive);
}

/*
 * Whether a denial is only reported.  A policy may be replaced between the
 * decision and the event: then the event says it, in its last argument, of which
 * @args has the value.
 */
#define is_permissive_denial(hierarchy, args, last)			\
	(bpf_core_type_exists(struct landlock_policy) ?			\
	 (bool)(args)[last] : is_permissive_domain(hierarchy))

#endif /* EXECLOCK_LANDLOCK_DOMAIN_H */
