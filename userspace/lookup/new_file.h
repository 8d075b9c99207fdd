/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - A file that gets its name when it is complete
 *
 * A directory of policies may be loaded at any time, and root may write
 * anywhere, also in directories that other users can change.
 */

#ifndef EXECLOCK_NEW_FILE_H
#define EXECLOCK_NEW_FILE_H

#include <limits.h>
#include <stdio.h>

#include "util.h"

struct source;

/**
 * struct new_file - A file without its name so far
 *
 * @name: The name that it will have.
 * @base: Last part of @name.
 * @temporary: Its name until then, which no policy has.
 * @dir: The directory.
 * @file: The file; NULL if there is none.
 */
struct new_file {
	const char *name;
	const char *base;
	char temporary[NAME_MAX + 1];
	int dir;
	FILE *file;
};

/**
 * new_file_open - Create a file
 *
 * @new: Filled in; on success, release it with new_file_close().
 * @name: The name that it will have.
 *
 * Return: 0, or -1 with the error reported.
 */
int new_file_open(struct new_file *new, const char *name);

/**
 * new_file_is_free - Check that no other file has the name
 *
 * @new: The file.
 *
 * Return: 0 if none has it, or -1 with the error reported.
 */
int new_file_is_free(const struct new_file *new);

/**
 * new_file_write - Write a text, and have it on the disk
 *
 * @new: The file.
 * @text: The text.
 *
 * Return: 0, or -1 with the error reported.
 */
int new_file_write(const struct new_file *new, const char *text);

/**
 * new_file_place - Give the file its name, unless another file has it
 *
 * @new: The file.
 *
 * Return: 0, or -1 with the error reported.
 */
int new_file_place(const struct new_file *new);

/**
 * new_file_replace - Let the file take the place of another one
 *
 * It gets the mode and the owner of the other one.
 *
 * @new: The file.
 * @old: The other one, as it was read: if it is not the same any more, nothing
 *       is changed.
 *
 * Return: 0, or -1 with the error reported.
 */
int new_file_replace(const struct new_file *new, const struct source *old);

/**
 * new_file_close - Release the file, and remove it if it has no name yet
 *
 * @new: The file, or zeroes.
 */
void new_file_close(const struct new_file *new);

#endif /* EXECLOCK_NEW_FILE_H */
