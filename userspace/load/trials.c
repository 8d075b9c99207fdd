// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The policies that are on trial
 */

#include <stdbool.h>
#include <string.h>

#include "features.h"
#include "loaded.h"
#include "loader.h"
#include "lock.h"
#include "message.h"
#include "pins.h"
#include "trials.h"
#include "would_deny.h"

/**
 * struct wanted - The trials that are to end
 *
 * @names: Names of policies.
 * @count: Their number; zero for all.
 */
struct wanted {
	char *const *names;
	size_t count;
};

static json_t *describe(const struct execlock_policy *policy)
{
	return json_pack("{s:s, s:I, s:I, s:I}", "name", policy->name,
			 "hits", (json_int_t)policy->hits,
			 "errors", (json_int_t)policy->errors,
			 "leftOut", (json_int_t)policy->left_out);
}

static bool is_wanted(const struct wanted *wanted, const char *name)
{
	size_t i;

	for (i = 0; i < wanted->count; i++)
		if (strcmp(wanted->names[i], name) == 0)
			return true;
	return !wanted->count;
}

static bool goes_on(const struct execlock_policy *policy, const void *data)
{
	return !policy->trial || !is_wanted(data, policy->name);
}

/*
 * Reads the trials of a set.  Returns how many policies there are that are no
 * trials, or -1.
 */
static int read_trials(const struct loaded *set, json_t *list)
{
	struct execlock_policy policy;
	int others = 0;
	__u32 i;

	for (i = 0; i < set->header.policies; i++) {
		if (loaded_policy(set, i, &policy))
			return -1;
		if (policy.trial)
			json_array_append_new(list, describe(&policy));
		else
			others++;
	}
	return others;
}

/* Reads the trials of the set in force.  Returns as read_trials(). */
static int read_current(json_t *list)
{
	struct loaded set;
	int others;

	others = loaded_open(&set);
	if (others <= 0)
		return others;
	others = read_trials(&set, list);
	loaded_close(&set);
	return others;
}

json_t *trials_describe(void)
{
	json_t *const list = json_array();

	if (read_current(list) >= 0)
		return list;
	json_decref(list);
	return NULL;
}

static bool has_name(const json_t *list, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
		if (strcmp(json_string_value(json_object_get(entry, "name")),
			   name) == 0)
			return true;
	return false;
}

/* Takes the names of the trials that are to end. */
static int choose(const json_t *list, const struct wanted *wanted,
		  json_t *ended)
{
	const json_t *entry;
	size_t i;

	for (i = 0; i < wanted->count; i++)
		if (!has_name(list, wanted->names[i]))
			return p_err("policy \"%s\" is not on trial: \"execlock trial\" lists those that are",
				     wanted->names[i]);
	json_array_foreach(list, i, entry) {
		json_t *const name = json_object_get(entry, "name");

		if (is_wanted(wanted, json_string_value(name)))
			json_array_append(ended, name);
	}
	return 0;
}

/* Replaces the set in force by the policies of it that the rule keeps. */
static int replace(const struct carry_rule *rule)
{
	const struct bpf_program *identify;
	const struct verified nothing = {};
	struct features kernel = {};
	struct loader *const loader = loader_new(&kernel, rule);
	int err;

	if (!loader)
		return -1;
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	err = loader_begin(&nothing, &identify, loader) ?:
	      loader_commit(loader, &nothing) ?: loader_settle(loader);
	loader_free(loader);
	return err;
}

/* There is no set without a policy. */
static int remove_set(void)
{
	const struct would_deny nothing = {};

	return pins_remove(&pins_policies) < 0 || would_deny_settle(&nothing) ?
	       -1 : 0;
}

int trials_alone(size_t *trials)
{
	struct execlock_header header;
	json_t *list;
	int others;

	*trials = 0;
	/* What another build loaded ends as a whole. */
	if (loaded_header(&header) <= 0 || header.build != loader_build())
		return remove_set();
	list = json_array();
	others = read_current(list);
	*trials = json_array_size(list);
	json_decref(list);
	if (others <= 0)
		return others;
	return *trials ? replace(&carry_trials) : remove_set();
}

json_t *trials_of_other_build(void)
{
	json_t *const list = json_array();
	struct execlock_header header;
	int found, others = 0;

	p_mute(true);
	found = loaded_header(&header);
	if (found > 0 && header.build != loader_build())
		others = read_current(list);
	p_mute(false);
	if (found >= 0 && others >= 0)
		return list;
	json_decref(list);
	return json_null();
}

void trials_report_ended(const json_t *ended)
{
	const json_t *entry;
	size_t i;

	if (json_is_null(ended))
		p_warn("another build of execlock loaded the former policies, and this build cannot read which of them were on trial: their trials are over, and \"execlock trial FILE...\" begins them again");
	json_array_foreach(ended, i, entry)
		p_warn("the trial of policy \"%s\" is over, because another build of execlock began it: \"execlock trial FILE...\" begins it again",
		       json_string_value(json_object_get(entry, "name")));
}

int trials_end(char *const names[], size_t count, json_t *ended)
{
	const struct wanted wanted = { names, count };
	const struct carry_rule rule = {
		.keeps = goes_on,
		.data = &wanted,
		.required = true,
	};
	json_t *const list = json_array();
	int others, err;
	size_t left;

	if (lock_take())
		return -1;
	others = read_current(list);
	err = others < 0 ? -1 : choose(list, &wanted, ended);
	left = others + json_array_size(list) - json_array_size(ended);
	json_decref(list);
	if (err || !json_array_size(ended))
		return err;
	return left ? replace(&rule) : remove_set();
}
