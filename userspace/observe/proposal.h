/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - A policy in the making, shared by the parts of propose()
 */

#ifndef EXECLOCK_PROPOSAL_H
#define EXECLOCK_PROPOSAL_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>

#include "landlock_abi.h"
#include "observed.h"
#include "rights.h"

/* Rights to look at files and directories. */
#define LOOKING								\
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define READING (LANDLOCK_ACCESS_FS_EXECUTE | LOOKING)

/**
 * struct proposal - A policy in the making
 *
 * @observed: The accesses that it is made from.
 * @rules: Rights of rules, by path.
 * @reasons: For the path of a rule, one accessed path that it is for, if that
 *           is another one.
 * @single: Array of the paths of files with a rule of their own.
 * @handled_net: Rights for the network that the policy handles.
 * @places: Whether rules are for names as well.
 * @bounds_caps: Whether the policy bounds capabilities in user namespaces.
 * @merges: Whether it is added to a policy that is there already.
 * @is_part: Whether it has some rules alone.
 * @notes: Notes for the person who reads the policy.
 */
struct proposal {
	const struct observed *observed;
	json_t *rules;
	json_t *reasons;
	json_t *single;
	__u64 handled_net;
	bool places;
	bool bounds_caps;
	bool merges;
	bool is_part;
	json_t *notes;
};

/** proposal_packages - Directories whose files come from packages */
extern const char *const proposal_packages[];

/**
 * proposal_above - Find the directory that a path is in
 *
 * @path: The path.
 * @directories: Directories; NULL ends the array.
 *
 * Return: the first of @directories that @path is at or below, or NULL.
 */
const char *proposal_above(const char *path, const char *const *directories);

/**
 * proposal_depth - Count the names of a path
 *
 * @path: The path.
 *
 * Return: their number.
 */
int proposal_depth(const char *path);

/**
 * proposal_is_mixed - Tell if the files in a directory have little in common
 *
 * @directory: The directory.
 *
 * Return: true for the root directory and homes.
 */
bool proposal_is_mixed(const char *directory);

/**
 * proposal_can_name - Tell if a policy can have a path
 *
 * @path: The path.
 *
 * Return: false if it is not UTF-8, or would be taken for a variable or
 * a pattern.
 */
bool proposal_can_name(const char *path);

/**
 * proposal_is_daemon - Tell if the program seems to be a daemon
 *
 * Another process of the program is then in another domain of the same policy.
 *
 * @observed: The accesses.
 *
 * Return: true if so.
 */
bool proposal_is_daemon(const struct observed *observed);

/**
 * proposal_make_rules - Make rules for files of the accesses
 *
 * @proposal: The proposal; @rules, @reasons and @single are filled in.
 */
void proposal_make_rules(struct proposal *proposal);

/**
 * proposal_list_caps - Make the bound on capabilities in user namespaces
 *
 * Programs that the program executed have those that they used, and no more.
 *
 * @observed: The accesses.
 *
 * Return: the value of "userNamespaceCapabilities".
 */
json_t *proposal_list_caps(const struct observed *observed);

/**
 * proposal_list_names - List the names of capabilities
 *
 * @caps: The capabilities, one bit each.
 *
 * Return: an array, in the order of the alphabet.
 */
json_t *proposal_list_names(__u64 caps);

/**
 * proposal_note_all - Add the notes about the rules and the accesses
 *
 * @proposal: The proposal.
 */
void proposal_note_all(const struct proposal *proposal);

#endif /* EXECLOCK_PROPOSAL_H */
