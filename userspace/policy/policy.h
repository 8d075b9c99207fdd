/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Policies
 */

#ifndef EXECLOCK_POLICY_H
#define EXECLOCK_POLICY_H

#include <stdbool.h>

#include "bpf/execlock.h"
#include "json_source.h"
#include "landlock_config.h"
#include "resolve.h"
#include "userns_caps.h"
#include "util.h"

/**
 * enum policy_if_missing - How to treat a missing path, user or group
 *
 * @POLICY_MISSING_UNSAID: The policy does not say.
 * @POLICY_MISSING_SKIP: The rule or value is left out.
 * @POLICY_MISSING_ERROR: It is an error.
 */
enum policy_if_missing {
	POLICY_MISSING_UNSAID,
	POLICY_MISSING_SKIP,
	POLICY_MISSING_ERROR,
};

/**
 * enum policy_change - Effects of a load on processes that are under a policy
 *
 * @POLICY_SAME: None: its ruleset is the same as before, or it had none.
 * @POLICY_REPLACED: They have the new ruleset instead of the former one.
 * @POLICY_ADDED: They keep the former one, and get the new one as well once they
 *                execute a program of the policy.
 */
enum policy_change {
	POLICY_SAME,
	POLICY_REPLACED,
	POLICY_ADDED,
};

/**
 * struct policy - A policy, parsed and checked
 *
 * Everything has been checked that does not depend on files and on the kernel.
 *
 * @source: File that it is from, for messages.
 * @name: Its name.
 * @conditions: Its conditions, a bit for each &enum execlock_condition.
 * @is_default: Whether it is for user namespaces of programs of which no other
 *              policy says something about that, and has no conditions.
 * @permissive: Whether it denies nothing, but what it would deny is reported.
 * @trial: Whether it is permissive because of "execlock trial", and not for
 *         another reason.
 * @live: Whether the next load replaces its ruleset for processes that run.
 * @change: Whether this load did so.
 * @has_landlock: Whether it has a Landlock part.
 * @config: The Landlock part, or zeroes.
 * @flags: LANDLOCK_RESTRICT_SELF_LOG_* flags and, if it is permissive,
 *         LANDLOCK_RESTRICT_SELF_PERMISSIVE.
 * @no_new_privs: Whether and when it sets no_new_privs.
 * @exec_no_new_privs: Whether the exec itself gains no privileges.
 * @userns_caps: The capabilities of its programs in user namespaces.
 * @manages_policies: Whether a process under it may touch the policies in force.
 * @other_protocols: Whether its programs may use protocols like TCP that none of
 *                   its rights controls.
 * @allow_on_error: Whether an exec that cannot be confined goes ahead.
 * @best_effort: Whether rights that the kernel lacks are left out.
 * @if_missing: How to treat a missing path, user or group.
 * @trust: Who may decide where its paths lead.
 * @left_out: How many rules and values of conditions were left out.
 * @content: Hash of the content of its ruleset, once this was made: the files
 *           and ports, the rights, and the scopes.  As long as another ruleset
 *           with the same hash is there, both are the same.  Zero if that is
 *           not known.
 */
struct policy {
	struct source source;
	const char *name;
	unsigned int conditions;
	bool is_default;
	bool permissive;
	bool trial;
	bool live;
	enum policy_change change;
	bool has_landlock;
	struct config config;
	__u32 flags;
	enum execlock_nnp no_new_privs;
	bool exec_no_new_privs;
	struct userns_caps userns_caps;
	bool manages_policies;
	bool other_protocols;
	bool allow_on_error;
	bool best_effort;
	enum policy_if_missing if_missing;
	struct resolve_trust trust;
	unsigned int left_out;
	__u64 content;
};

