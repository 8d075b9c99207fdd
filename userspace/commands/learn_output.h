/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock learn - Where the proposal goes
 */

#ifndef EXECLOCK_LEARN_OUTPUT_H
#define EXECLOCK_LEARN_OUTPUT_H

#include <stdbool.h>

#include "new_file.h"

struct proposed;

/**
 * struct learn_output - Where the proposal goes
 *
 * @file: Name of a new file, or NULL.
 * @into: File or directory of the policy that it is added to, or NULL.
 * @dry_run: Whether the file at @into stays as it is.
 * @name: Name of the policy; NULL for that of the program, or of the policy at
 *        @into.
 * @merges: Whether there is a policy at @into.
 * @new: The new file.
 */
struct learn_output {
	const char *file;
	const char *into;
	bool dry_run;
	const char *name;
	bool merges;
	struct new_file new;
};

/**
 * learn_output_open - Find out if the proposal can be written
 *
 * @output: Release it with learn_output_close(), also after an error.
 *
 * Return: 0, or -1 with the error reported.
 */
int learn_output_open(struct learn_output *output);

/**
 * learn_output_is_stdout - Tell if standard output is for the result alone
 *
 * @output: The output.
 *
 * Return: true if so.
 */
bool learn_output_is_stdout(const struct learn_output *output);

/**
 * learn_output_write - Write the proposal, and print the notes
 *
 * @output: The output.
 * @proposed: The proposal.
 *
 * Return: 0, or -1 with the error reported.
 */
int learn_output_write(const struct learn_output *output,
		       struct proposed *proposed);

/**
 * learn_output_close - Release the output
 *
 * @output: The output, or zeroes.
 */
void learn_output_close(const struct learn_output *output);

#endif /* EXECLOCK_LEARN_OUTPUT_H */
