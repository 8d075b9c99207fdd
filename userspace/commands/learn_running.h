/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock learn - The processes of a service, a cgroup or a policy
 */

#ifndef EXECLOCK_LEARN_RUNNING_H
#define EXECLOCK_LEARN_RUNNING_H

struct features;
struct observe_target;
struct proposed;

/**
 * learn_running_check - Check the name of a service or cgroup
 *
 * @target: The processes; a service gets its suffix, and a cgroup loses the
 *          mount of its file system.
 *
 * Return: 0, or -1 with the error reported.
 */
int learn_running_check(struct observe_target *target);

/**
 * learn_running - Observe processes, and propose a policy for them
 *
 * @target: The processes.
 * @kernel: The features of the kernel.
 * @proposed: The proposal.
 *
 * Return: 0, or -1 with the error reported.
 */
int learn_running(struct observe_target *target, const struct features *kernel,
		  struct proposed *proposed);

#endif /* EXECLOCK_LEARN_RUNNING_H */
