// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies that would take away how they can be ended
 */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binfmt.h"
#include "cgroupfs.h"
#include "context.h"
#include "lockout.h"
#include "message.h"
#include "resolve.h"
#include "util.h"

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

/* There if systemd runs, see sd_booted(3). */
#define SYSTEMD "/run/systemd/system"
#define GETTY "/system.slice/system-getty.slice/getty@tty1.service"

/* What was executed, and the interpreters that the kernel allows. */
#define MAX_FILES 6

/* More than anybody is deep in shells. */
#define MAX_SUBJECTS 64

/* A file that is executed. */
struct file {
	char *path;	/* the real one, as far as it is known */
	dev_t device;
	ino_t inode;
};

/* A program that has to be able to end the enforcement, as it is executed. */
struct subject {
	const char *role;
	struct context context;
	struct file files[MAX_FILES];
	size_t num_files;
};

/* The work as a whole. */
struct lockout {
	const struct policy *policies;
	size_t count;
	const struct resolve_trust *trust;
	struct subject subjects[MAX_SUBJECTS];
	size_t num_subjects;
	/* For each policy, whether one of the subjects comes to be under it. */
	bool *applied;
};

/* A condition that is looked at. */
struct question {
	const struct lockout *lockout;
	const struct subject *subject;
	const struct file *file;
	enum execlock_condition condition;
};

/*
 * Subjects
 */

