// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The system's file: what holds besides the policies of programs
 */

#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "system_file.h"
#include "system_places.h"

/* Reads what is about privileges. */
static int parse_no_new_privs(struct system_file *system,
			      const struct node *node)
{
	static const char *const known[] = { "on", "exempt", NULL };
	const struct node on = node_member(node, "on");
	const struct node exempt = node_member(node, "exempt");

	if (!node->json)
		return 0;
	if (node_object(node, known))
		return -1;
	if (!json_is_boolean(on.json))
		return node_mismatch(&on, "true or false");
	system->no_new_privs = json_is_true(on.json);
	if (!exempt.json)
		return 0;
	return system_places_object(&exempt, NULL) ||
	       system_places_parse(&exempt, SYSTEM_PLACES_BELOW_ROOT,
				   system->exempt, &system->source) ? -1 : 0;
}

/* Their values are looked at when they become policies. */
static int parse_cgroups(const struct node *node)
{
	size_t i, size;

	if (!node->json)
		return 0;
	if (node_array(node, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);
		const struct node policy = node_member(&item, "policy");
		const char *file;

		if (system_places_object(&item, "policy") ||
		    node_string(&policy, &file))
			return -1;
	}
	return 0;
}

/* Their policies call it otherwise. */
static int need_capabilities(const struct node *node)
{
	const struct node capabilities = node_member(node, "capabilities");

	return capabilities.json ? 0 : node_mismatch(&capabilities, "an array");
}

static int parse_exempt_programs(const struct node *node)
{
	static const char *const known[] = {
		"name", "match", "capabilities", "executes", "helperOf", NULL
	};
	size_t i, size;

	if (!node->json)
		return 0;
	if (node_array(node, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);
		const struct node match = node_member(&item, "match");

		if (node_object(&item, known) || need_capabilities(&item))
			return -1;
		if (!match.json)
			return node_mismatch(&match, "an object");
	}
	return 0;
}

static int parse_userns(const struct node *node)
{
	static const char *const known[] = { "capabilities", "exempt", NULL };
	const struct node exempt = node_member(node, "exempt");

	if (!node->json)
		return 0;
	return node_object(node, known) || need_capabilities(node) ||
	       parse_exempt_programs(&exempt) ? -1 : 0;
}

static int parse(struct system_file *system)
{
	static const char *const known[] = {
		"noNewPrivs", "cgroups", "userNamespaces", NULL
	};
	const struct node root = node_root(&system->source);
	const struct node nnp = node_member(&root, "noNewPrivs");
	const struct node cgroups = node_member(&root, "cgroups");
	const struct node userns = node_member(&root, "userNamespaces");

	return node_object(&root, known) || parse_no_new_privs(system, &nnp) ||
	       parse_cgroups(&cgroups) || parse_userns(&userns) ? -1 : 0;
}

int system_file_read(struct system_file *system, const char *file,
		     bool for_others)
{
	memset(system, 0, sizeof(*system));
	system->exempt = json_array();
	return source_read(&system->source, file, for_others) ||
	       parse(system) ? -1 : 0;
}

size_t system_file_count(const struct system_file *system)
{
	const json_t *const root = system->source.root;
	const json_t *const userns = json_object_get(root, "userNamespaces");

	return json_array_size(json_object_get(root, "cgroups")) +
	       (userns ? 1 : 0) +
	       json_array_size(json_object_get(userns, "exempt"));
}

bool system_file_is_cgroup(const struct system_file *system, size_t index)
{
	return index < json_array_size(json_object_get(system->source.root,
						       "cgroups"));
}

/* Has messages about a part of a policy name the place that it is from. */
static int add_origin(struct policy *policy, const json_t *container,
		      const char *key, const struct node *place)
{
	const struct origin origin = {
		.container = container,
		.key = key,
		.count = 1,
		.part = place->source,
		.place = node_keep(place),
	};

	return origin.place ? source_add_origin(&policy->source, &origin) :
			      p_err("out of memory");
}

/*
 * Cgroups
 */

