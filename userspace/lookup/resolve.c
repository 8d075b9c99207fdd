// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a path to its file, whatever links users put on the way
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "mounts.h"
#include "resolve.h"
#include "resolve_walk.h"
#include "util.h"

#define PATH_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

/*
 * The last directory that only root may write, by the path that was given for
 * it: rules are often for many files of one directory.
 */
static struct {
	const struct resolve_container *container;
	char path[PATH_MAX];
	char real[PATH_MAX];
	int dir;
	struct stat st;
	__u64 mount;
} cache = { .dir = -1 };

/* Closes a file descriptor, but does not change errno. */
static void put(int fd)
{
	const int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
}

/* @from has less than PATH_MAX bytes. */
static void copy(char to[PATH_MAX], const char *from)
{
	memcpy(to, from, strlen(from) + 1);
}

static int dup_path(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

enum resolve_result walk_fail(struct walk *walk)
{
	walk->out->error = errno;
	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return RESOLVE_FAILED;
	default:
		return RESOLVE_MISSING;
	}
}

enum resolve_result walk_fail_with(struct walk *walk, int err,
				   const char *reason)
{
	errno = err;
	walk->out->reason = reason;
	return walk_fail(walk);
}

/* Adds a component to the path without links. */
int walk_push(struct walk *walk, const char *name, size_t size)
{
	char *const real = walk->out->real;
	size_t length = strlen(real);

	if (length + size + 2 > sizeof(walk->out->real)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (!length || real[length - 1] != '/')
		real[length++] = '/';
	memcpy(real + length, name, size);
	real[length + size] = '\0';
	walk->out->name = real + length;
	return 0;
}

static void pop(struct walk *walk)
{
	char *const slash = strrchr(walk->out->real, '/');

	slash[slash == walk->out->real] = '\0';
}

/* Remembers the first directory or link on the way that others may write. */
void walk_set_place(struct walk *walk, const struct stat *st)
{
	snprintf(walk->out->place, sizeof(walk->out->place), "%s",
		 walk->out->real);
	walk->out->uid = st->st_uid;
	walk->out->mode = st->st_mode;
}

/*
 * Finds out on which mount a directory or file is, and who made that: before
 * anything is asked of it.
 */
static enum resolve_result check_mount(struct walk *walk, int fd,
				       __u64 *number)
{
	int of_user;

	if (mounts_number(fd, number))
		return walk_fail(walk);
	if (*number == walk->mount || walk_container(walk))
		return RESOLVED;
	of_user = mounts_of_user(*number);
	if (of_user < 0)
		return walk_fail(walk);
	if (of_user)
		return walk_fail_with(walk, EXDEV, "a user mounted it");
	return RESOLVED;
}

/* Goes to a directory, which the walk owns from now on. */
static enum resolve_result enter(struct walk *walk, int dir)
{
	put(walk->dir);
	walk->dir = dir;
	if (fstat(dir, &walk->st))
		return walk_fail(walk);
	return RESOLVED;
}

static enum resolve_result enter_root(struct walk *walk)
{
	const struct resolve_container *const container = walk_container(walk);
	const int root = container ? dup_path(container->root) :
			 open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	enum resolve_result result;

	if (root < 0)
		return walk_fail(walk);
	copy(walk->out->real, "/");
	result = enter(walk, root);
	if (result == RESOLVED && mounts_number(root, &walk->mount))
		result = walk_fail(walk);
	return result;
}

/*
 * A link of /proc that leads to what a process has open has a text, too, which
 * would be another path.
 */
static bool is_magic(int dir, const char *name, int link)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	struct statfs st;
	int fd, err;

	if (fstatfs(link, &st) || st.f_type != PROC_SUPER_MAGIC)
		return false;
	fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));
	err = errno;
	put(fd);
	return fd < 0 && err == ELOOP;
}

/* Remembers the link that the path itself names. */
static enum resolve_result set_link(struct walk *walk, const char *name)
{
	walk->out->link = dup_path(walk->dir);
	if (walk->out->link < 0)
		return walk_fail(walk);
	snprintf(walk->out->link_name, sizeof(walk->out->link_name), "%s",
		 name);
	return RESOLVED;
}

/* Puts the text of a link in front of the rest of the path. */
static enum resolve_result follow(struct walk *walk, int link,
				  const char *name, const char *rest)
{
	enum resolve_result result = RESOLVED;
	char text[PATH_MAX];
	ssize_t size;

	if (++walk->links > MAX_LINKS)
		return walk_fail_with(walk, ELOOP, NULL);
	if (is_magic(walk->dir, name, link)) {
		walk_push(walk, name, strlen(name));
		walk->out->error = ELOOP;
		return RESOLVE_INVALID;
	}
	size = readlinkat(link, "", text, sizeof(text));
	if (size < 0)
		return walk_fail(walk);
	if ((size_t)size + 1 + strlen(rest) >= sizeof(text))
		return walk_fail_with(walk, ENAMETOOLONG, NULL);
	if (!*rest && walk->of_path)
		result = set_link(walk, name);
	if (result != RESOLVED)
		return result;
	/* @rest is a part of it. */
	if (!*rest)
		walk->of_path = false;
	snprintf(text + size, sizeof(text) - size, "%s%s", *rest ? "/" : "",
		 rest);
	copy(walk->rest, text);
	return *text == '/' ? enter_root(walk) : RESOLVED;
}

