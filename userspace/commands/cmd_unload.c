// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock unload - End the enforcement for programs executed from now on
 */

#include <stdbool.h>
#include <stdio.h>

#include "cli.h"
#include "lock.h"
#include "message.h"
#include "pins.h"

static const struct argp unload_argp = {
	.children = common_options,
	.doc =
"End the enforcement for programs executed from now on.  Processes that run\n"
"stay confined, and so do the programs that they execute.\n"
"\vExit status: 0 no policy is in force, whether or not there was one; 1 the\n"
"system did not do it; 2 wrong command line.\n",
};

int cmd_unload(int argc, char **argv)
{
	int removed;

	argp_parse(&unload_argp, argc, argv, 0, NULL, NULL);
	if (lock_take())
		return STATUS_FAILED;
	removed = pins_remove(&pins_policies);
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "unloaded", removed));
	else
		puts(removed ? "the policies are no longer in force" :
			       "no policy was in force");
	return STATUS_OK;
}
