/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Add accesses to the policy in a file
 */

#ifndef EXECLOCK_UPDATE_H
#define EXECLOCK_UPDATE_H

#include <jansson.h>
#include <stdbool.h>

#include "json_source.h"

struct merge;

/**
 * struct update - A policy file that is changed, or made
 *
 * @file: Its name, without links.
 * @name: The name of the policy; NULL if the file is new and none was given.
 * @is_new: Whether there is no such file yet.
 * @source: The file as it is; zeroes if it is new.
 * @text: Its new text; NULL if it does not change.
 */
struct update {
	char *file;
	char *name;
	bool is_new;
	struct source source;
	char *text;
};

/**
 * update_find - Find the file of a policy
 *
 * @update: Filled in; release it with update_free(), also after an error.
 * @into: The file, or a directory in which a file has the policy; if there is
 *        none, the file is a new one.
 * @name: The name of the policy; NULL for that in the file, which is then no
 *        directory.
 *
 * Return: 0, or -1 with the error reported.
 */
int update_find(struct update *update, const char *into, const char *name);

/**
 * update_merge - Add accesses to the policy
 *
 * @update: The file, which is read again; it is not new.
 * @merge: The accesses.
 *
 * Return: 0, or -1 with the error reported.
 */
int update_merge(struct update *update, const struct merge *merge);

/**
 * update_create - Take a policy for a new file
 *
 * @update: The file.
 * @policy: The policy.
 *
 * Return: 0, or -1 with the error reported.
 */
int update_create(struct update *update, const json_t *policy);

/**
 * update_diff - Show the change
 *
 * @update: The file.
 *
 * Return: a unified diff, empty without a change, which the caller has to free;
 * NULL with the error reported.
 */
char *update_diff(const struct update *update);

/**
 * update_write - Change the file, or make it
 *
 * @update: The file.
 *
 * Return: 0, also without a change, or -1 with the error reported and nothing
 * changed.
 */
int update_write(const struct update *update);

/**
 * update_free - Release the file
 *
 * @update: The file, or zeroes.
 */
void update_free(struct update *update);

#endif /* EXECLOCK_UPDATE_H */
