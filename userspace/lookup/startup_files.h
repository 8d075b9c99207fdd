/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Files that a program opens as it starts
 */

#ifndef EXECLOCK_STARTUP_FILES_H
#define EXECLOCK_STARTUP_FILES_H

#include <stdbool.h>

/** STARTUP_FILES - So many files of one program are looked at; none has as many */
#define STARTUP_FILES 1024

/** STARTUP_TOO_MANY - A program has more of them */
#define STARTUP_TOO_MANY 1

/**
 * for_each_startup_file - Go through the files that a program opens as it starts
 *
 * These are the libraries that it is linked to, as ld.so(8) finds them, and for
 * a script the script, since its interpreter reads it.  The kernel opens the
 * program, its interpreter, and ld.so, before it enforces anything.  Nothing is
 * executed.
 *
 * Files that a program opens by itself later, or because of its environment,
 * cannot be known.
 *
 * @path: The program.
 * @for_others: Whether execlock decides for others, see struct resolve_trust.
 * @call: Called for each file that can be found; stops the work unless it
 *        returns 0.
 * @data: Passed to @call.
 *
 * Return: 0, %STARTUP_TOO_MANY, or what @call returned.
 */
int for_each_startup_file(const char *path, bool for_others,
			  int (*call)(const char *path, void *data), void *data);

#endif /* EXECLOCK_STARTUP_FILES_H */
