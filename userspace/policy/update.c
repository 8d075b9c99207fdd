// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Add accesses to the policy in a file
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "diff.h"
#include "layout.h"
#include "merge.h"
#include "message.h"
#include "new_file.h"
#include "policy.h"
#include "policy_files.h"
#include "update.h"

static const char *name_in(const struct source *source)
{
	return json_string_value(json_object_get(source->root, "name"));
}

/* Returns 1 if a file has the policy, 0 if not, or -1. */
static int look_into(struct update *update, const char *file)
{
	const char *name;

	source_free(&update->source);
	if (source_read(&update->source, file, files_for_others()))
		return -1;
	name = name_in(&update->source);
	return name && update->name && strcmp(name, update->name) == 0;
}

/* Takes @file, which comes from malloc(). */
static int set_file(struct update *update, char *file)
{
	update->file = file;
	return file ? 0 : p_err("out of memory");
}

static int find_in_directory(struct update *update, const char *directory)
{
	char *paths[] = { (char *)directory };
	struct files files = {};
	int found = 0;
	char *file;
	size_t i;

	if (asprintf(&file, "%s/%s.json", directory, update->name) < 0)
		file = NULL;
	if (set_file(update, file))
		return -1;
	/* A directory without policies is no error here. */
	update->is_new = true;
	if (files_find(&files, paths, 1, files_for_others(), true))
		found = -1;
	for (i = 0; i < files.count && !found; i++) {
		found = look_into(update, files.names[i]);
		if (found <= 0)
			continue;
		free(update->file);
		set_file(update, strdup(files.names[i]));
		update->is_new = false;
	}
	files_free(&files);
	if (update->is_new)
		source_free(&update->source);
	return found < 0 || !update->file ? -1 : 0;
}

static int find_file(struct update *update, const char *file)
{
	const int found = look_into(update, file);
	const char *const name = name_in(&update->source);

	if (found < 0)
		return -1;
	if (found)
		return 0;
	if (name && !update->name) {
		update->name = strdup(name);
		return update->name ? 0 : p_err("out of memory");
	}
	if (name)
		return p_err("%s has the policy \"%s\", and not \"%s\": give the file of \"%s\", or use --name",
			     file, name, update->name, update->name);
	return p_err("%s is not a policy: it has no \"name\"", file);
}

int update_find(struct update *update, const char *into, const char *name)
{
	struct stat st;

	memset(update, 0, sizeof(*update));
	update->name = name ? strdup(name) : NULL;
	if (name && !update->name)
		return p_err("out of memory");
	if (!stat(into, &st) && S_ISDIR(st.st_mode))
		return find_in_directory(update, into);
	if (!stat(into, &st))
		return find_file(update, into) ?:
		       set_file(update, realpath(into, NULL));
	/* A link that leads nowhere is no new file either. */
	if (errno != ENOENT || !lstat(into, &st))
		return p_err("cannot read %s: %s", into, strerror(errno));
	update->is_new = true;
	return set_file(update, strdup(into));
}

/* Sets the new text, and checks that it is a policy. */
static int set_text(struct update *update, json_t *root)
{
	struct policy policy;
	int err;

	err = policy_take_file(&policy, update->file, root, files_for_others());
	policy_free(&policy);
	if (err)
		return p_err("cannot add the accesses to policy \"%s\": nothing would be left of it",
			     update->name);
	if (update->is_new)
		update->text = source_text(root);
	else if (!json_equal(update->source.root, root))
		update->text = layout_text(update->source.text,
					   update->source.root, root);
	else
		return 0;
	return update->text ? 0 : p_err("out of memory");
}

int update_merge(struct update *update, const struct merge *merge)
{
	struct policy policy = {};
	json_t *root;
	int err;

	/* It may be another one by now. */
	if (find_file(update, update->file) ||
	    policy_read(&policy, update->file, files_for_others())) {
		policy_free(&policy);
		return -1;
	}
	root = json_deep_copy(update->source.root);
	err = root ? merge_into(root, &policy, merge) : p_err("out of memory");
	if (!err)
		err = set_text(update, root);
	json_decref(root);
	policy_free(&policy);
	return err;
}

int update_create(struct update *update, const json_t *policy)
{
	return set_text(update, (json_t *)policy);
}

char *update_diff(const struct update *update)
{
	if (!update->text)
		return strdup("");
	return diff(update->file, update->source.text, update->text);
}

int update_write(const struct update *update)
{
	struct new_file new = {};
	int err;

	if (!update->text)
		return 0;
	if (new_file_open(&new, update->file))
		return -1;
	err = new_file_write(&new, update->text);
	if (!err)
		err = update->is_new ? new_file_place(&new) :
				       new_file_replace(&new, &update->source);
	new_file_close(&new);
	return err;
}

void update_free(struct update *update)
{
	source_free(&update->source);
	free(update->file);
	free(update->name);
	free(update->text);
	memset(update, 0, sizeof(*update));
}
