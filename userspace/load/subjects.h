/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Programs that root needs to end the enforcement
 */

#ifndef EXECLOCK_SUBJECTS_H
#define EXECLOCK_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "context.h"

/** SUBJECT_FILES - A file that is executed, and the interpreters that can be */
#define SUBJECT_FILES 6

/** SUBJECTS - More than anybody is deep in shells */
#define SUBJECTS 64

/**
 * struct subject_file - A file that is executed
 *
 * @path: Its path without links, as far as it is known.
 * @device: Device that it is on.
 * @inode: Its inode number.
 */
struct subject_file {
	char *path;
	dev_t device;
	ino_t inode;
};

/**
 * struct subject - A program, and the context in which it is executed
 *
 * @role: Why root needs it, for messages.
 * @context: The context.
 * @files: Its file, and its interpreters.
 * @num_files: Their number.
 */
struct subject {
	const char *role;
	struct context context;
	struct subject_file files[SUBJECT_FILES];
	size_t num_files;
};

/**
 * struct subjects - All of these programs
 *
 * @list: The programs, of which execlock is the first.
 * @count: Their number.
 */
struct subjects {
	struct subject list[SUBJECTS];
	size_t count;
};

/**
 * subjects_add_processes - Add execlock and the processes that it descends from
 *
 * Up to the first process.
 *
 * @subjects: Where to add them: zeroes.
 *
 * Return: 0, or -1 with the error reported.
 */
int subjects_add_processes(struct subjects *subjects);

/**
 * subjects_add_logins - Add the programs with which root logs in
 *
 * @subjects: Where to add them, after subjects_add_processes().
 * @for_others: Whether execlock decides for others, see resolve_list().
 */
void subjects_add_logins(struct subjects *subjects, bool for_others);

/**
 * subjects_release - Release the subjects
 *
 * @subjects: The subjects.
 */
void subjects_release(struct subjects *subjects);

#endif /* EXECLOCK_SUBJECTS_H */
