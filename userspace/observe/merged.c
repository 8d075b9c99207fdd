// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - A proposal that is added to a policy file
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "merge.h"
#include "merged.h"
#include "message.h"
#include "new_file.h"
#include "policy.h"
#include "policy_files.h"
#include "propose.h"
#include "sanitize.h"
#include "update.h"

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Whether a file can be made beside this one. */
static int check_place(const char *file)
{
	struct new_file new = {};
	const int err = new_file_open(&new, file);

	new_file_close(&new);
	return err;
}

static int check_file(const struct update *update)
{
	struct policy policy = {};
	int err = 0;

	if (!update->is_new)
		err = policy_read(&policy, update->file, files_for_others());
	policy_free(&policy);
	return err ?: check_place(update->file);
}

int merged_check(const char *into, const char *name, bool *merges)
{
	struct update update = {};
	int err;

	/* Which file of a directory it is, the name of the program may tell. */
	if (!name && is_directory(into))
		return 0;
	err = update_find(&update, into, name) ?: check_file(&update);
	*merges = !update.is_new;
	update_free(&update);
	return err;
}

int merged_name(const char *into, char **name)
{
	struct update update = {};
	int err;

	*name = NULL;
	if (is_directory(into))
		return 0;
	err = update_find(&update, into, NULL);
	if (!err && update.is_new)
		err = p_err("cannot read %s: there is no such file", into);
	if (!err)
		*name = strdup(update.name);
	update_free(&update);
	return err;
}

static const char *name_of(const json_t *policy)
{
	return json_string_value(json_object_get(policy, "name"));
}

/* Whether a policy is for a program, as far as its name in the file tells. */
static bool is_for(const json_t *policy, const json_t *executable)
{
	const json_t *const match = json_object_get(policy, "match");
	const json_t *const value = json_object_get(match, "executable");
	const json_t *item;
	size_t i;

	/* Policies of cgroups have other conditions, or none. */
	if (!value || json_equal(value, executable))
		return true;
	json_array_foreach(value, i, item)
		if (json_equal(item, executable))
			return true;
	return false;
}

static void note_program(const struct update *update, struct proposed *proposed)
{
	const json_t *const match = json_object_get(proposed->policy, "match");
	const json_t *const executable = json_object_get(match, "executable");

	if (json_is_string(executable) &&
	    !is_for(update->source.root, executable))
		propose_note(proposed->notes, "policy \"%s\" in %s has another \"executable\" than %s, of which the accesses are: it stays as it is",
			     update->name, update->file,
			     json_string_value(executable));
}

static int add(struct update *update, struct proposed *proposed)
{
	struct merge merge = {};
	int err = 0;

	memcpy(merge.open, proposed->open, sizeof(merge.open));
	if (update->is_new && proposed->is_part)
		return p_err("cannot add to policy \"%s\": there is none in %.*s",
			     update->name,
			     (int)(strrchr(update->file, '/') - update->file),
			     update->file);
	if (update->is_new)
		return update_create(update, proposed->policy);
	note_program(update, proposed);
	err = policy_take(&merge.rules, "the proposal", proposed->policy) ?:
	      update_merge(update, &merge);
	policy_free(&merge.rules);
	return err;
}

static int change(const struct update *update, bool dry_run, json_t **merged)
{
	char *const text = update_diff(update);

	if (!text)
		return -1;
	*merged = json_pack("{s:o, s:b, s:b, s:o}", "file",
			    sanitize_json(update->file), "new", update->is_new,
			    "changed", update->text && !dry_run, "diff",
			    sanitize_json(text));
	free(text);
	if (!*merged)
		return p_err("out of memory");
	return dry_run ? 0 : update_write(update);
}

int merged_into(const char *into, const char *name, bool dry_run,
		struct proposed *proposed, json_t **merged)
{
	struct update update = {};
	int err;

	if (!name && is_directory(into))
		name = name_of(proposed->policy);
	err = update_find(&update, into, name) ?: add(&update, proposed) ?:
	      change(&update, dry_run, merged);
	update_free(&update);
	return err;
}

/* Policies have tabs, which are harmless here. */
static void print_line(char *line)
{
	char *word;

	while ((word = strsep(&line, "\t"))) {
		sanitize_defuse(word);
		fputs(word, stdout);
		if (line)
			putchar('\t');
	}
	putchar('\n');
}

void merged_print(const json_t *merged)
{
	const char *const file =
		json_string_value(json_object_get(merged, "file"));
	const char *const diff =
		json_string_value(json_object_get(merged, "diff"));
	char *const text = strdup(diff ?: "");
	char *rest = text;

	if (text && !*text)
		fprintf(stderr, "execlock: note: %s allows all of this already: nothing changes\n",
			file);
	while (rest && *rest)
		print_line(strsep(&rest, "\n"));
	free(text);
}
