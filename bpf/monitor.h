/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Events that BPF programs report to the monitor
 */

#ifndef EXECLOCK_MONITOR_H
#define EXECLOCK_MONITOR_H

#include <linux/types.h>

#include "execlock.h"

/** MONITOR_PATH - Room for a path, with its NUL: the kernel's PATH_MAX */
#define MONITOR_PATH 4096

/** MONITOR_COMM - Room for the name of a task: the kernel's TASK_COMM_LEN */
#define MONITOR_COMM 16

/**
 * MONITOR_COPIES - Number of programs for each kind of denial
 *
 * The kernel skips a program while another task is in it on the same CPU.
 */
#define MONITOR_COPIES 4

/**
 * enum monitor_kind - Kinds of events
 *
 * @MONITOR_EXEC: An exec put a program into one or more domains.
 * @MONITOR_REFUSED: A security module refused to execute a program.
 * @MONITOR_FS: Access to a file was denied.
 * @MONITOR_TOPOLOGY: A change of mounts was denied.
 * @MONITOR_NET: Access to the network was denied.
 * @MONITOR_PTRACE: Tracing another process was denied.
 * @MONITOR_SIGNAL: A signal was denied.
 * @MONITOR_UNIX: Access to an abstract UNIX socket was denied.
 * @MONITOR_GAIN: An exec was denied new privileges.
 * @MONITOR_KINDS: Number of kinds.
 */
enum monitor_kind {
	MONITOR_EXEC,
	MONITOR_REFUSED,
	MONITOR_FS,
	MONITOR_TOPOLOGY,
	MONITOR_NET,
	MONITOR_PTRACE,
	MONITOR_SIGNAL,
	MONITOR_UNIX,
	MONITOR_GAIN,
	MONITOR_KINDS,
};

/**
 * struct monitor_counts - Counters of the programs
 *
 * @full: Number of events for which there was no room.
 * @denials: Number of denials that the first copy saw.  These and the ones that
 *           it missed are all denials.
 * @handled: Number of denials that one of the copies reported, or counted in
 *           @full.
 */
struct monitor_counts {
	__u64 full;
	__u64 denials;
	__u64 handled;
};

/**
 * struct monitor_layer - A Landlock domain and its origin
 *
 * @domain: Its ID.
 * @ruleset: ID of the ruleset that it was created from; zero if the domain is
 *           older than the monitor.
 * @policy: ID of the policy that can replace this ruleset, or zero.
 * @permissive: Whether its layer denies nothing; only known with one of these.
 */
struct monitor_layer {
	__u64 domain;
	__u64 ruleset;
	__u64 policy;
	__u64 permissive;
};

/**
 * struct monitor_event - An event
 *
 * Its paths follow it, if it has any, see &struct monitor_paths.
 *
 * @kind: An &enum monitor_kind.
 * @pid: The process.
 * @uid: User of the process.
 * @count: Number of @layers: domains that are new with an exec, or the domain
 *         that denied.
 * @layers: Domains.
 * @access: LANDLOCK_ACCESS_* that were missing.
 * @value: Port (-1 if none was checked), number of the signal, error, or an
 *         &enum nnp_reason.
 * @target: The other process, if there is one.
 * @logged: Whether there is an audit record of the denial.
 * @num_staged: Number of @staged.
 * @staged: Policies that an exec applied, also those whose layers the process
 *          had before; as in @under.
 * @no_new_privs: The policy that the process has no_new_privs from, as in
 *                @under; or zero.
 * @limit: The policy of a cgroup that it has no_new_privs from, by the ID of
 *         its ruleset; or zero.
 * @num_under: Number of @under.
 * @under: Policies that the process is under, see struct execlock_policy.
 * @name_size: Size, with its NUL, of the name of the executed program as the
 *             process gave it, or of the path that was denied; zero if there is
 *             none.
 * @file_size: Size of the path of the program, or of the interpreter of a
 *             script.
 * @permissive: Of a denial: whether the access was allowed, because the layer
 *              or the policy is permissive.
 * @comm: Name of the task.
 */
struct monitor_event {
	__u32 kind;
	__u32 pid;
	__u32 uid;
	__u32 count;
	struct monitor_layer layers[EXECLOCK_LAYERS];
	__u64 access;
	__u64 limit;
	__s64 value;
	__u32 target;
	__u32 logged;
	__u32 num_staged;
	__u32 staged[EXECLOCK_LAYERS];
	__u32 no_new_privs;
	__u32 num_under;
	__u32 under[EXECLOCK_LAYERS];
	__u32 name_size;
	__u32 file_size;
	__u32 permissive;
	char comm[MONITOR_COMM];
};

/**
 * struct monitor_paths - An event with room for its paths
 *
 * Only the used part of it is reported.
 *
 * @event: The event.
 * @text: Its paths, one after the other.
 */
struct monitor_paths {
	struct monitor_event event;
	char text[2 * MONITOR_PATH];
};

#endif /* EXECLOCK_MONITOR_H */
