/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Data that the BPF programs for policies of cgroups and their
 * loader share
 */

#ifndef EXECLOCK_CGROUP_H
#define EXECLOCK_CGROUP_H

#include "execlock.h"

/** CGROUP_STORE_PROGRAM - Name of the BPF program that stores a policy */
#define CGROUP_STORE_PROGRAM "store_policy"

/** CGROUP_MAX - The most cgroups that can have a policy */
#define CGROUP_MAX 4096

/* User space never sees the reference: it reads zero. */
#ifdef __bpf__
#define CGROUP_RULESET struct lsm_policy_object __kptr *
#else
#define CGROUP_RULESET __u64
#endif

/**
 * struct cgroup_slot - A ruleset, and how to stage it
 *
 * @ruleset: The ruleset, if the policy has one.
 * @id: ID of the ruleset in trace events.
 * @userns_lost: Capabilities, one bit each, that the programs of the cgroup cannot
 *               have in user namespaces.
 * @flags: LANDLOCK_RESTRICT_SELF_LOG_* for bpf_landlock_restrict_binprm().
 * @no_new_privs: An &enum execlock_nnp.
 * @on_error: An &enum execlock_on_error.
 * @no_ruleset: Whether the policy has none.
 * @name: Name of the policy, for people.
 */
struct cgroup_slot {
	CGROUP_RULESET ruleset;
	__u64 id;
	__u64 userns_lost;
	__u32 flags;
	__u32 no_new_privs;
	__u32 on_error;
	__u32 no_ruleset;
	char name[EXECLOCK_NAME_SIZE];
};

/**
 * struct cgroup_policy - The policy of a cgroup
 *
 * @slots: The current policy, and the former or the next one: an exec finds one
 *         of them as a whole.
 * @cgroup: Number of the cgroup.
 * @hits: Number of execs that enforced it.
 * @errors: Number of execs for which staging it failed.
 * @version: Number of policies that the cgroup has had; its last bit is the
 *           index of the current slot.  0 if there is no policy yet.
 * @zero: Padding.
 */
struct cgroup_policy {
	struct cgroup_slot slots[2];
	__u64 cgroup;
	__u64 hits;
	__u64 errors;
	__u32 version;
	__u32 zero;
};

/**
 * struct cgroup_request - Argument of the program that stores a policy
 *
 * @cgroup: Number of the cgroup.
 * @userns_lost: As in &struct cgroup_slot.
 * @ruleset_fd: File descriptor of the ruleset, or -1 if there is none.
 * @flags: As in &struct cgroup_slot.
 * @no_new_privs: As in &struct cgroup_slot.
 * @on_error: As in &struct cgroup_slot.
 * @name: As in &struct cgroup_slot.
 */
struct cgroup_request {
	__u64 cgroup;
	__u64 userns_lost;
	__s32 ruleset_fd;
	__u32 flags;
	__u32 no_new_privs;
	__u32 on_error;
	char name[EXECLOCK_NAME_SIZE];
};

#endif /* EXECLOCK_CGROUP_H */
