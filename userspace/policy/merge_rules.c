// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Change the document of a policy: rules, and what it denies
 */

#include <stdbool.h>
#include <string.h>

#include "landlock_abi.h"
#include "merge_rules.h"

/**
 * struct names - Names of the members for a kind of rights
 *
 * @rules: The array of rules, NULL if there are none of this kind.
 * @objects: In a rule, its paths or ports.
 * @handled: In "ruleset", the rights that are denied.
 * @quiet: There, those whose denials are not logged.
 */
struct names {
	const char *rules;
	const char *objects;
	const char *handled;
	const char *quiet;
};

static const struct names kinds[RIGHTS_KINDS] = {
	[RIGHTS_FS] = { "pathBeneath", "parent", "handledAccessFs",
			"quietAccessFs" },
	[RIGHTS_NET] = { "netPort", "port", "handledAccessNet",
			 "quietAccessNet" },
	[RIGHTS_SCOPE] = { NULL, NULL, "scoped", "quietScoped" },
};

/* Gets a member that is an object or an array, and maybe still missing. */
static json_t *need_member(json_t *object, const char *key, json_t *new)
{
	json_t *const member = json_object_get(object, key);

	if (!member)
		return json_object_set_new(object, key, new) ? NULL : new;
	json_decref(new);
	return member;
}

static int abi_of(const json_t *root)
{
	const json_t *const landlock = json_object_get(root, "landlock");
	const json_t *const abi = json_object_get(landlock, "abi");

	/* Without one, there are no groups, which need it. */
	return abi ? json_integer_value(abi) : LANDLOCK_ABI_KNOWN;
}

static __u64 rights_in(const json_t *list, enum rights_kind kind, int abi)
{
	const json_t *name;
	__u64 rights = 0;
	size_t i;

	json_array_foreach(list, i, name)
		rights |= rights_by_name(kind, json_string_value(name), abi);
	return rights;
}

static int add_names(json_t *list, enum rights_kind kind, __u64 rights)
{
	json_t *const names = rights_list(kind, rights);
	const int err = json_array_extend(list, names);

	json_decref(names);
	return err;
}

/* Whether a rule is for this path or port and no other one. */
static bool is_alone(const json_t *rule, const struct names *names,
		     const json_t *object)
{
	const json_t *const list = json_object_get(rule, names->objects);

	return json_array_size(list) == 1 &&
	       json_equal(json_array_get(list, 0), object) &&
	       json_object_get(rule, "allowedAccess");
}

static json_t *find_own_rule(const json_t *rules, const struct names *names,
			     const json_t *object)
{
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule)
		if (is_alone(rule, names, object))
			return rule;
	return NULL;
}

/* Finds a rule that gives these rights, and says no more. */
static json_t *find_same_rights(const json_t *rules, enum rights_kind kind,
				__u64 rights, int abi)
{
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		const json_t *const allowed =
			json_object_get(rule, "allowedAccess");

		if (allowed && json_object_size(rule) == 2 &&
		    rights_in(allowed, kind, abi) == rights)
			return rule;
	}
	return NULL;
}

static int new_rule(json_t *rules, enum rights_kind kind, json_t *object,
		    __u64 rights)
{
	json_t *const rule = json_pack("{s:o, s:[O]}", "allowedAccess",
				       rights_list(kind, rights),
				       kinds[kind].objects, object);

	return rule ? json_array_append_new(rules, rule) : -1;
}

static int add_to_rules(json_t *rules, enum rights_kind kind, json_t *object,
			__u64 rights, int abi)
{
	const struct names *const names = &kinds[kind];
	json_t *rule;

	rule = find_own_rule(rules, names, object);
	if (rule)
		return add_names(json_object_get(rule, "allowedAccess"), kind,
				 rights);
	rule = find_same_rights(rules, kind, rights, abi);
	if (rule)
		return json_array_append(json_object_get(rule, names->objects),
					 object);
	return new_rule(rules, kind, object, rights);
}