static bool add_file(struct subject *subject, int fd, const char *path)
{
	struct file *const file = &subject->files[subject->num_files];
	struct stat st;

	if (subject->num_files == MAX_FILES || fstat(fd, &st))
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
 * Adds a file and its interpreters.  What cannot be opened is no way in.  @path
 * is where it is, if @name is a link of /proc.
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

static struct subject *new_subject(struct lockout *lockout, const char *role)
{
	struct subject *const subject =
		&lockout->subjects[lockout->num_subjects];

	if (lockout->num_subjects == MAX_SUBJECTS)
		return NULL;
	lockout->num_subjects++;
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

/* execlock, and what it was started from, up to the first process. */
static int add_processes(struct lockout *lockout)
{
	struct subject *subject = new_subject(lockout, "execlock itself");
	pid_t parent;

	if (!read_context(subject, getpid()))
		return p_err("cannot read the context of execlock from /proc: mount /proc, or use --allow-lockout");
	add_process(subject);
	/* Root does it, whoever checks. */
	subject->context.user = 0;
	for (parent = subject->context.parent; parent;
	     parent = subject->context.parent) {
		subject = new_subject(lockout, "execlock was started from it");
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
static void add_program(struct lockout *lockout, const char *role,
			const char *path, const char *cgroup, __u32 login)
{
	const struct context *const here = &lockout->subjects[0].context;
	struct subject *const subject = new_subject(lockout, role);

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

static void add_logins(struct lockout *lockout)
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
	FILE *const users = resolve_list(USERS, lockout->trust->for_others);
	const struct passwd *user;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(programs); i++)
		if (access(programs[i].path, F_OK) == 0)
			add_program(lockout, "root logs in with it",
				    programs[i].path, programs[i].cgroup,
				    EXECLOCK_UNSET);
	add_program(lockout, "its service loads policies at boot",
		    "/proc/self/exe", "/system.slice/execlock.service",
		    EXECLOCK_UNSET);
	while (users && (user = fgetpwent(users)))
		if (user->pw_uid == 0)
			add_program(lockout, "it is root's shell",
				    *user->pw_shell ? user->pw_shell :
						      "/bin/sh",
				    "/user.slice/user-0.slice/session-1.scope",
				    0);
	if (users)
		fclose(users);
}

static void release(struct lockout *lockout)
{
	size_t i;

	while (lockout->num_subjects) {
		struct subject *const subject =
			&lockout->subjects[--lockout->num_subjects];

		for (i = 0; i < subject->num_files; i++)
			free(subject->files[i].path);
		context_release(&subject->context);
	}
	free(lockout->applied);
}

/*
 * Conditions
 */

static bool is_same(const struct file *file, const struct stat *st)
{
	return file->device == st->st_dev && file->inode == st->st_ino;
}

/* By what it is, or by the name that it has. */
static bool is_executable(const struct lockout *lockout, const struct file *file,
			  const char *path)
{
	struct resolved resolved;
	struct stat st;
	bool same;

	/* As keys_find() does: a link of a user's must not lead to root's. */
	same = resolve(path, lockout->trust, RESOLVE_ANYWAY, &resolved) ==
	       RESOLVED &&
	       ((!fstat(resolved.fd, &st) && is_same(file, &st)) ||
		strcmp(resolved.real, file->path) == 0);
	resolve_release(&resolved);
	return same;
}

/* Also if the directory is mounted there, or a part of it is. */
static bool is_in(const struct lockout *lockout, const struct file *file,
		  const char *directory)
{
	char path[PATH_MAX];
	struct resolved resolved;
	struct stat wanted, st;
	char *slash;
	bool found;

	found = resolve(directory, lockout->trust,
			RESOLVE_DIRECTORY | RESOLVE_ANYWAY, &resolved) ==
		RESOLVED &&
		!fstat(resolved.fd, &wanted);
	resolve_release(&resolved);
	if (!found)
		return false;
	snprintf(path, sizeof(path), "%s", file->path);
	while ((slash = strrchr(path, '/'))) {
		slash[slash == path] = '\0';
		if (!stat(path, &st) && st.st_dev == wanted.st_dev &&
		    st.st_ino == wanted.st_ino)
			return true;
		if (slash == path)
			break;
	}
	return false;
}

static bool is_user(const struct lockout *lockout, __u32 id,
		    const struct node *value)
{
	const char *const name = json_string_value(value->json);
	const struct passwd *user;
	bool found = false;
	FILE *users;

	if (!name)
		return json_integer_value(value->json) == id;
	users = resolve_list(USERS, lockout->trust->for_others);
	while (users && !found && (user = fgetpwent(users)))
		found = strcmp(user->pw_name, name) == 0 &&
			user->pw_uid == id;
	if (users)
		fclose(users);
	return found;
}

static bool has_group(const struct context *context, __u32 group)
{
	size_t i;

	for (i = 0; i < context->num_groups; i++)
		if (context->groups[i] == group)
			return true;
	return false;
}

static bool is_member(const struct lockout *lockout,
		      const struct context *context, const struct node *value)
{
	const char *const name = json_string_value(value->json);
	const struct group *group;
	bool found = false;
	FILE *groups;

	if (!name)
		return has_group(context, json_integer_value(value->json));
	groups = resolve_list(GROUPS, lockout->trust->for_others);
	while (groups && !found && (group = fgetgrent(groups)))
		found = strcmp(group->gr_name, name) == 0 &&
			has_group(context, group->gr_gid);
	if (groups)
		fclose(groups);
	return found;
}

static bool is_in_cgroup(const struct context *context, const char *cgroup)
{
	const size_t size = strlen(cgroup);

	return cgroup[1] == '\0' ||
	       (context->cgroup &&
		strncmp(context->cgroup, cgroup, size) == 0 &&
		(!context->cgroup[size] || context->cgroup[size] == '/'));
}

/* What a subject is under, others can be that it starts. */
static bool is_applied(const struct lockout *lockout, const char *name)
{
	size_t i;

	for (i = 0; i < lockout->count; i++)
		if (strcmp(lockout->policies[i].name, name) == 0)
			return lockout->applied[i];
	return false;
}

/* Stops at a value that holds. */
static int holds(const struct node *value, void *data)
{
	const struct question *const question = data;
	const struct lockout *const lockout = question->lockout;
	const struct context *const context = &question->subject->context;
	const char *const text = json_string_value(value->json);

	switch (question->condition) {
	case EXECLOCK_EXECUTABLE:
		return is_executable(lockout, question->file, text);
	case EXECLOCK_DIRECTORY:
		return is_in(lockout, question->file, text);
	case EXECLOCK_USER:
		return is_user(lockout, context->user, value);
	case EXECLOCK_LOGIN:
		return policy_login_unset(value) ?
		       context->login == EXECLOCK_UNSET :
		       is_user(lockout, context->login, value);
	case EXECLOCK_GROUP:
		return is_member(lockout, context, value);
	case EXECLOCK_CGROUP:
		return is_in_cgroup(context, text);
	case EXECLOCK_NAMESPACE:
		return context->other_namespace ==
		       (strcmp(text, "initial") != 0);
	case EXECLOCK_PARENT:
		return is_applied(lockout, text);
	default:
		return 1;
	}
}

static bool applies_to_file(const struct policy *policy,
			    struct question *question)
{
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++) {
		question->condition = i;
		if (policy->conditions & (1U << i) &&
		    !policy_values(policy, i, holds, question))
			return false;
	}
	return true;
}

/* Returns the file because of which the policy would be applied, or NULL. */
static const struct file *find_file(const struct lockout *lockout,
				    const struct policy *policy,
				    const struct subject *subject)
{
	size_t i;

	for (i = 0; i < subject->num_files; i++) {
		struct question question = {
			.lockout = lockout,
			.subject = subject,
			.file = &subject->files[i],
		};

		if (applies_to_file(policy, &question))
			return question.file;
	}
	return NULL;
}

/* Returns true if the policy is found to be applied, and was not before. */
static bool look_at(struct lockout *lockout, size_t index, bool *refused)
{
	const struct policy *const policy = &lockout->policies[index];
	const struct node root = node_root(&policy->source);
	const struct node match = node_member(&root, "match");
	const struct subject *subject;
	const struct file *file = NULL;
	size_t i;

	for (i = 0; !file && i < lockout->num_subjects; i++) {
		subject = &lockout->subjects[i];
		file = find_file(lockout, policy, subject);
	}
	if (!file)
		return false;
	lockout->applied[index] = true;
	if (policy->manages_policies)
		return true;
	*refused = true;
	node_err(&match, "holds for %s as user %u (%s), and under this policy \"execlock unload\" is denied: add a condition that exempts it, add \"managesPolicies\": true to \"enforce\" if programs under the policy may manage policies, or use --allow-lockout",
		 file->path, subject->context.user, subject->role);
	return true;
}

/* Those whose parents are found come after these. */
static int look_at_all(struct lockout *lockout, bool all)
{
	bool more = true, refused = false;
	size_t i;

	while (more) {
		more = false;
		for (i = 0; i < lockout->count; i++) {
			if (lockout->applied[i] ||
			    !lockout->policies[i].conditions)
				continue;
			more |= look_at(lockout, i, &refused);
			if (refused && !all)
				return POLICY_UNUSABLE;
		}
	}
	return refused ? POLICY_UNUSABLE : 0;
}

int lockout_check(const struct policy *policies, size_t count, bool for_others,
		  bool all)
{
	const struct resolve_trust trust = { .for_others = for_others };
	struct lockout *const lockout = calloc(1, sizeof(*lockout));
	int err = -1;

	if (!lockout)
		return p_err("out of memory");
	lockout->policies = policies;
	lockout->count = count;
	lockout->trust = &trust;
	lockout->applied = calloc(count + 1, sizeof(*lockout->applied));
	if (!lockout->applied) {
		p_err("out of memory");
	} else if (!add_processes(lockout)) {
		add_logins(lockout);
		err = look_at_all(lockout, all);
	}
	release(lockout);
	free(lockout);
	return err;
}

/*
 * Whether a process is in a cgroup, or in one below it.  Numbers are compared:
 * a cgroup can be named in more than one way.
 */
static bool is_below(const struct context *context, __u64 wanted)
{
	char path[PATH_MAX];
	__u64 number;
	char *slash;

	/* What is outside of this cgroup namespace has no name here. */
	if (!context->cgroup || strncmp(context->cgroup, "/..", 3) == 0)
		return false;
	snprintf(path, sizeof(path), "%s", context->cgroup);
	for (;;) {
		if (!cgroupfs_number(path, &number) && number == wanted)
			return true;
		slash = strrchr(path, '/');
		if (!slash[1])
			return false;
		slash[slash == path] = '\0';
	}
}

int lockout_check_cgroup(const struct policy *policy, const char *cgroup)
{
	struct lockout *const lockout = calloc(1, sizeof(*lockout));
	const struct node root = node_root(&policy->source);
	__u64 number;
	size_t i;
	int err;

	if (!lockout)
		return p_err("out of memory");
	err = cgroupfs_number(cgroup, &number);
	if (!err && !policy->manages_policies)
		err = add_processes(lockout);
	for (i = 0; !err && i < lockout->num_subjects; i++) {
		const struct subject *const subject = &lockout->subjects[i];

		if (!is_below(&subject->context, number))
			continue;
		node_err(&root, "would apply to cgroup %s, which has process %d in it (%s), and no program executed there could clear it again: choose a cgroup below, add \"managesPolicies\": true to \"enforce\" if programs under the policy may manage policies, or use --allow-lockout",
			 cgroup, subject->context.pid, subject->role);
		err = POLICY_UNUSABLE;
	}
	release(lockout);
	free(lockout);
	return err;
}
