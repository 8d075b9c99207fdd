/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which files a program opens before it does anything
 */

#ifndef EXECLOCK_STARTUP_FILES_H
#define EXECLOCK_STARTUP_FILES_H

/**
 * needs_list - List the files that a program opens as it starts
 *
 * These are the libraries that it is linked to, as ld.so(8) finds them, and for
 * a script the script, since its interpreter reads it.  The kernel opens the
 * program, its interpreter, and ld.so, before it enforces anything.  Nothing is
 * executed.
 *
 * What a program loads by itself later, or because of its environment, cannot
 * be known.
 *
 * @path: The program.
 * @call: Called for each file that can be found; stops the work unless it
 *        returns 0.
 * @data: Passed to @call.
 *
 * Return: 0, what @call returned, or -1 with the error reported.
 */
int needs_list(const char *path, int (*call)(const char *path, void *data),
	       void *data);

#endif /* EXECLOCK_STARTUP_FILES_H */
