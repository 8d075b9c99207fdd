// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Files and directories that are opened under the rule of resolve.h
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "resolve.h"
#include "util.h"

/* An access control list shows as well: its mask is the group's permissions. */
bool resolve_is_roots(const struct stat *st, const struct resolve_trust *trust)
{
	const uid_t root = trust && trust->container ? trust->container->uid :
						       0;

	if (st->st_uid != root)
		return false;
	/* Of a link, there are only the owner's permissions to remove it. */
	return S_ISLNK(st->st_mode) || !(st->st_mode & 022);
}

char *resolve_real(const char *path, bool for_others)
{
	struct resolved resolved;
	char *real = NULL;

	if (!for_others)
		return realpath(path, NULL);
	if (resolve(path, NULL, RESOLVE_ANYWAY, &resolved) == RESOLVED)
		real = strdup(resolved.real);
	resolve_release(&resolved);
	return real;
}

char *resolve_users_place(const char *path)
{
	struct resolved resolved;
	char *place = NULL;

	if (resolve(path, NULL, 0, &resolved) == RESOLVE_REFUSED)
		place = strdup(resolved.place);
	resolve_release(&resolved);
	return place;
}

/* Opens again what was only found, whatever has its name by now. */
static int reopen(int fd)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int resolve_open(const char *path, bool for_others)
{
	const struct resolve_trust trust = { .for_others = for_others };
	struct resolved resolved;
	struct stat st;
	int fd = -1;

	if (resolve(path, &trust, RESOLVE_ANYWAY, &resolved) != RESOLVED)
		errno = resolved.error;
	else if (!fstat(resolved.fd, &st) && !S_ISREG(st.st_mode))
		errno = EACCES;
	else
		fd = reopen(resolved.fd);
	resolve_release(&resolved);
	return fd;
}

/* Makes a path absolute.  Returns NULL and sets errno on error. */
static char *make_absolute(const char *name)
{
	char *const cwd = *name == '/' ? NULL : getcwd(NULL, 0);
	char *path = NULL;

	if (*name == '/')
		return strdup(name);
	/* From outside of this root directory, it begins otherwise. */
	if (cwd && *cwd == '/' && asprintf(&path, "%s/%s", cwd, name) < 0)
		path = NULL;
	else if (cwd && *cwd != '/')
		errno = ENOENT;
	free(cwd);
	return path;
}

/* Refuses what others than root may write. */
static int check_owner(const char *name, const char *path, const char *because,
		       uid_t uid, mode_t mode)
{
	if (uid)
		return p_err("%s is refused: %s%s belongs to user %u and not to root",
			     name, path, because, uid);
	if (mode & S_ISVTX)
		return p_err("%s is refused: %s%s can be written by others than its owner (mode %04o): move it to a directory that only root may write",
			     name, path, because, mode & 07777);
	return p_err("%s is refused: %s%s can be written by others than its owner (mode %04o), try \"chmod go-w %s\"",
		     name, path, because, mode & 07777,
		     *because ? path : name);
}

/* Whether @name is a file itself, and not a link to it. */
static bool is_itself(const char *name, const struct stat *st)
{
	struct stat own;

	return !lstat(name, &own) && own.st_dev == st->st_dev &&
	       own.st_ino == st->st_ino;
}

/* Returns 0, or -1 with the error reported. */
static int check_trusted(const char *name, const struct resolved *resolved,
			 enum resolve_result result, struct stat *st)
{
	static const char depends[] = ", which it depends on,";
	bool same;

	if (result == RESOLVE_REFUSED)
		return check_owner(name, resolved->place, depends,
				   resolved->uid, resolved->mode);
	if (result == RESOLVE_INVALID)
		return p_err("%s is refused: %s is a link to an open file of a process",
			     name, resolved->real);
	if (result != RESOLVED)
		return p_err("cannot open %s: %s", name, resolved->reason ?:
			     strerror(resolved->error));
	if (fstat(resolved->fd, st))
		return p_err("cannot stat %s: %s", name, strerror(errno));
	if (resolve_is_roots(st, NULL))
		return 0;
	same = is_itself(name, st);
	return check_owner(name, same ? "it" : resolved->real,
			   same ? "" : depends, st->st_uid, st->st_mode);
}

/* Opens what was found to be root's.  Returns -1 with errno set. */
static int open_found(const char *name, unsigned int flags,
		      const struct resolved *resolved,
		      enum resolve_result result)
{
	struct stat st;
	int fd;

