/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Several files that make one policy
 */

#ifndef EXECLOCK_INCLUDE_H
#define EXECLOCK_INCLUDE_H

#include <stdbool.h>

#include "json_source.h"

/** INCLUDE_DEPTH - So many files include one another at most */
#define INCLUDE_DEPTH 8
/** INCLUDE_FILES - So many files make one policy at most */
#define INCLUDE_FILES 64

/**
 * include_files - Join a document with the files that it includes
 *
 * @source: The document; if it includes none, nothing is done.
 * @for_others: Whether execlock decides for others, see resolve_trusted().
 *
 * Return: 0, or -1 with the error reported.
 */
int include_files(struct source *source, bool for_others);

#endif /* EXECLOCK_INCLUDE_H */
