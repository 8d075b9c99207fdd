// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Handlers of binfmt_misc
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binfmt_misc.h"

#define MISC "/proc/sys/fs/binfmt_misc"

/* The kernel's limit for a string that registers a handler. */
#define MAX_REGISTERED 1920

/* A handler, as its file in /proc/sys/fs/binfmt_misc describes it. */
struct handler {
	char name[NAME_MAX + 1];
	bool enabled;
	bool bpf;
	char flags[16];
	char extension[MAX_REGISTERED];
	char interpreter[MAX_REGISTERED];
	size_t offset;
	unsigned char magic[BINFMT_HEAD_SIZE];
	unsigned char mask[BINFMT_HEAD_SIZE];
	size_t size;
};

static size_t read_hex(const char *text, unsigned char *bytes)
{
	unsigned int byte;
	size_t size;

	for (size = 0; size < BINFMT_HEAD_SIZE && sscanf(text, "%2x", &byte) == 1;
	     size++, text += 2)
		bytes[size] = byte;
	return size;
}

/* Whether a line begins with @name; sets @value to the rest of the line. */
static bool has_value(const char *line, const char *name, const char **value)
{
	const size_t size = strlen(name);

	*value = line + size;
	return strncmp(line, name, size) == 0;
}

static void read_line(struct handler *handler, char *line)
{
	const char *value;

	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "enabled") == 0)
		handler->enabled = true;
	else if (has_value(line, "bpf ", &value))
		handler->bpf = true;
	else if (has_value(line, "interpreter ", &value))
		snprintf(handler->interpreter, sizeof(handler->interpreter),
			 "%s", value);
	else if (has_value(line, "flags: ", &value))
		snprintf(handler->flags, sizeof(handler->flags), "%s", value);
	else if (has_value(line, "extension .", &value))
		snprintf(handler->extension, sizeof(handler->extension), "%s",
			 value);
	else if (has_value(line, "offset ", &value))
		handler->offset = strtoul(value, NULL, 10);
	else if (has_value(line, "magic ", &value))
		handler->size = read_hex(value, handler->magic);
	else if (has_value(line, "mask ", &value))
		read_hex(value, handler->mask);
}

static bool read_handler(int dir, const char *name, struct handler *handler)
{
	const int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *const file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	memset(handler, 0, sizeof(*handler));
	snprintf(handler->name, sizeof(handler->name), "%s", name);
	memset(handler->mask, 0xff, sizeof(handler->mask));
	while (getline(&line, &size, file) > 0)
		read_line(handler, line);
	free(line);
	fclose(file);
	return handler->enabled;
}

/* Whether a handler takes a file with this beginning and this name. */
static bool takes(const struct handler *handler, const char *head,
		  const char *name)
{
	const char *const dot = strrchr(name, '.');
	size_t i;

	if (*handler->extension)
		return dot && strcmp(dot + 1, handler->extension) == 0;
	if (!handler->size || handler->offset + handler->size > BINFMT_HEAD_SIZE)
		return false;
	for (i = 0; i < handler->size; i++)
		if (((unsigned char)head[handler->offset + i] ^
		     handler->magic[i]) & handler->mask[i])
			return false;
	return true;
}

/* Whether binfmt_misc as a whole is enabled. */
static bool is_enabled(void)
{
	char status[16] = "";
	const int fd = open(MISC "/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, status, sizeof(status) - 1) < 0)
		*status = '\0';
	close(fd);
	return strncmp(status, "enabled", 7) == 0;
}

/*
 * All handlers, read for the first file and kept until the command ends: a set
 * of policies has hundreds of programs, and each handler is a file to read.
 */
static struct handler *handlers;
static size_t num_handlers;

/*
 * The directory lists the handlers in the order in which the kernel asks them:
 * the one that was registered last comes first.
 */
static void read_handlers(void)
{
	static bool done;
	const struct dirent *entry;
	struct handler *more;
	DIR *dir;

	if (done)
		return;
	done = true;
	dir = is_enabled() ? opendir(MISC) : NULL;
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    strcmp(entry->d_name, "register") == 0 ||
		    strcmp(entry->d_name, "status") == 0)
			continue;
		more = reallocarray(handlers, num_handlers + 1, sizeof(*more));
		if (!more)
			break;
		handlers = more;
		num_handlers += read_handler(dirfd(dir), entry->d_name,
					     &more[num_handlers]);
	}
	if (dir)
		closedir(dir);
}

bool binfmt_misc_read(const char *head, const char *name,
		      struct binfmt *binfmt, bool *loader)
{
	const struct handler *handler;
	bool found = false;

	read_handlers();
	for (handler = handlers; handler < handlers + num_handlers; handler++) {
		found = !handler->bpf && takes(handler, head, name);
		if (handler->bpf || found)
			snprintf(binfmt->handler, sizeof(binfmt->handler),
				 "%s", handler->name);
		/* A BPF program alone knows which files it takes: ignore it. */
		binfmt->unsure |= handler->bpf;
		if (found)
			break;
	}
	if (!found)
		return false;
	*loader = strchr(handler->flags, 'L');
	if (*loader)
		return false;
	binfmt->kind = BINFMT_MISC;
	/* The flags C and T imply O. */
	binfmt->keeps = strpbrk(handler->flags, "OCT");
	snprintf(binfmt->interpreter, sizeof(binfmt->interpreter), "%s",
		 handler->interpreter);
	return true;
}
