// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Rules that have less effect than they seem to
 */

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "advice_rules.h"
#include "fstab.h"
#include "landlock_abi.h"
#include "overlays.h"
#include "rights.h"
#include "util.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

/* So many void rules of a policy are said. */
#define MAX_VOID 20

/* Kinds of findings, of which the first one in a policy is said. */
enum kind {
	KIND_9P,
	KIND_FUSE,
	KIND_OVERLAY,
	KIND_LAYER,
	KIND_PROCESS,
	KIND_HIDDEN,
	KINDS,
};

/* The policy, and what was said about it. */
struct looking {
	const struct policy *policy;
	bool said[KINDS];
};

static bool is_first(struct looking *looking, enum kind kind)
{
	const bool first = !looking->said[kind];

	looking->said[kind] = true;
	return first;
}

/* The kernel keeps the directory on which a file system is mounted. */
static bool is_in_kept(const struct path_rule *rule)
{
	const char *const slash = strrchr(rule->real, '/');
	char above[PATH_MAX];
	struct statx st;

	if (!rule->has_place || !slash)
		return false;
	snprintf(above, sizeof(above), "%.*s", (int)(slash - rule->real),
		 rule->real);
	return !statx(AT_FDCWD, *above ? above : "/", AT_NO_AUTOMOUNT,
		      STATX_TYPE, &st) &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* A file system that can have another inode for the same file later. */
static void warn_forgets(struct looking *looking, const struct path_rule *rule,
			 enum kind kind, const char *name)
{
	/* The rule for its name lasts. */
	if (is_in_kept(rule))
		return;
	if (is_first(looking, kind))
		policy_path_warn(looking->policy, rule, "%s is on %s, where the kernel can forget the identity of a file, and this rule then allows nothing: a rule for the directory on which the file system is mounted lasts",
				 rule->path, name);
}

static void look_at_file_system(struct looking *looking,
				const struct path_rule *rule)
{
	struct statfs fs;

	if (statfs(rule->real, &fs))
		return;
	switch ((unsigned int)fs.f_type) {
	case V9FS_MAGIC:
		warn_forgets(looking, rule, KIND_9P, "9p");
		break;
	case FUSE_SUPER_MAGIC:
		warn_forgets(looking, rule, KIND_FUSE, "FUSE");
		break;
	case OVERLAYFS_SUPER_MAGIC:
		if (is_first(looking, KIND_OVERLAY))
			policy_path_warn(looking->policy, rule, "%s is on an overlayfs: this rule does not apply to the same files in the directories that the overlayfs is made of, nor the other way round",
					 rule->path);
		break;
	default:
		break;
	}
}

static void look_at_layers(struct looking *looking,
			   const struct path_rule *rule)
{
	const char *const merged = overlays_over(rule->real);

	if (merged && is_first(looking, KIND_LAYER))
		policy_path_warn(looking->policy, rule, "%s is in a directory that the overlayfs on %s is made of: this rule does not apply to the same files in %s, which needs a rule of its own",
				 rule->path, merged, merged);
}

/* A number of a process is never the first character of another name. */
static void look_at_process(struct looking *looking,
			    const struct path_rule *rule)
{
	const char *const name = rule->real + strlen("/proc/");

	if (strncmp(rule->real, "/proc/", strlen("/proc/")) ||
	    !isdigit((unsigned char)*name) || !is_first(looking, KIND_PROCESS))
		return;
	policy_path_warn(looking->policy, rule, "%s leads to %s, of the process that has this number now: the rule allows nothing once that process has ended, not even if another one gets the number; a rule for /proc applies to all processes",
			 rule->path, rule->real);
}

static void look_at_mounts(struct looking *looking,
			   const struct path_rule *rule)
{
	const char *const point = fstab_hides(rule->real);

	/* A rule for a name is also for what will be mounted there. */
	if (point && rule->has_place && strcmp(point, rule->real) == 0)
		return;
	if (point && is_first(looking, KIND_HIDDEN))
		policy_path_warn(looking->policy, rule, "%s is in a directory that /etc/fstab mounts on, and %s is not mounted at present: the rule does not apply to what this mount brings; mount it, and load the policies again",
				 rule->path, point);
}

/*
 * Rights that rules above give
 */

/* Those that can be used on the file or directory of a rule. */
static __u64 usable(const struct path_rule *rule)
{
	struct stat st;

	return stat(rule->real, &st) || S_ISDIR(st.st_mode) ? ~0ULL :
							      RIGHTS_OF_FILES;
}

/* Whether a rule's path leads there by way of no link. */
static bool is_itself(const struct path_rule *rule)
{
	return rule->real && strcmp(rule->path, rule->real) == 0;
}

/*
 * Portable policies name /lib beside /usr, or /etc/resolv.conf beside /etc: they
 * are links on some systems.  In one list, nobody expects other rights.
 */
static bool seems_to_add(const struct path_rule *rule,
			 const struct path_rule *above)
{
	return rule->entry != above->entry && is_itself(rule) &&
	       is_itself(above);
}

/* Returns whether something was said. */
static bool look_at_above(const struct policy *policy,
			  const struct path_rule *rule,
			  const struct compared_path *above)
{
	const __u64 possible = usable(rule);
	const __u64 more = above->allowed & ~rule->allowed & possible;

	if (rule->quiet || rule->allowed & possible & ~above->allowed)
		return false;
	if (more)
		policy_path_warn(policy, rule, "%s keeps \"%s\", which the rules for %s and above give: rules only add rights, and this one denies nothing; to deny it here, list the other files of %s one by one",
				 rule->path, rights_name(RIGHTS_FS, more),
				 above->rule->path, above->rule->path);
	else if (seems_to_add(rule, above->rule))
		policy_path_warn(policy, rule, "%s has the rights of this rule already, by the rules for %s and above: this path adds nothing",
				 rule->path, above->rule->path);
	else
		return false;
	return true;
}

static void look_at_void(const struct compared *compared)
{
	const struct compared_path *const paths = compared->paths;
	size_t i, said = 0;

	for (i = 0; said < MAX_VOID && i < compared->num_paths; i++)
		if (paths[i].above && paths[i].rule->real &&
		    look_at_above(compared->policy, paths[i].rule,
				  &paths[paths[i].above - 1]))
			said++;
}

void advice_rules(const struct compared *compared)
{
	const struct policy *const policy = compared->policy;
	struct looking looking = { .policy = policy };
	size_t i;

	for (i = 0; i < policy->config.num_paths; i++) {
		const struct path_rule *const rule = &policy->config.paths[i];

		if (!rule->real)
			continue;
		look_at_file_system(&looking, rule);
		look_at_layers(&looking, rule);
		look_at_process(&looking, rule);
		look_at_mounts(&looking, rule);
	}
	look_at_void(compared);
}
