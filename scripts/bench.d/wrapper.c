// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: wrapper RULES COMMAND [ARG...]
 *
 * What one does today for a program that does not restrict itself: build the
 * ruleset, restrict oneself, execute the program.
 */

#include <err.h>
#include <stdlib.h>

#include "policy.h"

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: wrapper RULES COMMAND [ARG...]");
	/* The caller may be privileged, in which case this is all it takes. */
	if (landlock_restrict_self(policy_ruleset(atoi(argv[1])), 0))
		err(126, "landlock_restrict_self");
	execv(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
