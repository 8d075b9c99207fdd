// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies
 */

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "include.h"
#include "landlock_abi.h"
#include "message.h"
#include "mode.h"
#include "policy.h"

static_assert(EXECLOCK_NAME_SIZE == 64, "policy_name_wrong() says it");

/* It is printed on terminals and will be a file name some day. */
const char *policy_name_wrong(const char *name)
{
	const char *c;

	if (strlen(name) >= EXECLOCK_NAME_SIZE)
		return "is longer than 63 characters";
	for (c = name; *c; c++)
		if (!isascii(*c) || !(isalnum(*c) || strchr("._+-", *c)))
			return "has a character other than A-Z a-z 0-9 . _ + -";
	if (!*name || strchr(".-", *name))
		return "begins with \".\" or \"-\", which the name of a policy must not";
	return NULL;
}

static int parse_name(const struct node *node, const char **name)
{
	const char *wrong;

	if (node_string(node, name))
		return -1;
	wrong = policy_name_wrong(*name);
	if (!wrong)
		return 0;
	if (strlen(*name) >= EXECLOCK_NAME_SIZE)
		return node_err(node, "%s", wrong);
	return node_err(node, "\"%s\" %s", *name, wrong);
}

static int check_path(const struct node *node)
{
	const char *path;

	if (node_string(node, &path))
		return -1;
	if (path[0] != '/')
		return node_err(node, "\"%s\" is not an absolute path", path);
	return 0;
}

/* Whether there is a component like this, which a cgroup cannot have. */
static bool has_component(const char *path, const char *component)
{
	const size_t size = strlen(component);

	while (*path) {
		path++;
		if (strcspn(path, "/") == size &&
		    strncmp(path, component, size) == 0)
			return true;
		path += strcspn(path, "/");
	}
	return false;
}

int policy_check_cgroup(const struct node *node)
{
	const char *path;

	if (check_path(node))
		return -1;
	path = json_string_value(node->json);
	if (strcmp(path, "/") &&
	    (has_component(path, "") || has_component(path, ".") ||
	     has_component(path, "..")))
		return node_err(node, "\"%s\" should have no \"//\", \"/./\", \"/../\", nor \"/\" at its end",
				path);
	return 0;
}

/* A number, or the name of a user or group. */
static int check_account(const struct node *node)
{
	const char *name;
	json_int_t id;

	if (json_is_integer(node->json))
		/* The greatest one means "none" to the kernel. */
		return node_integer(node, 0, UINT32_MAX - 1, &id);
	if (!json_is_string(node->json))
		return node_mismatch(node, "a name or a number");
	return node_string(node, &name);
}

bool policy_login_unset(const struct node *value)
{
	const char *const word = json_string_value(value->json);

	return word && strcmp(word, "unset") == 0;
}

/* As above, or that there is none. */
static int check_login(const struct node *node)
{
	if (policy_login_unset(node))
		return 0;
	return check_account(node);
}

static int check_namespace(const struct node *node)
{
	const char *word;

	if (node_string(node, &word))
		return -1;
	if (strcmp(word, "initial") && strcmp(word, "other"))
		return node_err(node, "is \"%s\", should be \"initial\" or \"other\"",
				word);
	return 0;
}

static int check_parent(const struct node *node)
{
	const char *name;

	return parse_name(node, &name);
}

static const struct condition {
	const char *name;
	int (*check)(const struct node *node);
} conditions[EXECLOCK_CONDITIONS] = {
	[EXECLOCK_EXECUTABLE] = { "executable", check_path },
	[EXECLOCK_DIRECTORY] = { "directory", check_path },
	[EXECLOCK_USER] = { "user", check_account },
	[EXECLOCK_GROUP] = { "group", check_account },
	[EXECLOCK_CGROUP] = { "cgroup", policy_check_cgroup },
	[EXECLOCK_NAMESPACE] = { "userNamespace", check_namespace },
	[EXECLOCK_PARENT] = { "parent", check_parent },
	[EXECLOCK_LOGIN] = { "login", check_login },
};

/* One value, or an array of them. */
static int parse_condition(const struct node *node,
			   int (*check)(const struct node *node))
{
	size_t i, size;

	if (!json_is_array(node->json))
		return check(node);
	if (node_array(node, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);

		if (check(&item))
			return -1;
	}
	return 0;
}