/**
 * policy_read - Read a policy file
 *
 * @policy: Filled in; release it with policy_free(), also after an error.
 * @file: Its name.
 * @for_others: Whether execlock decides for others: see struct resolve_trust.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_read(struct policy *policy, const char *file, bool for_others);

/**
 * policy_take - Read a policy from a document
 *
 * @policy: Filled in; release it with policy_free(), also after an error.
 * @name: Name of the document, for messages.
 * @root: The document.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_take(struct policy *policy, const char *name, json_t *root);

/**
 * policy_parse - Parse the document that a policy has already
 *
 * @policy: Zeroes but for its source and its trust, then filled in.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_parse(struct policy *policy);

/**
 * policy_check_cgroup - Check a value that is the path of a cgroup
 *
 * It is compared as it is, so there must be only one way to write it.
 *
 * @node: The value.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_check_cgroup(const struct node *node);

/**
 * policy_match_cgroups - Have a policy match cgroups, whatever it matched before
 *
 * @policy: The policy.
 * @paths: An array of their paths.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_match_cgroups(struct policy *policy, json_t *paths);

/**
 * policy_take_file - Read a policy from what a file would have in it
 *
 * @policy: Filled in; release it with policy_free(), also after an error.
 * @file: Name of the file; the document may include others.
 * @root: The document.
 * @for_others: Whether execlock decides for others: see struct resolve_trust.
 *
 * Return: 0, or -1 with the error reported.
 */
int policy_take_file(struct policy *policy, const char *file, json_t *root,
		     bool for_others);

/**
 * policy_free - Release a policy
 *
 * @policy: Policy, or zeroes.
 */
void policy_free(struct policy *policy);

/**
 * policy_name_wrong - Check the name of a policy
 *
 * @name: The name.
 *
 * Return: why a policy cannot have this name, or NULL if it can.
 */
const char *policy_name_wrong(const char *name);

/**
 * policies_check_name - Check that the last of several policies has a new name
 *
 * @policies: The policies.
 * @count: Their number.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int policies_check_name(const struct policy *policies, size_t count);

/**
 * policies_check_default - Check that the last of several policies is not the
 *                          second default
 *
 * @policies: The policies.
 * @count: Their number.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int policies_check_default(const struct policy *policies, size_t count);

/**
 * policy_check_match - Check that a policy says to which programs it applies
 *
 * @policy: The policy.
 *
 * Return: 0, or %POLICY_UNUSABLE with the error reported.
 */
int policy_check_match(const struct policy *policy);

/**
 * policy_refuse_for - Refuse a policy that only "execlock load" can enforce
 *
 * A policy must not be enforced in part without a word.
 *
 * @policy: The policy.
 * @command: The command that is to enforce it.
 *
 * Return: 0 if the command can, or %POLICY_UNUSABLE with the error reported.
 */
int policy_refuse_for(const struct policy *policy, const char *command);

/**
 * policy_bounds_userns - Tell whether a policy bounds the capabilities of its
 *                        programs in user namespaces
 *
 * A permissive policy denies nothing.
 *
 * @policy: The policy.
 *
 * Return: true if so.
 */
bool policy_bounds_userns(const struct policy *policy);

/**
 * policy_only_tcp - Tell whether the programs of a policy have no protocols
 *                   like TCP
 *
 * Landlock's rights for TCP are for no other protocol.
 *
 * @policy: The policy.
 *
 * Return: true if so.
 */
bool policy_only_tcp(const struct policy *policy);

/**
 * policy_lack_userns_caps - Treat a policy for a kernel that cannot bound
 *                           capabilities in user namespaces
 *
 * @policy: The policy, which bounds them.
 *
 * Return: 0 if the policy does without, with a warning, or %POLICY_UNUSABLE with
 * the error reported.
 */
int policy_lack_userns_caps(struct policy *policy);

/**
 * policies_free - Release policies, and the array that they are in
 *
 * @policies: Array or NULL.
 * @count: Its size.
 */
void policies_free(struct policy *policies, size_t count);

/**
 * policy_login_unset - Check whether a login is none
 *
 * @value: A value of the condition "login".
 *
 * Return: true if it stands for processes that nobody logged in to.
 */
bool policy_login_unset(const struct node *value);

