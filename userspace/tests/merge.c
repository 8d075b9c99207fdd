// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Add the accesses of one policy to another one
 *
 * usage: merge [-n] INTO POLICY [SCOPE | RIGHT]...
 *
 * The scopes and rights for ports are not to be denied any more.  Prints the
 * difference, and changes the file unless there is -n.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "landlock_abi.h"
#include "merge.h"
#include "policy_files.h"
#include "update.h"

static void read_rights(struct merge *merge, char **names)
{
	for (; *names; names++) {
		int kind;

		for (kind = RIGHTS_NET; kind < RIGHTS_KINDS; kind++)
			merge->open[kind] |= rights_by_name(kind, *names,
							    LANDLOCK_ABI_KNOWN);
	}
}

/* Edits the file meanwhile, as the environment says. */
static void disturb(void)
{
	const char *const command = getenv("MEANWHILE");

	if (command && system(command))
		exit(1);
}

static int change(const struct update *update, bool dry_run)
{
	char *const text = update_diff(update);

	if (!text)
		return -1;
	fputs(text, stdout);
	free(text);
	disturb();
	return dry_run ? 0 : update_write(update);
}

int main(int argc, char **argv)
{
	const bool dry_run = argc > 1 && strcmp(argv[1], "-n") == 0;
	struct update update = {};
	struct merge merge = {};
	int err;

	argv += 1 + dry_run;
	if (argc < 3 + dry_run ||
	    policy_read(&merge.rules, argv[1], files_for_others()))
		return 1;
	read_rights(&merge, argv + 2);
	err = update_find(&update, argv[0], merge.rules.name);
	if (!err && update.is_new)
		err = update_create(&update, merge.rules.source.root);
	else if (!err)
		err = update_merge(&update, &merge);
	if (!err)
		err = change(&update, dry_run);
	update_free(&update);
	policy_free(&merge.rules);
	return err ? 1 : 0;
}
