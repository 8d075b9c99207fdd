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

static int open_path(const struct policy *policy, const struct path_rule *rule)
{
	int fd;

	fd = open(rule->path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return policy_path_err(policy, rule, "cannot open %s: %s",
				       rule->path, strerror(errno));
	return fd;
}

static int add_path_fd(int ruleset_fd, const struct policy *policy,
		       const struct path_rule *rule, __u64 allowed, int fd)
{
	struct landlock_path_beneath_attr attr = { .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st))
		return policy_path_err(policy, rule, "cannot stat %s: %s",
				       rule->path, strerror(errno));
	/* A list of files and directories may share one list of rights. */
	attr.allowed_access = allowed;
	if (!S_ISDIR(st.st_mode))
		attr.allowed_access &= RIGHTS_OF_FILES;
	if (!attr.allowed_access)
		return policy_path_err(policy, rule,
				       "%s is not a directory, but all rights of this rule are for directories",
				       rule->path);
	if (landlock_add_rule(ruleset_fd, RULE_PATH_BENEATH, &attr))
		return policy_path_err(policy, rule, "the kernel refuses a rule on %s: %s%s",
				       rule->path, strerror(errno),
				       errno == EBADFD ?
				       " (its file system cannot be named in rules)" :
				       "");
	return 0;
}

static int add_path(int ruleset_fd, const struct policy *policy,
		    const struct path_rule *rule,
		    const struct ruleset_options *options)
{
	const __u64 allowed = rule->allowed &
			      rights_of_abi(RIGHTS_FS, options->abi);
	int fd, err;

	if (rule->path[0] != '/' && !options->relative)
		return policy_relative_err(policy, rule);
	if (!allowed)
		return 0;
	fd = open_path(policy, rule);
	if (fd < 0)
		return -1;
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

	if (!attr.allowed_access)
		return 0;
	if (landlock_add_rule(ruleset_fd, RULE_NET_PORT, &attr))
		return policy_port_err(policy, rule, "the kernel refuses a rule on port %u: %s",
				       rule->port, strerror(errno));
	return 0;
}

static int add_rules(int ruleset_fd, const struct policy *policy,
		     const struct ruleset_options *options)
{
	const struct config *const config = &policy->config;
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		if (add_path(ruleset_fd, policy, &config->paths[i], options))
			return -1;
	for (i = 0; i < config->num_ports; i++)
		if (add_port(ruleset_fd, policy, &config->ports[i], options))
			return -1;
	return 0;
}

int ruleset_create(const struct policy *policy,
		   const struct ruleset_options *options)
{
	const __u64 *const handled = policy->config.handled;
	struct ruleset_attr attr = {
		.handled_access_fs = handled[RIGHTS_FS],
		.handled_access_net = handled[RIGHTS_NET],
		.scoped = handled[RIGHTS_SCOPE],
	};
	int fd;

	if (keep_supported(policy, RIGHTS_FS, options->abi,
			   &attr.handled_access_fs) ||
	    keep_supported(policy, RIGHTS_NET, options->abi,
			   &attr.handled_access_net) ||
	    keep_supported(policy, RIGHTS_SCOPE, options->abi, &attr.scoped))
		return -1;
	if (!attr.handled_access_fs && !attr.handled_access_net && !attr.scoped)
		return policy_err(policy,
				  "this kernel (Landlock ABI %d) has none of the rights that it is about",
				  options->abi);

	fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	if (fd < 0)
		return policy_err(policy, "the kernel refuses the ruleset: %s",
				  strerror(errno));
	if (add_rules(fd, policy, options)) {
		close(fd);
		return -1;
	}
	return fd;
}
