// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What policies allow, and how they relate to each other
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "landlock_abi.h"

bool compare_beneath(const char *path, const char *directory)
{
	const size_t size = strlen(directory);

	if (strncmp(path, directory, size))
		return false;
	return path[size] == '\0' || path[size] == '/' ||
	       (size && directory[size - 1] == '/');
}

/* A ruleset about files denies to move them elsewhere unless a rule allows. */
static __u64 handled_fs(const struct policy *policy)
{
	const __u64 handled = policy->config.handled[RIGHTS_FS];

	return handled ? handled | LANDLOCK_ACCESS_FS_REFER : 0;
}

__u64 compare_allowed(const struct policy *policy, const char *path)
{
	const struct config *const config = &policy->config;
	__u64 allowed = ~handled_fs(policy);
	char real[PATH_MAX];
	size_t i;

	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];

		if (compare_beneath(path, realpath(rule->path, real) ?
					  real : rule->path))
			allowed |= rule->allowed;
	}
	return allowed;
}

static __u64 allowed_port(const struct policy *policy, __u16 port)
{
	const struct config *const config = &policy->config;
	__u64 allowed = ~config->handled[RIGHTS_NET];
	size_t i;

	for (i = 0; i < config->num_ports; i++)
		if (config->ports[i].port == port)
			allowed |= config->ports[i].allowed;
	return allowed;
}

/* Whether @policy denies nothing that @other allows. */
static bool denies_no_more(const struct policy *policy,
			   const struct policy *other)
{
	const struct config *const config = &other->config;
	char real[PATH_MAX];
	size_t i;

	if (handled_fs(policy) & ~handled_fs(other))
		return false;
	for (i = RIGHTS_NET; i < RIGHTS_KINDS; i++)
		if (policy->config.handled[i] & ~config->handled[i])
			return false;
	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];
		const char *const path = realpath(rule->path, real) ?
					 real : rule->path;

		if (rule->allowed & ~compare_allowed(policy, path))
			return false;
	}
	for (i = 0; i < config->num_ports; i++) {
		const struct port_rule *const rule = &config->ports[i];

		if (rule->allowed & ~allowed_port(policy, rule->port))
			return false;
	}
	return true;
}

/* Whether one of the values of a condition holds whenever another one does. */
struct search {
	const struct policy *other;
	enum execlock_condition condition;
	const json_t *wanted;
	bool found;
};

static int compare_value(const struct node *value, void *data)
{
	struct search *const search = data;
	const char *const text = json_string_value(search->wanted);

	if (json_equal(value->json, search->wanted))
		search->found = true;
	else if (text && (search->condition == EXECLOCK_DIRECTORY ||
			  search->condition == EXECLOCK_CGROUP))
		search->found |= compare_beneath(text,
						 json_string_value(value->json));
	return 0;
}

static int find_value(const struct node *value, void *data)
{
	struct search *const search = data;

	search->wanted = value->json;
	search->found = false;
	policy_values(search->other, search->condition, compare_value, search);
	return !search->found;
}

/* Whether @other is applied whenever @policy is. */
static bool always_with(const struct policy *policy, const struct policy *other)
{
	struct search search = { .other = other };
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		if (!(other->conditions & (1U << i)))
			continue;
		search.condition = i;
		if (!(policy->conditions & (1U << i)) ||
		    policy_values(policy, i, find_value, &search))
			return false;
	}
	return true;
}

bool compare_redundant(const struct policy *policy, const struct policy *other)
{
	const __u32 nnp = LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS;

	if (policy->flags & ~other->flags & nnp ||
	    policy->exec_no_new_privs > other->exec_no_new_privs ||
	    policy->allow_on_error < other->allow_on_error)
		return false;
	return always_with(policy, other) && denies_no_more(policy, other);
}
