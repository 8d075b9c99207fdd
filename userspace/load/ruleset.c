// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a policy to a Landlock ruleset
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identify.h"
#include "landlock_abi.h"
#include "message.h"
#include "patterns.h"
#include "resolve.h"
#include "ruleset.h"
#include "ruleset_making.h"

/* Clears rights that the kernel lacks, unless all of them are needed. */
static int keep_supported(const struct policy *policy, enum rights_kind kind,
			  int abi, __u64 *rights)
{
	const __u64 missing = *rights & ~rights_of_abi(kind, abi);

	if (missing && !policy->best_effort)
		return policy_err(policy,
				  "needs \"%s\", which a kernel with Landlock ABI %d lacks; \"compatibility\": \"bestEffort\" leaves it out",
				  rights_name(kind, missing), abi);
	*rights &= ~missing;
	return 0;
}

/* Whether the policy is at fault, or the system has run out of something. */
static int at_fault(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return -1;
	default:
		return POLICY_UNUSABLE;
	}
}

int making_path_at_fault(const struct making *making,
			 const struct path_rule *rule,
			 const struct resolved *resolved, const char *fmt, ...)
{
	va_list args;
	char *text;
	int err;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (resolved->place[0]) {
		err = policy_path_leave_out(making->policy, rule, text);
	} else {
		policy_path_err(making->policy, rule, "%s",
				text ?: "out of memory");
		err = POLICY_UNUSABLE;
	}
	free(text);
	return err;
}

static const char *why_refused(int err)
{
	switch (err) {
	case EBADFD:
		return " (its file system cannot be named in rules)";
	case EOPNOTSUPP:
		return " (two names can be the same one in its directory)";
	default:
		return "";
	}
}

int making_refused(const struct making *making, const struct path_rule *rule,
		   const struct resolved *resolved, int err)
{
	if (at_fault(err) < 0)
		return policy_path_err(making->policy, rule,
				       "the kernel refuses a rule on %s: %s",
				       rule->path, strerror(err));
	return making_path_at_fault(making, rule, resolved,
				    "the kernel refuses a rule on %s: %s%s",
				    rule->path, strerror(err),
				    why_refused(err));
}

bool making_can_be_quiet(const struct making *making)
{
	return making->options->abi >= LANDLOCK_ABI_QUIET &&
	       making->options->kernel_abi >= LANDLOCK_ABI_QUIET;
}

void making_add_content(struct making *making, __u64 word)
{
	making->content = execlock_hash(making->content, word);
}

/* The type of a rule, so that all that is not quiet is as it always was. */
static __u64 content_type(int type, bool quiet)
{
	return quiet ? type | 0x100 : type;
}

/*
 * A rule keeps its inode in memory until its file system is unmounted.  So as
 * long as there is a ruleset with the rule, and the same mount, an inode at the
 * same address is the same.  Its number can be that of another one: of a file on
 * a file system that was mounted again, or that the kernel forgot meanwhile.
 */
void making_add_file(struct making *making, int type, bool quiet, int fd,
		     const struct statx *st, __u64 allowed)
{
	struct execlock_fd answer;

	if (!making->options->identify)
		return;
	if (!(st->stx_mask & STATX_MNT_ID_UNIQUE) ||
	    identify(making->options->identify, fd, &answer)) {
		making->known = false;
		return;
	}
	making_add_content(making, content_type(type, quiet));
	making_add_content(making, st->stx_mnt_id);
	making_add_content(making, answer.address);
	making_add_content(making, allowed);
}

/* Adds the rule for the file that is there. */
static int add_file(struct making *making, struct path_rule *rule,
		    __u64 allowed, const struct resolved *resolved,
		    const struct statx *st)
{
	const bool quiet = rule->quiet && making_can_be_quiet(making);
	struct landlock_path_beneath_attr attr = {
		.parent_fd = resolved->fd,
		.allowed_access = allowed &
				  rights_of_abi(RIGHTS_FS,
						making->options->kernel_abi),
	};

	if (making->fd < 0 || (!attr.allowed_access && !quiet)) {
		rule->has_file = true;
		return 0;
	}
	if (landlock_add_rule(making->fd, RULE_PATH_BENEATH, &attr,
			      quiet ? ADD_RULE_QUIET : 0))
		return making_refused(making, rule, resolved, errno);
	rule->has_file = true;
	making_add_file(making, RULE_PATH_BENEATH, quiet, resolved->fd, st,
			attr.allowed_access);
	return 0;
}

