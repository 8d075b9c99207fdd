/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Handlers of binfmt_misc
 */

#ifndef EXECLOCK_BINFMT_MISC_H
#define EXECLOCK_BINFMT_MISC_H

#include <stdbool.h>

#include "binfmt.h"

/** BINFMT_HEAD_SIZE - Bytes of a file that handlers see (BINPRM_BUF_SIZE) */
#define BINFMT_HEAD_SIZE 256

/**
 * binfmt_misc_read - Find the handler that takes a file
 *
 * @head: The first %BINFMT_HEAD_SIZE bytes of the file.
 * @name: The path by which it is executed.
 * @binfmt: Filled in if there is a handler.
 * @loader: Set to whether the handler has the flag L: it then only replaces the
 *          ELF interpreter.
 *
 * Return: true if a handler without this flag takes the file.
 */
bool binfmt_misc_read(const char *head, const char *name,
		      struct binfmt *binfmt, bool *loader);

#endif /* EXECLOCK_BINFMT_MISC_H */
