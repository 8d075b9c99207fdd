/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Landlock domains, as BPF programs at its tracepoints see them
 */

#ifndef EXECLOCK_LANDLOCK_DOMAIN_H
#define EXECLOCK_LANDLOCK_DOMAIN_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <stdbool.h>

/* The kernel has @permissive if it has permissive layers. */
struct landlock_hierarchy {
	__u64 id;
	bool permissive;
	struct landlock_hierarchy *parent;
} CORE;

struct landlock_domain {
	struct landlock_hierarchy *hierarchy;
} CORE;

static __always_inline bool
is_permissive_domain(const struct landlock_hierarchy *hierarchy)
{
	return bpf_core_field_exists(hierarchy->permissive) &&
	       BPF_CORE_READ(hierarchy, permissive);
}

#endif /* EXECLOCK_LANDLOCK_DOMAIN_H */
