// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put the policy of a cgroup in force
 */

#include <stdio.h>
#include <unistd.h>

#include "advice.h"
#include "bpf/cgroup.h"
#include "cgroup_policies.h"
#include "cli.h"
#include "features.h"
#include "lockout.h"
#include "mode.h"
#include "places.h"
#include "put_cgroup.h"
#include "ruleset.h"

/* Checks that the kernel can do all that the policy needs. */
static int check_kernel(struct policy *policy, const struct features *kernel)
{
	const int err = features_need_bpf(kernel);

	if (err)
		return err;
	if (mode_check_kernel(policy, kernel->permissive) ||
	    (policy->userns_caps.bounded && !kernel->userns_caps &&
	     policy_lack_userns_caps(policy)))
		return STATUS_POLICY;
	return STATUS_OK;
}

/* Sets the file descriptor to -1 if the policy has no "landlock". */
static int make_ruleset(struct policy *policy, const struct features *kernel,
			int *fd)
{
	const struct ruleset_options options = {
		.abi = kernel->landlock_abi,
		.kernel_abi = kernel->landlock_abi,
		.places = kernel->places,
		.kernel_places = kernel->places,
	};

	*fd = -1;
	if (!policy->has_landlock)
		return STATUS_OK;
	switch (ruleset_create(policy, &options, fd)) {
	case 0:
		policies_report_left_out(policy, 1);
		places_note(policy);
		advice_protocols(policy);
		return STATUS_OK;
	case POLICY_UNUSABLE:
		return STATUS_POLICY;
	default:
		return STATUS_FAILED;
	}
}

static int set_policy(const char *cgroup, struct policy *policy)
{
	struct cgroup_request request = {
		.flags = policy->flags,
		.no_new_privs = policy->no_new_privs,
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
	};
	struct features kernel;
	int err;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	err = check_kernel(policy, &kernel);
	if (err)
		return err;
	mode_warn(policy);
	if (policy_bounds_userns(policy))
		request.userns_lost = ~policy->userns_caps.program;
	/* The parser checked that it fits. */
	snprintf(request.name, sizeof(request.name), "%s", policy->name);
	err = make_ruleset(policy, &kernel, &request.ruleset_fd);
	if (err)
		return err;
	err = cgroup_policies_set(cgroup, &request);
	if (request.ruleset_fd >= 0)
		close(request.ruleset_fd);
	return err ? STATUS_FAILED : STATUS_OK;
}

/* Returns the exit status. */
static int check_lockout(const struct policy *policy, const char *cgroup)
{
	switch (lockout_check_cgroup(policy, cgroup)) {
	case 0:
		return STATUS_OK;
	case POLICY_UNUSABLE:
		return STATUS_POLICY;
	default:
		return STATUS_FAILED;
	}
}

int put_cgroup(const char *cgroup, struct policy *policy, bool allow_lockout)
{
	const int status = allow_lockout ? STATUS_OK :
			   check_lockout(policy, cgroup);

	return status == STATUS_OK ? set_policy(cgroup, policy) : status;
}
