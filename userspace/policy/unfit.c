// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What a policy asks for and a command cannot do
 */

#include "unfit.h"

int unfit_exec_nnp(const struct policy *policy, const char *command)
{
	const struct node root = node_root(&policy->source);
	const struct node enforce = node_member(&root, "enforce");
	const struct node value = node_member(&enforce, "execNoNewPrivs");

	if (!policy->exec_no_new_privs)
		return 0;
	return node_err(&value, "is true, which \"execlock %s\" cannot enforce, only \"execlock load\" can; \"noNewPrivs\": true is for this exec and later ones",
			command);
}
