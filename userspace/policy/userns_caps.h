/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Capabilities in user namespaces, as policies name them
 */

#ifndef EXECLOCK_USERNS_CAPS_H
#define EXECLOCK_USERNS_CAPS_H

#include <stdbool.h>
#include <linux/types.h>

#include "bpf/execlock.h"
#include "json_source.h"

/** USERNS_CAPS_ALL - All capabilities, those that newer kernels add included */
#define USERNS_CAPS_ALL (~0ULL)

/** USERNS_CAPS_KNOWN - Number of capabilities that this build has names for */
#define USERNS_CAPS_KNOWN 41

/**
 * struct userns_caps - What a policy says of capabilities in user namespaces
 *
 * @bounded: Whether the policy says something.
 * @program: The capabilities that its programs can have there, one bit each.
 * @executes: Those of the programs that these execute, a part of @program.
 * @executes_said: Whether the policy says @executes.
 * @helper_of: IDs of the policies whose programs hand over to its programs.
 */
struct userns_caps {
	bool bounded;
	__u64 program;
	__u64 executes;
	bool executes_said;
	__u32 helper_of[EXECLOCK_HELPER_OF];
};

/**
 * userns_caps_parse - Parse "userNamespaceCapabilities"
 *
 * @node: The value; its json may be NULL.
 * @caps: Filled in if there is a value, else left alone.
 *
 * Return: 0, or -1 with the error reported.
 */
int userns_caps_parse(const struct node *node, struct userns_caps *caps);

/**
 * userns_caps_find - Find a capability by its name
 *
 * @name: The name.
 * @caps: Its bit is added.
 *
 * Return: 0, or -1 with the error reported.
 */
int userns_caps_find(const char *name, __u64 *caps);

/**
 * userns_caps_describe - Describe capabilities as policies name them
 *
 * @caps: The capabilities.
 *
 * Return: an array of names, or "all"; NULL without memory.
 */
json_t *userns_caps_describe(__u64 caps);

/**
 * userns_caps_text - Describe capabilities for people
 *
 * @caps: As userns_caps_describe() described them.
 *
 * Return: text to be freed: "all", "none", or the names; NULL without memory.
 */
char *userns_caps_text(const json_t *caps);

/**
 * userns_caps_name - Get the name of a capability
 *
 * @cap: Its number.
 *
 * Return: the name, or NULL if this build does not know it.
 */
const char *userns_caps_name(unsigned int cap);

#endif /* EXECLOCK_USERNS_CAPS_H */
