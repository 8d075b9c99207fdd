/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Show how a file changes
 */

#ifndef EXECLOCK_DIFF_H
#define EXECLOCK_DIFF_H

/**
 * diff - Compare two texts with diff(1)
 *
 * @name: Name of the file.
 * @before: Its text before; NULL if it is new.
 * @after: Its text afterwards.
 *
 * Return: the unified diff, empty if both are the same, which the caller has to
 * free; NULL with the error reported.
 */
char *diff(const char *name, const char *before, const char *after);

#endif /* EXECLOCK_DIFF_H */
