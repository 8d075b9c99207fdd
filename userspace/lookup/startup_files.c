// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Files that a program opens as it starts
 */

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binfmt.h"
#include "elf_object.h"
#include "resolve.h"
#include "startup_files.h"
#include "util.h"

#define CONFIG "/etc/ld.so.conf"
#define CACHE "/etc/ld.so.cache"

/* Nothing comes near this. */
#define MAX_DEPTH 8

/* A file to look at. */
struct entry {
	char *path;	/* the real one */
	bool library;
};

/*
 * The work as a whole.  Each file adds the files that it needs to the end of the
 * list: the authors of the files decide how long the chains are.
 */
struct list {
	int (*call)(const char *path, void *data);
	void *data;
	bool for_others;
	struct entry entries[STARTUP_FILES];
	size_t count;
	bool cache;
	/* Name of ld.so, which libraries are linked to, and which is there. */
	char loader[NAME_MAX + 1];
};

/* Where the system has a library. */
struct found {
	char *name;
	struct elf_machine machine;
	char *path;	/* the real one; NULL if it has none */
	bool config;	/* ld.so finds it by its configuration */
};

/*
 * The libraries of the system, and their own libraries: hundreds of programs may
 * need the same.  The memory is for the rest of the command.
 */
static struct elf_object **libraries;
static size_t num_libraries;
static struct found *founds;
static size_t num_founds;

/* Where ld.so looks in any case, and where Debian's does. */
static const char *const defaults[] = {
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib",
};

/* Whether the file is a library for @object. */
static bool fits(const char *path, const struct elf_object *object)
{
	struct elf_machine machine;
	bool is_elf;
	int fd;

	fd = resolve_open(path, object->for_others);
	if (fd < 0)
		return false;
	is_elf = elf_read_machine(fd, &machine);
	close(fd);
	return is_elf && elf_same_machine(&machine, &object->machine);
}

static bool try_directory(const struct elf_object *object, const char *dir,
			  size_t size, const char *name, char *path)
{
	static const char *const origins[] = { "$ORIGIN", "${ORIGIN}" };
	const char *prefix = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(origins); i++) {
		const size_t length = strlen(origins[i]);

		if (size >= length && strncmp(dir, origins[i], length) == 0) {
			prefix = object->origin;
			dir += length;
			size -= length;
			break;
		}
	}
	if (snprintf(path, PATH_MAX, "%s%.*s/%s", prefix, (int)size, dir,
		     name) >= PATH_MAX)
		return false;
	return fits(path, object);
}

/* @dirs is a list with colons. */
static bool try_list(const struct elf_object *object, const char *dirs,
		     const char *name, char *path)
{
	while (dirs && *dirs) {
		const size_t size = strcspn(dirs, ":");

		if (size && try_directory(object, dirs, size, name, path))
			return true;
		dirs += size;
		dirs += *dirs == ':';
	}
	return false;
}

static bool try_config(const struct elf_object *object, const char *config,
		       const char *name, char *path, int depth);

static bool try_include(const struct elf_object *object, const char *pattern,
			const char *name, char *path, int depth)
{
	char absolute[PATH_MAX];
	bool found = false;
	glob_t files;
	size_t i;

	snprintf(absolute, sizeof(absolute), "%s%s",
		 *pattern == '/' ? "" : "/etc/", pattern);
	if (glob(absolute, 0, NULL, &files))
		return false;
	for (i = 0; !found && i < files.gl_pathc; i++)
		found = try_config(object, files.gl_pathv[i], name, path,
				   depth + 1);
	globfree(&files);
	return found;
}

/* Takes away comments, and spaces at both ends. */
static const char *trim(char *line)
{
	size_t size = strcspn(line, "#\n");

	while (size && strchr(" \t", line[size - 1]))
		size--;
	line[size] = '\0';
	return line + strspn(line, " \t");
}

/* Goes through the directories in ld.so.conf. */
static bool try_config(const struct elf_object *object, const char *config,
		       const char *name, char *path, int depth)
{
	const int fd = depth < MAX_DEPTH ?
		       resolve_open(config, object->for_others) : -1;
	FILE *const file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[PATH_MAX];
	bool found = false;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && fgets(line, sizeof(line), file)) {
		const char *const text = trim(line);

		if (strncmp(text, "include", 7) == 0 &&
		    strchr(" \t", text[7])) {
			found = try_include(object,
					    text + 7 + strspn(text + 7, " \t"),
					    name, path, depth);
		} else if (*text == '/') {
			found = try_directory(object, text, strlen(text), name,
					      path);
		}
	}
	fclose(file);
	return found;
}

static void look_for(struct found *found, const struct elf_object *object)
{
	char path[PATH_MAX];
	bool there = false;
	size_t i;

	for (i = 0; !there && i < ARRAY_SIZE(defaults); i++)
		there = try_directory(object, defaults[i], strlen(defaults[i]),
				      found->name, path);
	if (!there) {
		there = try_config(object, CONFIG, found->name, path, 0);
		found->config = there;
	}
	found->path = there ? resolve_real(path, object->for_others) : NULL;
}

