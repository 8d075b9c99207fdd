// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The bound on capabilities in user namespaces of a proposed policy
 */

#include <stdlib.h>
#include <string.h>

#include "proposal.h"
#include "userns_caps.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

json_t *proposal_list_names(__u64 caps)
{
	const char *names[USERNS_CAPS_KNOWN];
	json_t *const list = json_array();
	size_t count = 0, i;

	for (i = 0; i < USERNS_CAPS_KNOWN; i++)
		if (caps & 1ULL << i)
			names[count++] = userns_caps_name(i);
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; i < count; i++)
		json_array_append_new(list, json_string(names[i]));
	return list;
}

json_t *proposal_list_caps(const struct observed *observed)
{
	json_t *const program = proposal_list_names(observed->caps |
						    observed->caps_kept);

	/* The other form says nothing more if no other program is there. */
	if (!json_array_size(program) || json_object_size(observed->execs) < 2)
		return program;
	return json_pack("{s:o, s:o}", "program", program, "executes",
			 proposal_list_names(observed->caps_executed));
}
