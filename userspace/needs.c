// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which files a program opens before it does anything
 */

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <libelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binfmt.h"
#include "message.h"
#include "needs.h"
#include "resolve.h"
#include "util.h"

#define CONFIG "/etc/ld.so.conf"
#define CACHE "/etc/ld.so.cache"

/* Nothing comes near these. */
#define MAX_FILES 1024
#define MAX_DEPTH 8

/* A file to look at. */
struct entry {
	char *path;	/* the real one */
	bool library;
};

/*
 * The work as a whole.  Each file adds those that it needs to the end: who wrote
 * the files decides how long the chains are.
 */
struct list {
	int (*call)(const char *path, void *data);
	void *data;
	struct entry entries[MAX_FILES];
	size_t count;
	bool cache;
	/* Name of ld.so, which libraries are linked to, and which is there. */
	char loader[NAME_MAX + 1];
};

/* One program or library. */
struct object {
	Elf *elf;
	GElf_Ehdr header;
	/* Directory that it is in, for "$ORIGIN". */
	const char *origin;
	const char *rpath;
	const char *runpath;
};

/* Where ld.so looks in any case, and where Debian's does. */
static const char *const defaults[] = {
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib",
};

/* Opens @path; false if it is not ELF, or not for the machine of @like. */
static bool open_object(struct object *object, int fd,
			const struct object *like)
{
	object->elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!object->elf)
		return false;
	if (elf_kind(object->elf) == ELF_K_ELF &&
	    gelf_getehdr(object->elf, &object->header) &&
	    (!like ||
	     (object->header.e_machine == like->header.e_machine &&
	      object->header.e_ident[EI_CLASS] ==
	      like->header.e_ident[EI_CLASS])))
		return true;
	elf_end(object->elf);
	return false;
}

/* Whether the file is a library for @object. */
static bool fits(const char *path, const struct object *object)
{
	struct object other = {};
	bool result;
	int fd;

	fd = resolve_open(path);
	if (fd < 0)
		return false;
	result = open_object(&other, fd, object);
	if (result)
		elf_end(other.elf);
	close(fd);
	return result;
}

static bool try_directory(const struct object *object, const char *dir,
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
static bool try_list(const struct object *object, const char *dirs,
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

static bool try_config(const struct object *object, const char *config,
		       const char *name, char *path, int depth);

static bool try_include(const struct object *object, const char *pattern,
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
static bool try_config(const struct object *object, const char *config,
		       const char *name, char *path, int depth)
{
	const int fd = depth < MAX_DEPTH ? resolve_open(config) : -1;
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

/* Sets @path to where ld.so would find the library. */
static bool find_library(struct list *list, const struct object *object,
			 const char *name, char *path)
{
	size_t i;

	if (strchr(name, '/')) {
		snprintf(path, PATH_MAX, "%s", name);
		return fits(path, object);
	}
	if (!object->runpath && try_list(object, object->rpath, name, path))
		return true;
	if (try_list(object, object->runpath, name, path))
		return true;
	for (i = 0; i < ARRAY_SIZE(defaults); i++)
		if (try_directory(object, defaults[i], strlen(defaults[i]),
				  name, path))
			return true;
	if (!try_config(object, CONFIG, name, path, 0))
		return false;
	/* Where ld.so finds it too. */
	list->cache = true;
	return true;
}

static int add_file(struct list *list, const char *path, bool library)
{
	char *const real = resolve_real(path);
	size_t i;

	if (!real)
		return 0;
	for (i = 0; i < list->count; i++)
		if (strcmp(list->entries[i].path, real) == 0)
			break;
	if (i < list->count || list->count == MAX_FILES) {
		free(real);
		return i < list->count ? 0 :
		       p_err("%s needs more than %d files",
			     list->entries[0].path, MAX_FILES);
	}
	list->entries[list->count].library = library;
	list->entries[list->count].path = real;
	list->count++;
	return 0;
}

/* Looks at the entries of one kind in the dynamic section. */
static int read_dynamic(struct list *list, struct object *object,
			Elf_Scn *section, const GElf_Shdr *header,
			bool libraries)
{
	Elf_Data *const data = elf_getdata(section, NULL);
	char path[PATH_MAX];
	const char *text;
	GElf_Dyn entry;
	int i;

	for (i = 0; data && gelf_getdyn(data, i, &entry); i++) {
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RPATH &&
		    entry.d_tag != DT_RUNPATH)
			continue;
		text = elf_strptr(object->elf, header->sh_link,
				  entry.d_un.d_val);
		if (!text)
			continue;
		if (!libraries) {
			if (entry.d_tag == DT_RPATH)
				object->rpath = text;
			else if (entry.d_tag == DT_RUNPATH)
				object->runpath = text;
		} else if (entry.d_tag == DT_NEEDED &&
			   strcmp(text, list->loader) &&
			   find_library(list, object, text, path) &&
			   add_file(list, path, true)) {
			return -1;
		}
	}
	return 0;
}

static int add_libraries(struct list *list, struct object *object)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(object->elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_DYNAMIC)
			continue;
		/* Where to look is told after what to look for. */
		read_dynamic(list, object, section, &header, false);
		if (read_dynamic(list, object, section, &header, true))
			return -1;
	}
	return 0;
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

static int look_into_object(struct list *list, const struct entry *entry,
			     int fd)
{
	char origin[PATH_MAX];
	struct object object = { .origin = origin };
	int err;

	if (!open_object(&object, fd, NULL))
		return 0;
	snprintf(origin, sizeof(origin), "%s", entry->path);
	*strrchr(origin, '/') = '\0';
	err = entry->library ? list->call(entry->path, list->data) : 0;
	if (!err)
		err = add_libraries(list, &object);
	elf_end(object.elf);
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
		return look_into_object(list, entry, fd);
	default:
		/* Its interpreter opens it, unless it is given it open. */
		err = binfmt.keeps ? 0 : list->call(entry->path, list->data);
		return err ? err : add_file(list, binfmt.interpreter, false);
	}
}

static int look_at(struct list *list, const struct entry *entry)
{
	const int fd = resolve_open(entry->path);
	int err;

	if (fd < 0)
		return 0;
	err = entry->library ? look_into_object(list, entry, fd) :
			       look_into_program(list, entry, fd);
	close(fd);
	return err;
}

int needs_list(const char *path, int (*call)(const char *path, void *data),
	       void *data)
{
	struct list list = { .call = call, .data = data };
	size_t i;
	int err;

	elf_version(EV_CURRENT);
	err = add_file(&list, path, false);
	for (i = 0; !err && i < list.count; i++)
		err = look_at(&list, &list.entries[i]);
	if (!err && list.cache)
		err = call(CACHE, data);
	while (list.count)
		free(list.entries[--list.count].path);
	return err;
}
