/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which execs begin to be observed, in a cgroup that is watched
 */

#ifndef EXECLOCK_LEARN_WATCH_H
#define EXECLOCK_LEARN_WATCH_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "execlock.h"
#include "hash_name.h"

/**
 * var watched_cgroup - Hash of the path of the cgroup that is watched, or zero
 *
 * Not its number: a service has a new cgroup each time that it starts.
 */
const volatile __u64 watched_cgroup;

/**
 * var hash_of_executor - Hash of the name of the program with which systemd
 *                        executes those of services; zero if this counts, too
 */
const volatile __u64 hash_of_executor;

/* The current task's cgroup, or one above it, is watched. */
static __noinline bool in_watched_cgroup(void)
{
	const struct task_struct *const task = bpf_get_current_task_btf();
	__u64 path = EXECLOCK_HASH_INIT;
	const struct cgroup *cgroup;
	bool found = false;
	const void *ancestors;
	int i, level;

	bpf_rcu_read_lock();
	cgroup = task->cgroups->dfl_cgrp;
	level = cgroup->level;
	ancestors = (void *)cgroup +
		    bpf_core_field_offset(struct cgroup, ancestors);
	/* The root is at level 0. */
	bpf_for(i, 1, EXECLOCK_DEPTH) {
		const struct cgroup *ancestor;

		if (i > level || found ||
		    bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
					  ancestors + i * sizeof(ancestor)))
			break;
		path = hash_name(path, BPF_CORE_READ(ancestor, kn, name));
		found = path == watched_cgroup;
	}
	bpf_rcu_read_unlock();
	return found;
}

/*
 * Whether an exec begins with a program to be observed: the first one in the
 * cgroup, but for systemd's own.
 */
static __always_inline bool begins_program(const struct linux_binprm *bprm)
{
	const char *name;

	if (!watched_cgroup || !in_watched_cgroup())
		return false;
	name = (const char *)BPF_CORE_READ(bprm, file, f_path.dentry,
					   d_name.name);
	return !hash_of_executor ||
	       hash_name(EXECLOCK_HASH_INIT, name) != hash_of_executor;
}

#endif /* EXECLOCK_LEARN_WATCH_H */
