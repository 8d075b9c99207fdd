// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - A file that gets its name when it is complete
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_source.h"
#include "message.h"
#include "new_file.h"
#include "resolve.h"

static int cannot(const struct new_file *new, const char *what)
{
	return p_err("cannot %s %s: %s", what, new->name, strerror(errno));
}

int new_file_open(struct new_file *new, const char *name)
{
	int fd;

	new->name = name;
	new->dir = resolve_parent(name, &new->base);
	if (new->dir < 0)
		return -1;
	snprintf(new->temporary, sizeof(new->temporary), ".%.200s.%d",
		 new->base, getpid());
	/* Not writable by others, whatever the umask is. */
	fd = openat(new->dir, new->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	new->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (new->file)
		return 0;
	cannot(new, "create");
	if (fd >= 0)
		close(fd);
	close(new->dir);
	return -1;
}

int new_file_is_free(const struct new_file *new)
{
	struct stat st;

	if (!*new->base)
		errno = EISDIR;
	else if (!fstatat(new->dir, new->base, &st, AT_SYMLINK_NOFOLLOW))
		errno = EEXIST;
	else
		return 0;
	return cannot(new, "create");
}

int new_file_write(const struct new_file *new, const char *text)
{
	if (fputs(text, new->file) == EOF || fflush(new->file) == EOF ||
	    fsync(fileno(new->file)))
		return cannot(new, "write the policy to");
	return 0;
}

int new_file_place(const struct new_file *new)
{
	if (!renameat2(new->dir, new->temporary, new->dir, new->base,
		       RENAME_NOREPLACE))
		return 0;
	/* Network file systems cannot do that, but have hard links. */
	if (errno != EINVAL ||
	    linkat(new->dir, new->temporary, new->dir, new->base, 0))
		return cannot(new, "create");
	return 0;
}

static int take_mode(const struct new_file *new)
{
	const int fd = fileno(new->file);
	struct stat st, own;

	if (fstatat(new->dir, new->base, &st, 0) || fstat(fd, &own))
		return cannot(new, "look at");
	/* Of another user's file, the mode could not be changed any more. */
	if (fchmod(fd, st.st_mode & 0777))
		return cannot(new, "keep the mode of");
	if ((st.st_uid != own.st_uid || st.st_gid != own.st_gid) &&
	    fchown(fd, st.st_uid, st.st_gid))
		return cannot(new, "keep the owner of");
	return 0;
}

/* Whether a file has the text that was read. */
static bool is_same(const struct new_file *new, const char *name,
		    const struct source *old)
{
	const size_t size = strlen(old->text);
	char *const text = malloc(size + 1);
	ssize_t got = -1;
	int fd;

	fd = openat(new->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
				    O_CLOEXEC);
	if (text && fd >= 0)
		got = read(fd, text, size + 1);
	if (fd >= 0)
		close(fd);
	if (got != (ssize_t)size || memcmp(text, old->text, size))
		got = -1;
	free(text);
	return got >= 0;
}

static int was_changed(const struct new_file *new)
{
	return p_err("cannot change %s: somebody else changed it at the same time; try again",
		     new->name);
}

/* For file systems that cannot exchange two files. */
static int rename_over(const struct new_file *new, const struct source *old)
{
	if (!is_same(new, new->base, old))
		return was_changed(new);
	if (renameat(new->dir, new->temporary, new->dir, new->base))
		return cannot(new, "replace");
	return 0;
}

int new_file_replace(const struct new_file *new, const struct source *old)
{
	if (take_mode(new))
		return -1;
	if (renameat2(new->dir, new->temporary, new->dir, new->base,
		      RENAME_EXCHANGE))
		return errno == EINVAL ? rename_over(new, old) :
					 cannot(new, "replace");
	/* The other one now has the temporary name: no change of it is lost. */
	if (is_same(new, new->temporary, old))
		return 0;
	if (renameat2(new->dir, new->temporary, new->dir, new->base,
		      RENAME_EXCHANGE))
		return cannot(new, "bring back");
	return was_changed(new);
}

void new_file_close(const struct new_file *new)
{
	if (!new->file)
		return;
	fclose(new->file);
	/* A file that was renamed has no temporary name any more. */
	unlinkat(new->dir, new->temporary, 0);
	close(new->dir);
}
