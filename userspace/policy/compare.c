// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which access policies allow, and how they relate to each other
 */

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "landlock_abi.h"
#include "message.h"
#include "resolve.h"

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

/* The slash comes first, so that paths beneath another come right after it. */
static int rank(char c)
{
	return c == '/' ? 1 : c ? (unsigned char)c + 1 : 0;
}

static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return rank(*a) - rank(*b);
}

static int order_paths(const void *a, const void *b)
{
	const struct compared_path *const first = a, *const second = b;

	return compare_paths(first->path, second->path);
}

static int order_ports(const void *a, const void *b)
{
	const struct port_rule *const first = a, *const second = b;

	return first->port - second->port;
}

/*
 * The directories that a path is beneath are the one that comes before it in
 * the list, or one that this is beneath, and so on: those are above each other.
 */
static void inherit_paths(struct compared *compared)
{
	struct compared_path *const paths = compared->paths;
	size_t i, above;

	for (i = 0; i < compared->num_paths; i++) {
		above = i;
		while (above &&
		       !compare_beneath(paths[i].path, paths[above - 1].path))
			above = paths[above - 1].above;
		paths[i].above = above;
		if (above)
			paths[i].allowed |= paths[above - 1].allowed;
	}
}

static int prepare_paths(struct compared *compared, const struct config *config)
{
	const bool for_others = compared->policy->trust.for_others;
	size_t i;

	compared->paths = calloc(config->num_paths + 1,
				 sizeof(*compared->paths));
	if (!compared->paths)
		return -1;
	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];
		struct compared_path *const path = &compared->paths[i];

		/* A path that does not exist is compared as it is. */
		path->path = rule->real ? strdup(rule->real) :
			     resolve_real(rule->path, for_others) ?:
			     strdup(rule->path);
		if (!path->path)
			return -1;
		path->rule = rule;
		path->allowed = rule->allowed;
		compared->num_paths++;
	}
	qsort(compared->paths, compared->num_paths, sizeof(*compared->paths),
	      order_paths);
	inherit_paths(compared);
	return 0;
}

static int prepare_ports(struct compared *compared, const struct config *config)
{
	struct port_rule *ports;
	size_t i, count = 0;

	ports = calloc(config->num_ports + 1, sizeof(*ports));
	compared->ports = ports;
	if (!ports)
		return -1;
	for (i = 0; i < config->num_ports; i++)
		ports[i] = config->ports[i];
	qsort(ports, config->num_ports, sizeof(*ports), order_ports);
	/* Each port once. */
	for (i = 0; i < config->num_ports; i++)
		if (count && ports[count - 1].port == ports[i].port)
			ports[count - 1].allowed |= ports[i].allowed;
		else
			ports[count++] = ports[i];
	compared->num_ports = count;
	return 0;
}

int compare_prepare(struct compared *compared, const struct policy *policy)
{
	memset(compared, 0, sizeof(*compared));
	compared->policy = policy;
	if (prepare_paths(compared, &policy->config) ||
	    prepare_ports(compared, &policy->config))
		return p_err("out of memory");
	return 0;
}

void compare_release(struct compared *compared)
{
	size_t i;

	for (i = 0; i < compared->num_paths; i++)
		free(compared->paths[i].path);
	free(compared->paths);
	free(compared->ports);
	memset(compared, 0, sizeof(*compared));
}

__u64 compare_allowed(const struct compared *compared, const char *path)
{
	const struct compared_path *const paths = compared->paths;
	const __u64 allowed = ~handled_fs(compared->policy);
	size_t begin = 0, end = compared->num_paths;

	/* How many do not come after it? */
	while (begin < end) {
		const size_t middle = begin + (end - begin) / 2;

		if (compare_paths(paths[middle].path, path) > 0)
			end = middle;
		else
			begin = middle + 1;
	}
	for (; begin; begin = paths[begin - 1].above)
		if (compare_beneath(path, paths[begin - 1].path))
			return allowed | paths[begin - 1].allowed;
	return allowed;
}

__u64 compare_allowed_port(const struct compared *compared, __u16 port)
{
	const struct port_rule key = { .port = port };
	const struct port_rule *const found =
		bsearch(&key, compared->ports, compared->num_ports,
			sizeof(key), order_ports);
	const __u64 allowed = ~compared->policy->config.handled[RIGHTS_NET];

	return found ? allowed | found->allowed : allowed;
}

/* Whether @compared denies nothing that @other allows. */
static bool denies_no_more(const struct compared *compared,
			   const struct compared *other)
{
	const __u64 *const handled = compared->policy->config.handled;
	const __u64 *const other_handled = other->policy->config.handled;
	size_t i;

	if (handled_fs(compared->policy) & ~handled_fs(other->policy))
		return false;
	for (i = RIGHTS_NET; i < RIGHTS_KINDS; i++)
		if (handled[i] & ~other_handled[i])
			return false;
	for (i = 0; i < other->num_paths; i++) {
		const struct compared_path *const path = &other->paths[i];

		if (path->allowed & ~compare_allowed(compared, path->path))
			return false;
	}
	for (i = 0; i < other->num_ports; i++) {
		const struct port_rule *const rule = &other->ports[i];

		if (rule->allowed & ~compare_allowed_port(compared, rule->port))
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

/* How much a policy limits later execs: "auto" only does for some. */
static int rank_nnp(const struct policy *policy)
{
	switch (policy->no_new_privs) {
	case EXECLOCK_NNP_NEVER:
		return 0;
	case EXECLOCK_NNP_AUTO:
		return 1;
	default:
		return 2;
	}
}

bool compare_redundant(const struct compared *compared,
		       const struct compared *other)
{
	const struct policy *const policy = compared->policy;

	/* It may be quiet about denials that the other one would log. */
	if (policy->userns_caps.bounded || config_is_quiet(&policy->config) ||
	    config_says_place(&policy->config) ||
	    rank_nnp(policy) > rank_nnp(other->policy) ||
	    policy->exec_no_new_privs > other->policy->exec_no_new_privs ||
	    policy_only_tcp(policy) > policy_only_tcp(other->policy) ||
	    policy->allow_on_error < other->policy->allow_on_error)
		return false;
	return always_with(policy, other->policy) &&
	       denies_no_more(compared, other);
}
