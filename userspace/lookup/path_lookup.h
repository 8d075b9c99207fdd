/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Find the file of a command in PATH
 */

#ifndef EXECLOCK_PATH_LOOKUP_H
#define EXECLOCK_PATH_LOOKUP_H

/**
 * PATH_LOOKUP_SHELL - The shell by which execvp(3) runs a file without a format
 *
 * The kernel refuses such a file with ENOEXEC, see binfmt_read().
 */
#define PATH_LOOKUP_SHELL "/bin/sh"

/**
 * path_lookup - Look for a command as execvp(3) does
 *
 * A name with a slash is a path.  Any other name is looked for in the
 * directories of PATH, where an empty one is the working directory.
 *
 * @name: Name of the command.
 * @path: Set to its path, which may be relative; of PATH_MAX bytes.
 *
 * Nothing is executed.  The file may still not be executable; if @name is a
 * path, it may not even exist.
 *
 * Return: 0, or a negative errno: -ENOENT if there is no such command, -EACCES
 * if there are only files that may not be executed.
 */
int path_lookup(const char *name, char *path);

#endif /* EXECLOCK_PATH_LOOKUP_H */