/* Errors in the policy's file also name the place that asks for it. */
static int read_policy(const struct node *file, struct policy *policy,
		       bool for_others)
{
	char *const name = source_near(file->source->file,
				       json_string_value(file->json));
	struct location place;
	int err;

	if (!name)
		return p_err("out of memory");
	node_locate(file, &place);
	place.pointer = node_pointer(file);
	p_included(&place);
	err = policy_read(policy, name, for_others);
	p_included(NULL);
	free((char *)place.pointer);
	free(name);
	return err;
}

static int make_cgroup_policy(const struct node *item, struct policy *policy,
			      bool for_others)
{
	const struct node file = node_member(item, "policy");
	json_t *const paths = json_array();
	int err;

	err = read_policy(&file, policy, for_others) ||
	      system_places_parse(item, SYSTEM_PLACES_ANY, paths,
				  &policy->source) ||
	      policy_match_cgroups(policy, paths) ||
	      add_origin(policy, policy->source.root, "match", item);
	json_decref(paths);
	return err ? -1 : 0;
}

/*
 * User namespaces
 */

/* Adds a member that is another one of the file. */
static int add_member(struct policy *policy, json_t *object, const char *key,
		      const struct node *from)
{
	if (from->json && json_object_set(object, key, from->json))
		return p_err("out of memory");
	return add_origin(policy, object, key, from);
}

/* Makes a policy of an object with "capabilities". */
static int make_userns_policy(const struct node *node, struct policy *policy,
			      json_t *root)
{
	const struct node capabilities = node_member(node, "capabilities");
	const struct node executes = node_member(node, "executes");
	const struct node helper_of = node_member(node, "helperOf");
	json_t *const caps = json_object(), *const enforce = json_object();

	if (json_object_set_new(enforce, "userNamespaceCapabilities", caps) ||
	    json_object_set_new(root, "enforce", enforce) ||
	    source_take(&policy->source, node->source->file, root))
		return p_err("out of memory");
	return add_origin(policy, NULL, NULL, node) ||
	       add_origin(policy, root, "enforce", node) ||
	       add_origin(policy, enforce, "userNamespaceCapabilities", node) ||
	       add_member(policy, caps, "program", &capabilities) ||
	       add_member(policy, caps, "executes", &executes) ||
	       add_member(policy, caps, "helperOf", &helper_of) ? -1 : 0;
}

static int make_default(const struct node *userns, struct policy *policy)
{
	json_t *const root = json_pack("{s:s, s:{s:b}}",
				       "name", SYSTEM_USERNS,
				       "match", "default", true);
	int err;

	err = make_userns_policy(userns, policy, root) ||
	      add_origin(policy, root, "name", userns) ||
	      add_origin(policy, root, "match", userns) ||
	      policy_parse(policy);
	json_decref(root);
	return err ? -1 : 0;
}

static int make_exemption(const struct node *item, struct policy *policy)
{
	const struct node name = node_member(item, "name");
	const struct node match = node_member(item, "match");
	const struct node by_default = node_member(&match, "default");
	json_t *const root = json_object();
	int err;

	if (by_default.json)
		err = node_err(&by_default, "is in an exemption, and is for all programs: name some");
	else
		err = make_userns_policy(item, policy, root) ||
		      add_member(policy, root, "name", &name) ||
		      add_member(policy, root, "match", &match) ||
		      policy_parse(policy);
	json_decref(root);
	return err ? -1 : 0;
}

int system_file_policy(const struct system_file *system, size_t index,
		       struct policy *policy, bool for_others)
{
	const struct node root = node_root(&system->source);
	const struct node cgroups = node_member(&root, "cgroups");
	const struct node userns = node_member(&root, "userNamespaces");
	const struct node exempt = node_member(&userns, "exempt");
	const size_t num_cgroups = json_array_size(cgroups.json);
	struct node item;

	memset(policy, 0, sizeof(*policy));
	policy->trust.for_others = for_others;
	if (index < num_cgroups) {
		item = node_item(&cgroups, index);
		return make_cgroup_policy(&item, policy, for_others);
	}
	if (index == num_cgroups)
		return make_default(&userns, policy);
	item = node_item(&exempt, index - num_cgroups - 1);
	return make_exemption(&item, policy);
}

void system_file_free(struct system_file *system)
{
	json_decref(system->exempt);
	source_free(&system->source);
	memset(system, 0, sizeof(*system));
}
