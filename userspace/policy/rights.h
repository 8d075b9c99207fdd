/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Names of Landlock's rights
 */

#ifndef EXECLOCK_RIGHTS_H
#define EXECLOCK_RIGHTS_H

#include <jansson.h>
#include <linux/types.h>

/**
 * enum rights_kind - The sets of rights that Landlock has
 *
 * @RIGHTS_FS: Access to files.
 * @RIGHTS_NET: Access to the network.
 * @RIGHTS_SCOPE: Scopes, which are rights to reach out of the domain.
 * @RIGHTS_KINDS: Number of kinds.
 */
enum rights_kind {
	RIGHTS_FS,
	RIGHTS_NET,
	RIGHTS_SCOPE,
	RIGHTS_KINDS,
};

/**
 * RIGHTS_OF_FILES - Rights that make sense for something else than a directory
 *
 * The kernel refuses a rule that gives another one to a file.
 */
#define RIGHTS_OF_FILES							\
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |	\
	 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |	\
	 LANDLOCK_ACCESS_FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_RESOLVE_UNIX)

/**
 * rights_by_name - Get the rights that a name in a policy stands for
 *
 * @kind: Set to look in.
 * @name: Name of a right, or "abi.all", "abi.read_execute", "abi.read_write".
 * @abi: ABI version whose rights a group consists of.
 *
 * Return: the right or rights, zero if there is no such name or the group has
 * none in that ABI.
 */
__u64 rights_by_name(enum rights_kind kind, const char *name, int abi);

/**
 * rights_of_abi - Get all the rights that a kernel has
 *
 * @kind: Set of interest.
 * @abi: The kernel's ABI version.
 *
 * Return: the rights.
 */
__u64 rights_of_abi(enum rights_kind kind, int abi);

/**
 * rights_name - Get the name of a right
 *
 * @kind: Set that it is from.
 * @right: The right; if these are several, the first one.
 *
 * Return: its name.
 */
const char *rights_name(enum rights_kind kind, __u64 right);

/**
 * rights_list - List the names of rights
 *
 * @kind: Set that they are from.
 * @rights: The rights.
 *
 * Return: an array, which the caller releases; NULL if there is no memory.
 */
json_t *rights_list(enum rights_kind kind, __u64 rights);

#endif /* EXECLOCK_RIGHTS_H */
