// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Gaps between a policy and its apparent effect
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/xattr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "advice.h"
#include "binfmt.h"
#include "compare.h"
#include "landlock_abi.h"
#include "resolve.h"
#include "units.h"
#include "util.h"

/* So many other names of a program are said. */
#define MAX_NAMES 8

#define MPTCP "/proc/sys/net/mptcp/enabled"
#define SCTP "/proc/sys/net/sctp"

/* An executable that is looked at. */
struct looking {
	const struct policy *policy;
	const struct node *value;
	const char *path;
	struct stat st;
};

/* Finds the file of the policy, and not the target of a user's link. */
static bool find(const struct policy *policy, const char *path, struct stat *st)
{
	struct resolved resolved;
	bool found;

	found = resolve(path, &policy->trust, RESOLVE_ANYWAY, &resolved) ==
		RESOLVED && !fstat(resolved.fd, st);
	resolve_release(&resolved);
	return found;
}

/*
 * Executables
 */

/* Adds those of the names in a directory that lead to the file. */
static size_t add_names(const struct looking *looking, const char *dir,
			char *names, size_t size, size_t count)
{
	DIR *const list = opendir(dir);
	const struct dirent *entry;
	struct stat st;

	while (list && (entry = readdir(list))) {
		const size_t used = strlen(names);

		if (entry->d_type != DT_LNK ||
		    fstatat(dirfd(list), entry->d_name, &st, 0) ||
		    st.st_dev != looking->st.st_dev ||
		    st.st_ino != looking->st.st_ino)
			continue;
		count++;
		if (count <= MAX_NAMES)
			snprintf(names + used, size - used, "%s%s",
				 used ? ", " : "", entry->d_name);
	}
	if (list)
		closedir(list);
	return count;
}

/*
 * A link whose name is a part of that of the program, such as python3, is only
 * another name of the same.  Others may be one program of several in a file.
 */
static void look_at_link(const struct looking *looking)
{
	const char *const slash = strrchr(looking->path, '/');
	char *const real = resolve_real(looking->path,
					looking->policy->trust.for_others);
	char names[MAX_NAMES * (NAME_MAX + 3)] = "";
	const char *target, *name = slash ? slash + 1 : looking->path;
	char dir[PATH_MAX];
	size_t count;

	target = real ? strrchr(real, '/') : NULL;
	if (!target || strstr(target + 1, name)) {
		free(real);
		return;
	}
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - looking->path) :
						    1, slash ? looking->path :
							       ".");
	count = add_names(looking, *dir ? dir : "/", names, sizeof(names), 0);
	node_warn(looking->value, "is a link to %s: the policy applies to this program under any of its names%s%s%s",
		  real, count > 1 ? ", also as " : "", count > 1 ? names : "",
		  count > MAX_NAMES ? " and more" : "");
	free(real);
}

static void look_at_modes(const struct looking *looking)
{
	const struct stat *const st = &looking->st;

	if (st->st_uid)
		node_warn(looking->value, "belongs to user %u, who can replace it, and execute a copy to which the policy does not apply",
			  st->st_uid);
	else if (st->st_mode & 0022)
		node_warn(looking->value, "can be written by others than root (mode %04o), who can make another program of it",
			  st->st_mode & 07777);
	if (st->st_mode & (S_ISUID | S_ISGID) &&
	    !looking->policy->exec_no_new_privs)
		node_warn(looking->value, "is set-%s-ID: it gains privileges under this policy as well, with the arguments and the environment that its caller chooses; \"execNoNewPrivs\": true prevents it from gaining them",
			  st->st_mode & S_ISUID ? "user" : "group");
}

static void look_at_capabilities(const struct looking *looking, int fd)
{
	if (!looking->policy->exec_no_new_privs &&
	    fgetxattr(fd, XATTR_NAME_CAPS, NULL, 0) > 0)
		node_warn(looking->value, "has file capabilities: it gains them under this policy as well, with the arguments and the environment that its caller chooses; \"execNoNewPrivs\": true prevents it from gaining them");
}

static void look_at_format(const struct looking *looking, int fd)
{
	struct binfmt binfmt;

	binfmt_read(fd, looking->path, &binfmt);
	if (binfmt.kind == BINFMT_NONE && !binfmt.error && !binfmt.unsure)
		node_warn(looking->value, "has no format that the kernel executes, and no \"#!\": shells execute /bin/sh or read it themselves, and the policy is never applied; begin a script with \"#!/bin/sh\"");
}

