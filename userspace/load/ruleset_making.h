/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - A ruleset in the making, for ruleset*.c alone
 */

#ifndef EXECLOCK_RULESET_MAKING_H
#define EXECLOCK_RULESET_MAKING_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "policy.h"
#include "resolve.h"
#include "ruleset.h"
#include "util.h"

/* Newer headers have it. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

/**
 * struct making - A ruleset in the making
 *
 * @policy: The policy that it is of.
 * @options: Circumstances.
 * @fd: The ruleset; -1 if the kernel is not asked.
 * @content: Its content so far.
 * @known: Whether all of the content is known.
 * @said_files: Whether it was said that rules are for files instead of names.
 */
struct making {
	struct policy *policy;
	const struct ruleset_options *options;
	int fd;
	__u64 content;
	bool known;
	bool said_files;
};

/**
 * making_path_at_fault - Leave out, or refuse, a path without a rule
 *
 * A file that a user put there is not the administrator's mistake.
 *
 * @making: The ruleset.
 * @rule: The rule of the path.
 * @resolved: The path, as resolve() filled it in.
 * @fmt: The reason.
 *
 * Return: 0 if it is left out, or %POLICY_UNUSABLE with the error reported.
 */
int making_path_at_fault(const struct making *making,
			 const struct path_rule *rule,
			 const struct resolved *resolved, const char *fmt, ...)
	__printf(4, 5);

/**
 * making_refused - Report that the kernel refuses a rule
 *
 * @making: The ruleset.
 * @rule: The rule of the path.
 * @resolved: The path, as resolve() filled it in.
 * @err: Its error number.
 *
 * Return: as making_path_at_fault(), or -1 if the system is at fault.
 */
int making_refused(const struct making *making, const struct path_rule *rule,
		   const struct resolved *resolved, int err);

/**
 * making_can_be_quiet - Tell whether the kernel knows quiet rules
 *
 * @making: The ruleset, which is maybe not for this kernel.
 *
 * Return: true if the ruleset can have them.
 */
bool making_can_be_quiet(const struct making *making);

/**
 * making_add_content - Add a word to the content of the ruleset
 *
 * @making: The ruleset.
 * @word: The word.
 */
void making_add_content(struct making *making, __u64 word);

/**
 * making_add_file - Add a file or directory to the content of the ruleset
 *
 * @making: The ruleset.
 * @type: The type of the rule that it is from.
 * @quiet: Whether the rule is quiet.
 * @fd: The file or directory.
 * @st: What statx(2) says of it.
 * @allowed: The rights.
 */
void making_add_file(struct making *making, int type, bool quiet, int fd,
		     const struct statx *st, __u64 allowed);

/*
 * Rules for names: ruleset_places.c.
 */

/**
 * places_are_meant - Tell whether a rule is for a name, and not for a file
 *
 * @making: The ruleset.
 * @rule: The rule of a path, after places_check().
 *
 * Return: true if so.
 */
bool places_are_meant(const struct making *making,
		      const struct path_rule *rule);

/**
 * places_check - Check that a rule can be for a name, if that is meant
 *
 * @making: The ruleset.
 * @rule: The rule of the path.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int places_check(struct making *making, const struct path_rule *rule);

/**
 * places_can_be_missing - Tell whether a path that is missing gets a rule
 *
 * @making: The ruleset.
 * @rule: The rule of the path.
 * @resolved: The path, as resolve() filled it in.
 * @result: The result of resolve().
 *
 * Return: true if the rule will be for the name.
 */
bool places_can_be_missing(const struct making *making,
			   const struct path_rule *rule,
			   const struct resolved *resolved,
			   enum resolve_result result);

/**
 * places_add - Add rules for the name of a path, and for that of a link to it
 *
 * @making: The ruleset.
 * @rule: The rule of the path, whose @has_place is set.
 * @resolved: The path, as resolve() filled it in.
 * @allowed: The rights.
 *
 * Return: 0, also if there can be none and the file has a rule; or as
 * making_refused().
 */
int places_add(struct making *making, struct path_rule *rule,
	       const struct resolved *resolved, __u64 allowed);

#endif /* EXECLOCK_RULESET_MAKING_H */