/* Instead of conditions: for all programs that no other policy speaks for. */
static int parse_default(struct policy *policy, const struct node *match,
			 const struct node *node)
{
	if (!json_is_true(node->json))
		return node_mismatch(node, "true");
	if (json_object_size(match->json) > 1)
		return node_err(match, "has conditions beside \"default\", which is for all programs that no other policy speaks for");
	policy->is_default = true;
	return 0;
}

static int parse_match(struct policy *policy, const struct node *node)
{
	const char *known[EXECLOCK_CONDITIONS + 2] = {};
	const struct node by_default = node_member(node, "default");
	size_t i;

	if (!node->json)
		return 0;
	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		known[i] = conditions[i].name;
	known[i] = "default";
	if (node_object(node, known))
		return -1;
	if (by_default.json)
		return parse_default(policy, node, &by_default);
	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		const struct node value = node_member(node, known[i]);

		if (!value.json)
			continue;
		if (parse_condition(&value, conditions[i].check))
			return -1;
		policy->conditions |= 1U << i;
	}
	if (!policy->conditions)
		return node_err(node, "has no condition; \"directory\": \"/\" holds for all programs of the root file system");
	return 0;
}

static int parse_log(struct policy *policy, const struct node *node)
{
	static const char *const known[] = {
		"newExec", "subdomainsOff", NULL
	};
	const struct node new_exec_node = node_member(node, "newExec");
	const struct node subdomains_node = node_member(node, "subdomainsOff");
	bool new_exec = true, subdomains_off = false;

	if (node->json && node_object(node, known))
		return -1;
	if (node_boolean(&new_exec_node, &new_exec) ||
	    node_boolean(&subdomains_node, &subdomains_off))
		return -1;
	if (new_exec)
		policy->flags |= LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON;
	if (subdomains_off)
		policy->flags |= LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF;
	return 0;
}

/* Sets @second if the optional @node is the second of two words. */
static int parse_choice(const struct node *node, const char *first_word,
			const char *second_word, bool *second)
{
	const char *word;

	if (!node->json)
		return 0;
	if (node_string(node, &word))
		return -1;
	if (strcmp(word, first_word) && strcmp(word, second_word))
		return node_err(node, "is \"%s\", should be \"%s\" or \"%s\"",
				word, first_word, second_word);
	*second = strcmp(word, second_word) == 0;
	return 0;
}

static int parse_if_missing(struct policy *policy, const struct node *node)
{
	bool error = false;

	if (parse_choice(node, "skip", "error", &error))
		return -1;
	if (node->json)
		policy->if_missing = error ? POLICY_MISSING_ERROR :
					     POLICY_MISSING_SKIP;
	return 0;
}

/* A boolean, or that it depends on who executes the program. */
static int parse_nnp(struct policy *policy, const struct node *node)
{
	const char *word;
	bool always;

	if (!node->json)
		return 0;
	if (json_is_string(node->json)) {
		if (node_string(node, &word))
			return -1;
		if (strcmp(word, "auto") == 0)
			return 0;
		return node_err(node, "is \"%s\", should be true, false or \"auto\"",
				word);
	}
	if (!json_is_boolean(node->json))
		return node_mismatch(node, "true, false or \"auto\"");
	if (node_boolean(node, &always))
		return -1;
	policy->no_new_privs = always ? EXECLOCK_NNP_ALWAYS :
					EXECLOCK_NNP_NEVER;
	return 0;
}

static int add_users_path(struct policy *policy, const struct node *node)
{
	const char *path;

	if (check_path(node))
		return -1;
	path = json_string_value(node->json);
	/* It is compared as it is. */
	if (has_component(path, "") || has_component(path, ".") ||
	    has_component(path, ".."))
		return node_err(node, "\"%s\" should have no \"//\", \"/./\", \"/../\", nor \"/\" at its end; \"/\" itself would be for all paths",
				path);
	policy->trust.users[policy->trust.num_users] = strdup(path);
	if (!policy->trust.users[policy->trust.num_users++])
		return p_err("out of memory");
	return 0;
}

