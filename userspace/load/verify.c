// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From policy files to a verified policy set
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "features.h"
#include "keys.h"
#include "lockout.h"
#include "message.h"
#include "mode.h"
#include "policy_files.h"
#include "review.h"
#include "ruleset.h"
#include "verify.h"

/* Where the work is. */
struct walk {
	const struct verify_options *options;
	struct verified *set;
	const struct bpf_program *identify;
	size_t index;		/* of the current policy */
	int result;
};

/* Takes note of the result of one part.  Returns whether to go on. */
static bool goes_on(struct walk *walk, int err)
{
	if (err && walk->result >= 0)
		walk->result = err;
	return !walk->result || (walk->result > 0 && walk->options->all);
}

/*
 * Files
 */

static const struct features *ask_kernel(void)
{
	static struct features kernel;
	static bool asked;

	if (!asked) {
		features_ask_landlock(&kernel);
		features_ask_bpf(&kernel);
		asked = true;
	}
	return &kernel;
}

/*
 * Checks that the kernel can do all that the policy needs, if it can do all that
 * others need.  A policy is no worse because of a kernel that can enforce none.
 */
static int check_kernel(const struct verify_options *options,
			struct policy *policy)
{
	const bool asks = policy->userns_caps.bounded || policy->permissive;
	const struct features *kernel;

	if (!asks || !options->for_kernel)
		return 0;
	kernel = ask_kernel();
	if (!features_can_load(kernel))
		return 0;
	if (mode_check_kernel(policy, kernel->permissive))
		return POLICY_UNUSABLE;
	return policy->userns_caps.bounded && !kernel->userns_caps ?
	       policy_lack_userns_caps(policy) : 0;
}

/* Takes the next policy, which was read or not. */
static bool take_policy(struct walk *walk, int err)
{
	const struct verify_options *const options = walk->options;
	struct verified *const set = walk->set;
	struct policy *const policy = &set->policies[set->count];

	if (err) {
		policy_free(policy);
		return goes_on(walk, POLICY_UNUSABLE);
	}
	set->count++;
	if (options->strict)
		policy->if_missing = POLICY_MISSING_ERROR;
	return goes_on(walk, policies_check_name(set->policies, set->count)) &&
	       goes_on(walk, policy_check_match(policy)) &&
	       goes_on(walk, options->trial ? mode_try(policy) : 0) &&
	       goes_on(walk, policies_check_default(set->policies,
						    set->count)) &&
	       goes_on(walk, check_kernel(options, policy));
}

static bool read_policy(struct walk *walk, const char *file)
{
	return take_policy(walk,
			   policy_read(&walk->set->policies[walk->set->count],
				       file, walk->options->for_others));
}

/* Those of the system's file. */
static bool make_policy(struct walk *walk, size_t index)
{
	return take_policy(walk,
			   system_file_policy(&walk->set->system, index,
					      &walk->set->policies[walk->set->count],
					      walk->options->for_others));
}

/* Returns whether to go on. */
static bool read_system(struct walk *walk)
{
	const struct verify_options *const options = walk->options;
	struct system_file *const system = &walk->set->system;

	if (!options->system ||
	    !system_file_read(system, options->system, options->for_others))
		return true;
	/* The policies of a file that is wrong are not made. */
	system_file_free(system);
	return goes_on(walk, POLICY_UNUSABLE);
}

/*
 * Who may execute an exempt program must not get more than the default by it.
 * So unless its policy says so, what it executes has nothing.
 */
static void restrict_executed(struct verified *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		set->has_default |= set->policies[i].is_default;
	for (i = 0; set->has_default && i < set->count; i++) {
		struct userns_caps *const caps = &set->policies[i].userns_caps;

		if (caps->bounded && !caps->executes_said &&
		    !set->policies[i].is_default)
			caps->executes = 0;
	}
}

/* Makes room for all policies. */
static int make_room(struct verified *set, size_t files, size_t made)
{
	if (files + made > EXECLOCK_POLICIES) {
		p_err("%s makes %zu policies besides %zu others, and a set has at most %d",
		      set->system.source.file, made, files, EXECLOCK_POLICIES);
		return POLICY_UNUSABLE;
	}
	set->policies = calloc(files + made + 1, sizeof(struct policy));
	return set->policies ? 0 : p_err("out of memory");
}

