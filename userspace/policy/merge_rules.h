/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Change the document of a policy: rules, and what it denies
 */

#ifndef EXECLOCK_MERGE_RULES_H
#define EXECLOCK_MERGE_RULES_H

#include <jansson.h>

#include "rights.h"
#include "userns_caps.h"

/**
 * merge_rule - Add rights for a path or a port
 *
 * The rule for it alone gets them, if there is one; else it joins a rule with the
 * same rights, or gets a rule.
 *
 * @root: The document.
 * @kind: %RIGHTS_FS or %RIGHTS_NET.
 * @object: The path or port; it belongs to the document from now on.
 * @rights: The rights.
 *
 * Return: 0, or -1 if there is no memory.
 */
int merge_rule(json_t *root, enum rights_kind kind, json_t *object,
	       __u64 rights);

/**
 * merge_open - Deny rights nowhere any more
 *
 * @root: The document.
 * @kind: The kind of rights.
 * @rights: The rights; rules do not give them any more either, because a rule
 *          implies that they are denied elsewhere.
 *
 * Return: 0, or -1 if there is no memory.
 */
int merge_open(json_t *root, enum rights_kind kind, __u64 rights);

/**
 * merge_user - Add a path of users'
 *
 * @root: The document.
 * @path: The path.
 *
 * Return: 0, or -1 if there is no memory.
 */
int merge_user(json_t *root, const char *path);

/**
 * merge_caps - Add capabilities in user namespaces
 *
 * @root: The document.
 * @old: Those that the policy has; if it does not bound any, nothing is done.
 * @new: Those to be added.
 *
 * Return: 0, or -1 if there is no memory.
 */
int merge_caps(json_t *root, const struct userns_caps *old,
	       const struct userns_caps *new);

#endif /* EXECLOCK_MERGE_RULES_H */