/* Finds a library that the system has for all.  NULL: no memory. */
static const struct found *find_common(const struct elf_object *object,
				       const char *name)
{
	struct found *found;
	size_t i;

	for (i = 0; i < num_founds; i++)
		if (strcmp(founds[i].name, name) == 0 &&
		    elf_same_machine(&founds[i].machine, &object->machine))
			return &founds[i];
	found = reallocarray(founds, num_founds + 1, sizeof(*found));
	if (!found)
		return NULL;
	founds = found;
	found += num_founds;
	memset(found, 0, sizeof(*found));
	found->name = strdup(name);
	if (!found->name)
		return NULL;
	found->machine = object->machine;
	look_for(found, object);
	num_founds++;
	return found;
}

/* Returns the real path at which ld.so would find the library, or NULL. */
static char *find_library(struct list *list, const struct elf_object *object,
			  const char *name)
{
	const struct found *found;
	char path[PATH_MAX];

	if (strchr(name, '/')) {
		snprintf(path, sizeof(path), "%s", name);
		return fits(path, object) ?
		       resolve_real(path, list->for_others) : NULL;
	}
	if ((!object->runpath && try_list(object, object->rpath, name, path)) ||
	    try_list(object, object->runpath, name, path))
		return resolve_real(path, list->for_others);
	found = find_common(object, name);
	if (!found || !found->path)
		return NULL;
	/* ld.so finds it in its cache, too. */
	list->cache |= found->config;
	return strdup(found->path);
}

/* Takes @real, which may be NULL. */
static int add_file(struct list *list, char *real, bool library)
{
	size_t i;

	if (!real)
		return 0;
	for (i = 0; i < list->count; i++)
		if (strcmp(list->entries[i].path, real) == 0)
			break;
	if (i < list->count || list->count == STARTUP_FILES) {
		free(real);
		return i < list->count ? 0 : STARTUP_TOO_MANY;
	}
	list->entries[list->count].library = library;
	list->entries[list->count].path = real;
	list->count++;
	return 0;
}

static int add_libraries(struct list *list, const struct elf_object *object)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < object->num_needed; i++)
		if (strcmp(object->needed[i], list->loader))
			err = add_file(list, find_library(list, object,
							  object->needed[i]),
				       true);
	return err;
}

/* Returns NULL if it cannot be opened, is not ELF, or without memory. */
static const struct elf_object *find_object(const struct list *list,
					    const char *path)
{
	struct elf_object **more, *object;
	size_t i;
	int fd;

	for (i = 0; i < num_libraries; i++)
		if (strcmp(libraries[i]->path, path) == 0)
			return libraries[i];
	more = reallocarray(libraries, num_libraries + 1, sizeof(*more));
	if (!more)
		return NULL;
	libraries = more;
	fd = resolve_open(path, list->for_others);
	if (fd < 0)
		return NULL;
	object = elf_object_read(path, fd);
	close(fd);
	if (!object)
		return NULL;
	object->for_others = list->for_others;
	libraries[num_libraries++] = object;
	return object;
}

/* Remembers the name of the ld.so that a program asks for. */
static void find_loader(struct list *list, const char *path)
{
	const char *const slash = strrchr(path, '/');

	list->loader[0] = '\0';
	if (slash)
		snprintf(list->loader, sizeof(list->loader), "%.*s",
			 (int)sizeof(list->loader) - 1, slash + 1);
}

static int look_into_library(struct list *list, const char *path)
{
	const struct elf_object *const object = find_object(list, path);

	if (!object)
		return 0;
	return list->call(path, list->data) ?: add_libraries(list, object);
}

static int look_into_elf(struct list *list, const char *path, int fd)
{
	struct elf_object *const object = elf_object_read(path, fd);
	int err;

	if (!object)
		return 0;
	object->for_others = list->for_others;
	err = add_libraries(list, object);
	elf_object_free(object);
	return err;
}

static int look_into_program(struct list *list, const struct entry *entry,
			     int fd)
{
	struct binfmt binfmt;
	int err;

	binfmt_read(fd, entry->path, &binfmt);
	switch (binfmt.kind) {
	case BINFMT_NONE:
		return 0;
	case BINFMT_ELF:
		find_loader(list, binfmt.interpreter);
		return look_into_elf(list, entry->path, fd);
	default:
		/* Its interpreter opens it, unless it is given it open. */
		err = binfmt.keeps ? 0 : list->call(entry->path, list->data);
		return err ?:
		       add_file(list, resolve_real(binfmt.interpreter,
						   list->for_others), false);
	}
}

static int look_at(struct list *list, const struct entry *entry)
{
	int fd, err;

	if (entry->library)
		return look_into_library(list, entry->path);
	fd = resolve_open(entry->path, list->for_others);
	if (fd < 0)
		return 0;
	err = look_into_program(list, entry, fd);
	close(fd);
	return err;
}

int for_each_startup_file(const char *path, bool for_others,
			  int (*call)(const char *path, void *data), void *data)
{
	struct list list = {
		.call = call,
		.data = data,
		.for_others = for_others,
	};
	size_t i;
	int err;

	err = add_file(&list, resolve_real(path, for_others), false);
	for (i = 0; !err && i < list.count; i++)
		err = look_at(&list, &list.entries[i]);
	if (!err && list.cache)
		err = call(CACHE, data);
	while (list.count)
		free(list.entries[--list.count].path);
	return err;
}
