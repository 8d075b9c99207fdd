/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Layers that are permissive
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_H
#define _LANDLOCK_PERMISSIVE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERMISSIVE LANDLOCK_RESTRICT_SELF_PERMISSIVE

/*
 * A kernel with all its checks can be many times slower, and the more so in an
 * emulated machine.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

/* Access rights to files that are not directories. */
#define ACCESS_FILE                                                   \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | \
	 LANDLOCK_ACCESS_FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_RESOLVE_UNIX)

#define ACCESS_ALL (LANDLOCK_ACCESS_FS_RESOLVE_UNIX * 2 - 1)

#define MAX_PATH_RULES 4
#define MAX_PORT_RULES 2

/**
 * struct layer_rules - Ruleset of a layer
 *
 * @attr: Handled access rights, scopes and quiet masks.
 * @paths: Rules for paths, up to the first one without path.  The part of
 *         @access that the ruleset handles, and that the kind of file can have,
 *         is allowed.
 * @ports: Rules for ports, up to the first one that does nothing.
 */
struct layer_rules {
	struct landlock_ruleset_attr attr;
	struct {
		const char *path;
		__u64 access;
		__u32 flags;
	} paths[MAX_PATH_RULES];
	struct {
		__u16 port;
		__u64 access;
		__u32 flags;
	} ports[MAX_PORT_RULES];
};

static int permissive_add_path(const int ruleset_fd,
			       const __u64 handled_access_fs,
			       const char *const path, const __u64 access,
			       const __u32 flags)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access & handled_access_fs,
	};
	struct stat st;
	int err = 0;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -errno;

	if (fstat(rule.parent_fd, &st))
		err = -errno;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= ACCESS_FILE;

	/* A rule has to allow something, or to be quiet. */
	if (!err && (rule.allowed_access || flags) &&
	    landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule,
			      flags))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

static int permissive_add_rules(const int ruleset_fd,
				const struct layer_rules *const rules)
{
	int err = 0;

	for (int i = 0; !err && i < MAX_PATH_RULES && rules->paths[i].path; i++)
		err = permissive_add_path(ruleset_fd,
					  rules->attr.handled_access_fs,
					  rules->paths[i].path,
					  rules->paths[i].access,
					  rules->paths[i].flags);

	for (int i = 0; !err && i < MAX_PORT_RULES; i++) {
		const struct landlock_net_port_attr rule = {
			.allowed_access = rules->ports[i].access &
					  rules->attr.handled_access_net,
			.port = rules->ports[i].port,
		};

		if (!rule.allowed_access && !rules->ports[i].flags)
			continue;
		if (landlock_add_rule(ruleset_fd, LANDLOCK_RULE_NET_PORT, &rule,
				      rules->ports[i].flags))
			err = -errno;
	}
	return err;
}

/* Returns the file descriptor of a new ruleset, or -errno. */
static int __maybe_unused
permissive_ruleset(const struct layer_rules *const rules)
{
	const int ruleset_fd =
		landlock_create_ruleset(&rules->attr, sizeof(rules->attr), 0);
	int err;

	if (ruleset_fd < 0)
		return -errno;

	err = permissive_add_rules(ruleset_fd, rules);
	if (!err)
		return ruleset_fd;

	close(ruleset_fd);
	return err;
}

/* Restricts the calling thread.  Returns 0 or -errno. */
static int __maybe_unused
permissive_restrict(const struct layer_rules *const rules, const __u32 flags)
{
	const int ruleset_fd = permissive_ruleset(rules);
	int err = 0;

	if (ruleset_fd < 0)
		return ruleset_fd;

	if (landlock_restrict_self(ruleset_fd, flags))
		err = -errno;
	close(ruleset_fd);
	return err;
}

#endif /* _LANDLOCK_PERMISSIVE_H */
