// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock check - Look for mistakes in policies
 *
 * Nothing is loaded and nothing is executed.  Rulesets are made and dropped, so
 * that what the kernel refuses is known.
 */

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "cgroupfs.h"
#include "cli.h"
#include "compare.h"
#include "features.h"
#include "keys.h"
#include "landlock_abi.h"
#include "lockout.h"
#include "message.h"
#include "policy_files.h"
#include "resolve.h"
#include "ruleset.h"
#include "startup_files.h"

struct arguments {
	char **paths;
	size_t count;
	int abi;
	bool strict;
	bool allow_lockout;
};

/* Options without a short form. */
#define ALLOW_LOCKOUT 256

/* What is being checked. */
struct checking {
	struct policy *policies;
	struct compared *compared;
	size_t count;
	int abi;
	int kernel_abi;
	bool for_others;
	bool failed;
	size_t left_out;
	/* For each policy, whether its "parent" can come to hold. */
	bool *reachable;
	/* The current policy, condition and value. */
	const struct policy *policy;
	enum execlock_condition condition;
	const struct node *value;
};

static error_t parse_check(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	char *end;
	long abi;

	switch (key) {
	case 'a':
		abi = strtol(arg, &end, 10);
		if (!isdigit((unsigned char)*arg) || *end || abi < 1 ||
		    abi > LANDLOCK_ABI_KNOWN)
			argp_error(state, "--abi is a number from 1 to %d",
				   LANDLOCK_ABI_KNOWN);
		arguments->abi = abi;
		return 0;
	case 's':
		arguments->strict = true;
		return 0;
	case ALLOW_LOCKOUT:
		arguments->allow_lockout = true;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->paths = state->argv + state->next;
		arguments->count = state->argc - state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp check_argp = {
	.options = (const struct argp_option[]) {
		{ "abi", 'a', "VERSION", 0,
		  "Check for a kernel with this Landlock ABI (default: the running kernel's, or the newest known)",
		  0 },
		{ "strict", 's', NULL, 0,
		  "Take what is missing for an error, as \"execlock load --strict\" does",
		  0 },
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Allow policies under which root could not unload them again, as with \"execlock load\"",
		  0 },
		{}
	},
	.parser = parse_check,
	.children = common_options,
	.args_doc = "[FILE|DIRECTORY...]",
	.doc =
"Look for mistakes in policies, as a set: in the FILEs and DIRECTORYs, which are\n"
"those that \"execlock load\" takes.  Errors are what it would refuse.  Warnings\n"
"are policies that are never applied or add nothing, and libraries that a\n"
"program is linked to but would not be allowed to read.\n"
"\vNothing is loaded or executed, and no special kernel is needed.\n"
"\n"
"Exit status: 0 no error, maybe warnings; 1 the system did not do it; 2 wrong\n"
"command line; 3 errors; 5 no error, but rules or conditions are left out whose\n"
"paths are missing.\n",
};

/* It may come later. */
static void check_cgroup(const struct node *node, const char *path)
{
	const int fd = cgroupfs_open(path);

	if (fd >= 0)
		close(fd);
	else if (errno == ENOENT)
		node_warn(node, "there is no cgroup %s at present", path);
}

static void check_parent(const struct checking *checking,
			 const struct node *node, const char *name)
{
	size_t i;

	for (i = 0; i < checking->count; i++)
		if (strcmp(checking->policies[i].name, name) == 0)
			break;
	if (i == checking->count)
		node_warn(node, "there is no policy \"%s\" in this set", name);
	else if (checking->reachable[i])
		return;
	else if (&checking->policies[i] == checking->policy)
		node_warn(node, "only what is under this policy could come to be under it: it is never applied because of this");
	else
		node_warn(node, "policy \"%s\" is never applied, because of its own \"parent\"",
			  name);
}

static int check_value(const struct node *node, void *data)
{
	struct checking *const checking = data;
	const char *const text = json_string_value(node->json);

	switch (checking->condition) {
	case EXECLOCK_CGROUP:
		check_cgroup(node, text);
		break;
	case EXECLOCK_PARENT:
		check_parent(checking, node, text);
		break;
	default:
		break;
	}
	return 0;
}

/* Stops at a directory that the executable is in. */
static int check_is_beneath(const struct node *directory, void *data)
{
	struct checking *const checking = data;
	char *const real = resolve_real(json_string_value(directory->json),
					checking->for_others);
	char *const executable =
		resolve_real(json_string_value(checking->value->json),
			     checking->for_others);
	int beneath;

	/* What does not exist was reported. */
	beneath = !real || !executable || compare_beneath(executable, real);
	free(real);
	free(executable);
	return beneath;
}

static int check_in_directory(const struct node *executable, void *data)
{
	struct checking *const checking = data;

	checking->value = executable;
	if (!policy_values(checking->policy, EXECLOCK_DIRECTORY,
			   check_is_beneath, checking))
		node_warn(executable,
			  "is in none of the directories of this policy, which is never applied to it");
	return 0;
}

static int check_need(const char *path, void *data)
{
	const struct checking *const checking = data;
	const size_t index = checking->policy - checking->policies;

	if (compare_allowed(&checking->compared[index], path) &
	    LANDLOCK_ACCESS_FS_READ_FILE)
		return 0;
	node_warn(checking->value,
		  "needs to read %s to start, which this policy denies", path);
	return 0;
}

static int check_needs(const struct node *executable, void *data)
{
	struct checking *const checking = data;

	checking->value = executable;
	if (for_each_startup_file(json_string_value(executable->json),
				  checking->for_others, check_need, checking))
		node_warn(executable, "needs to read more than %d files to start, and the rest of them was not looked at",
			  STARTUP_FILES);
	return 0;
}

/* How many policies are for a file whatever else holds. */
static int check_layers(const struct node *executable, void *data)
{
	const struct checking *const checking = data;
	const json_t *const wanted = executable->json;
	size_t i, count = 0;

	for (i = 0; i < checking->count; i++) {
		const struct policy *const policy = &checking->policies[i];
		const struct node root = node_root(&policy->source);
		const struct node match = node_member(&root, "match");
		const struct node value = node_member(&match, "executable");
		const json_t *item;
		size_t j;

		if (policy->conditions != 1U << EXECLOCK_EXECUTABLE)
			continue;
		if (json_equal(value.json, wanted))
			count++;
		json_array_foreach(value.json, j, item)
			if (json_equal(item, wanted)) {
				count++;
				break;
			}
		if (policy == checking->policy)
			break;
	}
	if (count > EXECLOCK_LAYERS)
		node_warn(executable,
			  "is executed under %d policies that come before this one, and there cannot be more: \"onError\" decides what happens",
			  EXECLOCK_LAYERS);
	return 0;
}

/* Only what is wrong with it is of interest. */
static int ignore_key(const struct execlock_key *key,
		      const struct execlock_file *file, void *data)
{
	return 0;
}

static int check_match(struct checking *checking, struct policy *policy)
{
	const struct keys_options options = { .all = true };
	const struct node root = node_root(&policy->source);
	int i, err;

	if (!policy->conditions) {
		node_err(&root, "has no \"match\", which says what the policy is for");
		checking->failed = true;
		return 0;
	}
	err = keys_find(policy, &options, ignore_key, NULL);
	if (err < 0)
		return err;
	checking->failed |= !!err;
	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		checking->condition = i;
		policy_values(policy, i, check_value, checking);
	}
	if (policy->conditions & (1U << EXECLOCK_DIRECTORY))
		policy_values(policy, EXECLOCK_EXECUTABLE, check_in_directory,
			      checking);
	policy_values(policy, EXECLOCK_EXECUTABLE, check_needs, checking);
	policy_values(policy, EXECLOCK_EXECUTABLE, check_layers, checking);
	return 0;
}

