// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a command line to policy files
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "message.h"
#include "policy_files.h"
#include "privileges.h"
#include "resolve.h"
#include "system_file.h"

#define SUFFIX ".json"

/* Takes @name, which must come from malloc(). */
static int add(struct files *files, char *name)
{
	char **names;

	if (!name)
		return p_err("out of memory");
	names = reallocarray(files->names, files->count + 1, sizeof(*names));
	if (!names) {
		free(name);
		return p_err("out of memory");
	}
	names[files->count++] = name;
	files->names = names;
	return 0;
}

static bool is_policy(const struct dirent *entry)
{
	const size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > strlen(SUFFIX) &&
	       strcmp(entry->d_name + size - strlen(SUFFIX), SUFFIX) == 0;
}

static int compare(const void *first, const void *second)
{
	return strcmp(*(char *const *)first, *(char *const *)second);
}

static int list(struct files *files, DIR *dir, const char *path)
{
	const struct dirent *entry;
	char *name;

	while ((errno = 0, entry = readdir(dir))) {
		if (!is_policy(entry))
			continue;
		if (asprintf(&name, "%s/%s", path, entry->d_name) < 0)
			name = NULL;
		if (add(files, name))
			return -1;
	}
	if (errno)
		return p_err("cannot read %s: %s", path, strerror(errno));
	return 0;
}

static int add_directory(struct files *files, const char *path, int fd,
			 bool may_be_empty)
{
	const size_t first = files->count;
	DIR *dir;
	int err;

	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return p_err("cannot read %s: %s", path, strerror(errno));
	}
	err = list(files, dir, path);
	closedir(dir);
	if (err)
		return -1;
	if (files->count - first > EXECLOCK_POLICIES)
		return p_err("%s has %zu policies, and a set has at most %d",
			     path, files->count - first, EXECLOCK_POLICIES);
	if (files->count == first && !may_be_empty)
		return p_err("there is no policy in %s: no file in it has a name that ends in " SUFFIX "; to end the enforcement, use \"execlock unload\"",
			     path);
	if (files->count > first)
		qsort(files->names + first, files->count - first,
		      sizeof(*files->names), compare);
	return 0;
}

static int add_path(struct files *files, const char *path, bool for_others,
		    bool may_be_empty)
{
	int fd;

	fd = resolve_trusted(path, RESOLVE_DIRECTORY, for_others);
	if (fd >= 0)
		return add_directory(files, path, fd, may_be_empty);
	if (errno == ENOTDIR)
		return add(files, strdup(path));
	return -1;
}

bool files_for_others(void)
{
	/* Without root's name, it is this that lets BPF programs be loaded. */
	return geteuid() == 0 || privileges_had(PRIVILEGES_MAPS);
}

int files_find(struct files *files, char *const paths[], size_t count,
	       bool for_others, bool may_be_empty)
{
	size_t i;

	memset(files, 0, sizeof(*files));
	if (!count)
		return add_path(files, FILES_DEFAULT_DIR, for_others,
				may_be_empty);
	for (i = 0; i < count; i++)
		if (add_path(files, paths[i], for_others, may_be_empty))
			return -1;
	if (files->count > EXECLOCK_POLICIES)
		return p_err("%zu policies are given, and a set has at most %d",
			     files->count, EXECLOCK_POLICIES);
	return 0;
}

const char *files_system(const char *named, size_t count)
{
	if (named || count)
		return named;
	/* A link to nowhere is there, and an error. */
	return faccessat(AT_FDCWD, SYSTEM_FILE, F_OK, AT_SYMLINK_NOFOLLOW) &&
	       errno == ENOENT ? NULL : SYSTEM_FILE;
}

void files_free(struct files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		free(files->names[i]);
	free(files->names);
	memset(files, 0, sizeof(*files));
}
