/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which access policies allow, and how they relate to each other
 */

#ifndef EXECLOCK_COMPARE_H
#define EXECLOCK_COMPARE_H

#include <stdbool.h>

#include "policy.h"

/**
 * struct compared_path - Rights at a path
 *
 * @path: The path, without symbolic links.
 * @rule: The rule.
 * @allowed: Rights, also those from rules on the directories above it.
 * @above: Number of the nearest of these in the list, from 1; 0 if there is
 *         none.
 */
struct compared_path {
	char *path;
	const struct path_rule *rule;
	__u64 allowed;
	size_t above;
};

/**
 * struct compared - A policy that is looked at more than once
 *
 * Policies can have many thousands of rules: each path is only looked up once,
 * and it is found without looking at the others.
 *
 * @policy: The policy.
 * @paths: Its rules on files, in an order in which paths beneath another one
 *         follow it.
 * @num_paths: Their number.
 * @ports: Its rules on ports, in the order of these, one for each.
 * @num_ports: Their number.
 */
struct compared {
	const struct policy *policy;
	struct compared_path *paths;
	size_t num_paths;
	struct port_rule *ports;
	size_t num_ports;
};

/**
 * compare_prepare - Prepare a policy for the functions below
 *
 * @compared: Filled in; release it with compare_release(), also after an error.
 * @policy: The policy, which must live as long.
 *
 * Return: 0, or -1 with the error reported.
 */
int compare_prepare(struct compared *compared, const struct policy *policy);

/**
 * compare_release - Release a prepared policy
 *
 * @compared: The policy, as compare_prepare() filled it in, or zeroes.
 */
void compare_release(struct compared *compared);

/**
 * compare_allowed - Get the rights that a policy allows for a file
 *
 * @compared: The policy.
 * @path: Absolute path of the file, without symbolic links.
 *
 * Return: the rights for files that the rules give, and those that the policy
 * does not deny anywhere.
 */
__u64 compare_allowed(const struct compared *compared, const char *path);

/**
 * compare_allowed_port - Get the rights that a policy allows for a port
 *
 * @compared: The policy.
 * @port: The port.
 *
 * Return: the rights for ports that the rules give, and those that the policy
 * does not deny anywhere.
 */
__u64 compare_allowed_port(const struct compared *compared, __u16 port);

/**
 * compare_beneath - Whether a path is at or below another one
 *
 * @path: The path.
 * @directory: The other one.
 *
 * Return: true if so.
 */
bool compare_beneath(const char *path, const char *directory);

/**
 * compare_redundant - Whether a policy adds nothing to another one
 *
 * @compared: The policy.
 * @other: The other one.
 *
 * Return: true if @other is applied whenever @compared is, and denies whatever
 * that denies.
 */
bool compare_redundant(const struct compared *compared,
		       const struct compared *other);

#endif /* EXECLOCK_COMPARE_H */