/* The rules for a path at which there is a file. */
static int add_found(struct making *making, struct path_rule *rule,
		     __u64 allowed, const struct resolved *resolved)
{
	struct statx st;
	int err;

	if (places_are_meant(making, rule))
		return places_add(making, rule, resolved, allowed);
	if (statx(resolved->fd, "", AT_EMPTY_PATH,
		  STATX_TYPE | STATX_MNT_ID_UNIQUE, &st))
		return making_path_at_fault(making, rule, resolved,
					    "cannot stat %s: %s", rule->path,
					    strerror(errno));
	/* A list of files and directories may share one list of rights. */
	if (!S_ISDIR(st.stx_mode))
		allowed &= RIGHTS_OF_FILES;
	if (!allowed && rule->of_pattern && !rule->quiet)
		return 0;
	if (!allowed && !rule->quiet)
		return making_path_at_fault(making, rule, resolved,
					    "%s is not a directory, but all rights of this rule are for directories",
					    rule->path);
	err = add_file(making, rule, allowed, resolved, &st);
	/* A file's name is not to be taken away, nor given to another one. */
	return err ?: places_add(making, rule, resolved, allowed);
}

static void warn_of_users(const struct making *making,
			  const struct path_rule *rule,
			  const struct resolved *resolved)
{
	char *whose;

	/* It is one of the container's users, who are all under the policy. */
	if (!resolved->place[0] || making->policy->trust.container)
		return;
	whose = resolve_whose(resolved);
	policy_path_warn(making->policy, rule,
			 "is a user's path: %s; it is followed without links",
			 whose ?: "others may write it");
	free(whose);
}

/* Adds the rules for a path, or leaves it out, or refuses it. */
static int add_resolved(struct making *making, struct path_rule *rule,
			__u64 allowed, const struct resolved *resolved,
			enum resolve_result result)
{
	int err;

	if (result == RESOLVED)
		err = add_found(making, rule, allowed, resolved);
	else if (places_can_be_missing(making, rule, resolved, result))
		err = places_add(making, rule, resolved, allowed);
	else
		return policy_path_unresolved(making->policy, rule, resolved,
					      result);
	if (err || (!rule->has_file && !rule->has_place))
		return err;
	warn_of_users(making, rule, resolved);
	/* Not to look it up again; without it, this is done. */
	free(rule->real);
	rule->real = strdup(resolved->real);
	return 0;
}

static int add_path(struct making *making, struct path_rule *rule)
{
	const __u64 allowed = rule->allowed &
			      rights_of_abi(RIGHTS_FS, making->options->abi);
	struct resolved resolved;
	enum resolve_result result;
	int err;

	if (rule->path[0] != '/' && !making->options->relative) {
		policy_relative_err(making->policy, rule);
		return POLICY_UNUSABLE;
	}
	if (!allowed && !rule->quiet)
		return 0;
	err = places_check(making, rule);
	if (err)
		return err;
	result = resolve(rule->path, &making->policy->trust, 0, &resolved);
	err = add_resolved(making, rule, allowed, &resolved, result);
	resolve_release(&resolved);
	return err;
}

static int add_port(struct making *making, const struct port_rule *rule)
{
	const struct net_port_attr attr = {
		.allowed_access = rule->allowed &
				  rights_of_abi(RIGHTS_NET,
						making->options->abi) &
				  rights_of_abi(RIGHTS_NET,
						making->options->kernel_abi),
		.port = rule->port,
	};
	const bool quiet = rule->quiet && making_can_be_quiet(making);
	int err;

	if (making->fd < 0 || (!attr.allowed_access && !quiet))
		return 0;
	if (!landlock_add_rule(making->fd, RULE_NET_PORT, &attr,
			       quiet ? ADD_RULE_QUIET : 0)) {
		making_add_content(making, content_type(RULE_NET_PORT, quiet));
		making_add_content(making, attr.port);
		making_add_content(making, attr.allowed_access);
		return 0;
	}
	err = errno;
	policy_port_err(making->policy, rule,
			"the kernel refuses a rule on port %u: %s", rule->port,
			strerror(err));
	return at_fault(err);
}

/* Whether to go on, so that all that is wrong is reported. */
static bool goes_on(const struct making *making, int err)
{
	return !err || (err == POLICY_UNUSABLE && making->options->all);
}

static int add_rules(struct making *making)
{
	struct config *const config = &making->policy->config;
	int err = 0, result = 0;
	size_t i;

	for (i = 0; goes_on(making, err) && i < config->num_patterns; i++) {
		err = pattern_expand(making->policy, &config->patterns[i],
				     making->options->relative);
		result = err ?: result;
	}
	for (i = 0; goes_on(making, err) && i < config->num_paths; i++) {
		err = add_path(making, &config->paths[i]);
		result = err ?: result;
	}
	for (i = 0; goes_on(making, err) && i < config->num_ports; i++) {
		err = add_port(making, &config->ports[i]);
		result = err ?: result;
	}
	return err < 0 ? err : result;
}

