// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Add to a policy the accesses that another one allows
 */

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "landlock_abi.h"
#include "merge.h"
#include "merge_rules.h"
#include "message.h"

/**
 * struct merging - A merge under way
 *
 * @old: The policy as it was.
 * @new: The accesses.
 * @paths: Rights to be added, by path.
 */
struct merging {
	struct compared old;
	struct compared new;
	json_t *paths;
};

/* A rule for something else than a directory has no other rights. */
static __u64 missing_at(const struct merging *merging, const char *path,
			__u64 rights)
{
	return rights & ~compare_allowed(&merging->old, path);
}

static int add(json_t *paths, const char *path, __u64 rights)
{
	const json_t *const old = json_object_get(paths, path);

	return json_object_set_new(paths, path,
				   json_integer(json_integer_value(old) |
						rights));
}

/* Returns the rights that are added at a path, or above it. */
static __u64 added_at(const struct merging *merging, const char *path)
{
	__u64 rights = 0;
	const char *above;
	json_t *value;

	json_object_foreach(merging->paths, above, value)
		if (compare_beneath(path, above))
			rights |= json_integer_value(value);
	return rights;
}

/* Whether files could be moved from one directory to the other. */
static bool can_move(const struct compared *compared, const char *from,
		     const char *to)
{
	const __u64 source = compare_allowed(compared, from);
	const __u64 target = compare_allowed(compared, to);

	return source & target & LANDLOCK_ACCESS_FS_REFER && !(target & ~source);
}

/* Adds to a directory the rights that files would gain by leaving it. */
static int keep_move(struct merging *merging, const char *from, const char *to,
		     bool *changed)
{
	const __u64 source = compare_allowed(&merging->old, from) |
			     added_at(merging, from);
	const __u64 target = compare_allowed(&merging->old, to) |
			     added_at(merging, to);

	if (!(target & ~source) || !(can_move(&merging->old, from, to) ||
				     can_move(&merging->new, from, to)))
		return 0;
	*changed = true;
	return add(merging->paths, from, target & ~source);
}

static int keep_moves_to(struct merging *merging, const char *to, bool *changed)
{
	const struct compared *const all[] = { &merging->old, &merging->new };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		for (j = 0; j < all[i]->num_paths; j++) {
			const struct compared_path *const from =
				&all[i]->paths[j];

			if (from->allowed & LANDLOCK_ACCESS_FS_REFER &&
			    keep_move(merging, from->path, to, changed))
				return -1;
		}
	return 0;
}

/*
 * The kernel refuses to move a file to a directory with more rights.  So a
 * directory from which files could be moved gets the rights that the other one
 * gets.
 */
static int keep_moves(struct merging *merging)
{
	bool changed;
	int err = 0;

	do {
		json_t *const names = json_deep_copy(merging->paths);
		const char *path;
		json_t *rights;

		changed = false;
		json_object_foreach(names, path, rights)
			if (!err)
				err = keep_moves_to(merging, path, &changed);
		json_decref(names);
	} while (changed && !err);
	return err;
}

static int find_paths(struct merging *merging)
{
	size_t i;

	for (i = 0; i < merging->new.num_paths; i++) {
		const struct compared_path *const path =
			&merging->new.paths[i];
		const __u64 rights = missing_at(merging, path->path,
						path->allowed) &
				     ~added_at(merging, path->path);

		/* Directories come before the paths beneath them. */
		if (rights && add(merging->paths, path->path, rights))
			return -1;
	}
	return keep_moves(merging);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of the paths: those with the same rights share a rule. */
static int write_paths(json_t *root, const struct merging *merging)
{
	const size_t count = json_object_size(merging->paths);
	const char **const names = calloc(count + 1, sizeof(*names));
	const char *name;
	json_t *rights;
	size_t i = 0;
	int err = 0;

	if (!names)
		return -1;
	json_object_foreach(merging->paths, name, rights)
		names[i++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; i < count && !err; i++)
		err = merge_rule(root, RIGHTS_FS, json_string(names[i]),
				 json_integer_value(json_object_get(merging->paths,
								    names[i])));
	free(names);
	return err;
}

static int write_ports(json_t *root, const struct merging *merging,
		       const __u64 handled)
{
	size_t i;

	for (i = 0; i < merging->new.num_ports; i++) {
		const struct port_rule *const rule = &merging->new.ports[i];
		const __u64 rights = rule->allowed & handled &
			~compare_allowed_port(&merging->old, rule->port);

		if (rights && merge_rule(root, RIGHTS_NET,
					 json_integer(rule->port), rights))
			return -1;
	}
	return 0;
}

/* Whether a path is a user's already, as the policy says. */
static bool is_users(const struct policy *policy, const char *path)
{
	size_t i;

	for (i = 0; i < policy->trust.num_users; i++)
		if (compare_beneath(path, policy->trust.users[i]))
			return true;
	return false;
}

static int write_users(json_t *root, const struct policy *policy,
		       const struct policy *rules)
{
	size_t i;

	for (i = 0; i < rules->trust.num_users; i++)
		if (!is_users(policy, rules->trust.users[i]) &&
		    merge_user(root, rules->trust.users[i]))
			return -1;
	return 0;
}

static int merge_all(json_t *root, const struct policy *policy,
		     const struct merge *merge, struct merging *merging)
{
	const __u64 handled = policy->config.handled[RIGHTS_NET] &
			      ~merge->open[RIGHTS_NET];
	int kind;

	if (!merging->paths ||
	    compare_prepare(&merging->old, policy) ||
	    compare_prepare(&merging->new, &merge->rules) ||
	    find_paths(merging))
		return -1;
	for (kind = RIGHTS_NET; kind < RIGHTS_KINDS; kind++)
		if (policy->config.handled[kind] & merge->open[kind] &&
		    merge_open(root, kind, merge->open[kind]))
			return -1;
	return write_paths(root, merging) ?:
	       write_ports(root, merging, handled) ?:
	       write_users(root, policy, &merge->rules) ?:
	       merge_caps(root, &policy->userns_caps,
			  &merge->rules.userns_caps);
}

int merge_into(json_t *root, const struct policy *policy,
	       const struct merge *merge)
{
	struct merging merging = { .paths = json_object() };
	const int err = merge_all(root, policy, merge, &merging);

	compare_release(&merging.old);
	compare_release(&merging.new);
	json_decref(merging.paths);
	return err ? p_err("out of memory") : 0;
}
