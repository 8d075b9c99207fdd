// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock unload - Stop enforcing the loaded policies on future execs
 */

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "commit.h"
#include "message.h"

static const struct argp unload_argp = {
	.children = common_options,
	.doc =
"Stop enforcing the loaded policies on future execs.  Running processes stay\n"
"confined, and so do the programs that they execute.\n"
"\vExit status: 0 no policy is in force, whether or not there was one; 1 an\n"
"operation failed; 2 wrong command line.\n",
};

int cmd_unload(int argc, char **argv)
{
	int removed;

	argp_parse(&unload_argp, argc, argv, 0, NULL, NULL);
	removed = commit_nothing();
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "unloaded", removed));
	else
		puts(removed ? "the policies are no longer in force" :
			       "no policy was in force");
	return STATUS_OK;
}
