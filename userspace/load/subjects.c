// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Programs that root needs to end the enforcement
 */

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "binfmt.h"
#include "message.h"
#include "resolve.h"
#include "subjects.h"
#include "util.h"

#define USERS "/etc/passwd"

/* There if systemd runs, see sd_booted(3). */
#define SYSTEMD "/run/systemd/system"
#define GETTY "/system.slice/system-getty.slice/getty@tty1.service"

static bool add_file(struct subject *subject, int fd, const char *path)
{
	struct subject_file *const file = &subject->files[subject->num_files];
	struct stat st;

	if (subject->num_files == SUBJECT_FILES || fstat(fd, &st))
		return false;
	file->path = realpath(path, NULL) ?: strdup(path);
	if (!file->path)
		return false;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	subject->num_files++;
	return true;
}

/*
 * Adds a file and its interpreters.  A file that cannot be opened is no way in.
 * @path is where it is, if @name is a link of /proc.
 */
static void add_files(struct subject *subject, const char *name,
		      const char *path)
{
	struct binfmt binfmt;
	bool more;
	int fd;

	do {
		fd = binfmt_open(name);
		if (fd < 0)
			return;
		binfmt_read(fd, path, &binfmt);
		more = add_file(subject, fd, path) &&
		       (binfmt.kind == BINFMT_SCRIPT ||
			binfmt.kind == BINFMT_MISC);
		close(fd);
		name = binfmt.interpreter;
		path = binfmt.interpreter;
	} while (more);
}

static struct subject *new_subject(struct subjects *subjects, const char *role)
{
	struct subject *const subject =
		&subjects->list[subjects->count];

	if (subjects->count == SUBJECTS)
		return NULL;
	subjects->count++;
	subject->role = role;
	return subject;
}

/* The program of a process, in its context. */
static void add_process(struct subject *subject)
{
	char link[64], path[PATH_MAX];
	ssize_t size;

	snprintf(link, sizeof(link), "/proc/%d/exe", subject->context.pid);
	size = readlink(link, path, sizeof(path) - 1);
	/* A user may not know this of others. */
	if (size < 0)
		return;
	path[size] = '\0';
	add_files(subject, link, path);
}

/* Returns false if the process cannot be looked at, or is there no more. */
static bool read_context(struct subject *subject, pid_t pid)
{
	struct context *const context = &subject->context;

	/* Where there is no cgroup2, all are in its root for the kernel. */
	if (context_read(context, pid) == -ENODATA)
		context->cgroup = strdup("/");
	/* A user may not know the namespace of others, which comes last. */
	return context->cgroup;
}

int subjects_add_processes(struct subjects *subjects)
{
	struct subject *subject = new_subject(subjects, "execlock itself");
	pid_t parent;

	if (!read_context(subject, getpid()))
		return p_err("cannot read the context of execlock from /proc: mount /proc, or use --allow-lockout");
	add_process(subject);
	/* Root loads, even if a user checks. */
	subject->context.user = 0;
	for (parent = subject->context.parent; parent;
	     parent = subject->context.parent) {
		subject = new_subject(subjects, "execlock was started from it");
		if (!subject || !read_context(subject, parent))
			break;
		add_process(subject);
	}
	return 0;
}

/*
 * A program that root executes, logged in as @login.  It is in @cgroup if there
 * is systemd, whoever loads the policies: a service at boot, or root in a
 * session.  Without systemd, it is where execlock is.
 */
static void add_program(struct subjects *subjects, const char *role,
			const char *path, const char *cgroup, __u32 login)
{
	const struct context *const here = &subjects->list[0].context;
	struct subject *const subject = new_subject(subjects, role);

	if (!subject)
		return;
	subject->context = *here;
	subject->context.login = login;
	subject->context.cgroup = strdup(access(SYSTEMD, F_OK) ? here->cgroup :
								 cgroup);
	/* Of root's groups, its own matters. */
	subject->context.groups = calloc(1, sizeof(__u32));
	subject->context.num_groups = !!subject->context.groups;
	add_files(subject, path, path);
}

void subjects_add_logins(struct subjects *subjects, bool for_others)
{
	static const struct {
		const char *path, *cgroup;
	} programs[] = {
		{ "/sbin/init", "/init.scope" },
		{ "/sbin/agetty", GETTY },
		{ "/sbin/getty", GETTY },
		{ "/bin/login", GETTY },
		{ "/usr/bin/login", GETTY },
		{ "/sbin/sulogin", "/system.slice/rescue.service" },
	};
	FILE *const users = resolve_list(USERS, for_others);
	const struct passwd *user;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(programs); i++)
		if (access(programs[i].path, F_OK) == 0)
			add_program(subjects, "root logs in with it",
				    programs[i].path, programs[i].cgroup,
				    EXECLOCK_UNSET);
	add_program(subjects, "its service loads policies at boot",
		    "/proc/self/exe", "/system.slice/execlock.service",
		    EXECLOCK_UNSET);
	while (users && (user = fgetpwent(users)))
		if (user->pw_uid == 0)
			add_program(subjects, "it is root's shell",
				    *user->pw_shell ? user->pw_shell :
						      "/bin/sh",
				    "/user.slice/user-0.slice/session-1.scope",
				    0);
	if (users)
		fclose(users);
}

void subjects_release(struct subjects *subjects)
{
	size_t i;

	while (subjects->count) {
		struct subject *const subject =
			&subjects->list[--subjects->count];

		for (i = 0; i < subject->num_files; i++)
			free(subject->files[i].path);
		context_release(&subject->context);
	}
}
