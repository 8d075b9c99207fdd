// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Addresses of the kernel's symbols
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

/* Each line is "ADDRESS TYPE NAME", with "[MODULE]" if it is one of a module. */
static __u64 parse(const char *line, const char *name)
{
	unsigned long long address;
	int length = 0;

	if (sscanf(line, "%llx %*c %n", &address, &length) != 1 || !length)
		return 0;
	line += length;
	return strncmp(line, name, strlen(name)) == 0 &&
	       line[strlen(name)] == '\n' ? address : 0;
}

__u64 kallsyms_find(const char *name)
{
	FILE *const file = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t size = 0;
	__u64 address = 0;

	if (!file)
		return 0;
	while (!address && getline(&line, &size, file) >= 0)
		address = parse(line, name);
	free(line);
	fclose(file);
	return address;
}
