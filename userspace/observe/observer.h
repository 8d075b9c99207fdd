/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The BPF programs that observe which rights processes use
 */

#ifndef EXECLOCK_OBSERVER_H
#define EXECLOCK_OBSERVER_H

#include <linux/types.h>
#include <stdbool.h>

struct learn_bpf;
struct observed;

/**
 * struct observer_watch - Processes that are observed without being marked
 *
 * @cgroup: Path of a cgroup, the programs executed in which are observed; or
 *          NULL.
 * @is_service: Whether it is that of a service: systemd's own program does not
 *              count then.
 * @policy: ID of a policy, the processes under which are, or zero.
 */
struct observer_watch {
	const char *cgroup;
	bool is_service;
	__u32 policy;
};

/**
 * observer_start - Load and attach the BPF programs
 *
 * @watch: Processes to observe; NULL for those that are marked alone.
 *
 * Return: the programs, or NULL with the error reported.
 */
struct learn_bpf *observer_start(const struct observer_watch *watch);

/**
 * observer_stop - Detach and release the BPF programs
 *
 * @bpf: The programs, or NULL.
 */
void observer_stop(struct learn_bpf *bpf);

/**
 * observer_mark - Observe a process and its descendants
 *
 * @bpf: The programs.
 * @pidfd: The process, or one of its threads.
 * @exec: Number of the exec that started its program, or zero if that is yet to
 *        come.
 *
 * Return: 0, or -1 with errno set: EEXIST if it is observed already.
 */
int observer_mark(const struct learn_bpf *bpf, int pidfd, __u64 exec);

/**
 * observer_catch_signals - Have SIGINT, SIGTERM and SIGHUP end the observation
 */
void observer_catch_signals(void);

/**
 * observer_default_signals - Have these signals end the process again
 */
void observer_default_signals(void);

/**
 * observer_follow - Take the events until the end
 *
 * After that, the signals are ignored: a service manager that stops a service
 * sends them to this process, which must still write the policy.
 *
 * @bpf: The programs.
 * @observed: The events are added.
 * @goes_on: Called several times a second; if it returns false, it was the end.
 * @data: Passed to @goes_on.
 *
 * Return: 0, or -1 with the error reported.
 */
int observer_follow(const struct learn_bpf *bpf, struct observed *observed,
		    bool (*goes_on)(struct observed *observed, void *data),
		    void *data);

#endif /* EXECLOCK_OBSERVER_H */
