/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies that a command line makes
 */

#ifndef EXECLOCK_ADHOC_H
#define EXECLOCK_ADHOC_H

#include <jansson.h>
#include <stdbool.h>

/**
 * enum adhoc_access - The rights that an option gives to a path
 *
 * @ADHOC_RO: To read it.
 * @ADHOC_ROX: To read and execute it.
 * @ADHOC_RW: To read, write, create and remove.
 * @ADHOC_ACCESSES: Number of these.
 */
enum adhoc_access {
	ADHOC_RO,
	ADHOC_ROX,
	ADHOC_RW,
	ADHOC_ACCESSES,
};

/**
 * struct adhoc - A policy in the making, of options
 *
 * @used: Whether there is any such option.
 * @with_libraries: Whether the program may read the files that it needs to start.
 * @no_new_privs: Whether the policy sets no_new_privs for every caller.
 * @places: Whether rules can be for names that no file has.
 * @paths: Paths, an array for each &enum adhoc_access; NULL if there is none.
 * @ports: Rules on ports, an array; NULL if there is none.
 */
struct adhoc {
	bool used;
	bool with_libraries;
	bool no_new_privs;
	bool places;
	json_t *paths[ADHOC_ACCESSES];
	json_t *ports;
};

/**
 * adhoc_add_path - Add a path
 *
 * @adhoc: The policy, zeroes at first; release it with adhoc_free().
 * @access: The rights.
 * @path: The path.
 *
 * Return: NULL, or why no policy can have it.
 */
const char *adhoc_add_path(struct adhoc *adhoc, enum adhoc_access access,
			   const char *path);

/**
 * adhoc_add_port - Add a port
 *
 * @adhoc: The policy, zeroes at first; release it with adhoc_free().
 * @bind: Whether the program may have the port, and not reach it.
 * @text: PORT, for TCP and UDP, PORT/tcp or PORT/udp.
 *
 * Return: NULL, or the error.
 */
const char *adhoc_add_port(struct adhoc *adhoc, bool bind, const char *text);

/**
 * adhoc_make - Make the policy
 *
 * It denies everything that Landlock can deny and no option allows.  Each path
 * must be there.
 *
 * @adhoc: The options.
 * @command: The name or path of the program.
 *
 * Return: the policy as a JSON document, or NULL with the error reported.
 */
json_t *adhoc_make(const struct adhoc *adhoc, const char *command);

/**
 * adhoc_free - Release a policy in the making
 *
 * @adhoc: The policy.
 */
void adhoc_free(struct adhoc *adhoc);

#endif /* EXECLOCK_ADHOC_H */