static int parse_users(struct policy *policy, const struct node *node)
{
	size_t i, size;

	if (!node->json)
		return 0;
	if (node_array(node, &size))
		return -1;
	policy->trust.users = calloc(size, sizeof(*policy->trust.users));
	if (!policy->trust.users)
		return p_err("out of memory");
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);

		if (add_users_path(policy, &item))
			return -1;
	}
	return 0;
}

static int parse_enforce(struct policy *policy, const struct node *node)
{
	static const char *const known[] = {
		"mode", "live", "noNewPrivs", "execNoNewPrivs", "log", "onError",
		"compatibility", "ifMissing", "userPaths", "managesPolicies",
		"otherProtocols", "userNamespaceCapabilities", NULL
	};
	const struct node mode = node_member(node, "mode");
	const struct node live = node_member(node, "live");
	const struct node if_missing = node_member(node, "ifMissing");
	const struct node users = node_member(node, "userPaths");
	const struct node nnp = node_member(node, "noNewPrivs");
	const struct node exec_nnp = node_member(node, "execNoNewPrivs");
	const struct node log = node_member(node, "log");
	const struct node on_error = node_member(node, "onError");
	const struct node compatibility = node_member(node, "compatibility");
	const struct node manages = node_member(node, "managesPolicies");
	const struct node others = node_member(node, "otherProtocols");
	const struct node caps = node_member(node, "userNamespaceCapabilities");

	policy->live = true;
	if (node->json && node_object(node, known))
		return -1;
	if (node_boolean(&live, &policy->live) ||
	    parse_choice(&mode, "enforcing", "permissive",
			 &policy->permissive) ||
	    parse_nnp(policy, &nnp) ||
	    node_boolean(&exec_nnp, &policy->exec_no_new_privs) ||
	    node_boolean(&manages, &policy->manages_policies) ||
	    node_boolean(&others, &policy->other_protocols) ||
	    parse_log(policy, &log) ||
	    parse_choice(&on_error, "deny", "allow",
			 &policy->allow_on_error) ||
	    parse_choice(&compatibility, "required", "bestEffort",
			 &policy->best_effort) ||
	    parse_if_missing(policy, &if_missing) ||
	    parse_users(policy, &users) ||
	    userns_caps_parse(&caps, &policy->userns_caps))
		return -1;
	return 0;
}

/* Whether the file has the part instead of the whole. */
static bool is_config(const struct node *root)
{
	static const char *const members[] = {
		"ruleset", "pathBeneath", "netPort", "variable"
	};
	size_t i;

	if (json_object_get(root->json, "landlock"))
		return false;
	for (i = 0; i < ARRAY_SIZE(members); i++)
		if (json_object_get(root->json, members[i]))
			return true;
	return false;
}

/*
 * "auto" protects set-user-ID programs from a domain that a user chooses for
 * them.  Without a domain, this must be said.
 */
static int parse_without_landlock(struct policy *policy,
				  const struct node *enforce)
{
	const struct node live = node_member(enforce, "live");

	if (live.json)
		return node_err(&live, "says whether the next load replaces \"landlock\" for processes that run, and the policy has none: remove it");
	if (!node_member(enforce, "noNewPrivs").json)
		policy->no_new_privs = EXECLOCK_NNP_NEVER;
	return 0;
}

/* A default bounds user namespaces, also those of programs that run already. */
static int check_default(const struct policy *policy,
			 const struct node *landlock,
			 const struct node *enforce)
{
	const struct node caps = node_member(enforce,
					     "userNamespaceCapabilities");

	if (landlock->json)
		return node_err(landlock, "cannot be enforced by default: name the programs in \"match\"");
	if (!policy->userns_caps.bounded)
		return node_err(enforce, "has no \"userNamespaceCapabilities\", which is all that a default can bound");
	if (policy->userns_caps.executes_said)
		return node_err(&caps, "has \"executes\", but a default is also for programs that other programs execute");
	if (json_object_size(enforce->json) > 1)
		return node_err(enforce, "has more than \"userNamespaceCapabilities\", which is all that a default can bound");
	return 0;
}

