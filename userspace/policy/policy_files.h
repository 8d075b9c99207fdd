/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which policy files are meant
 */

#ifndef EXECLOCK_POLICY_FILES_H
#define EXECLOCK_POLICY_FILES_H

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
 * files_trust - From now on, only accept files that nobody but root may write
 *
 * If the caller cannot put policies in force for others, because it is neither
 * root nor has the capability, all files are accepted.
 */
void files_trust(void);

/**
 * files_find - List the policy files that a command line stands for
 *
 * A directory stands for its files whose names end in ".json" and do not begin
 * with a dot, in the order of the bytes of their names.  There must be one.
 *
 * What files_trust() says holds from then on.
 *
 * @files: Filled in; release it with files_free(), also after an error.
 * @paths: Files and directories.
 * @count: Their number; if zero, %FILES_DEFAULT_DIR is meant.
 *
 * Return: 0, or -1 with the error reported.
 */
int files_find(struct files *files, char *const paths[], size_t count);

/**
 * files_free - Release what files_find() acquired
 *
 * @files: The files.
 */
void files_free(struct files *files);

#endif /* EXECLOCK_POLICY_FILES_H */
