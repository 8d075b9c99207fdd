// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies that are never applied, or not as they seem to be
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "advice_rules.h"
#include "cgroupfs.h"
#include "compare.h"
#include "landlock_abi.h"
#include "message.h"
#include "mode.h"
#include "resolve.h"
#include "review.h"
#include "startup_files.h"
#include "units.h"

/* An executable of a policy that depends on nothing else. */
struct entry {
	const char *path;
	size_t index;		/* of the policy */
};

/* The work as a whole. */
struct review {
	const struct policy *policies;
	size_t count;
	struct compared *compared;
	/* For each policy, whether its "parent" can come to hold. */
	bool *reachable;
	/* In the order of the paths, and of the policies. */
	struct entry *entries;
	size_t num_entries;
	/* The current policy, condition and value. */
	const struct policy *policy;
	enum execlock_condition condition;
	const struct node *value;
};

static size_t index_of(const struct review *review)
{
	return review->policy - review->policies;
}

/* Returns the number of policies if there is none with this name. */
static size_t find_policy(const struct review *review, const char *name)
{
	size_t i;

	for (i = 0; i < review->count; i++)
		if (strcmp(review->policies[i].name, name) == 0)
			break;
	return i;
}

/*
 * Conditions
 */

/* The cgroup of a service is there while it runs. */
static void review_cgroup(const struct node *node, const char *path)
{
	const int fd = cgroupfs_open(path);
	char unit[NAME_MAX + 1];

	if (fd >= 0)
		close(fd);
	else if (errno == ENOENT && !units_of_cgroup(path, unit))
		node_warn(node, "there is no cgroup %s at present", path);
}

static void review_parent(const struct review *review, const struct node *node,
			  const char *name)
{
	const size_t i = find_policy(review, name);

	/* The policies in force beside a trial are not known here. */
	if (review->policy->trial)
		return;
	if (i == review->count)
		node_warn(node, "there is no policy \"%s\" in this set", name);
	else if (review->reachable[i])
		return;
	else if (i == index_of(review))
		node_warn(node, "the policy is never applied: its \"parent\" is the policy itself");
	else
		node_warn(node, "policy \"%s\" is never applied, because of its own \"parent\"",
			  name);
}

static int review_value(const struct node *node, void *data)
{
	const struct review *const review = data;
	const char *const text = json_string_value(node->json);

	if (review->condition == EXECLOCK_CGROUP)
		review_cgroup(node, text);
	else
		review_parent(review, node, text);
	return 0;
}

/* Stops at a directory that the executable is in. */
static int is_beneath(const struct node *directory, void *data)
{
	const struct review *const review = data;
	const bool for_others = review->policy->trust.for_others;
	char *const real = resolve_real(json_string_value(directory->json),
					for_others);
	char *const executable =
		resolve_real(json_string_value(review->value->json),
			     for_others);
	int beneath;

	/* A missing file was reported. */
	beneath = !real || !executable || compare_beneath(executable, real);
	free(real);
	free(executable);
	return beneath;
}

static void review_directories(struct review *review,
			       const struct node *executable)
{
	if (review->policy->conditions & (1U << EXECLOCK_DIRECTORY) &&
	    !policy_values(review->policy, EXECLOCK_DIRECTORY, is_beneath,
			   review))
		node_warn(executable,
			  "is in none of the directories of this policy, which is never applied to it");
}

static int review_startup_file(const char *path, void *data)
{
	const struct review *const review = data;

	if (!(compare_allowed(&review->compared[index_of(review)], path) &
	      LANDLOCK_ACCESS_FS_READ_FILE))
		node_warn(review->value,
			  "needs to read %s to start, which this policy denies",
			  path);
	return 0;
}

static void review_startup(struct review *review, const struct node *executable)
{
	if (for_each_startup_file(json_string_value(executable->json),
				  review->policy->trust.for_others,
				  review_startup_file, review))
		node_warn(executable,
			  "needs to read more than %d files to start, of which only these were looked at",
			  STARTUP_FILES);
}

static int order_paths(const void *a, const void *b)
{
	const struct entry *const first = a, *const second = b;

	return strcmp(first->path, second->path);
}

static int order_entries(const void *a, const void *b)
{
	const struct entry *const first = a, *const second = b;

	return order_paths(a, b) ?: (first->index > second->index) -
				    (first->index < second->index);
}

/* How many policies, up to the current one, have only this file as condition. */
static size_t count_layers(const struct review *review, const char *path)
{
	const struct entry wanted = { .path = path };
	const struct entry *const end = review->entries + review->num_entries;
	const struct entry *entry;
	size_t count = 0;

	if (!review->num_entries)
		return 0;
	entry = bsearch(&wanted, review->entries, review->num_entries,
			sizeof(wanted), order_paths);
	if (!entry)
		return 0;
	while (entry > review->entries && !order_paths(entry - 1, &wanted))
		entry--;
	for (; entry < end && !order_paths(entry, &wanted); entry++)
		if (entry->index <= index_of(review) &&
		    (entry == review->entries || order_entries(entry - 1, entry)))
			count++;
	return count;
}

static int review_executable(const struct node *executable, void *data)
{
	struct review *const review = data;
	const char *const path = json_string_value(executable->json);

	review->value = executable;
	review_directories(review, executable);
	if (review->policy->has_landlock)
		review_startup(review, executable);
	if (count_layers(review, path) > EXECLOCK_LAYERS)
		node_warn(executable,
			  "is executed under %d policies that come before this one, and there cannot be more: \"onError\" decides what happens",
			  EXECLOCK_LAYERS);
	return 0;
}