/* Sets the quiet rights, unless the kernel lacks them. */
static int check_quiet(const struct making *making, struct ruleset_attr *attr)
{
	const struct policy *const policy = making->policy;
	const __u64 *const quiet = policy->config.quiet;
	const int abi = making->options->abi;

	if (!config_is_quiet(&policy->config))
		return 0;
	if (abi >= LANDLOCK_ABI_QUIET) {
		/* Rights that the kernel lacks are not handled any more. */
		attr->quiet_access_fs = quiet[RIGHTS_FS] &
					attr->handled_access_fs;
		attr->quiet_access_net = quiet[RIGHTS_NET] &
					 attr->handled_access_net;
		attr->quiet_scoped = quiet[RIGHTS_SCOPE] & attr->scoped;
		return 0;
	}
	if (policy->best_effort)
		return 0;
	policy_err(policy, "has quiet rights, which need Landlock ABI %d, and this is for a kernel with ABI %d; \"compatibility\": \"bestEffort\" leaves them out, so that all denials are logged",
		   LANDLOCK_ABI_QUIET, abi);
	return POLICY_UNUSABLE;
}

/* Reports which rights the kernel lacks, and takes them out of @attr. */
static int check_rights(const struct making *making, struct ruleset_attr *attr)
{
	const struct policy *const policy = making->policy;
	const int abi = making->options->abi;
	__u64 *const rights[RIGHTS_KINDS] = {
		[RIGHTS_FS] = &attr->handled_access_fs,
		[RIGHTS_NET] = &attr->handled_access_net,
		[RIGHTS_SCOPE] = &attr->scoped,
	};
	int i, err = 0;

	for (i = 0; goes_on(making, err) && i < RIGHTS_KINDS; i++)
		if (keep_supported(policy, i, abi, rights[i]))
			err = POLICY_UNUSABLE;
	if (goes_on(making, err))
		err = check_quiet(making, attr) ?: err;
	if (err)
		return err;
	if (attr->handled_access_fs || attr->handled_access_net ||
	    attr->scoped)
		return 0;
	policy_err(policy,
		   "handles only rights that a kernel with Landlock ABI %d lacks",
		   abi);
	return POLICY_UNUSABLE;
}

static void add_quiet_content(struct making *making,
			      const struct ruleset_attr *attr)
{
	if (!attr->quiet_access_fs && !attr->quiet_access_net &&
	    !attr->quiet_scoped)
		return;
	making_add_content(making, attr->quiet_access_fs);
	making_add_content(making, attr->quiet_access_net);
	making_add_content(making, attr->quiet_scoped);
}

/* Sets the file descriptor to -1 if this kernel has nothing to say to it. */
static int create(struct making *making, struct ruleset_attr *attr)
{
	const int abi = making->options->kernel_abi;
	int err;

	attr->handled_access_fs &= rights_of_abi(RIGHTS_FS, abi);
	attr->handled_access_net &= rights_of_abi(RIGHTS_NET, abi);
	attr->scoped &= rights_of_abi(RIGHTS_SCOPE, abi);
	if (making_can_be_quiet(making)) {
		attr->quiet_access_fs &= attr->handled_access_fs;
		attr->quiet_access_net &= attr->handled_access_net;
		attr->quiet_scoped &= attr->scoped;
	} else {
		attr->quiet_access_fs = 0;
		attr->quiet_access_net = 0;
		attr->quiet_scoped = 0;
	}
	making->fd = -1;
	if (!attr->handled_access_fs && !attr->handled_access_net &&
	    !attr->scoped)
		return 0;
	making->fd = landlock_create_ruleset(attr, sizeof(*attr), 0);
	if (making->fd >= 0) {
		making_add_content(making, attr->handled_access_fs);
		making_add_content(making, attr->handled_access_net);
		making_add_content(making, attr->scoped);
		add_quiet_content(making, attr);
		return 0;
	}
	err = errno;
	policy_err(making->policy, "the kernel refuses the ruleset: %s",
		   strerror(err));
	return at_fault(err);
}

int ruleset_create(struct policy *policy, const struct ruleset_options *options,
		   int *fd)
{
	const __u64 *const handled = policy->config.handled;
	struct making making = {
		.policy = policy,
		.options = options,
		.content = EXECLOCK_HASH_INIT,
		.known = options->identify,
	};
	struct ruleset_attr attr = {
		.handled_access_fs = handled[RIGHTS_FS],
		.handled_access_net = handled[RIGHTS_NET],
		.scoped = handled[RIGHTS_SCOPE],
	};
	int err, result;

	result = check_rights(&making, &attr);
	if (!goes_on(&making, result))
		return result;
	err = create(&making, &attr);
	if (!err)
		err = add_rules(&making);
	if (err)
		result = err;
	*fd = making.fd;
	policy->content = making.known ? making.content : 0;
	if (result && making.fd >= 0) {
		close(making.fd);
		*fd = -1;
	}
	return result;
}
