/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What policies in force say of capabilities in user namespaces
 */

#ifndef EXECLOCK_USERNS_LIST_H
#define EXECLOCK_USERNS_LIST_H

#include <jansson.h>

#include "bpf/execlock.h"

/**
 * userns_list_describe - Describe what a policy says of them
 *
 * @policy: The policy.
 *
 * Return: an object, or null if the policy says nothing.
 */
json_t *userns_list_describe(const struct execlock_policy *policy);

/**
 * userns_list_print - Print what policies say of them
 *
 * @list: An array of objects, of which "userNamespaceCapabilities" is as
 *        userns_list_describe() returns it, and "name" the policy's name.
 */
void userns_list_print(const json_t *list);

/**
 * userns_list - Run "execlock userns list"
 *
 * @arguments: Not used.
 *
 * Return: an &enum status.
 */
int userns_list(const void *arguments);

#endif /* EXECLOCK_USERNS_LIST_H */
