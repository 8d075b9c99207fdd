// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies that would lock out root
 */

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroupfs.h"
#include "lockout.h"
#include "message.h"
#include "resolve.h"
#include "subjects.h"
#include "util.h"

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

/* The work as a whole. */
struct lockout {
	const struct policy *policies;
	size_t count;
	const struct resolve_trust *trust;
	struct subjects subjects;
	/* For each policy, whether one of the subjects comes to be under it. */
	bool *applied;
};

/* A condition that is looked at. */
struct question {
	const struct lockout *lockout;
	const struct subject *subject;
	const struct subject_file *file;
	enum execlock_condition condition;
};

static bool is_same(const struct subject_file *file, const struct stat *st)
{
	return file->device == st->st_dev && file->inode == st->st_ino;
}

/* By its inode, or by its name. */
static bool is_executable(const struct lockout *lockout, const struct subject_file *file,
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
static bool is_in(const struct lockout *lockout, const struct subject_file *file,
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

/* Processes that a subject starts can come under the policies of children. */
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
static const struct subject_file *
find_file(const struct lockout *lockout, const struct policy *policy,
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
	const struct subject_file *file = NULL;
	size_t i;

	for (i = 0; !file && i < lockout->subjects.count; i++) {
		subject = &lockout->subjects.list[i];
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
	} else if (!subjects_add_processes(&lockout->subjects)) {
		subjects_add_logins(&lockout->subjects, for_others);
		err = look_at_all(lockout, all);
	}
	subjects_release(&lockout->subjects);
	free(lockout->applied);
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

	/* A cgroup outside of this cgroup namespace has no name here. */
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
	struct subjects *const subjects = calloc(1, sizeof(*subjects));
	const struct node root = node_root(&policy->source);
	__u64 number;
	size_t i;
	int err;

	if (!subjects)
		return p_err("out of memory");
	err = cgroupfs_number(cgroup, &number);
	/* Without "landlock", it denies nothing that execlock does. */
	if (!err && policy->has_landlock && !policy->manages_policies)
		err = subjects_add_processes(subjects);
	for (i = 0; !err && i < subjects->count; i++) {
		const struct subject *const subject = &subjects->list[i];

		if (!is_below(&subject->context, number))
			continue;
		node_err(&root, "would apply to cgroup %s, which has process %d in it (%s), and no program executed there could clear it again: choose a cgroup below, add \"managesPolicies\": true to \"enforce\" if programs under the policy may manage policies, or use --allow-lockout",
			 cgroup, subject->context.pid, subject->role);
		err = POLICY_UNUSABLE;
	}
	subjects_release(subjects);
	free(subjects);
	return err;
}
