// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Commands that consist of actions: set, clear and list
 */

#include <stdio.h>
#include <string.h>

#include "action.h"
#include "sanitize.h"

static const struct action *find(const struct action *actions,
				 const char *name)
{
	for (; actions->name; actions++)
		if (strcmp(actions->name, name) == 0)
			return actions;
	return NULL;
}

/* Sets @text to "a, b or c". */
static const char *list(const struct action *actions, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; actions->name && used < size; actions++) {
		const char *const separator = !used ? "" :
					      actions[1].name ? ", " : " or ";

		used += snprintf(text + used, size - used, "%s%s", separator,
				 actions->name);
	}
	return text;
}

void action_parse(int key, struct argp_state *state,
		  const struct action *actions,
		  struct action_arguments *arguments)
{
	const char *const name = state->argv[state->next];
	char expected[128];

	list(actions, expected, sizeof(expected));
	if (key == ARGP_KEY_NO_ARGS) {
		argp_error(state, "no action: expected %s", expected);
		return;
	}
	arguments->action = find(actions, name);
	if (!arguments->action) {
		argp_error(state, "unknown action \"%s\": expected %s", name,
			   expected);
		return;
	}
	arguments->words = state->argv + state->next + 1;
	arguments->num_words = state->argc - state->next - 1;
	if (arguments->num_words > arguments->action->max)
		argp_error(state, "unexpected argument \"%s\"",
			   arguments->words[arguments->action->max]);
}

void action_check(const struct action_arguments *arguments,
		  struct argp_state *state)
{
	const struct action *const action = arguments->action;

	if (arguments->all && !action->all)
		argp_error(state, "--all is only for \"clear\"");
	if (arguments->all && arguments->num_words)
		argp_error(state, "\"%s\" takes a cgroup or --all, not both",
			   action->name);
	if (!arguments->all && arguments->num_words < action->min)
		argp_error(state, "%s", action->missing);
}

void action_say(const char *before, const char *cgroup, const char *after)
{
	fputs(before, stdout);
	sanitize_print(cgroup);
	puts(after);
}