static int parse(struct policy *policy, const struct node *root)
{
	static const char *const known[] = {
		"name", "match", "landlock", "enforce", "include", NULL
	};
	const struct node name = node_member(root, "name");
	const struct node match = node_member(root, "match");
	const struct node landlock = node_member(root, "landlock");
	const struct node enforce = node_member(root, "enforce");

	if (is_config(root))
		return node_err(root, "is a Landlock Config and not a policy: make it the \"landlock\" of a policy, beside \"name\" and \"match\"");
	if (node_object(root, known) ||
	    parse_name(&name, &policy->name) ||
	    parse_match(policy, &match) ||
	    parse_enforce(policy, &enforce))
		return -1;
	policy->has_landlock = landlock.json;
	if (policy->is_default)
		return check_default(policy, &landlock, &enforce);
	if (policy->permissive && mode_settle(policy))
		return -1;
	if (!landlock.json && policy->userns_caps.bounded)
		return parse_without_landlock(policy, &enforce);
	if (!landlock.json)
		return node_err(root, "has no \"landlock\"");
	return config_parse(&policy->config, &landlock);
}

int policy_read(struct policy *policy, const char *file, bool for_others)
{
	memset(policy, 0, sizeof(*policy));
	policy->trust.for_others = for_others;
	if (source_read(&policy->source, file, for_others) ||
	    include_files(&policy->source, for_others))
		return -1;
	return policy_parse(policy);
}

int policy_take(struct policy *policy, const char *name, json_t *root)
{
	memset(policy, 0, sizeof(*policy));
	return source_take(&policy->source, name, root) ? -1 :
	       policy_parse(policy);
}

int policy_parse(struct policy *policy)
{
	const struct node root = node_root(&policy->source);

	return parse(policy, &root);
}

int policy_match_cgroups(struct policy *policy, json_t *paths)
{
	const struct node root = node_root(&policy->source);
	const struct node match = node_member(&root, "match");

	if (policy->is_default)
		return node_err(&match, "is the default of user namespaces, which no cgroup can have: load the policy with the others");
	if (json_object_set_new(root.json, "match",
				json_pack("{s:O}", "cgroup", paths)))
		return p_err("out of memory");
	policy->conditions = 1U << EXECLOCK_CGROUP;
	return 0;
}

int policy_take_file(struct policy *policy, const char *file, json_t *root,
		     bool for_others)
{
	json_t *copy;
	int err;

	memset(policy, 0, sizeof(*policy));
	policy->trust.for_others = for_others;
	/* Files that it includes are joined with it. */
	copy = json_deep_copy(root);
	err = copy ? source_take(&policy->source, file, copy) :
		     p_err("out of memory");
	json_decref(copy);
	if (err || include_files(&policy->source, for_others))
		return -1;
	return policy_parse(policy);
}

void policy_free(struct policy *policy)
{
	while (policy->trust.num_users)
		free(policy->trust.users[--policy->trust.num_users]);
	free(policy->trust.users);
	config_free(&policy->config);
	source_free(&policy->source);
	memset(policy, 0, sizeof(*policy));
}

int policies_check_name(const struct policy *policies, size_t count)
{
	const struct policy *const last = &policies[count - 1];
	const struct node root = node_root(&last->source);
	const struct node name = node_member(&root, "name");
	size_t i;

	for (i = 0; i < count - 1; i++) {
		if (strcmp(policies[i].name, last->name) == 0)
			node_err(&name, "\"%s\" is also the name of the policy in %s",
				 last->name, policies[i].source.file);
		else if (hash_policy(policies[i].name) ==
			 hash_policy(last->name))
			node_err(&name, "\"%s\" has the same hash as \"%s\" in %s, so they could not be told apart: rename one",
				 last->name, policies[i].name,
				 policies[i].source.file);
		else
			continue;
		return POLICY_UNUSABLE;
	}
	return 0;
}

int policies_check_default(const struct policy *policies, size_t count)
{
	const struct policy *const last = &policies[count - 1];
	const struct node root = node_root(&last->source);
	const struct node match = node_member(&root, "match");
	size_t i;

	for (i = 0; last->is_default && i < count - 1; i++) {
		if (!policies[i].is_default)
			continue;
		node_err(&match, "is the default, and so is that of policy \"%s\" in %s: a set has one at most",
			 policies[i].name, policies[i].source.file);
		return POLICY_UNUSABLE;
	}
	return 0;
}

