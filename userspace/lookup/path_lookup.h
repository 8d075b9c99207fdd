/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which file a command is
 */

#ifndef EXECLOCK_PATH_LOOKUP_H
#define EXECLOCK_PATH_LOOKUP_H

/**
 * COMMAND_SHELL - What execvp(3) executes instead of a file that has no format
 *
 * The kernel refuses such a file with ENOEXEC, see binfmt_read().
 */
#define COMMAND_SHELL "/bin/sh"

/**
 * command_find - Look for a command as execvp(3) does
 *
 * A name with a slash is a path.  Another one is looked for in the directories
 * of PATH, of which an empty one is the working directory.
 *
 * @name: Name of the command.
 * @path: Set to its path, which may be a relative one; of PATH_MAX bytes.
 *
 * Nothing is executed.  That there is a path does not mean that it can be
 * executed; if the name is one, that there is something.
 *
 * Return: 0, or why it would not be executed: -ENOENT if there is no such
 * command, -EACCES if there are only files that may not be executed.
 */
int command_find(const char *name, char *path);

#endif /* EXECLOCK_PATH_LOOKUP_H */