/* Remembers the directory for the next path. */
static void remember(const struct walk *walk, const char *path)
{
	const size_t size = strrchr(path, '/') - path;
	int dir;

	if (strncmp(cache.path, path, size) == 0 && cache.path[size] == '\0' &&
	    cache.dir >= 0 && cache.container == walk_container(walk))
		return;
	dir = dup_path(walk->dir);
	if (dir < 0)
		return;
	put(cache.dir);
	cache.dir = dir;
	cache.container = walk_container(walk);
	memcpy(cache.path, path, size);
	cache.path[size] = '\0';
	copy(cache.real, walk->out->real);
	cache.st = walk->st;
	cache.mount = walk->mount;
}

/* Begins where the directory of the last path is, if it is the same. */
static bool recall(struct walk *walk, const char *path)
{
	const char *const slash = strrchr(path, '/');
	const size_t size = slash - path;

	if (cache.dir < 0 || cache.container != walk_container(walk) ||
	    strncmp(cache.path, path, size) ||
	    cache.path[size] || !slash[1] || strcmp(slash, "/.") == 0 ||
	    strcmp(slash, "/..") == 0)
		return false;
	walk->dir = dup_path(cache.dir);
	if (walk->dir < 0)
		return false;
	walk->st = cache.st;
	walk->mount = cache.mount;
	copy(walk->out->real, cache.real);
	copy(walk->rest, slash + 1);
	return true;
}

/*
 * Opens a component of the path.  If it is to be gone through, it is opened as
 * a directory, so that what mounts on demand does.
 */
static int open_component(const struct walk *walk, const char *name, bool last)
{
	int fd = -1;

	if (!last)
		fd = openat(walk->dir, name, PATH_FLAGS | O_DIRECTORY);
	if (last || (fd < 0 && (errno == ENOTDIR || errno == ELOOP)))
		fd = openat(walk->dir, name, PATH_FLAGS);
	return fd;
}

/* The end of the path. */
static enum resolve_result arrive(struct walk *walk, int fd,
				  const struct stat *st, bool must)
{
	struct resolved *const out = walk->out;

	if (must && !S_ISDIR(st->st_mode)) {
		put(fd);
		return walk_fail_with(walk, ENOTDIR, NULL);
	}
	out->fd = fd;
	out->dir = walk->dir;
	walk->dir = -1;
	return RESOLVED;
}

/*
 * Makes one step, from a directory that only root may write.  @rest is what
 * comes after @name.
 */
static enum resolve_result step(struct walk *walk, const char *name,
				const char *rest, bool must)
{
	enum resolve_result result;
	const bool last = !*rest;
	struct stat st;
	__u64 mount = 0;
	int fd;

	fd = open_component(walk, name, last);
	result = fd < 0 ? walk_fail(walk) : check_mount(walk, fd, &mount);
	if (result == RESOLVED && fstat(fd, &st))
		result = walk_fail(walk);
	if (result == RESOLVED && S_ISLNK(st.st_mode) &&
	    resolve_is_roots(&st, walk->trust)) {
		result = follow(walk, fd, name, rest);
		put(fd);
		return result;
	}
	/* It is in the way, or not there, and this is its name. */
	if (walk_push(walk, name, strlen(name)) && result == RESOLVED)
		result = walk_fail(walk);
	if (result != RESOLVED) {
		/* Where it would be. */
		if (last && fd < 0) {
			walk->out->dir = walk->dir;
			walk->dir = -1;
		}
		put(fd);
		return result;
	}
	if (S_ISLNK(st.st_mode)) {
		put(fd);
		walk_set_place(walk, &st);
		if (!(walk->flags & RESOLVE_ANYWAY))
			return RESOLVE_REFUSED;
		return walk_fail_with(walk, ELOOP, "the link is not root's");
	}
	if (last)
		return arrive(walk, fd, &st, must);
	if (!S_ISDIR(st.st_mode)) {
		put(fd);
		return walk_fail_with(walk, ENOTDIR, NULL);
	}
	walk->mount = mount;
	put(walk->dir);
	walk->dir = fd;
	walk->st = st;
	return RESOLVED;
}

/*
 * Opens the directory at which the path without links is now.  If somebody moves a
 * directory of a container meanwhile, ".." may be above the container's root.
 */
