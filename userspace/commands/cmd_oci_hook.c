// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock oci-hook - Put a container under a policy before its program starts
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <unistd.h>

#include "cgroup_policies.h"
#include "cli.h"
#include "container.h"
#include "lock.h"
#include "message.h"
#include "policy.h"
#include "put_cgroup.h"

/* Names the policy of a container. */
#define ANNOTATION "org.execlock.policy"

#define POLICIES_DIR "/etc/execlock/containers.d"

static const struct argp oci_hook_argp = {
	.children = common_options,
	.doc =
"Put a container under a policy before its program starts.\n"
"\vAn OCI runtime runs this as a \"createRuntime\" hook, with the state of the\n"
"container on standard input, and as a \"poststop\" hook.  The container's\n"
"annotation " ANNOTATION " names the policy, a file of\n"
POLICIES_DIR " without \".json\".  A container without\n"
"this annotation is left alone.  Paths of the policy are the container's.\n"
"\n"
"Exit status: 0 success, or there is nothing to be done; 1 an operation\n"
"failed; 2 wrong command line; 3 the policy is missing or invalid; 4 the\n"
"kernel lacks a feature.  The runtime does not start the container unless it\n"
"is 0.  Messages are also in the system's log.\n",
};

/* Runtimes drop what a hook says, so the log gets it, too. */
static ssize_t write_message(void *log, const char *text, size_t size)
{
	syslog(LOG_WARNING, "%.*s", (int)size, text);
	/* The runtime may have closed the other end. */
	fwrite(text, 1, size, log);
	return size;
}

static void log_messages(void)
{
	static const cookie_io_functions_t functions = {
		.write = write_message,
	};
	FILE *const both = fopencookie(stderr, "w", functions);

	openlog("execlock-oci-hook", LOG_PID, LOG_DAEMON);
	if (!both)
		return;
	setvbuf(both, NULL, _IOLBF, 0);
	stderr = both;
}

/* Only root of the initial user namespace has power over cgroups and BPF. */
static int check_root(const struct container *container)
{
	unsigned int inside = 1, outside = 1, count = 0;
	FILE *const map = fopen("/proc/self/uid_map", "re");
	const bool read = map && fscanf(map, "%u %u %u", &inside, &outside,
					&count) == 3;

	if (map)
		fclose(map);
	if (!geteuid() && read && !inside && !outside && count == -1U)
		return STATUS_OK;
	p_err("container \"%s\" is to be under a policy, but its runtime runs without root's privileges (rootless): only root can put the programs of a cgroup under a policy",
	      container->id);
	return STATUS_FAILED;
}

/* It is one component of a path, and not hidden. */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') &&
	       strlen(name) <= 200;
}

/* Reports which container it was, after the reason. */
static int fail(const struct container *container, const char *name, int status)
{
	p_note("container \"%s\" does not start, because its policy \"%s\" cannot be put in force",
	       container->id, name);
	return status;
}

static int confine_with(const struct container *container,
			const struct resolve_container *files,
			struct policy *policy)
{
	char *const cgroup = container_cgroup(container);
	int status;

	if (!cgroup)
		return STATUS_FAILED;
	policy->trust.container = files;
	status = put_cgroup(cgroup, policy, false);
	policy->trust.container = NULL;
	free(cgroup);
	return status;
}

/* Puts the cgroup of the container under its policy. */
static int confine_by(const struct container *container, struct policy *policy)
{
	struct resolve_container files;
	int status = STATUS_FAILED;

	if (!container_open(container, &files)) {
		status = confine_with(container, &files, policy);
		close(files.root);
	}
	if (status == STATUS_OK || !policy->allow_on_error)
		return status;
	p_note("container \"%s\" starts without its policy \"%s\", which says \"onError\": \"allow\"",
	       container->id, policy->name);
	return STATUS_OK;
}

static int confine(const struct container *container, const char *name)
{
	struct policy policy;
	int status;
	char *file;

	status = check_root(container);
	if (status != STATUS_OK)
		return status;
	if (!is_name(name)) {
		p_err("the annotation %s of container \"%s\" is no name of a policy in %s",
		      ANNOTATION, container->id, POLICIES_DIR);
		return STATUS_POLICY;
	}
	if (asprintf(&file, POLICIES_DIR "/%s.json", name) < 0) {
		p_err("out of memory");
		return STATUS_FAILED;
	}
	lock_take_early();
	status = STATUS_POLICY;
	if (!policy_read(&policy, file, true) &&
	    !policy_refuse_for(&policy, "oci-hook"))
		status = confine_by(container, &policy);
	policy_free(&policy);
	free(file);
	return status == STATUS_OK ? status : fail(container, name, status);
}

/* Returns the exit status. */
static int run_hook(const struct container *container)
{
	const char *name;

	if (container->has_ended)
		return cgroup_policies_prune() ? STATUS_FAILED : STATUS_OK;
	if (container_annotation(container, ANNOTATION, &name))
		return STATUS_FAILED;
	return name ? confine(container, name) : STATUS_OK;
}

int cmd_oci_hook(int argc, char **argv)
{
	struct container container;
	int status = STATUS_FAILED;

	argp_parse(&oci_hook_argp, argc, argv, 0, NULL, NULL);
	log_messages();
	if (!container_read(&container))
		status = run_hook(&container);
	container_free(&container);
	return status;
}