	if (check_trusted(name, resolved, result, &st)) {
		errno = EPERM;
		return -1;
	}
	if (flags & RESOLVE_DIRECTORY && !S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	fd = reopen(resolved->fd);
	if (fd < 0) {
		p_err("cannot open %s: %s", name, strerror(errno));
		errno = EPERM;
	}
	return fd;
}

static int open_untrusted(const char *name, unsigned int flags)
{
	const bool directory = flags & RESOLVE_DIRECTORY;
	int fd;

	/* Not to wait for somebody to write to a FIFO. */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
		  (directory ? O_DIRECTORY : 0));
	if (fd < 0 && !(directory && errno == ENOTDIR)) {
		p_err("cannot open %s: %s", name, strerror(errno));
		errno = EPERM;
	}
	return fd;
}

int resolve_trusted(const char *name, unsigned int flags, bool for_others)
{
	struct resolved resolved;
	enum resolve_result result;
	char *path;
	int fd;

	if (!for_others)
		return open_untrusted(name, flags);
	path = make_absolute(name);
	if (!path) {
		p_err("cannot open %s: %s", name, strerror(errno));
		errno = EPERM;
		return -1;
	}
	result = resolve(path, NULL, 0, &resolved);
	fd = open_found(name, flags, &resolved, result);
	resolve_release(&resolved);
	free(path);
	return fd;
}

static FILE *open_list(const char *name, bool for_others)
{
	struct resolved resolved;
	struct stat st;
	FILE *file;
	int fd = -1;

	if (!for_others)
		return fopen(name, "re");
	if (resolve(name, NULL, 0, &resolved) != RESOLVED)
		errno = resolved.error ?: EPERM;
	else if (!fstat(resolved.fd, &st) && !resolve_is_roots(&st, NULL))
		errno = EPERM;
	else
		fd = reopen(resolved.fd);
	resolve_release(&resolved);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

/* Returns the whole file, or NULL with errno set. */
static char *read_list(const char *name, bool for_others, size_t *size)
{
	FILE *const file = open_list(name, for_others);
	char *text = NULL, *more;
	size_t room = 0;

	*size = 0;
	while (file && *size == room) {
		room = room ? room * 2 : 4096;
		more = realloc(text, room);
		if (!more)
			break;
		text = more;
		*size += fread(text + *size, 1, room - *size, file);
	}
	if (file && (*size == room || ferror(file))) {
		free(text);
		text = NULL;
		errno = ENOMEM;
	}
	if (file)
		fclose(file);
	return text;
}

/* A list, as it was when it was first asked for. */
struct list {
	const char *name;
	bool for_others;
	char *text;
	size_t size;
};

static bool is_list(const struct list *list, const char *name, bool for_others)
{
	return list->name && strcmp(list->name, name) == 0 &&
	       list->for_others == for_others;
}

FILE *resolve_list(const char *name, bool for_others)
{
	/* Each policy may have names of users and groups. */
	static struct list lists[2];
	struct list *list = lists;

	while (list < &lists[ARRAY_SIZE(lists) - 1] && list->name &&
	       !is_list(list, name, for_others))
		list++;
	if (!is_list(list, name, for_others)) {
		free(list->text);
		list->text = read_list(name, for_others, &list->size);
		list->name = list->text ? name : NULL;
		list->for_others = for_others;
	}
	return list->text ? fmemopen(list->text, list->size, "r") : NULL;
}

/* Opens the directory that a new file is for. */
static int open_parent(const char *name, const char *last)
{
	struct resolved resolved;
	char *path, *slash;
	int dir;

	path = make_absolute(name);
	if (!path)
		return -1;
	slash = path + strlen(path) - strlen(last) - 1;
	slash[slash == path] = '\0';
	if (resolve(path, NULL, RESOLVE_DIRECTORY | RESOLVE_ANYWAY,
		    &resolved) != RESOLVED)
		errno = resolved.error;
	dir = resolved.fd;
	resolved.fd = -1;
	resolve_release(&resolved);
	free(path);
	return dir;
}

int resolve_parent(const char *name, const char **last)
{
	const char *const slash = strrchr(name, '/');
	int dir;

	*last = slash ? slash + 1 : name;
	dir = open_parent(name, *last);
	if (dir < 0)
		p_err("cannot make %s: %s", name, strerror(errno));
	return dir;
}
