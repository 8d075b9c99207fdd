/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a policy's conditions to what BPF programs compare
 */

#ifndef EXECLOCK_MATCH_H
#define EXECLOCK_MATCH_H

#include <stdbool.h>

#include "policy.h"

struct bpf_program;

/**
 * typedef match_add - What is called for each key
 *
 * @key: The key.
 * @file: If the key is the name of a file, the file that has it, else NULL.
 * @data: For this function.
 *
 * Return: 0 to go on.
 */
typedef int (*match_add)(const struct execlock_key *key,
			 const struct execlock_file *file, void *data);

/**
 * match_file_key - Make the key of a file or directory
 *
 * @condition: %EXECLOCK_EXECUTABLE or %EXECLOCK_DIRECTORY.
 * @file: The file.
 *
 * Return: the key.
 */
struct execlock_key match_file_key(enum execlock_condition condition,
				   const struct execlock_file *file);

/**
 * match_keys - Look up what a policy's conditions name
 *
 * @policy: The policy.
 * @identify: The identify program of bpf/execlock.bpf.c, loaded.
 * @add: Called for each key; stops the work unless it returns 0.
 * @data: Passed to @add.
 *
 * Return: 0, what @add returned, or, with the error reported, %POLICY_UNUSABLE
 * if the policy names what is not there, or -1 if the system is at fault.
 */
int match_keys(const struct policy *policy, const struct bpf_program *identify,
	       match_add add, void *data);

/**
 * match_key_count - The most keys that match_keys() will come to
 *
 * @policy: The policy.
 *
 * Return: the number.
 */
unsigned int match_key_count(const struct policy *policy);

/**
 * match_lasts - Check that the kernel will not forget which file it is
 *
 * Some file systems make up an inode number each time that a file comes into
 * memory.
 *
 * @value: What names the file.
 * @path: Where it is, for messages.
 * @fd: The file or directory.
 * @warn: Whether to warn of directories that may be forgotten.
 *
 * Return: 0, or, with the error reported, %POLICY_UNUSABLE if it will be
 * forgotten, or -1 if the system is at fault.
 */
int match_lasts(const struct node *value, const char *path, int fd, bool warn);

/**
 * match_account - Look up a user or a group
 *
 * Names are looked for in /etc/passwd and /etc/group alone: a static program
 * cannot ask other services, nor can one that starts before them.
 *
 * @value: A number or a name.
 * @condition: %EXECLOCK_USER or %EXECLOCK_GROUP.
 * @id: Set to the number.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int match_account(const struct node *value, enum execlock_condition condition,
		  __u32 *id);

#endif /* EXECLOCK_MATCH_H */