static int open_current(const struct walk *walk)
{
	const struct resolve_container *const container = walk_container(walk);
	const char *const real = walk->out->real;

	if (!container)
		return openat(walk->dir, "..",
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
	return real[1] ? walk_open_below(walk, container->root, real + 1,
					 O_PATH | O_DIRECTORY) :
			 dup_path(container->root);
}

static enum resolve_result go_up(struct walk *walk)
{
	enum resolve_result result;
	int dir;

	pop(walk);
	dir = open_current(walk);
	if (dir < 0)
		return walk_fail(walk);
	result = enter(walk, dir);
	if (result == RESOLVED && mounts_number(dir, &walk->mount))
		result = walk_fail(walk);
	return result;
}

/* Takes the next name from @rest, which then has what comes after it. */
static void take(char *rest, char *name)
{
	const size_t size = strcspn(rest, "/");

	memcpy(name, rest, size);
	name[size] = '\0';
	memmove(rest, rest + size, strlen(rest + size) + 1);
}

/* Drops slashes, and components that lead nowhere, from the beginning. */
static void trim(char *rest)
{
	const char *next = rest;

	for (;;) {
		next += strspn(next, "/");
		if (next[0] != '.' || (next[1] && next[1] != '/'))
			break;
		next++;
	}
	memmove(rest, next, strlen(next) + 1);
}

static bool is_root(const struct walk *walk, uid_t uid)
{
	return uid == (walk_container(walk) ? walk_container(walk)->uid : 0);
}

/*
 * Nobody can remove or replace a directory of root's in a sticky one of root's,
 * nor put one there.  Files are another matter, which can have other names.
 */
static bool leads_to_roots(const struct walk *walk)
{
	const size_t size = strcspn(walk->rest, "/");
	char name[NAME_MAX + 1];
	struct stat st;
	__u64 mount;
	bool roots;
	int fd;

	if (!is_root(walk, walk->st.st_uid) ||
	    !(walk->st.st_mode & S_ISVTX) || size >= sizeof(name))
		return false;
	memcpy(name, walk->rest, size);
	name[size] = '\0';
	fd = openat(walk->dir, name, PATH_FLAGS | O_DIRECTORY);
	if (fd < 0)
		return false;
	roots = !mounts_number(fd, &mount) &&
		(mount == walk->mount || walk_container(walk) ||
		 !mounts_of_user(mount)) &&
		!fstat(fd, &st) && is_root(walk, st.st_uid);
	close(fd);
	return roots;
}

/* The path ends with the directory where the walk is. */
static enum resolve_result arrive_here(struct walk *walk)
{
	walk->out->fd = walk->dir;
	walk->dir = -1;
	return RESOLVED;
}

/* Goes on from where the walk is to the end of the path. */
static enum resolve_result go(struct walk *walk, const char *path)
{
	char *const rest = walk->rest;
	char name[PATH_MAX];
	enum resolve_result result = RESOLVED;
	bool must, roots;

	while (result == RESOLVED && walk->out->fd < 0) {
		trim(rest);
		if (!*rest)
			return arrive_here(walk);
		roots = resolve_is_roots(&walk->st, walk->trust);
		if (!roots && !leads_to_roots(walk))
			return walk_beyond(walk, rest);
		take(rest, name);
		if (strcmp(name, "..") == 0) {
			result = go_up(walk);
			continue;
		}
		must = *rest || walk->flags & RESOLVE_DIRECTORY;
		trim(rest);
		if (!*rest && walk->of_path && roots &&
		    strcmp(name, strrchr(path, '/') + 1) == 0)
			remember(walk, path);
		result = step(walk, name, rest, must);
	}
	return result;
}

/* Goes through an absolute path under the rule. */
static enum resolve_result walk_path(const char *path,
				     const struct resolve_trust *trust,
				     unsigned int flags,
				     struct resolved *resolved)
{
	struct walk walk = {
		.out = resolved,
		.trust = trust,
		.flags = flags |
			 (trust && trust->container ? RESOLVE_ANYWAY : 0),
		.dir = -1,
		.of_path = true,
	};
	enum resolve_result result = RESOLVED;

	if (strlen(path) >= sizeof(walk.rest))
		return walk_fail_with(&walk, ENAMETOOLONG, NULL);
	/* No working directory is the right one for others. */
	if (*path != '/')
		return walk_fail_with(&walk, ENOENT, "it is a relative path");
	if (!recall(&walk, path)) {
		copy(walk.rest, path);
		result = enter_root(&walk);
	}
	if (result == RESOLVED)
		result = go(&walk, path);
	put(walk.dir);
	return result;
}

/* Nothing is known yet. */
static struct resolved *begin(struct resolved *resolved)
{
	resolved->fd = -1;
	resolved->dir = -1;
	resolved->link = -1;
	resolved->error = 0;
	resolved->real[0] = '\0';
	resolved->name = resolved->real;
	resolved->place[0] = '\0';
	resolved->covered = false;
	resolved->reason = NULL;
	return resolved;
}

enum resolve_result resolve(const char *path, const struct resolve_trust *trust,
			    unsigned int flags, struct resolved *resolved)
{
	begin(resolved);
	if (trust && !trust->for_others)
		return walk_plainly(path, flags, resolved);
	return walk_path(path, trust, flags, resolved);
}

void resolve_release(struct resolved *resolved)
{
	put(resolved->fd);
	put(resolved->dir);
	put(resolved->link);
	resolved->fd = -1;
	resolved->dir = -1;
	resolved->link = -1;
}
