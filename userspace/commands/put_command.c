// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Options and messages of the commands that put policies in force
 */

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "message.h"
#include "put_command.h"
#include "put_set.h"

/* Without a short form. */
#define ALLOW_LOCKOUT 256

static error_t parse_put(int key, char *arg, struct argp_state *state)
{
	struct put_options *const put = state->input;

	switch (key) {
	case ALLOW_LOCKOUT:
		put->allow_lockout = true;
		return 0;
	case 's':
		put->strict = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp put_argp = {
	.options = (const struct argp_option[]) {
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Also take policies under which root could not unload them again",
		  0 },
		{ "strict", 's', NULL, 0,
		  "Refuse policies that name what is missing, instead of leaving that out",
		  0 },
		{}
	},
	.parser = parse_put,
	.children = common_options,
};

const struct argp_child put_options[] = {
	{ &put_argp, 0, NULL, 0 },
	{}
};

int put_report_left_out(const struct verified *set)
{
	if (!set->left_out)
		return STATUS_OK;
	if (!json_output)
		fprintf(stderr, "execlock: warning: %zu paths or values of these policies are missing and left out; \"execlock check\" shows them, --strict refuses them\n",
			set->left_out);
	return STATUS_LEFT_OUT;
}
