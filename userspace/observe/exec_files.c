// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The files that an exec goes through
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "binfmt.h"
#include "context.h"
#include "exec_files.h"
#include "message.h"
#include "path_lookup.h"

/* Opens a file as execve(2) does, and takes it for the next one of the exec. */
static int open_file(struct exec_files *files, const char *name)
{
	char path[PATH_MAX];
	struct statvfs fs;
	int fd;

	/* To the kernel, no name is the working directory. */
	context_path(files->pid, *name ? name : ".", path);
	fd = binfmt_open(path);
	if (fd < 0 && errno == EACCES)
		return p_err("cannot execute %s: %s (it is not an executable file)",
			     name, strerror(EACCES));
	if (fd < 0)
		return p_err("cannot execute %s: %s", name, strerror(errno));
	if (!fstatvfs(fd, &fs) && fs.f_flag & ST_NOEXEC) {
		close(fd);
		return p_err("cannot execute %s: %s (its file system is mounted with \"noexec\")",
			     name, strerror(EACCES));
	}
	if (files->count == EXEC_FILES_MAX) {
		close(fd);
		return p_err("cannot execute %s: %s (it has more interpreters than the kernel allows)",
			     files->names[0], strerror(ELOOP));
	}
	files->names[files->count] = strdup(name);
	if (!files->names[files->count]) {
		close(fd);
		return p_err("out of memory");
	}
	files->count++;
	return fd;
}

/* Returns 1 if the file has an interpreter, or -ENOEXEC as the kernel does. */
static int look_into(struct exec_files *files, int fd, struct binfmt *binfmt,
		     bool *kept)
{
	const char *const name = files->names[files->count - 1];

	binfmt_read(fd, name, binfmt);
	if (binfmt->unsure)
		memcpy(files->unsure, binfmt->handler, sizeof(files->unsure));
	if (binfmt->error && *binfmt->interpreter)
		return p_err("cannot execute %s: %s (because of its ELF interpreter %s)",
			     name, strerror(-binfmt->error),
			     binfmt->interpreter);
	if (binfmt->error)
		return p_err("cannot execute %s: %s", name,
			     strerror(-binfmt->error));
	switch (binfmt->kind) {
	case BINFMT_NONE:
		return -ENOEXEC;
	case BINFMT_ELF:
		return 0;
	default:
		/* Only one file can be kept open for an interpreter. */
		if (*kept)
			return -ENOEXEC;
		*kept = binfmt->keeps;
		return 1;
	}
}

int exec_files_follow(struct exec_files *files, const char *path)
{
	const char *name = path;
	struct binfmt binfmt;
	bool kept = false;
	int fd, err;

	do {
		fd = open_file(files, name);
		if (fd < 0)
			return -1;
		err = files->look(fd, files->count - 1, name, files->data);
		if (!err)
			err = look_into(files, fd, &binfmt, &kept);
		close(fd);
		name = binfmt.interpreter;
	} while (err > 0);
	return err;
}

int exec_files_follow_command(struct exec_files *files, const char *name)
{
	char path[PATH_MAX];
	int err;

	err = path_lookup(name, path);
	if (err == -ENOENT)
		return p_err("%s is not in one of the directories of PATH",
			     name);
	if (err)
		return p_err("cannot execute %s: %s", name, strerror(-err));
	err = exec_files_follow(files, path);
	if (err != -ENOEXEC)
		return err;
	files->shell = true;
	/* Execution begins anew, with another file. */
	exec_files_release(files);
	err = exec_files_follow(files, PATH_LOOKUP_SHELL);
	if (err != -ENOEXEC)
		return err;
	return p_err("cannot execute %s: %s (nor " PATH_LOOKUP_SHELL " in its place)",
		     path, strerror(ENOEXEC));
}

void exec_files_release(struct exec_files *files)
{
	while (files->count)
		free(files->names[--files->count]);
}
