/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a command line to policy files
 */

#ifndef EXECLOCK_POLICY_FILES_H
#define EXECLOCK_POLICY_FILES_H

#include <stdbool.h>
#include <stddef.h>

/** FILES_DEFAULT_DIR - Where policies are by default */
#define FILES_DEFAULT_DIR "/etc/execlock/policies.d"

/**
 * struct files - Names of policy files, in order
 *
 * @names: The names.
 * @count: Their number.
 */
struct files {
	char **names;
	size_t count;
};

/**
 * files_for_others - Tell whether execlock decides for others
 *
 * A user who can write a policy that is put in force for others has root's power
 * over them; the same is true of the paths that policies name, see resolve.h.
 *
 * Return: true if the caller can put policies in force for others: it is root,
 * or has the capability.
 */
bool files_for_others(void);

/**
 * files_find - List the policy files that a command line stands for
 *
 * A directory stands for its files whose names end in ".json" and do not begin
 * with a dot, in the order of the bytes of their names.
 *
 * @files: Filled in; release it with files_free(), also after an error.
 * @paths: Files and directories.
 * @count: Their number; if zero, %FILES_DEFAULT_DIR is meant.
 * @for_others: Whether only directories are accepted that nobody but root may
 *              write.
 * @may_be_empty: Whether a directory may have none.
 *
 * Return: 0, or -1 with the error reported.
 */
int files_find(struct files *files, char *const paths[], size_t count,
	       bool for_others, bool may_be_empty);

/**
 * files_system - Find the system's file that goes with a command line
 *
 * @named: The file that it names, or NULL.
 * @count: Number of files and directories of policies.
 *
 * Return: @named; by default, %SYSTEM_FILE if there are no others and it is
 * there; or else NULL.
 */
const char *files_system(const char *named, size_t count);

/**
 * files_free - Release a list of files
 *
 * @files: The files.
 */
void files_free(struct files *files);

#endif /* EXECLOCK_POLICY_FILES_H */