static void look_at_content(const struct looking *looking)
{
	const int fd = resolve_open(looking->path,
				    looking->policy->trust.for_others);

	if (fd < 0)
		return;
	look_at_capabilities(looking, fd);
	look_at_format(looking, fd);
	close(fd);
}

/* A rule for a name is also for what a service has mounted there. */
static bool reaches(const struct path_rule *rule,
		    const struct private_place *place)
{
	return rule->has_place && rule->real &&
	       strcmp(rule->real, place->path) == 0;
}

/*
 * A rule below a private mount of a service does not reach into it, nor does one
 * for the directory that others see there.
 */
static int look_at_place(const struct private_place *place, void *data)
{
	const struct looking *const looking = data;
	const struct config *const config = &looking->policy->config;
	size_t i;

	for (i = 0; i < config->num_paths; i++) {
		const struct path_rule *const rule = &config->paths[i];

		if (!compare_beneath(rule->path, place->path) ||
		    reaches(rule, place))
			continue;
		policy_path_warn(looking->policy, rule,
				 "%s does not reach into %s, which has another %s (%s=): only rules for %sdirectories above it do",
				 rule->path, place->unit, place->path,
				 place->setting,
				 rule->has_place ? "it or for " : "");
		/* One for each place. */
		break;
	}
	return 0;
}

static int look_at_executable(const struct node *value, void *data)
{
	const struct policy *const policy = data;
	struct looking looking = {
		.policy = policy,
		.value = value,
		.path = json_string_value(value->json),
	};

	/* Missing files are reported elsewhere. */
	if (!find(policy, looking.path, &looking.st) ||
	    !S_ISREG(looking.st.st_mode))
		return 0;
	look_at_link(&looking);
	look_at_modes(&looking);
	look_at_content(&looking);
	if (policy->config.num_paths)
		units_private(&looking.st, look_at_place, &looking);
	return 0;
}

/*
 * Rights
 */

static bool has_line(const char *path, const char *text)
{
	FILE *const file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, text);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Whether it is there, or would be loaded on demand. */
static bool has_sctp(void)
{
	struct utsname kernel;
	char path[PATH_MAX];

	if (access(SCTP, F_OK) == 0)
		return true;
	if (uname(&kernel))
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep",
		 kernel.release);
	return has_line(path, "/sctp.ko");
}

/* Protocols beside TCP; the kernel is asked once, for all policies. */
static const struct protocols {
	bool mptcp;
	bool sctp;
} *other_protocols(void)
{
	static struct protocols protocols;
	static bool known;

	if (!known) {
		protocols.mptcp = has_line(MPTCP, "1");
		protocols.sctp = has_sctp();
		known = true;
	}
	return &protocols;
}

void advice_protocols(const struct policy *policy)
{
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");

	if (!policy_only_tcp(policy))
		return;
	if (other_protocols()->mptcp)
		node_warn(&landlock, "denies TCP, but not Multipath TCP, which reaches any TCP port: \"sysctl net.mptcp.enabled=0\" turns it off for all programs");
	if (other_protocols()->sctp)
		node_warn(&landlock, "denies TCP, but not SCTP: \"install sctp /bin/false\" in /etc/modprobe.d keeps the module from being loaded, if it is one");
}

static void look_at_refer(const struct policy *policy)
{
	const struct node root = node_root(&policy->source);
	const struct node landlock = node_member(&root, "landlock");
	const __u64 handled = policy->config.handled[RIGHTS_FS];

	if (handled && !(handled & LANDLOCK_ACCESS_FS_REFER))
		node_warn(&landlock, "denies renaming and linking files from one directory to another, as Landlock does with any right for files: allow \"refer\" for the directories that need it");
}

/*
 * Without no_new_privs, a policy holds for a set-user-ID program as well that
 * the confined program, or what it became, executes.
 */
static void look_at_nnp(const struct policy *policy)
{
	const struct node root = node_root(&policy->source);
	const struct node enforce = node_member(&root, "enforce");
	const struct node value = node_member(&enforce, "noNewPrivs");

	if (policy->no_new_privs == EXECLOCK_NNP_NEVER && policy->has_landlock)
		node_warn(&value, "is false: a user can execute set-user-ID programs from under this policy; they gain their privileges, and the policy applies to them; \"auto\" prevents this for all but administrators");
}

void advice_give(const struct policy *policy)
{
	look_at_nnp(policy);
	policy_values(policy, EXECLOCK_EXECUTABLE, look_at_executable,
		      (void *)policy);
	look_at_refer(policy);
}