/** POLICY_UNUSABLE - A policy is at fault, and not the system */
#define POLICY_UNUSABLE 1

/** POLICY_LEFT_OUT_SHOWN - So many rules and values are reported that one policy leaves out */
#define POLICY_LEFT_OUT_SHOWN 20

/**
 * policy_leave_out - Leave out a part of a policy, and report it
 *
 * For a state that a user or a package can bring about: it must not end the
 * policy, nor others of its set.
 *
 * @policy: The policy.
 * @node: The rule's path, or the value of the condition.
 * @why: Why it cannot be used; NULL if there is no memory to say it.
 *
 * Return: 0, or %POLICY_UNUSABLE if the policy says that this is an error.
 */
int policy_leave_out(struct policy *policy, const struct node *node,
		     const char *why);

/**
 * policies_report_left_out - Report how much was left out and not reported
 *
 * @policies: The policies.
 * @count: Their number.
 *
 * Return: how many rules and values of conditions were left out altogether.
 */
size_t policies_report_left_out(const struct policy *policies, size_t count);

/**
 * policy_path_leave_out - policy_leave_out() of the path of a rule
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 * @why: As there.
 *
 * Return: as there.
 */
int policy_path_leave_out(struct policy *policy, const struct path_rule *rule,
			  const char *why);

/**
 * policy_path_unresolved - Leave out, or refuse, a path that was not resolved
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 * @resolved: The path, or the directory of a pattern, as resolve() filled it in.
 * @result: The result of resolve().
 *
 * Return: 0 if it is left out, or %POLICY_UNUSABLE or -1, with the error
 * reported.
 */
int policy_path_unresolved(struct policy *policy, const struct path_rule *rule,
			   const struct resolved *resolved,
			   enum resolve_result result);

/**
 * policy_path_warn - Report a likely mistake in the path of a rule
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 * @fmt: The warning.
 */
void policy_path_warn(const struct policy *policy, const struct path_rule *rule,
		      const char *fmt, ...) __printf(3, 4);

/**
 * policy_id - Make the ID of a policy
 *
 * A policy that is on trial has another one than the policy of the same name
 * that is enforced beside it.
 *
 * @policy: The policy.
 *
 * Return: the ID.
 */
__u32 policy_id(const struct policy *policy);

/**
 * policy_values - Call a function for each value of a condition
 *
 * @policy: The policy.
 * @condition: The condition; nothing is called if @policy does not have it.
 * @call: Function; stops the work unless it returns 0.
 * @data: Passed to @call.
 *
 * Return: 0, or what @call returned.
 */
int policy_values(const struct policy *policy,
		  enum execlock_condition condition,
		  int (*call)(const struct node *value, void *data), void *data);

/**
 * policy_condition_name - Get the name of a condition in policies
 *
 * @condition: The condition.
 *
 * Return: the name.
 */
const char *policy_condition_name(enum execlock_condition condition);

/**
 * policy_path_err - Report an error in the path of a rule
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 * @fmt: The error.
 *
 * Return: always -1.
 */
int policy_path_err(const struct policy *policy, const struct path_rule *rule,
		    const char *fmt, ...) __printf(3, 4);

/**
 * policy_relative_err - Report that the path of a rule must not be relative
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 *
 * Return: always -1.
 */
int policy_relative_err(const struct policy *policy,
			const struct path_rule *rule);

/**
 * policy_port_err - Report an error in a rule on ports
 *
 * @policy: The policy.
 * @rule: The rule, one of @policy's.
 * @fmt: The error.
 *
 * Return: always -1.
 */
int policy_port_err(const struct policy *policy, const struct port_rule *rule,
		    const char *fmt, ...) __printf(3, 4);

/**
 * policy_err - Report an error in the Landlock part as a whole
 *
 * @policy: The policy.
 * @fmt: The error.
 *
 * Return: always -1.
 */
int policy_err(const struct policy *policy, const char *fmt, ...)
	__printf(2, 3);

#endif /* EXECLOCK_POLICY_H */
