/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The files that an exec goes through
 *
 * The one that is named, and the interpreters of scripts and of binfmt_misc.
 */

#ifndef EXECLOCK_EXEC_FILES_H
#define EXECLOCK_EXEC_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** EXEC_FILES_MAX - A file, and the interpreters that the kernel allows */
#define EXEC_FILES_MAX 6

/**
 * typedef exec_files_look - Called for each file, in the kernel's order
 *
 * @fd: The file.
 * @number: Its number, from 0; 0 once more if another exec begins instead.
 * @name: Its name.
 * @data: For this function.
 *
 * Return: 0, or -1 with the error reported.
 */
typedef int (*exec_files_look)(int fd, size_t number, const char *name,
			       void *data);

/**
 * struct exec_files - The files of an exec
 *
 * @pid: The process that would execute, as far as paths depend on it.
 * @look: Called for each of them.
 * @data: Passed to @look.
 * @names: Their names.
 * @count: Their number.
 * @shell: Whether they are the shell's, which is executed in place of a file of
 *         no format that the kernel knows.
 * @unsure: Name of the handler of binfmt_misc that decides by itself which
 *          interpreter follows, or empty.
 */
struct exec_files {
	pid_t pid;
	exec_files_look look;
	void *data;
	char *names[EXEC_FILES_MAX];
	size_t count;
	bool shell;
	char unsure[NAME_MAX + 1];
};

/**
 * exec_files_follow - Go from a file to its last interpreter
 *
 * @files: Filled in but for @pid, @look and @data; release it with
 *         exec_files_release(), also after an error.
 * @path: The file.
 *
 * Return: 0, -ENOEXEC if one of the files has no format that the kernel knows,
 * or -1 with the error reported.
 */
int exec_files_follow(struct exec_files *files, const char *path);

/**
 * exec_files_follow_command - Find and follow a command as execvp(3) does
 *
 * @files: As for exec_files_follow().
 * @name: The command.
 *
 * Return: 0, or -1 with the error reported.
 */
int exec_files_follow_command(struct exec_files *files, const char *name);

/**
 * exec_files_release - Release the names of files
 *
 * @files: The files, or zeroes.
 */
void exec_files_release(struct exec_files *files);

#endif /* EXECLOCK_EXEC_FILES_H */
