/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Commands that consist of actions: set, clear and list
 */

#ifndef EXECLOCK_ACTION_H
#define EXECLOCK_ACTION_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct action_arguments - The action and the words of a command line
 *
 * @action: The action.
 * @words: The words that follow it, most often names of cgroups.
 * @num_words: Number of @words.
 * @all: Whether all cgroups are meant (--all).
 */
struct action_arguments {
	const struct action *action;
	char **words;
	size_t num_words;
	bool all;
};

/**
 * struct action - The first argument of a command, as in "execlock nnp set"
 *
 * @name: Its name; NULL ends an array of actions.
 * @run: Runs it, with arguments of the command that begin with
 *       &struct action_arguments.  Returns an &enum status.
 * @min: Number of words that it needs.
 * @max: Number of words that it takes.
 * @missing: What is said if there are fewer.
 * @all: Whether it takes --all instead.
 */
struct action {
	const char *name;
	int (*run)(const void *arguments);
	size_t min;
	size_t max;
	const char *missing;
	bool all;
};

/** ACTION_NO_CGROUP - What is said if a cgroup is missing */
#define ACTION_NO_CGROUP "no cgroup: name one, as in /proc/PID/cgroup"

/** ACTION_NO_CGROUP_OR_ALL - The same of an action that takes --all */
#define ACTION_NO_CGROUP_OR_ALL ACTION_NO_CGROUP ", or add --all"

/** ACTION_ALL - The option --all, which is 'a' to the parser */
#define ACTION_ALL(doc) { "all", 'a', NULL, 0, doc, 0 }

/**
 * action_parse - Parse the arguments of a command that are no options
 *
 * @key: ARGP_KEY_ARGS or ARGP_KEY_NO_ARGS.
 * @state: As given to the parser.
 * @actions: The actions of the command.
 * @arguments: Filled in.  Too few words are left to action_check().
 *
 * Does not return if the arguments are wrong.
 */
void action_parse(int key, struct argp_state *state,
		  const struct action *actions,
		  struct action_arguments *arguments);

/**
 * action_check - Check that the words that an action needs are there, or --all
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