int policy_check_match(const struct policy *policy)
{
	const struct node root = node_root(&policy->source);

	if (policy->conditions || policy->is_default)
		return 0;
	node_err(&root, "has no \"match\", which says to which programs the policy applies");
	return POLICY_UNUSABLE;
}

int policy_refuse_for(const struct policy *policy, const char *command)
{
	const struct userns_caps *const caps = &policy->userns_caps;
	const struct node root = node_root(&policy->source);
	const struct node match = node_member(&root, "match");
	const struct node is_default = node_member(&match, "default");
	const struct node enforce = node_member(&root, "enforce");
	const struct node nnp = node_member(&enforce, "execNoNewPrivs");
	const struct node live = node_member(&enforce, "live");
	const struct node node = node_member(&enforce,
					     "userNamespaceCapabilities");
	const struct node executes = node_member(&node, "executes");
	const struct node helper_of = node_member(&node, "helperOf");

	if (policy->exec_no_new_privs)
		node_err(&nnp, "is true, which only \"execlock load\" can enforce, and \"execlock %s\" cannot; \"noNewPrivs\": true holds from this exec on",
			 command);
	else if (json_is_true(live.json))
		node_err(&live, "is true, which only \"execlock load\" can enforce, and \"execlock %s\" cannot: its processes keep the rules that they began with",
			 command);
	else if (policy->is_default)
		node_err(&is_default, "is for all programs, which only \"execlock load\" can enforce, and \"execlock %s\" cannot: load the policy, or remove \"match\"",
			 command);
	else if (caps->executes != caps->program)
		node_err(&executes, "differs from \"program\", which only \"execlock load\" can enforce: under \"execlock %s\", the programs that a program executes have the same capabilities as it",
			 command);
	else if (helper_of.json)
		node_err(&helper_of, "is about other policies, which \"execlock %s\" does not enforce: remove it, or load the policies",
			 command);
	else
		return 0;
	return POLICY_UNUSABLE;
}

bool policy_bounds_userns(const struct policy *policy)
{
	return policy->userns_caps.bounded && !policy->permissive;
}

bool policy_only_tcp(const struct policy *policy)
{
	return !policy->other_protocols &&
	       policy->config.handled[RIGHTS_NET] &
	       (LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP);
}

int policy_lack_userns_caps(struct policy *policy)
{
	const struct node root = node_root(&policy->source);
	const struct node enforce = node_member(&root, "enforce");
	const struct node value = node_member(&enforce,
					      "userNamespaceCapabilities");

	if (policy->best_effort && policy->has_landlock) {
		node_warn(&value, "is left out, because this kernel cannot bound capabilities in user namespaces: boot one with CONFIG_USER_NS_CAPS");
		policy->userns_caps = (struct userns_caps) {};
		return 0;
	}
	node_err(&value, "needs a kernel with CONFIG_USER_NS_CAPS, and this one cannot bound capabilities in user namespaces: boot one that can%s",
		 policy->has_landlock ?
		 ", or add \"compatibility\": \"bestEffort\", which leaves this out" :
		 "");
	return POLICY_UNUSABLE;
}

void policies_free(struct policy *policies, size_t count)
{
	size_t i;

	if (!policies)
		return;
	for (i = 0; i < count; i++)
		policy_free(&policies[i]);
	free(policies);
}

int policy_values(const struct policy *policy,
		  enum execlock_condition condition,
		  int (*call)(const struct node *value, void *data), void *data)
{
	const struct node root = node_root(&policy->source);
	const struct node match = node_member(&root, "match");
	const struct node node = node_member(&match, conditions[condition].name);
	const size_t size = json_array_size(node.json);
	size_t i;
	int err;

	if (!node.json)
		return 0;
	if (!json_is_array(node.json))
		return call(&node, data);
	for (i = 0; i < size; i++) {
		const struct node item = node_item(&node, i);

		err = call(&item, data);
		if (err)
			return err;
	}
	return 0;
}

__u32 policy_id(const struct policy *policy)
{
	return policy->trial ? hash_trial(policy->name) :
			       hash_policy(policy->name);
}

const char *policy_condition_name(enum execlock_condition condition)
{
	return conditions[condition].name;
}
