/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The system's file: what holds besides the policies of programs
 *
 * It says which processes may gain privileges, and becomes policies of the set
 * for the rest: one for each entry of "cgroups", one for the default of user
 * namespaces, and one for each exemption from it.
 */

#ifndef EXECLOCK_SYSTEM_FILE_H
#define EXECLOCK_SYSTEM_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "json_source.h"
#include "policy.h"

/** SYSTEM_FILE - Where the system's file is by default */
#define SYSTEM_FILE "/etc/execlock/system.json"

/** SYSTEM_USERNS - Name of the policy that is the default of user namespaces */
#define SYSTEM_USERNS "userNamespaces"

/**
 * struct system_file - The system's file, parsed
 *
 * @source: The file, or zeroes if there is none.
 * @no_new_privs: Whether new privileges are denied.
 * @exempt: Paths of the cgroups that are exempt from this, an array of which
 *          @source knows the values in the file.
 */
struct system_file {
	struct source source;
	bool no_new_privs;
	json_t *exempt;
};

/**
 * system_file_read - Read the system's file
 *
 * @system: Filled in; release it with system_file_free(), also after an error.
 * @file: Its name.
 * @for_others: Whether execlock decides for others: see struct resolve_trust.
 *
 * Return: 0, or -1 with the error reported.
 */
int system_file_read(struct system_file *system, const char *file,
		     bool for_others);

/**
 * system_file_count - Get the number of policies that the file becomes
 *
 * @system: The file, or zeroes.
 *
 * Return: their number.
 */
size_t system_file_count(const struct system_file *system);

/**
 * system_file_is_cgroup - Find out if one of these policies is for cgroups
 *
 * @system: The file, or zeroes.
 * @index: Which policy, less than system_file_count().
 *
 * Return: whether "cgroups" has it, and not "userNamespaces".
 */
bool system_file_is_cgroup(const struct system_file *system, size_t index);

/**
 * system_file_policy - Make one of these policies
 *
 * @system: The file, which has to last longer than the policy.
 * @index: Which one.
 * @policy: Filled in; release it with policy_free(), also after an error.
 * @for_others: As for system_file_read().
 *
 * Return: 0, or -1 with the error reported.
 */
int system_file_policy(const struct system_file *system, size_t index,
		       struct policy *policy, bool for_others);

/**
 * system_file_free - Release the file
 *
 * @system: The file, or zeroes.
 */
void system_file_free(struct system_file *system);

#endif /* EXECLOCK_SYSTEM_FILE_H */
