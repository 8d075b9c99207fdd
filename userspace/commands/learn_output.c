// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock learn - Where the proposal goes
 */

#include <stdlib.h>

#include "json_source.h"
#include "learn_output.h"
#include "merged.h"
#include "message.h"
#include "policy.h"
#include "propose.h"

int learn_output_open(struct learn_output *output)
{
	const char *const wrong =
		output->name ? policy_name_wrong(output->name) : NULL;

	if (wrong)
		return p_err("cannot name a policy \"%s\": this %s",
			     output->name, wrong);
	if (output->into)
		return merged_check(output->into, output->name,
				    &output->merges);
	if (!output->file)
		return 0;
	return new_file_open(&output->new, output->file) ?:
	       new_file_is_free(&output->new);
}

bool learn_output_is_stdout(const struct learn_output *output)
{
	return !output->file || json_output;
}

static int write_file(const struct new_file *new, const char *text)
{
	return new_file_write(new, text) ?: new_file_place(new);
}

/* Writes the policy, or adds it to a file.  @merged is set to what that did. */
static int write_policy(const struct learn_output *output,
			struct proposed *proposed, json_t **merged)
{
	char *text;
	int err;

	if (output->into)
		return merged_into(output->into, output->name, output->dry_run,
				   proposed, merged);
	if (!output->file)
		return 0;
	text = source_text(proposed->policy);
	err = text ? write_file(&output->new, text) : p_err("out of memory");
	free(text);
	return err;
}

static int print_policy(const json_t *policy)
{
	char *const text = source_text(policy);

	if (!text)
		return p_err("out of memory");
	/* Errors of standard output are reported at the end, in main.c. */
	fputs(text, stdout);
	free(text);
	return 0;
}

static int print(const struct learn_output *output,
		 const struct proposed *proposed, const json_t *merged)
{
	const json_t *note;
	size_t i;

	if (json_output)
		return p_json(json_pack("{s:O, s:O, s:O*}", "policy",
					proposed->policy, "notes",
					proposed->notes, "into", merged));
	json_array_foreach(proposed->notes, i, note)
		fprintf(stderr, "execlock: note: %s\n",
			json_string_value(note));
	if (merged)
		merged_print(merged);
	return output->file || merged ? 0 : print_policy(proposed->policy);
}

int learn_output_write(const struct learn_output *output,
		       struct proposed *proposed)
{
	json_t *merged = NULL;
	int err;

	err = write_policy(output, proposed, &merged) ?:
	      print(output, proposed, merged);
	json_decref(merged);
	return err;
}

void learn_output_close(const struct learn_output *output)
{
	new_file_close(&output->new);
}