static void warn_of_rights(const struct checking *checking)
{
	const struct policy *const policy = checking->policy;
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");
	int i;

	for (i = 0; i < RIGHTS_KINDS; i++) {
		const __u64 missing = policy->config.handled[i] &
				      ~rights_of_abi(i, checking->abi);

		if (missing && policy->best_effort)
			node_warn(&landlock, "is without \"%s\" on a kernel with Landlock ABI %d",
				  rights_name(i, missing), checking->abi);
	}
}

/* The ruleset is made as it would be to enforce it, and dropped. */
static int check_ruleset(struct checking *checking, struct policy *policy)
{
	const struct ruleset_options options = {
		.abi = checking->abi,
		.kernel_abi = checking->kernel_abi,
		.all = true,
	};
	int fd, err;

	err = ruleset_create(policy, &options, &fd);
	if (!err && fd >= 0)
		close(fd);
	checking->failed |= err == POLICY_UNUSABLE;
	return err < 0 ? err : 0;
}

/* Of two that are the same, the one that comes later is reported. */
static void check_redundant(const struct checking *checking, size_t index)
{
	const struct policy *const policy = &checking->policies[index];
	const struct compared *const compared = &checking->compared[index];
	const struct node root = node_root(&policy->source);
	const struct node name = node_member(&root, "name");
	size_t i;

	for (i = 0; i < checking->count; i++) {
		const struct policy *const other = &checking->policies[i];

		if (i == index || !policy->conditions || !other->conditions ||
		    !compare_redundant(compared, &checking->compared[i]))
			continue;
		if (i > index &&
		    compare_redundant(&checking->compared[i], compared))
			continue;
		node_warn(&name, "adds nothing to policy \"%s\" in %s, which is applied whenever this one is, and denies as much",
			  other->name, other->source.file);
		return;
	}
}

