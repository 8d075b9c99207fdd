// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The rest of a path, in directories that others than root may write
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "resolve.h"
#include "resolve_walk.h"

int walk_open_below(const struct walk *walk, int dir, const char *path,
		    int flags)
{
	const struct open_how how = {
		.flags = flags | O_CLOEXEC,
		/* A container's mounts are its runtime's. */
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_SYMLINKS |
			   (walk_container(walk) ? 0 : RESOLVE_NO_XDEV),
	};

	return syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

int resolve_beneath(int dir, const char *path, int flags)
{
	return walk_open_below(NULL, dir, path, flags);
}

/* Whether a path is at or below another one; both have no links. */
static bool is_at(const char *path, const char *above)
{
	const size_t size = strlen(above);

	return strncmp(path, above, size) == 0 &&
	       (path[size] == '\0' || path[size] == '/' ||
		above[size - 1] == '/');
}

static bool has_dots(const char *path)
{
	for (; *path; path += strspn(path, "/")) {
		const size_t size = strcspn(path, "/");

		if (size == 2 && strncmp(path, "..", 2) == 0)
			return true;
		path += size;
	}
	return false;
}

/* Whether the policy says that this path is a user's. */
static bool is_covered(const struct walk *walk)
{
	const struct resolve_trust *const trust = walk->trust;
	const size_t count = trust && !trust->container ? trust->num_users : 0;
	const char *const real = walk->out->real;
	struct resolved other;
	bool covered = false;
	size_t i;

	for (i = 0; !covered && i < count; i++)
		covered = is_at(real, trust->users[i]);
	/* It may be said with links of root's on the way. */
	for (i = 0; !covered && i < count; i++) {
		if (resolve(trust->users[i], NULL, RESOLVE_ANYWAY, &other) ==
		    RESOLVED)
			covered = is_at(real, other.real);
		resolve_release(&other);
	}
	return covered;
}

static const char *why_beyond(int err)
{
	switch (err) {
	case ELOOP:
		return "a symbolic link is on the way, and none is followed there";
	case EXDEV:
		return "another file system is mounted on the way, which is not followed there";
	default:
		return NULL;
	}
}

enum resolve_result walk_beyond(struct walk *walk, char *rest)
{
	struct resolved *const out = walk->out;
	const int directory = walk->flags & RESOLVE_DIRECTORY ? O_DIRECTORY : 0;
	size_t size = strlen(rest);
	int must = directory;
	struct stat st;
	char *slash;

	walk_set_place(walk, &walk->st);
	for (; size && rest[size - 1] == '/'; must = O_DIRECTORY)
		rest[--size] = '\0';
	if (walk_push(walk, rest, size))
		return walk_fail(walk);
	if (has_dots(rest))
		return walk_fail_with(walk, EXDEV,
				 "\"..\" is not followed there");
	out->covered = is_covered(walk);
	if (!out->covered && !(walk->flags & RESOLVE_ANYWAY))
		return RESOLVE_REFUSED;
	slash = strrchr(rest, '/');
	if (slash) {
		*slash = '\0';
		out->dir = walk_open_below(walk, walk->dir, rest,
					   O_PATH | O_DIRECTORY);
	} else {
		out->dir = fcntl(walk->dir, F_DUPFD_CLOEXEC, 0);
	}
	out->name = slash ? slash + 1 : rest;
	if (out->dir >= 0)
		out->fd = walk_open_below(walk, out->dir, out->name,
					  O_PATH | must);
	out->name = out->real + strlen(out->real) - strlen(out->name);
	if (out->fd < 0)
		return walk_fail_with(walk, errno, why_beyond(errno));
	if (fstat(out->fd, &st))
		return walk_fail(walk);
	if (!S_ISDIR(st.st_mode) && st.st_nlink > 1)
		return walk_fail_with(walk, EMLINK,
				 "it has several names (hard links), and may be somebody else's file");
	return RESOLVED;
}
