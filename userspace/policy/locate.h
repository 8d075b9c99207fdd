/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a value in a JSON document to its line and column
 */

#ifndef EXECLOCK_LOCATE_H
#define EXECLOCK_LOCATE_H

#include "json_source.h"

/** LOCATE_ARRAYS - Arrays that one value can be in, and a few others */
#define LOCATE_ARRAYS 8

/**
 * struct locate_memory - Where the last values were found
 *
 * Thousands of values of one array may be wrong, which are found one after the
 * other: from each of them it is not far to the next.
 *
 * @arrays: Arrays, and the last of their items that was sought.
 * @next: The one of @arrays to be replaced next.
 * @text: Where in the text line and column were counted last.
 * @line: The line, from 1; 0 if none was counted yet.
 * @column: The column.
 */
struct locate_memory {
	struct {
		const char *array;
		const char *item;
		size_t index;
	} arrays[LOCATE_ARRAYS];
	size_t next;
	const char *text;
	unsigned int line;
	unsigned int column;
};

/**
 * locate - Find the line and column where a value begins
 *
 * The JSON library does not keep this.  As it is only needed when something is
 * wrong, the text is gone through again, from the last such place if that comes
 * before.
 *
 * @node: The value, in a text that parsed without error.
 * @line: Set to the line, from 1.
 * @column: Set to the column in characters, from 1.
 */
void locate(const struct node *node, unsigned int *line, unsigned int *column);

#endif /* EXECLOCK_LOCATE_H */
