// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Messages about the rules of a policy, and what is left out of it
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "policy.h"

static int verr(const struct node *node, const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return p_err("out of memory");
	node_err(node, "%s", text);
	free(text);
	return -1;
}

/* The nodes on the way to the path of a rule. */
struct rule_nodes {
	struct node root;
	struct node landlock;
	struct node rules;
	struct node entry;
	struct node parent;
	struct node path;
};

static const struct node *find_path(const struct policy *policy,
				    const struct path_rule *rule,
				    struct rule_nodes *nodes)
{
	nodes->root = node_root(&policy->source);
	nodes->landlock = node_member(&nodes->root, "landlock");
	nodes->rules = node_member(&nodes->landlock, "pathBeneath");
	nodes->entry = node_item(&nodes->rules, rule->entry);
	nodes->parent = node_member(&nodes->entry, "parent");
	nodes->path = node_item(&nodes->parent, rule->parent);
	return &nodes->path;
}

int policy_path_err(const struct policy *policy, const struct path_rule *rule,
		    const char *fmt, ...)
{
	struct rule_nodes nodes;
	va_list args;

	va_start(args, fmt);
	verr(find_path(policy, rule, &nodes), fmt, args);
	va_end(args);
	return -1;
}

void policy_path_warn(const struct policy *policy, const struct path_rule *rule,
		      const char *fmt, ...)
{
	struct rule_nodes nodes;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		node_warn(find_path(policy, rule, &nodes), "%s", text);
		free(text);
	}
	va_end(args);
}

int policy_leave_out(struct policy *policy, const struct node *node,
		     const char *why)
{
	if (policy->if_missing == POLICY_MISSING_ERROR) {
		node_err(node, "%s", why ?: "out of memory");
		return POLICY_UNUSABLE;
	}
	if (policy->left_out++ < POLICY_LEFT_OUT_SHOWN)
		node_warn(node, "left out: %s", why ?: "out of memory");
	return 0;
}

int policy_path_leave_out(struct policy *policy, const struct path_rule *rule,
			  const char *why)
{
	struct rule_nodes nodes;

	return policy_leave_out(policy, find_path(policy, rule, &nodes), why);
}

int policy_path_unresolved(struct policy *policy, const struct path_rule *rule,
			   const struct resolved *resolved,
			   enum resolve_result result)
{
	char *const why = resolve_why(resolved, rule->path, result);
	int err;

	switch (result) {
	case RESOLVE_MISSING:
	case RESOLVE_REFUSED:
		err = policy_path_leave_out(policy, rule, why);
		break;
	case RESOLVE_INVALID:
		policy_path_err(policy, rule, "%s", why ?: "out of memory");
		err = POLICY_UNUSABLE;
		break;
	default:
		err = policy_path_err(policy, rule, "%s",
				      why ?: "out of memory");
	}
	free(why);
	return err;
}

size_t policies_report_left_out(const struct policy *policies, size_t count)
{
	size_t i, sum = 0;

	for (i = 0; i < count; i++) {
		const struct node root = node_root(&policies[i].source);
		const unsigned int left_out = policies[i].left_out;

		sum += left_out;
		if (left_out > POLICY_LEFT_OUT_SHOWN)
			node_warn(&root, "%u more paths and values are left out of this policy",
				  left_out - POLICY_LEFT_OUT_SHOWN);
	}
	return sum;
}

int policy_relative_err(const struct policy *policy,
			const struct path_rule *rule)
{
	return policy_path_err(policy, rule,
			       "\"%s\" is a relative path, and the programs to which the policy applies have different working directories: write the absolute path (only \"execlock run\" accepts relative ones)",
			       rule->path);
}

int policy_port_err(const struct policy *policy, const struct port_rule *rule,
		    const char *fmt, ...)
{
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");
	const struct node rules = node_member(&landlock, "netPort");
	const struct node entry = node_item(&rules, rule->entry);
	va_list args;

	va_start(args, fmt);
	verr(&entry, fmt, args);
	va_end(args);
	return -1;
}

int policy_err(const struct policy *policy, const char *fmt, ...)
{
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");
	va_list args;

	va_start(args, fmt);
	verr(landlock.json ? &landlock : &root, fmt, args);
	va_end(args);
	return -1;
}
