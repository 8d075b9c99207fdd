// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Text that anybody could have written
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

json_t *text_json(const char *text)
{
	char *const copy = strdup(text);
	json_t *json;
	char *c;

	if (!copy)
		return NULL;
	for (c = copy; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	json = json_string(copy);
	if (!json) {
		/* It is not UTF-8. */
		for (c = copy; *c; c++)
			if (!isascii((unsigned char)*c))
				*c = '?';
		json = json_string(copy);
	}
	free(copy);
	return json;
}
