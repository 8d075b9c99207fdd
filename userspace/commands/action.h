/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Commands that consist of actions on cgroups
 */

#ifndef EXECLOCK_ACTION_H
#define EXECLOCK_ACTION_H

#include <argp.h>
#include <stddef.h>

/**
 * struct action_arguments - The action and the cgroups of a command line
 *
 * @action: The action.
 * @cgroups: Names of the cgroups that follow it.
 * @num_cgroups: Number of @cgroups.
 */
struct action_arguments {
	const struct action *action;
	char **cgroups;
	size_t num_cgroups;
};

/**
 * struct action - The first argument of a command, as in "execlock nnp on"
 *
 * @name: Its name; NULL ends an array of actions.
 * @run: Runs it, with arguments of the command that begin with
 *       &struct action_arguments.  Returns an &enum status.
 * @min: Number of cgroups that it needs.
 * @max: Number of cgroups that it takes.
 */
struct action {
	const char *name;
	int (*run)(const void *arguments);
	size_t min;
	size_t max;
};

/**
 * action_parse - Parse the arguments of a command that are no options
 *
 * @key: ARGP_KEY_ARGS or ARGP_KEY_NO_ARGS.
 * @state: As given to the parser.
 * @actions: The actions of the command.
 * @arguments: Filled in.  Too few cgroups are left to action_check().
 *
 * Does not return if the arguments are wrong.
 */
void action_parse(int key, struct argp_state *state,
		  const struct action *actions,
		  struct action_arguments *arguments);

/**
 * action_check - Check that the cgroups that an action needs are named
 *
 * @arguments: What action_parse() filled in.
 * @state: As given to the parser.
 *
 * Does not return if one is missing.
 */
void action_check(const struct action_arguments *arguments,
		  struct argp_state *state);

/**
 * action_say - Print a sentence about a cgroup
 *
 * @before: The text before the cgroup's name.
 * @cgroup: The name.
 * @after: The text after it.
 */
void action_say(const char *before, const char *cgroup, const char *after);

#endif /* EXECLOCK_ACTION_H */
