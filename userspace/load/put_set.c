// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put policy files in force
 */

#include "cli.h"
#include "commit.h"
#include "features.h"
#include "landlock_abi.h"
#include "loader.h"
#include "policy_files.h"
#include "put_set.h"

/* Reports what the kernel lacks.  Returns the exit status. */
static int need_kernel(const struct features *kernel,
		       const struct verified *set)
{
	size_t i;
	int status = STATUS_OK;

	if (set->count)
		status = features_need_bpf(kernel);
	if (!status)
		status = features_need_nnp(kernel);
	for (i = 0; !status && i < set->count; i++)
		if (set->policies[i].conditions & (1U << EXECLOCK_LOGIN))
			status = features_need_login(kernel);
	return status;
}

static int verify_set(struct verified *set, char *const paths[], size_t count,
		      const struct put_options *put,
		      const struct features *kernel, struct loader *loader)
{
	const struct verify_loader calls = {
		.begin = loader_begin,
		.take_ruleset = loader_take_ruleset,
		.data = loader,
	};
	const struct verify_options options = {
		.abi = kernel->landlock_abi ?: LANDLOCK_ABI_KNOWN,
		.kernel_abi = kernel->landlock_abi,
		.places = kernel->places || !kernel->landlock_abi,
		.kernel_places = kernel->places,
		.for_kernel = true,
		.for_others = files_for_others(),
		.strict = put->strict,
		.allow_lockout = put->allow_lockout,
		.system = put->trial ? NULL : files_system(put->system, count),
		.trial = put->trial,
		/* A mistake in a policy is one on any kernel. */
		.loader = features_can_load(kernel) ? &calls : NULL,
	};

	return verify(set, paths, count, &options);
}

static int commit(struct loader *loader, const struct verified *set,
		  const struct put_options *put, size_t *carried)
{
	if (!put->trial)
		return commit_set(loader, set, carried);
	*carried = loader_carried(loader);
	return loader_commit(loader, set) ?: loader_settle(loader);
}

int put_set(struct verified *set, char *const paths[], size_t count,
	    const struct put_options *put, size_t *carried)
{
	struct features kernel = {};
	struct loader *const loader = loader_new(&kernel, put->rule);
	int status, err;

	if (!loader)
		return STATUS_FAILED;
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	err = verify_set(set, paths, count, put, &kernel, loader);
	if (err)
		status = err < 0 ? STATUS_FAILED : STATUS_POLICY;
	else
		status = need_kernel(&kernel, set);
	if (!status && commit(loader, set, put, carried))
		status = STATUS_FAILED;
	loader_free(loader);
	return status;
}