int merge_rule(json_t *root, enum rights_kind kind, json_t *object,
	       __u64 rights)
{
	json_t *const landlock = need_member(root, "landlock", json_object());
	json_t *const rules = need_member(landlock, kinds[kind].rules,
					  json_array());
	int err = -1;

	if (rules && object)
		err = add_to_rules(rules, kind, object, rights, abi_of(root));
	json_decref(object);
	return err;
}

/*
 * Takes rights out of a list, and the list out of its object if it becomes
 * empty.  A group becomes its other rights.
 */
static int take_out(json_t *object, const char *key, enum rights_kind kind,
		    __u64 rights, int abi)
{
	json_t *const list = json_object_get(object, key);
	size_t i = 0;

	while (i < json_array_size(list)) {
		const __u64 given =
			rights_by_name(kind, json_string_value(json_array_get(list, i)),
				       abi);

		if (!(given & rights)) {
			i++;
			continue;
		}
		json_array_remove(list, i);
		if (add_names(list, kind,
			      given & ~rights & ~rights_in(list, kind, abi)))
			return -1;
	}
	if (list && !json_array_size(list))
		json_object_del(object, key);
	return 0;
}

/* A list that becomes empty is not there any more, which would be an error. */
static void drop_empty(json_t *object, const char *key)
{
	json_t *const list = json_object_get(object, key);

	if (list && !json_array_size(list))
		json_object_del(object, key);
}

static int open_rulesets(json_t *landlock, enum rights_kind kind, __u64 rights,
			 int abi)
{
	json_t *const rulesets = json_object_get(landlock, "ruleset");
	size_t i = 0;

	while (i < json_array_size(rulesets)) {
		json_t *const ruleset = json_array_get(rulesets, i);

		if (take_out(ruleset, kinds[kind].handled, kind, rights, abi) ||
		    take_out(ruleset, kinds[kind].quiet, kind, rights, abi))
			return -1;
		if (json_object_size(ruleset))
			i++;
		else
			json_array_remove(rulesets, i);
	}
	drop_empty(landlock, "ruleset");
	return 0;
}

int merge_open(json_t *root, enum rights_kind kind, __u64 rights)
{
	json_t *const landlock = json_object_get(root, "landlock");
	const char *const name = kinds[kind].rules;
	json_t *const rules = name ? json_object_get(landlock, name) : NULL;
	const int abi = abi_of(root);
	size_t i = 0;

	if (open_rulesets(landlock, kind, rights, abi))
		return -1;
	while (i < json_array_size(rules)) {
		json_t *const rule = json_array_get(rules, i);

		if (take_out(rule, "allowedAccess", kind, rights, abi))
			return -1;
		if (json_object_get(rule, "allowedAccess"))
			i++;
		else
			json_array_remove(rules, i);
	}
	if (name)
		drop_empty(landlock, name);
	return 0;
}

int merge_user(json_t *root, const char *path)
{
	json_t *const enforce = need_member(root, "enforce", json_object());
	json_t *const users = need_member(enforce, "userPaths", json_array());

	return users ? json_array_append_new(users, json_string(path)) : -1;
}

static json_t *describe_caps(const struct userns_caps *caps, json_t *old)
{
	json_t *object;

	if (caps->executes == caps->program && !json_is_object(old))
		return userns_caps_describe(caps->program);
	object = json_is_object(old) ? json_copy(old) : json_object();
	json_object_set_new(object, "program",
			    userns_caps_describe(caps->program));
	if (caps->executes_said)
		json_object_set_new(object, "executes",
				    userns_caps_describe(caps->executes));
	return object;
}

int merge_caps(json_t *root, const struct userns_caps *old,
	       const struct userns_caps *new)
{
	struct userns_caps both = *old;
	json_t *enforce;

	if (!old->bounded || !new->bounded)
		return 0;
	both.program |= new->program;
	both.executes |= new->executes;
	if (both.program == old->program && both.executes == old->executes)
		return 0;
	/* Else, it would be the same as that of the program. */
	both.executes_said |= both.executes != both.program;
	enforce = need_member(root, "enforce", json_object());
	if (!enforce)
		return -1;
	return json_object_set_new(enforce, "userNamespaceCapabilities",
				   describe_caps(&both,
						 json_object_get(enforce,
								 "userNamespaceCapabilities")));
}
