// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Show how a file changes
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"
#include "message.h"

/* As a part of the package diffutils, every Debian has it. */
#define DIFF "/usr/bin/diff"

/* Returns a file in memory, which a child inherits; -1 with errno set. */
static int make_file(const char *text)
{
	const int fd = memfd_create("execlock", 0);
	size_t done = 0;
	ssize_t size;

	while (fd >= 0 && text[done]) {
		size = write(fd, text + done, strlen(text + done));
		if (size < 0) {
			close(fd);
			return -1;
		}
		done += size;
	}
	return fd;
}

/* In the child: becomes diff(1). */
static void become(int before, int after, const char *old_name,
		   const char *name)
{
	static char *const environment[] = { "LC_ALL=C", NULL };
	char old_file[32], new_file[32];

	snprintf(old_file, sizeof(old_file), "/proc/self/fd/%d", before);
	snprintf(new_file, sizeof(new_file), "/proc/self/fd/%d", after);
	execle(DIFF, DIFF, "-u", "-L", old_name, "-L", name, "--",
	       old_file, new_file, NULL, environment);
	_exit(127);
}

static char *read_all(int fd)
{
	char *text = NULL, buffer[4096];
	size_t size;
	FILE *out;
	ssize_t got;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	while ((got = read(fd, buffer, sizeof(buffer))) > 0 ||
	       (got < 0 && errno == EINTR))
		if (got > 0)
			fwrite(buffer, 1, got, out);
	fclose(out);
	return text;
}

/* Returns the output of diff(1), and its status, or NULL with errno set. */
static char *run(int before, int after, const char *old_name, const char *name,
		 int *status)
{
	int output[2];
	char *text;
	pid_t pid;

	if (pipe2(output, O_CLOEXEC))
		return NULL;
	pid = fork();
	if (pid == 0) {
		dup2(output[1], STDOUT_FILENO);
		become(before, after, old_name, name);
	}
	close(output[1]);
	text = pid < 0 ? NULL : read_all(output[0]);
	close(output[0]);
	while (pid > 0 && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return text;
}

char *diff(const char *name, const char *before, const char *after)
{
	const int old_file = make_file(before ?: "");
	const int new_file = make_file(after);
	int status = -1;
	char *text = NULL;

	if (old_file >= 0 && new_file >= 0)
		text = run(old_file, new_file, before ? name : "/dev/null", name,
			   &status);
	if (!text)
		p_err("cannot compare texts of %s: %s", name, strerror(errno));
	close(old_file);
	close(new_file);
	/* 0: no difference; 1: some. */
	if (!text || (WIFEXITED(status) && WEXITSTATUS(status) <= 1))
		return text;
	p_err("cannot compare texts of %s: " DIFF " failed%s", name,
	      access(DIFF, X_OK) ? ", because it is not there: install diffutils" :
				   "");
	free(text);
	return NULL;
}
