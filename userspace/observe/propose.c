// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Propose a policy that allows the accesses of a command
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "features.h"
#include "message.h"
#include "policy.h"
#include "proposal.h"
#include "propose.h"
#include "resolve.h"

static __u64 rights_for(const json_t *rules, const char *path)
{
	return json_integer_value(json_object_get(rules, path));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Lists the paths from @names on that have the same rights, and removes them.
 */
static json_t *take_parents(const json_t *rules, const char **names,
			    const char *const *end, __u64 rights)
{
	json_t *const parents = json_array();

	for (; names < end; names++) {
		if (!*names || rights != rights_for(rules, *names))
			continue;
		json_array_append_new(parents, json_string(*names));
		*names = NULL;
	}
	return parents;
}

/*
 * Lists a rule for all paths with the same rights, ordered by the first path.
 */
static json_t *list_paths(json_t *rules)
{
	const size_t count = json_object_size(rules);
	const char **const names = calloc(count + 1, sizeof(*names));
	json_t *const list = json_array(), *value;
	const char *name;
	size_t i = 0;

	if (!names)
		return list;
	json_object_foreach(rules, name, value)
		names[i++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; i < count; i++) {
		__u64 rights;

		if (!names[i])
			continue;
		rights = rights_for(rules, names[i]);
		json_array_append_new(list,
				      json_pack("{s:o, s:o}", "allowedAccess",
						rights_list(RIGHTS_FS, rights),
						"parent",
						take_parents(rules, names + i,
							     names + count,
							     rights)));
	}
	free(names);
	return list;
}

/* Finds the first and the last port that the kernel chooses. */
static void get_local_ports(int *first, int *last)
{
	FILE *const file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	if (!file || fscanf(file, "%d %d", first, last) != 2) {
		*first = 32768;
		*last = 60999;
	}
	if (file)
		fclose(file);
}

/*
 * Does not handle the rights that were used for ports that the kernel chooses.
 */
static void drop_local_ports(struct proposal *proposal, __u64 *open)
{
	const char *port;
	json_t *rights;
	int first, last;

	get_local_ports(&first, &last);
	json_object_foreach(proposal->observed->ports, port, rights) {
		const __u64 access = json_integer_value(rights) &
				     proposal->handled_net;
		json_t *names;

		if (!access || atoi(port) < first || atoi(port) > last)
			continue;
		names = rights_list(RIGHTS_NET, access);
		propose_note(proposal->notes, "port %s is in the range from which the kernel chooses (%d to %d), and may be another one in the next run, so the policy does not handle \"%s\"%s: if the port is fixed, add the right to \"handledAccessNet\" and a rule",
			     port, first, last,
			     json_string_value(json_array_get(names, 0)),
			     json_array_size(names) > 1 ? " and the like" : "");
		proposal->handled_net &= ~access;
		*open |= access;
		json_decref(names);
	}
}

static json_t *list_ports(const struct proposal *proposal)
{
	json_t *const list = json_array();
	const char *port;
	json_t *rights;

	json_object_foreach(proposal->observed->ports, port, rights) {
		const __u64 access = json_integer_value(rights) &
				     proposal->handled_net;

		if (access)
			json_array_append_new(list,
					      json_pack("{s:o, s:[I]}",
							"allowedAccess",
							rights_list(RIGHTS_NET,
								    access),
							"port",
							(json_int_t)atoi(port)));
	}
	return list;
}

static json_t *make_ruleset(const struct proposal *proposal, int abi)
{
	const struct observed *const observed = proposal->observed;
	json_t *const ruleset = json_object();
	__u64 scopes = 0;

	/* With any of these, Landlock denies to change mounts. */
	if (!observed->mounts)
		json_object_set_new(ruleset, "handledAccessFs",
				    json_pack("[s]", "abi.all"));
	if (proposal->handled_net == rights_of_abi(RIGHTS_NET, abi))
		json_object_set_new(ruleset, "handledAccessNet",
				    json_pack("[s]", "abi.all"));
	else if (proposal->handled_net)
		json_object_set_new(ruleset, "handledAccessNet",
				    rights_list(RIGHTS_NET,
						proposal->handled_net));
	if (!observed->abstract)
		scopes |= LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
	if (!observed->signal && !proposal_is_daemon(observed))
		scopes |= LANDLOCK_SCOPE_SIGNAL;
	if (scopes)
		json_object_set_new(ruleset, "scoped",
				    rights_list(RIGHTS_SCOPE, scopes));
	return ruleset;
}

/* Characters that a name cannot have become "_". */
static json_t *make_name(const char *text)
{
	const char *const slash = strrchr(text, '/');
	char name[EXECLOCK_NAME_SIZE];
	char *c;

	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : text);
	/* The first character has a meaning for files and options. */
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	for (c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
		    !(isalnum((unsigned char)*c) || strchr("._+-", *c)))
			*c = '_';
	return json_string(name);
}

/* Adds the directory from which on users other than root control a path. */
static void add_users(struct proposal *proposal, json_t *users,
		      const char *path)
{
	char *const place = resolve_users_place(path);
	const json_t *known;
	size_t i;

	if (!place)
		return;
	json_array_foreach(users, i, known)
		if (strcmp(place, json_string_value(known)) == 0)
			break;
	if (i == json_array_size(users)) {
		json_array_append_new(users, json_string(place));
		propose_note(proposal->notes, "users other than root may write %s, and replace %s, so it is in \"userPaths\"",
			     place, path);
	}
	free(place);
}

