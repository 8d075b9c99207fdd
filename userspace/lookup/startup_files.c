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
 * The work as a whole.  Each file adds those that it needs to the end: who wrote
 * the files decides how long the chains are.
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

/* For which programs a library is. */
struct machine {
	unsigned int number;
	unsigned int class;
};

/* One program or library, as far as it says what it needs. */
struct object {
	char *path;	/* the real one */
	bool for_others;
	struct machine machine;
	/* Directory that it is in, for "$ORIGIN". */
	char *origin;
	char *rpath;
	char *runpath;
	char **needed;
	size_t num_needed;
};

/* Where the system has a library. */
struct found {
	char *name;
	struct machine machine;
	char *path;	/* the real one; NULL if it has none */
	bool config;	/* ld.so finds it by its configuration */
};

/*
 * The libraries of the system, and what they need: hundreds of programs may need
 * the same.  The memory is for the rest of the command.
 */
static struct object **libraries;
static size_t num_libraries;
static struct found *founds;
static size_t num_founds;

/* Where ld.so looks in any case, and where Debian's does. */
static const char *const defaults[] = {
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	"/lib64", "/usr/lib64", "/lib", "/usr/lib",
};

/* Opens ELF; NULL if it is something else. */
static Elf *open_elf(int fd, struct machine *machine)
{
	Elf *const elf = elf_begin(fd, ELF_C_READ, NULL);
	GElf_Ehdr header;

	if (!elf)
		return NULL;
	if (elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header)) {
		machine->number = header.e_machine;
		machine->class = header.e_ident[EI_CLASS];
		return elf;
	}
	elf_end(elf);
	return NULL;
}

static bool same_machine(const struct machine *a, const struct machine *b)
{
	return a->number == b->number && a->class == b->class;
}

/* Whether the file is a library for @object. */
static bool fits(const char *path, const struct object *object)
{
	struct machine machine;
	Elf *elf;
	int fd;

	fd = resolve_open(path, object->for_others);
	if (fd < 0)
		return false;
	elf = open_elf(fd, &machine);
	if (elf)
		elf_end(elf);
	close(fd);
	return elf && same_machine(&machine, &object->machine);
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

static void look_for(struct found *found, const struct object *object)
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
static const struct found *find_common(const struct object *object,
				       const char *name)
{
	struct found *found;
	size_t i;

	for (i = 0; i < num_founds; i++)
		if (strcmp(founds[i].name, name) == 0 &&
		    same_machine(&founds[i].machine, &object->machine))
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
static char *find_library(struct list *list, const struct object *object,
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

/*
 * What an object says
 */

static void free_object(struct object *object)
{
	while (object->num_needed)
		free(object->needed[--object->num_needed]);
	free(object->needed);
	free(object->runpath);
	free(object->rpath);
	free(object->origin);
	free(object->path);
	free(object);
}

static bool set_text(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to;
}

static bool add_needed(struct object *object, const char *name)
{
	char **const more = reallocarray(object->needed,
					 object->num_needed + 1,
					 sizeof(*more));

	if (!more)
		return false;
	object->needed = more;
	more[object->num_needed] = strdup(name);
	if (!more[object->num_needed])
		return false;
	object->num_needed++;
	return true;
}

/* Returns whether there was memory for it. */
static bool read_dynamic(struct object *object, Elf *elf, Elf_Scn *section,
			 const GElf_Shdr *header)
{
	Elf_Data *const data = elf_getdata(section, NULL);
	const char *text;
	bool done = true;
	GElf_Dyn entry;
	int i;

	for (i = 0; done && data && gelf_getdyn(data, i, &entry); i++) {
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RPATH &&
		    entry.d_tag != DT_RUNPATH)
			continue;
		text = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
		if (!text)
			continue;
		if (entry.d_tag == DT_RPATH)
			done = set_text(&object->rpath, text);
		else if (entry.d_tag == DT_RUNPATH)
			done = set_text(&object->runpath, text);
		else
			done = add_needed(object, text);
	}
	return done;
}

/* Returns NULL if it is not ELF, or without memory. */
static struct object *read_object(const struct list *list, const char *path,
				  int fd)
{
	struct object *const object = calloc(1, sizeof(*object));
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool done;
	Elf *elf;

	elf = object ? open_elf(fd, &object->machine) : NULL;
	if (!elf) {
		free(object);
		return NULL;
	}
	object->for_others = list->for_others;
	object->path = strdup(path);
	object->origin = strdup(path);
	done = object->path && object->origin;
	if (done)
		*strrchr(object->origin, '/') = '\0';
	while (done && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    header.sh_type == SHT_DYNAMIC)
			done = read_dynamic(object, elf, section, &header);
	elf_end(elf);
	if (!done) {
		free_object(object);
		return NULL;
	}
	return object;
}

static int add_libraries(struct list *list, const struct object *object)
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
static const struct object *find_object(const struct list *list,
					const char *path)
{
	struct object **more, *object;
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
	object = read_object(list, path, fd);
	close(fd);
	if (object)
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
	const struct object *const object = find_object(list, path);

	if (!object)
		return 0;
	return list->call(path, list->data) ?: add_libraries(list, object);
}

static int look_into_elf(struct list *list, const char *path, int fd)
{
	struct object *const object = read_object(list, path, fd);
	int err;

	if (!object)
		return 0;
	err = add_libraries(list, object);
	free_object(object);
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

	elf_version(EV_CURRENT);
	err = add_file(&list, resolve_real(path, for_others), false);
	for (i = 0; !err && i < list.count; i++)
		err = look_at(&list, &list.entries[i]);
	if (!err && list.cache)
		err = call(CACHE, data);
	while (list.count)
		free(list.entries[--list.count].path);
	return err;
}
