// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Rules for names in directories, whatever file has them
 *
 * A rule for a file is of no use once another file has its name.  So there is
 * a second one, for the name, as long as nobody but root decides which file has
 * that.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "hash.h"
#include "landlock_abi.h"
#include "ruleset_making.h"

/*
 * Rights for whatever gets the name of a symbolic link: to use it, but not to
 * remove nor to replace the link.
 */
#define RIGHTS_OF_LINKS (RIGHTS_OF_FILES | LANDLOCK_ACCESS_FS_READ_DIR)

bool places_are_meant(const struct making *making, const struct path_rule *rule)
{
	return rule->place == PATH_PLACE_ONLY && making->options->places;
}

int places_check(struct making *making, const struct path_rule *rule)
{
	if (rule->place != PATH_PLACE_ONLY || making->options->places)
		return 0;
	if (!making->policy->best_effort) {
		policy_path_err(making->policy, rule,
				"is for a name (\"place\": true), and the kernel has rules for files only; \"compatibility\": \"bestEffort\" makes them for the files that are there");
		return POLICY_UNUSABLE;
	}
	if (!making->said_files)
		policy_path_warn(making->policy, rule,
				 "is for the file that is there, and not for the name, which a kernel without rules for names cannot do");
	making->said_files = true;
	return 0;
}

/*
 * Whether nobody but root, or the user for whom the policy is, decides which
 * file has a name.  The names in /proc are numbers of processes, or stay as they
 * are.
 */
static bool is_ours(const struct making *making, int dir)
{
	struct statfs fs;
	struct stat st;

	if (fstat(dir, &st) || fstatfs(dir, &fs) ||
	    fs.f_type == PROC_SUPER_MAGIC)
		return false;
	if (!making->policy->trust.for_others && st.st_uid == geteuid())
		st.st_uid = 0;
	return resolve_is_roots(&st, &making->policy->trust);
}

static bool has_name(const struct resolved *resolved)
{
	return resolved->dir >= 0 && *resolved->name;
}

/* Whether there is a rule for the name of a path. */
static bool applies(const struct making *making, const struct path_rule *rule,
		    const struct resolved *resolved)
{
	if (!making->options->places || !has_name(resolved))
		return false;
	switch (rule->place) {
	case PATH_PLACE_ONLY:
		return true;
	case PATH_PLACE_NEVER:
		return false;
	default:
		return !resolved->place[0] && is_ours(making, resolved->dir);
	}
}

/* The same for the link that a path names. */
static bool applies_to_link(const struct making *making,
			    const struct path_rule *rule,
			    const struct resolved *resolved)
{
	if (!making->options->places || resolved->link < 0)
		return false;
	return rule->place == PATH_PLACE_ONLY ||
	       (rule->place == PATH_PLACE_UNSAID &&
		is_ours(making, resolved->link));
}

bool places_can_be_missing(const struct making *making,
			   const struct path_rule *rule,
			   const struct resolved *resolved,
			   enum resolve_result result)
{
	return result == RESOLVE_MISSING && resolved->error == ENOENT &&
	       !resolved->reason && applies(making, rule, resolved);
}

/* Returns 0, or an error number of the kernel. */
static int add(struct making *making, const struct path_rule *rule, int dir,
	       const char *name, __u64 allowed)
{
	const bool quiet = rule->quiet && making_can_be_quiet(making);
	const struct place_attr attr = {
		.allowed_access = allowed &
				  rights_of_abi(RIGHTS_FS,
						making->options->kernel_abi),
		.parent_fd = dir,
		.name = (uintptr_t)name,
	};
	struct statx st;

	if (making->fd < 0 || !making->options->kernel_places ||
	    (!attr.allowed_access && !quiet))
		return 0;
	if (landlock_add_rule(making->fd, RULE_PLACE, &attr,
			      quiet ? ADD_RULE_QUIET : 0))
		return errno;
	if (statx(dir, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID_UNIQUE,
		  &st))
		return errno;
	making_add_file(making, RULE_PLACE, quiet, dir, &st,
			attr.allowed_access);
	making_add_content(making, hash_name(EXECLOCK_HASH_INIT, name,
					     strlen(name)));
	return 0;
}

/* The kernel makes no rule for the name of this path. */
static int refused(const struct making *making, const struct path_rule *rule,
		   const struct resolved *resolved, int err)
{
	char *why;

	if ((err != EOPNOTSUPP && err != EBADFD) ||
	    rule->place == PATH_PLACE_ONLY)
		return making_refused(making, rule, resolved, err);
	if (rule->has_file)
		return 0;
	if (asprintf(&why, "cannot open %s: %s (and on its file system, there can be no rule for a name)",
		     rule->path, strerror(resolved->error)) < 0)
		why = NULL;
	err = policy_path_leave_out(making->policy, rule, why);
	free(why);
	return err;
}

static int add_name(struct making *making, struct path_rule *rule,
		    const struct resolved *resolved, __u64 allowed)
{
	int err;

	if (!applies(making, rule, resolved))
		return 0;
	err = add(making, rule, resolved->dir, resolved->name, allowed);
	if (err)
		return refused(making, rule, resolved, err);
	rule->has_place = true;
	return 0;
}

static int add_link(struct making *making, const struct path_rule *rule,
		    const struct resolved *resolved, __u64 allowed)
{
	int err;

	if (rule->place != PATH_PLACE_ONLY)
		allowed &= RIGHTS_OF_LINKS;
	if (!applies_to_link(making, rule, resolved) ||
	    (!allowed && !rule->quiet))
		return 0;
	err = add(making, rule, resolved->link, resolved->link_name, allowed);
	/* The rule for the target is there. */
	return err == EOPNOTSUPP || err == EBADFD ? 0 :
	       err ? making_refused(making, rule, resolved, err) : 0;
}

int places_add(struct making *making, struct path_rule *rule,
	       const struct resolved *resolved, __u64 allowed)
{
	int err;

	if (rule->place == PATH_PLACE_ONLY && !has_name(resolved))
		return making_path_at_fault(making, rule, resolved,
					    "%s has no name in a directory, which \"place\": true is for",
					    rule->path);
	rule->missing = resolved->fd < 0;
	err = add_name(making, rule, resolved, allowed);
	return err ?: add_link(making, rule, resolved, allowed);
}
