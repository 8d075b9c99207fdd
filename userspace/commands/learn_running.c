// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock learn - The processes of a service, a cgroup or a policy
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn_running.h"
#include "message.h"
#include "observe_running.h"
#include "observed.h"
#include "propose.h"

#define SUFFIX ".service"

/* Adds the suffix, which other commands for services do without, too. */
static int check_service(struct observe_target *target)
{
	static char name[NAME_MAX + 1];
	const char *const given = target->service;
	const char *const dot = strrchr(given, '.');
	const bool has_suffix = dot && strcmp(dot, SUFFIX) == 0;

	if (strchr(given, '/') || !*given ||
	    strlen(given) + strlen(SUFFIX) >= sizeof(name))
		return p_err("\"%s\" is not the name of a service", given);
	snprintf(name, sizeof(name), "%s%s", given, has_suffix ? "" : SUFFIX);
	target->service = name;
	return 0;
}

/* It is compared as it is, so there must be only one way to write it. */
static int check_cgroup(struct observe_target *target)
{
	static const char mount[] = "/sys/fs/cgroup/";
	const char *path = target->cgroup;

	if (strncmp(path, mount, strlen(mount)) == 0)
		path += strlen(mount) - 1;
	target->cgroup = path;
	if (*path != '/' || !path[1])
		return p_err("\"%s\" is not the path of a cgroup below the root, such as /system.slice/nginx.service",
			     path);
	for (; *path; path += strcspn(path, "/")) {
		const size_t size = strcspn(++path, "/");

		if (!size || (size <= 2 && strncmp(path, "..", size) == 0))
			return p_err("\"%s\" should have no \"//\", \"/./\", \"/../\", nor \"/\" at its end",
				     target->cgroup);
	}
	return 0;
}

int learn_running_check(struct observe_target *target)
{
	if (target->service)
		return check_service(target);
	return target->cgroup ? check_cgroup(target) : 0;
}

static int nothing_seen(const struct observe_target *target)
{
	if (target->service)
		return p_err("cannot propose a policy for %s: it did not run while it was observed",
			     target->service);
	if (target->cgroup)
		return p_err("cannot propose a policy for cgroup %s: no process in it did anything while it was observed",
			     target->cgroup);
	return p_err("cannot propose anything for policy \"%s\": no process under it did anything while it was observed",
		     target->policy);
}

static bool has_seen(const struct observe_target *target,
		     const struct observed *observed)
{
	if (target->service)
		return json_array_size(observed->programs);
	return json_object_size(observed->paths) ||
	       json_object_size(observed->ports) || observed->lost;
}

static int propose_for(struct observe_target *target,
		       struct observed *observed,
		       const struct features *kernel, struct proposed *proposed)
{
	char name[NAME_MAX + 1];

	if (target->service) {
		observed_add_service(observed, target->service);
		proposed->executables = observed->programs;
		snprintf(name, sizeof(name), "%.*s",
			 (int)(strlen(target->service) - strlen(SUFFIX)),
			 target->service);
	} else {
		snprintf(name, sizeof(name), "%s",
			 strrchr(target->cgroup ?: "/", '/') + 1);
	}
	if (!proposed->name)
		proposed->name = target->policy ?: name;
	proposed->cgroup = target->place;
	return propose(observed, kernel, proposed);
}

int learn_running(struct observe_target *target, const struct features *kernel,
		  struct proposed *proposed)
{
	struct observed observed;
	int err;

	err = observe_running(&observed, target);
	if (!err && !has_seen(target, &observed))
		err = nothing_seen(target);
	if (!err)
		err = propose_for(target, &observed, kernel, proposed);
	/* They belong to the observation. */
	proposed->name = NULL;
	proposed->executables = NULL;
	proposed->cgroup = NULL;
	observed_free(&observed);
	free(target->place);
	return err;
}
