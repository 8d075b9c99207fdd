// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From a policy to a Landlock ruleset
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "landlock_abi.h"
#include "message.h"
#include "ruleset.h"

/* Clears from @rights, unless they are all needed, what the kernel lacks. */
static int keep_supported(const struct policy *policy, enum rights_kind kind,
			  int abi, __u64 *rights)
{
	const __u64 missing = *rights & ~rights_of_abi(kind, abi);

	if (missing && !policy->best_effort)
		return policy_err(policy,
				  "needs \"%s\", which this kernel (Landlock ABI %d) does not have; it would be left out with \"compatibility\": \"bestEffort\"",
				  rights_name(kind, missing), abi);
	*rights &= ~missing;
	return 0;
}

/* Whether it is the policy's fault, or what the system has run out of. */
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

static int add_path_fd(int ruleset_fd, const struct policy *policy,
		       const struct path_rule *rule, __u64 allowed, int fd)
{
	struct landlock_path_beneath_attr attr = { .parent_fd = fd };
	struct stat st;
	int err;

	if (fstat(fd, &st)) {
		err = errno;
		policy_path_err(policy, rule, "cannot stat %s: %s", rule->path,
				strerror(err));
		return at_fault(err);
	}
	/* A list of files and directories may share one list of rights. */
	attr.allowed_access = allowed;
	if (!S_ISDIR(st.st_mode))
		attr.allowed_access &= RIGHTS_OF_FILES;
	if (!attr.allowed_access) {
		policy_path_err(policy, rule,
				"%s is not a directory, but all rights of this rule are for directories",
				rule->path);
		return POLICY_UNUSABLE;
	}
	if (landlock_add_rule(ruleset_fd, RULE_PATH_BENEATH, &attr)) {
		err = errno;
		policy_path_err(policy, rule, "the kernel refuses a rule on %s: %s%s",
				rule->path, strerror(err),
				err == EBADFD ?
				" (its file system cannot be named in rules)" :
				"");
		return at_fault(err);
	}
	return 0;
}

static int add_path(int ruleset_fd, const struct policy *policy,
		    const struct path_rule *rule,
		    const struct ruleset_options *options)
{
	const __u64 allowed = rule->allowed &
			      rights_of_abi(RIGHTS_FS, options->abi);
	int fd, err;

	if (rule->path[0] != '/' && !options->relative) {
		policy_relative_err(policy, rule);
		return POLICY_UNUSABLE;
	}
	if (!allowed)
		return 0;
	fd = open(rule->path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		err = errno;
		policy_path_err(policy, rule, "cannot open %s: %s", rule->path,
				strerror(err));
		return at_fault(err);
	}
	err = add_path_fd(ruleset_fd, policy, rule, allowed, fd);
	close(fd);
	return err;
}

static int add_port(int ruleset_fd, const struct policy *policy,
		    const struct port_rule *rule,
		    const struct ruleset_options *options)
{
	const struct net_port_attr attr = {
		.allowed_access = rule->allowed &
				  rights_of_abi(RIGHTS_NET, options->abi),
		.port = rule->port,
	};
	int err;

	if (!attr.allowed_access)
		return 0;
	if (landlock_add_rule(ruleset_fd, RULE_NET_PORT, &attr)) {
		err = errno;
		policy_port_err(policy, rule, "the kernel refuses a rule on port %u: %s",
				rule->port, strerror(err));
		return at_fault(err);
	}
	return 0;
}

static int add_rules(int ruleset_fd, const struct policy *policy,
		     const struct ruleset_options *options)
{
	const struct config *const config = &policy->config;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < config->num_paths; i++)
		err = add_path(ruleset_fd, policy, &config->paths[i], options);
	for (i = 0; !err && i < config->num_ports; i++)
		err = add_port(ruleset_fd, policy, &config->ports[i], options);
	return err;
}

int ruleset_create(const struct policy *policy,
		   const struct ruleset_options *options, int *fd)
{
	const __u64 *const handled = policy->config.handled;
	struct ruleset_attr attr = {
		.handled_access_fs = handled[RIGHTS_FS],
		.handled_access_net = handled[RIGHTS_NET],
		.scoped = handled[RIGHTS_SCOPE],
	};
	int err;

	if (keep_supported(policy, RIGHTS_FS, options->abi,
			   &attr.handled_access_fs) ||
	    keep_supported(policy, RIGHTS_NET, options->abi,
			   &attr.handled_access_net) ||
	    keep_supported(policy, RIGHTS_SCOPE, options->abi, &attr.scoped))
		return POLICY_UNUSABLE;
	if (!attr.handled_access_fs && !attr.handled_access_net &&
	    !attr.scoped) {
		policy_err(policy,
			   "this kernel (Landlock ABI %d) has none of the rights that it is about",
			   options->abi);
		return POLICY_UNUSABLE;
	}

	*fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	if (*fd < 0) {
		err = errno;
		policy_err(policy, "the kernel refuses the ruleset: %s",
			   strerror(err));
		return at_fault(err);
	}
	err = add_rules(*fd, policy, options);
	if (err)
		close(*fd);
	return err;
}
