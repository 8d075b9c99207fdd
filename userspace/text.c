// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Text that anybody could have written
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* How many bytes the character at @text has, 0 if it is not UTF-8. */
static size_t character_size(const unsigned char *text)
{
	/* Others would be a longer way to write a character, or a surrogate. */
	const unsigned char min = *text == 0xe0 ? 0xa0 :
				  *text == 0xf0 ? 0x90 : 0x80;
	const unsigned char max = *text == 0xed ? 0x9f :
				  *text == 0xf4 ? 0x8f : 0xbf;
	size_t i, size;

	if (*text < 0x80)
		return 1;
	if (*text < 0xc2 || *text > 0xf4 || text[1] < min || text[1] > max)
		return 0;
	size = *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;
	for (i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

void text_defuse(char *text)
{
	unsigned char *c = (unsigned char *)text;

	while (*c) {
		const size_t size = character_size(c);

		if (!size) {
			*c++ = '?';
			continue;
		}
		if (iscntrl(*c) || (c[0] == 0xc2 && c[1] < 0xa0))
			memset(c, '?', size);
		c += size;
	}
}

json_t *text_json(const char *text)
{
	char *const copy = strdup(text);
	json_t *json;

	if (!copy)
		return NULL;
	text_defuse(copy);
	json = json_string(copy);
	free(copy);
	return json;
}