static void review_conditions(struct review *review)
{
	const struct policy *const policy = review->policy;

	review->condition = EXECLOCK_CGROUP;
	policy_values(policy, EXECLOCK_CGROUP, review_value, review);
	review->condition = EXECLOCK_PARENT;
	policy_values(policy, EXECLOCK_PARENT, review_value, review);
	policy_values(policy, EXECLOCK_EXECUTABLE, review_executable, review);
}

/*
 * Rights and rules
 */

static void review_rights(const struct policy *policy, int abi)
{
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");
	int i;

	for (i = 0; i < RIGHTS_KINDS; i++) {
		const __u64 missing = policy->config.handled[i] &
				      ~rights_of_abi(i, abi);

		if (missing && policy->best_effort)
			node_warn(&landlock, "is without \"%s\" on a kernel with Landlock ABI %d",
				  rights_name(i, missing), abi);
	}
	if (config_is_quiet(&policy->config) && abi < LANDLOCK_ABI_QUIET)
		node_warn(&landlock, "is without quiet rights on a kernel with Landlock ABI %d: all denials are logged",
			  abi);
}

/* Of two that are the same, the one that comes later is reported. */
static void review_redundant(const struct review *review)
{
	const size_t index = index_of(review);
	const struct compared *const compared = &review->compared[index];
	const struct node root = node_root(&review->policy->source);
	const struct node name = node_member(&root, "name");
	size_t i;

	if (!review->policy->conditions)
		return;
	for (i = 0; i < review->count; i++) {
		const struct policy *const other = &review->policies[i];

		if (i == index || !other->conditions ||
		    !compare_redundant(compared, &review->compared[i]))
			continue;
		if (i > index &&
		    compare_redundant(&review->compared[i], compared))
			continue;
		node_warn(&name, "adds nothing to policy \"%s\" in %s, which is applied whenever this one is, and denies as much",
			  other->name, other->source.file);
		return;
	}
}

/*
 * Preparations
 */

/* Stops at a parent that can be in force, or that may be from another set. */
static int is_reachable(const struct node *parent, void *data)
{
	const struct review *const review = data;
	const size_t i = find_policy(review, json_string_value(parent->json));

	return i == review->count || review->reachable[i];
}

/* Begins with policies that have no parent, and goes on to their children. */
static void find_reachable(struct review *review)
{
	bool more = true;
	size_t i;

	while (more) {
		more = false;
		for (i = 0; i < review->count; i++) {
			const struct policy *const policy =
				&review->policies[i];

			if (review->reachable[i] ||
			    (policy->conditions & (1U << EXECLOCK_PARENT) &&
			     !policy_values(policy, EXECLOCK_PARENT,
					    is_reachable, review)))
				continue;
			review->reachable[i] = true;
			more = true;
		}
	}
}

static int add_entry(const struct node *executable, void *data)
{
	struct review *const review = data;
	const size_t count = review->num_entries;
	struct entry *entries = review->entries;

	/* Doubles the room each time that it is full. */
	if (!(count & (count - 1))) {
		entries = reallocarray(entries, count ? count * 2 : 1,
				       sizeof(*entries));
		if (!entries)
			return -1;
		review->entries = entries;
	}
	entries[count].path = json_string_value(executable->json);
	entries[count].index = index_of(review);
	review->num_entries++;
	return 0;
}

static int find_entries(struct review *review)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < review->count; i++) {
		review->policy = &review->policies[i];
		if (review->policy->conditions == 1U << EXECLOCK_EXECUTABLE)
			err = policy_values(review->policy,
					    EXECLOCK_EXECUTABLE, add_entry,
					    review);
	}
	if (review->num_entries)
		qsort(review->entries, review->num_entries,
		      sizeof(*review->entries), order_entries);
	return err ? p_err("out of memory") : 0;
}

static int prepare(struct review *review)
{
	size_t i;

	review->compared = calloc(review->count + 1, sizeof(*review->compared));
	review->reachable = calloc(review->count + 1,
				   sizeof(*review->reachable));
	if (!review->compared || !review->reachable)
		return p_err("out of memory");
	for (i = 0; i < review->count; i++)
		if (compare_prepare(&review->compared[i], &review->policies[i]))
			return -1;
	find_reachable(review);
	return find_entries(review);
}

static void release(struct review *review)
{
	size_t i;

	for (i = 0; review->compared && i < review->count; i++)
		compare_release(&review->compared[i]);
	free(review->compared);
	free(review->reachable);
	free(review->entries);
}

int review(const struct policy *policies, size_t count, int abi)
{
	struct review review = { .policies = policies, .count = count };
	size_t i;
	int err;

	err = prepare(&review);
	for (i = 0; !err && i < count; i++) {
		review.policy = &policies[i];
		mode_warn(&policies[i]);
		review_conditions(&review);
		review_rights(&policies[i], abi);
		review_redundant(&review);
		advice_give(&policies[i]);
		advice_rules(&review.compared[i]);
	}
	release(&review);
	return err;
}

void review_system(const struct system_file *system)
{
	const struct node exempt = {
		.source = &system->source,
		.json = system->exempt,
	};
	const size_t size = json_array_size(system->exempt);
	size_t i;

	for (i = 0; i < size; i++) {
		const struct node item = node_item(&exempt, i);

		review_cgroup(&item, json_string_value(item.json));
	}
}
