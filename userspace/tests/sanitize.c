// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Show what becomes of text that anybody could have written
 *
 * usage: text quote|defuse|json TEXT
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sanitize.h"

int main(int argc, char **argv)
{
	char *text;

	if (argc != 3) {
		fputs("usage: text quote|defuse|json TEXT\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "quote") == 0) {
		text = sanitize_quote(argv[2]);
	} else if (strcmp(argv[1], "json") == 0) {
		json_t *const json = sanitize_json(argv[2]);

		text = json_dumps(json, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
		json_decref(json);
	} else {
		text = strdup(argv[2]);
		if (text)
			sanitize_defuse(text);
	}
	if (!text)
		return 1;
	puts(text);
	free(text);
	return 0;
}
