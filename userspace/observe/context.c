// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The facts about a process that policies depend on
 */

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "context.h"
#include "util.h"

/* The kernel's NGROUPS_MAX, and one for the effective group. */
#define MAX_GROUPS 65537

/* The number of the initial user namespace (PROC_USER_INIT_INO). */
#define INITIAL_USER_NAMESPACE 0xeffffffdU

/* As many links as the kernel follows. */
#define MAX_LINKS 40

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	if (!file && errno == ENOENT)
		errno = ESRCH;
	return file;
}

/* Reads numbers until the end of the line, which can be a long one. */
static void read_groups(struct context *context, const char *text)
{
	char *end;

	for (;;) {
		const unsigned long group = strtoul(text, &end, 10);

		if (end == text || context->num_groups == MAX_GROUPS)
			return;
		context->groups[context->num_groups++] = group;
		text = end;
	}
}

/* Sets @user and @groups if the line has them. */
static void read_line(struct context *context, const char *line, bool *user,
		      bool *groups)
{
	unsigned long long capabilities;
	unsigned int id;
	char state;

	/* The second ones are the effective ones. */
	if (strncmp(line, "Groups:", 7) == 0) {
		read_groups(context, line + 7);
		*groups = true;
	} else if (sscanf(line, "Uid: %*u %u", &id) == 1) {
		context->user = id;
		*user = true;
	} else if (sscanf(line, "Gid: %*u %u", &id) == 1) {
		context->groups[context->num_groups++] = id;
	} else if (sscanf(line, "State: %c", &state) == 1) {
		context->zombie = state == 'Z' || state == 'X';
	} else if (sscanf(line, "CapEff: %llx", &capabilities) == 1) {
		context->administers = capabilities >> CAP_SYS_ADMIN & 1;
	} else if (sscanf(line, "PPid: %u", &id) == 1) {
		context->parent = id;
	} else if (sscanf(line, "Kthread: %u", &id) == 1) {
		context->kernel = id;
	}
}

static int read_status(struct context *context)
{
	FILE *const file = open_proc(context->pid, "status");
	bool user = false, groups = false;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return -errno;
	context->groups = calloc(MAX_GROUPS, sizeof(*context->groups));
	while (context->groups && getline(&line, &size, file) > 0)
		read_line(context, line, &user, &groups);
	free(line);
	fclose(file);
	if (!context->groups)
		return -ENOMEM;
	/* It ended meanwhile. */
	return user && groups ? 0 : -ESRCH;
}

char *context_cgroup(pid_t pid)
{
	FILE *const file = open_proc(pid, "cgroup");
	char *line = NULL, *cgroup = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	errno = ENODATA;
	while (!cgroup && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0)
			cgroup = strdup(line + 3);
	}
	free(line);
	fclose(file);
	return cgroup;
}

static int read_cgroup(struct context *context)
{
	context->cgroup = context_cgroup(context->pid);
	return context->cgroup ? 0 : -errno;
}

static int read_namespace(struct context *context)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", context->pid);
	if (stat(path, &st))
		return errno == ENOENT ? -ESRCH : -errno;
	context->other_namespace = st.st_ino != INITIAL_USER_NAMESPACE;
	context->administers &= !context->other_namespace;
	return 0;
}

static int read_login(struct context *context)
{
	FILE *const file = open_proc(context->pid, "loginuid");
	int found;

	context->login = EXECLOCK_UNSET;
	/* Without audit in the kernel, no policy can depend on it. */
	if (!file)
		return errno == ESRCH ? 0 : -errno;
	found = fscanf(file, "%u", &context->login);
	fclose(file);
	return found == 1 ? 0 : -ESRCH;
}

int context_read(struct context *context, pid_t pid)
{
	int err;

	memset(context, 0, sizeof(*context));
	context->pid = pid;
	err = read_status(context);
	if (!err)
		err = read_login(context);
	if (!err)
		err = read_cgroup(context);
	return err ? err : read_namespace(context);
}

void context_release(struct context *context)
{
	free(context->groups);
	free(context->cgroup);
	context->groups = NULL;
	context->cgroup = NULL;
}

bool context_administers(void)
{
	struct context context = { .pid = getpid() };
	int err;

	err = read_status(&context) ?: read_namespace(&context);
	context_release(&context);
	return !err && context.administers;
}

/* Where other processes find the files that a process has by these names. */
static const struct {
	const char *name;
	const char *in_proc;
} of_itself[] = {
	{ "/proc/self", "" },
	/* This process is taken for its main thread. */
	{ "/proc/thread-self", "" },
	{ "/dev/fd", "/fd" },
	{ "/dev/stdin", "/fd/0" },
	{ "/dev/stdout", "/fd/1" },
	{ "/dev/stderr", "/fd/2" },
};

/* Returns true if the path is about the process itself, and is changed. */
static bool replace(pid_t pid, char *path)
{
	char rest[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_itself); i++) {
		const size_t size = strlen(of_itself[i].name);

		if (strncmp(path, of_itself[i].name, size) ||
		    (path[size] && path[size] != '/'))
			continue;
		snprintf(rest, sizeof(rest), "%s", path + size);
		return snprintf(path, PATH_MAX, "/proc/%d%s%s", pid,
				of_itself[i].in_proc, rest) < PATH_MAX;
	}
	return false;
}

/* Goes where the symbolic link leads.  Returns false if there is none. */
static bool follow_link(char *path)
{
	char target[PATH_MAX], dir[PATH_MAX];
	const ssize_t size = readlink(path, target, sizeof(target) - 1);
	const char *slash;

	if (size <= 0)
		return false;
	target[size] = '\0';
	if (*target == '/') {
		memcpy(path, target, size + 1);
		return true;
	}
	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	return snprintf(path, PATH_MAX, "%.*s%s",
			slash ? (int)(slash + 1 - dir) : 0, dir, target) <
	       PATH_MAX;
}

void context_path(pid_t pid, const char *name, char *path)
{
	int i;

	snprintf(path, PATH_MAX, "%s", name);
	for (i = 0; i <= MAX_LINKS; i++)
		if (replace(pid, path))
			return;
		else if (!follow_link(path))
			break;
	/* It leads to the same for everybody. */
	snprintf(path, PATH_MAX, "%s", name);
}
