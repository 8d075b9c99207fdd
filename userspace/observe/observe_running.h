/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Observe processes that somebody else starts, or that run already
 */

#ifndef EXECLOCK_OBSERVE_RUNNING_H
#define EXECLOCK_OBSERVE_RUNNING_H

struct observed;

/**
 * struct observe_target - The processes
 *
 * One of the first three is not NULL.
 *
 * @service: Name of a systemd service.
 * @cgroup: Path of a cgroup, from /; it need not exist yet.
 * @policy: Name of a policy in force.
 * @seconds: How long to observe; 0 until a signal comes.
 * @place: Set to the path of the cgroup, which the caller frees; NULL for a
 *         policy.
 */
struct observe_target {
	const char *service;
	const char *cgroup;
	const char *policy;
	unsigned int seconds;
	char *place;
};

/**
 * observe_running - Observe the processes of a service, a cgroup or a policy
 *
 * The processes that run, and those that are started until the end, also after
 * the service or the cgroup was made anew.  The end comes with SIGINT, SIGTERM
 * or SIGHUP, or when the time is over.
 *
 * @observed: Filled in; release it with observed_free(), also after an error.
 * @target: The processes.
 *
 * Return: 0, or -1 with the error reported.
 */
int observe_running(struct observed *observed, struct observe_target *target);

#endif /* EXECLOCK_OBSERVE_RUNNING_H */
