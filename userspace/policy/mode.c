// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies that are tried before they are enforced
 */

#include <string.h>

#include "landlock_abi.h"
#include "mode.h"
#include "policy.h"

/**
 * struct mode_place - Where a policy has its mode
 *
 * A node refers to those above it, which have to live as long.
 *
 * @root: The policy.
 * @enforce: Its member.
 * @mode: The member of that.
 */
struct mode_place {
	struct node root;
	struct node enforce;
	struct node mode;
};

/* The member that says so, or the whole policy if only the caller says so. */
static const struct node *find_mode(const struct policy *policy,
				    struct mode_place *place)
{
	place->root = node_root(&policy->source);
	place->enforce = node_member(&place->root, "enforce");
	place->mode = node_member(&place->enforce, "mode");
	return place->mode.json ? &place->mode : &place->root;
}

int mode_settle(struct policy *policy)
{
	struct mode_place place;
	const struct node *const mode = find_mode(policy, &place);

	if (!policy->has_landlock)
		return node_err(mode, "cannot be tried without \"landlock\", which alone is reported: add it, or enforce the policy");
	policy->permissive = true;
	policy->flags |= LANDLOCK_RESTRICT_SELF_PERMISSIVE;
	policy->allow_on_error = true;
	return 0;
}

int mode_try(struct policy *policy)
{
	const struct node root = node_root(&policy->source);
	const struct node match = node_member(&root, "match");

	if (policy->is_default) {
		node_err(&match, "is the default of user namespaces, which cannot be tried: load the policy");
		return POLICY_UNUSABLE;
	}
	policy->trial = true;
	return mode_settle(policy) ? POLICY_UNUSABLE : 0;
}

int mode_check_kernel(const struct policy *policy, bool permissive)
{
	struct mode_place place;
	const struct node *const mode = find_mode(policy, &place);

	if (!policy->permissive || permissive)
		return 0;
	node_err(mode, "is for a kernel with permissive layers, which this one lacks: boot a newer execlock kernel (\"execlock features\" shows what is missing), or enforce the policy");
	return POLICY_UNUSABLE;
}

void mode_warn(const struct policy *policy)
{
	struct mode_place place;
	const struct node *const mode = find_mode(policy, &place);

	if (!policy->permissive || policy->trial)
		return;
	node_warn(mode, "is \"permissive\": the policy denies nothing");
	if (policy->userns_caps.bounded)
		node_warn(mode, "leaves \"userNamespaceCapabilities\" out, and nothing reports the capabilities that it would deny");
}

size_t mode_count(const struct policy *policies, size_t count)
{
	size_t permissive = 0;
	size_t i;

	for (i = 0; i < count; i++)
		permissive += policies[i].permissive;
	return permissive;
}

const char *mode_name(__u32 flags, bool trial)
{
	if (trial)
		return "trial";
	return flags & LANDLOCK_RESTRICT_SELF_PERMISSIVE ? "permissive" :
							   "enforcing";
}

bool mode_is_permissive(const json_t *entry)
{
	const char *const mode =
		json_string_value(json_object_get(entry, "mode"));

	return mode && strcmp(mode, "enforcing") != 0;
}
