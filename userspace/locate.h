/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a value in a JSON document to its line and column
 */

#ifndef EXECLOCK_LOCATE_H
#define EXECLOCK_LOCATE_H

#include "source.h"

/**
 * locate - Find the line and column where a value begins
 *
 * The JSON library does not keep this.  As it is only needed when something is
 * wrong, the text is gone through again.
 *
 * @node: The value, in a text that parsed without error.
 * @line: Set to the line, from 1.
 * @column: Set to the column in characters, from 1.
 */
void locate(const struct node *node, unsigned int *line, unsigned int *column);

#endif /* EXECLOCK_LOCATE_H */
