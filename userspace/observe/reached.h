/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Processes that a load gave new rules, or left with former ones
 */

#ifndef EXECLOCK_REACHED_H
#define EXECLOCK_REACHED_H

#include <jansson.h>
#include <stddef.h>

#include "policy.h"

/**
 * reached_list - List how many processes have the new rules of policies
 *
 * @policies: The policies, which were just put in force.
 * @count: Their number.
 *
 * Return: an array with an object for each policy whose rules changed, or NULL
 * with the error reported.
 */
json_t *reached_list(const struct policy *policies, size_t count);

/**
 * reached_print - Print how many processes these are
 *
 * @list: The result of reached_list().
 */
void reached_print(const json_t *list);

#endif /* EXECLOCK_REACHED_H */