static bool read_all(struct walk *walk, const struct files *files)
{
	const size_t made = system_file_count(&walk->set->system);
	bool more;
	size_t i;

	more = goes_on(walk, make_room(walk->set, files->count, made));
	for (i = 0; more && walk->set->policies && i < files->count; i++)
		more = read_policy(walk, files->names[i]);
	for (i = 0; more && walk->set->policies && i < made; i++)
		more = make_policy(walk, i);
	return more;
}

static bool read_policies(struct walk *walk, char *const paths[], size_t count)
{
	struct files files;
	bool more;

	if (files_find(&files, paths, count, walk->options->for_others,
		       walk->options->system)) {
		/* Without a list of files, there is nothing to read. */
		walk->result = POLICY_UNUSABLE;
		files_free(&files);
		return false;
	}
	more = read_system(walk) && read_all(walk, &files);
	files_free(&files);
	restrict_executed(walk->set);
	return more;
}

/*
 * Files, accounts and rulesets
 */

static int add_key(const struct execlock_key *key,
		   const struct execlock_file *file, void *data)
{
	const struct walk *const walk = data;
	struct verified *const set = walk->set;
	const size_t count = set->num_keys;
	struct verified_key *keys = set->keys;

	/* Doubles the room each time that it is full. */
	if (!(count & (count - 1))) {
		keys = reallocarray(keys, count ? count * 2 : 1, sizeof(*keys));
		if (!keys)
			return p_err("out of memory");
		set->keys = keys;
	}
	keys[count] = (struct verified_key) {
		.key = *key,
		.named = file,
		.index = walk->index,
	};
	if (file)
		keys[count].file = *file;
	set->num_keys++;
	return 0;
}

static int find_keys(struct walk *walk, struct policy *policy)
{
	const struct keys_options options = {
		.identify = walk->identify,
		.all = walk->options->all,
	};

	return keys_find(policy, &options, add_key, walk);
}

/* The ruleset is made whether or not somebody takes it. */
static int make_ruleset(const struct walk *walk, struct policy *policy)
{
	const struct verify_loader *const loader = walk->options->loader;
	const struct ruleset_options options = {
		.abi = walk->options->abi,
		.kernel_abi = walk->options->kernel_abi,
		.places = walk->options->places,
		.kernel_places = walk->options->kernel_places,
		.all = walk->options->all,
		.identify = walk->identify,
	};
	int ruleset, err;

	if (!policy->has_landlock)
		return 0;
	err = ruleset_create(policy, &options, &ruleset);
	if (err || ruleset < 0)
		return err;
	if (loader)
		err = loader->take_ruleset(policy, walk->index, ruleset,
					   loader->data);
	close(ruleset);
	return err;
}

static bool look_up(struct walk *walk)
{
	const struct verify_loader *const loader = walk->options->loader;
	struct verified *const set = walk->set;
	bool more = true;

	if (loader && set->count)
		more = goes_on(walk, loader->begin(set, &walk->identify,
						   loader->data));
	for (walk->index = 0; more && walk->index < set->count; walk->index++) {
		struct policy *const policy = &set->policies[walk->index];

		more = goes_on(walk, find_keys(walk, policy)) &&
		       goes_on(walk, make_ruleset(walk, policy));
		if (more)
			set->left_out += policies_report_left_out(policy, 1);
	}
	return more;
}

int verify(struct verified *set, char *const paths[], size_t count,
	   const struct verify_options *options)
{
	struct walk walk = { .options = options, .set = set };
	bool more;

	memset(set, 0, sizeof(*set));
	p_hold();
	more = read_policies(&walk, paths, count) && look_up(&walk);
	if (more && !options->allow_lockout)
		more = goes_on(&walk, lockout_check(set->policies, set->count,
						    options->for_others,
						    options->all));
	if (more)
		review_system(&set->system);
	if (more)
		goes_on(&walk, review(set->policies, set->count, options->abi));
	p_release();
	return walk.result;
}

void verify_release(struct verified *set)
{
	policies_free(set->policies, set->count);
	system_file_free(&set->system);
	free(set->keys);
	memset(set, 0, sizeof(*set));
}