static json_t *list_users(struct proposal *proposal,
			  const struct proposed *proposed)
{
	json_t *const users = json_array();
	const json_t *executable;
	json_t *rights;
	const char *path;
	size_t i;

	json_array_foreach(proposed->executables, i, executable)
		add_users(proposal, users, json_string_value(executable));
	json_object_foreach(proposal->rules, path, rights)
		add_users(proposal, users, path);
	return users;
}

static json_t *make_enforce(struct proposal *proposal,
			    const struct proposed *proposed)
{
	json_t *const users = list_users(proposal, proposed);
	json_t *const enforce = json_object();

	if (json_array_size(users))
		json_object_set(enforce, "userPaths", users);
	json_decref(users);
	if (proposal->bounds_caps)
		json_object_set_new(enforce, "userNamespaceCapabilities",
				    proposal_list_caps(proposal->observed));
	return enforce;
}

static json_t *make_landlock(const struct proposal *proposal, int abi)
{
	json_t *const ports = list_ports(proposal);
	json_t *const landlock = json_pack("{s:i, s:[o]}", "abi", abi,
					   "ruleset",
					   make_ruleset(proposal, abi));

	/* An empty array is an error. */
	if (json_object_size(proposal->rules))
		json_object_set_new(landlock, "pathBeneath",
				    list_paths(proposal->rules));
	if (json_array_size(ports))
		json_object_set(landlock, "netPort", ports);
	json_decref(ports);
	return landlock;
}

/* Whether there is something left that Landlock is to deny. */
static bool denies(const json_t *landlock)
{
	const json_t *const rulesets = json_object_get(landlock, "ruleset");

	return json_object_size(json_array_get(rulesets, 0));
}

/* The conditions, or NULL if there are none. */
static json_t *make_match(const struct proposed *proposed)
{
	const json_t *const executables = proposed->executables;
	json_t *const match = json_object();

	if (json_array_size(executables) == 1)
		json_object_set(match, "executable",
				json_array_get(executables, 0));
	else if (json_array_size(executables))
		json_object_set(match, "executable", (json_t *)executables);
	if (proposed->cgroup)
		json_object_set_new(match, "cgroup",
				    json_string(proposed->cgroup));
	if (json_object_size(match))
		return match;
	json_decref(match);
	return NULL;
}

static json_t *name_of(const struct proposed *proposed)
{
	if (proposed->name)
		return make_name(proposed->name);
	return make_name(json_string_value(json_array_get(proposed->executables,
							  0)));
}

static json_t *make_policy(struct proposal *proposal, int abi,
			   struct proposed *proposed)
{
	json_t *landlock, *policy, *enforce;

	drop_local_ports(proposal, &proposed->open[RIGHTS_NET]);
	landlock = make_landlock(proposal, abi);
	policy = json_pack("{s:o, s:o*}", "name", name_of(proposed), "match",
			   make_match(proposed));
	if (denies(landlock) || !proposal->bounds_caps)
		json_object_set(policy, "landlock", landlock);
	json_decref(landlock);
	enforce = make_enforce(proposal, proposed);
	if (json_object_size(enforce))
		json_object_set(policy, "enforce", enforce);
	json_decref(enforce);
	return policy;
}

static void open_scopes(const struct observed *observed, __u64 *open)
{
	if (observed->signal)
		*open |= LANDLOCK_SCOPE_SIGNAL;
	if (observed->abstract)
		*open |= LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
}

/* Whether a policy can name all programs that it is for. */
static int check_names(const json_t *executables)
{
	const json_t *executable;
	size_t i;

	json_array_foreach(executables, i, executable)
		if (!proposal_can_name(json_string_value(executable)))
			return p_err("cannot propose a policy for %s: its path is not UTF-8, or has \"${\" or \"*\" in it",
				     json_string_value(executable));
	return 0;
}

int propose(const struct observed *observed, const struct features *kernel,
	    struct proposed *proposed)
{
	const int abi = kernel->landlock_abi < LANDLOCK_ABI_KNOWN ?
			kernel->landlock_abi : LANDLOCK_ABI_KNOWN;
	struct proposal proposal = {
		.observed = observed,
		.rules = json_object(),
		.reasons = json_object(),
		.single = json_array(),
		.handled_net = rights_of_abi(RIGHTS_NET, abi),
		.places = kernel->places,
		.bounds_caps = kernel->userns_caps,
		.merges = proposed->merges,
		.is_part = proposed->is_part,
		.notes = proposed->notes,
	};

	if (check_names(proposed->executables))
		return -1;
	if (!observed->mounts)
		proposal_make_rules(&proposal);
	open_scopes(observed, &proposed->open[RIGHTS_SCOPE]);
	proposed->policy = make_policy(&proposal, abi, proposed);
	proposal_note_all(&proposal);
	/* The policy of a program that mounts has no rules for files. */
	proposed->complete = !observed->lost &&
			     (!observed->no_path || observed->mounts);
	json_decref(proposal.rules);
	json_decref(proposal.reasons);
	json_decref(proposal.single);
	return proposed->policy ? 0 : p_err("out of memory");
}