static int check_policy(struct checking *checking, size_t index)
{
	struct policy *const policy = &checking->policies[index];
	int err;

	checking->policy = policy;
	err = check_match(checking, policy);
	if (err)
		return err;
	warn_of_rights(checking);
	err = check_ruleset(checking, policy);
	if (err)
		return err;
	check_redundant(checking, index);
	advice_give(policy);
	return 0;
}

/* Stops at a parent that can be in force, or that may be from another set. */
static int check_reachable(const struct node *parent, void *data)
{
	const struct checking *const checking = data;
	size_t i;

	for (i = 0; i < checking->count; i++)
		if (strcmp(checking->policies[i].name,
			   json_string_value(parent->json)) == 0)
			return checking->reachable[i];
	return 1;
}

/* Begins with the policies that have no parent, and goes on to their children. */
static int find_reachable(struct checking *checking)
{
	bool more = true;
	size_t i;

	checking->reachable = calloc(checking->count + 1,
				     sizeof(*checking->reachable));
	if (!checking->reachable)
		return p_err("out of memory");
	while (more) {
		more = false;
		for (i = 0; i < checking->count; i++) {
			const struct policy *const policy =
				&checking->policies[i];

			if (checking->reachable[i] ||
			    (policy->conditions & (1U << EXECLOCK_PARENT) &&
			     !policy_values(policy, EXECLOCK_PARENT,
					    check_reachable, checking)))
				continue;
			checking->reachable[i] = true;
			more = true;
		}
	}
	return 0;
}

/* Keeps the policies that can be read. */
static void read_all(struct checking *checking, const struct files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		struct policy *const policy =
			&checking->policies[checking->count];

		if (policy_read(policy, files->names[i], checking->for_others)) {
			policy_free(policy);
			checking->failed = true;
			continue;
		}
		checking->count++;
		if (policies_check_name(checking->policies, checking->count))
			checking->failed = true;
	}
}

static int prepare_all(struct checking *checking)
{
	size_t i;

	checking->compared = calloc(checking->count + 1,
				    sizeof(*checking->compared));
	if (!checking->compared)
		return p_err("out of memory");
	for (i = 0; i < checking->count; i++)
		if (compare_prepare(&checking->compared[i],
				    &checking->policies[i]))
			return -1;
	return 0;
}

static void free_all(struct checking *checking)
{
	size_t i;

	for (i = 0; checking->compared && i < checking->count; i++)
		compare_release(&checking->compared[i]);
	free(checking->compared);
	policies_free(checking->policies, checking->count);
	free(checking->reachable);
}

static int check(struct checking *checking, const struct arguments *arguments)
{
	struct features kernel;
	struct files files;
	size_t i;
	int err;

	features_ask_landlock(&kernel);
	checking->kernel_abi = kernel.landlock_abi;
	checking->abi = arguments->abi ?: kernel.landlock_abi ?:
			LANDLOCK_ABI_KNOWN;
	checking->for_others = files_for_others();
	err = files_find(&files, arguments->paths, arguments->count,
			 checking->for_others);
	if (!err) {
		checking->policies = calloc(files.count,
					    sizeof(*checking->policies));
		if (!checking->policies)
			err = p_err("out of memory");
	}
	if (!err) {
		read_all(checking, &files);
		if (arguments->strict)
			policies_be_strict(checking->policies,
					   checking->count);
		err = prepare_all(checking) ?: find_reachable(checking);
	}
	p_hold();
	for (i = 0; !err && i < checking->count; i++)
		err = check_policy(checking, i);
	if (!err)
		checking->left_out =
			policies_report_left_out(checking->policies,
						 checking->count);
	if (!err && !arguments->allow_lockout)
		err = lockout_check(checking->policies, checking->count,
				    checking->for_others);
	p_release();
	files_free(&files);
	if (err < 0 && checking->policies)
		return STATUS_FAILED;
	if (err || checking->failed)
		return STATUS_POLICY;
	return checking->left_out ? STATUS_LEFT_OUT : STATUS_OK;
}

int cmd_check(int argc, char **argv)
{
	struct arguments arguments = {};
	struct checking checking = {};
	json_t *const findings = json_array();
	bool failed;
	int status;

	argp_parse(&check_argp, argc, argv, 0, NULL, &arguments);
	p_collect(findings);
	status = check(&checking, &arguments);
	failed = status != STATUS_OK && status != STATUS_LEFT_OUT;
	if (json_output)
		p_json(json_pack("{s:b, s:i, s:I, s:I, s:O}",
				 "ok", !failed, "landlockAbi", checking.abi,
				 "policies", (json_int_t)checking.count,
				 "leftOut", (json_int_t)checking.left_out,
				 "findings", findings));
	else if (!failed)
		printf("%zu %s without error\n", checking.count,
		       checking.count == 1 ? "policy is" : "policies are");
	if (!json_output && status == STATUS_LEFT_OUT)
		printf("%zu paths or values of these policies are missing and left out\n",
		       checking.left_out);
	free_all(&checking);
	json_decref(findings);
	return status;
}
