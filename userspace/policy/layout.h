/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Write a changed JSON document in the layout that it has
 *
 * People write policies, and find their way in them by their layout.  So the
 * text of all values that did not change stays as it is, and new values look
 * like their neighbours.
 */

#ifndef EXECLOCK_LAYOUT_H
#define EXECLOCK_LAYOUT_H

#include <jansson.h>

/**
 * layout_text - Make the text of a changed document
 *
 * @text: The text of the document before.
 * @before: The document before, as it was parsed from @text.
 * @after: The document now.
 *
 * Return: the text, which the caller has to free; NULL if there is no memory.
 */
char *layout_text(const char *text, const json_t *before, const json_t *after);

#endif /* EXECLOCK_LAYOUT_H */
