/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the dynamic no_new_privs policy and its loader share
 */

#ifndef EXECLOCK_NNP_H
#define EXECLOCK_NNP_H

/**
 * NNP_LEVEL - The initial user namespace, as a level of nesting
 *
 * The policy is in force as long as its map "levels" has this element.
 */
#define NNP_LEVEL 0

/** NNP_MAX_CGROUPS - Room in the list of cgroups that may elevate */
#define NNP_MAX_CGROUPS 1024

/**
 * enum nnp_outcome - What became of an execution that asked for privileges
 *
 * @NNP_DENIED: It got none, because of no_new_privs for this execution.
 * @NNP_BY_CGROUP: It got them, and its cgroup is in the list.
 * @NNP_BY_NAMESPACE: It got them, in a user namespace of its own.
 * @NNP_OUTCOMES: Number of outcomes.
 */
enum nnp_outcome {
	NNP_DENIED,
	NNP_BY_CGROUP,
	NNP_BY_NAMESPACE,
	NNP_OUTCOMES,
};

/**
 * enum nnp_reason - Where its privileges came from, the first that applies
 *
 * @NNP_USER: A set-user-ID file, of another user.
 * @NNP_GROUP: A set-group-ID file, of another group.
 * @NNP_CAPABILITIES: Capabilities that the task did not have: those of the
 *                    file or, if its user is root, all.
 * @NNP_REASONS: Number of reasons.
 */
enum nnp_reason {
	NNP_USER,
	NNP_GROUP,
	NNP_CAPABILITIES,
	NNP_REASONS,
};

/**
 * struct nnp_counters - Number of executions with one outcome
 *
 * @reasons: Each has one of these &enum nnp_reason.
 */
struct nnp_counters {
	__u64 reasons[NNP_REASONS];
};

#endif /* EXECLOCK_NNP_H */
