/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Maps of the programs that learn, and how an event is reported
 *
 * The programs are linked from several files, which share these maps: so they
 * are weak.
 */

#ifndef EXECLOCK_LEARN_EVENT_H
#define EXECLOCK_LEARN_EVENT_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "landlock_rights.h"
#include "learn.h"
#include "tasks.h"

#define RING_SIZE (16 * 1024 * 1024)

/** lost - Number of events for which there was no room */
__u64 lost __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events __weak SEC(".maps");

/* The processes of the command. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct learn_state);
} tree __weak SEC(".maps");

/* Replaced with the map of the programs that confine. */
struct confined_map confined __weak SEC(".maps");

/**
 * var watched_policy - The policy whose processes are observed, or zero
 */
const volatile __u32 watched_policy __weak;

/* Numbers of the root directories that the command changed to. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
} roots __weak SEC(".maps");

/** first_root - The root directory with which the command begins */
__u64 first_root __weak;

static __always_inline struct learn_state *state_of(struct task_struct *task)
{
	return bpf_task_storage_get(&tree, task, NULL, 0);
}

static __always_inline bool is_under(struct task_struct *task, __u32 policy)
{
	const struct execlock_task *const known = find_task(task);
	__u32 i;

	if (!known)
		return false;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= known->under.count)
			break;
		if (known->under.ids[i & (EXECLOCK_LAYERS - 1)] == policy)
			return true;
	}
	return false;
}

/* Begins to observe a task. */
static __always_inline struct learn_state *new_state(struct task_struct *task,
						     __u64 exec)
{
	struct learn_state *const state =
		bpf_task_storage_get(&tree, task, NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (state)
		state->exec = exec;
	else
		__sync_fetch_and_add(&lost, 1);
	return state;
}

/* A process comes under a policy at an exec, also of a set that is older. */
static __noinline struct learn_state *find_under(void)
{
	struct task_struct *const task = bpf_get_current_task_btf();

	return is_under(task, watched_policy) ? new_state(task, LEARN_RUNNING) :
						NULL;
}

static __always_inline struct learn_state *current_state(void)
{
	struct learn_state *const state = state_of(bpf_get_current_task_btf());

	return state || !watched_policy ? state : find_under();
}

/* From its first exec on, the command would be under the policy. */
static __always_inline bool is_learned(void)
{
	const struct learn_state *const state = current_state();

	return state && state->exec;
}

/* The address of the directory identifies it. */
static __always_inline __u64 current_root(void)
{
	const struct task_struct *const task =
		(void *)bpf_get_current_task_btf();

	return (__u64)BPF_CORE_READ(task, fs, root.dentry);
}

/* Paths are reported as the process sees them, from its root directory. */
static __always_inline __u32 number_of_root(void)
{
	const __u64 root = current_root();
	const __u32 *number;

	/* A process that runs already begins with its first access. */
	if (!first_root)
		first_root = root;
	if (root == first_root)
		return LEARN_FIRST_ROOT;
	number = bpf_map_lookup_elem(&roots, &root);
	return number ? *number : LEARN_UNKNOWN_ROOT;
}

static __always_inline struct learn_event *begin(enum learn_kind kind,
						 __u64 access)
{
	const struct learn_state *const state = current_state();
	struct learn_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	event->kind = kind;
	event->port = 0;
	event->exec = state ? state->exec : 0;
	event->other = 0;
	event->access = access;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->root = LEARN_FIRST_ROOT;
	event->mode = 0;
	event->flags = 0;
	event->name[0] = '\0';
	event->path[0] = '\0';
	return event;
}

static __always_inline void tell(enum learn_kind kind)
{
	struct learn_event *const event = begin(kind, 0);

	if (event)
		bpf_ringbuf_submit(event, 0);
}

static __always_inline void set_path(struct learn_event *event,
				     const struct path *path)
{
	event->root = number_of_root();
	if (bpf_path_d_path(path, event->path, sizeof(event->path)) < 0) {
		event->kind = LEARN_NO_PATH;
		event->path[0] = '\0';
	}
}

static __always_inline void tell_path(const struct path *path, __u16 mode,
				      __u32 flags, __u64 access)
{
	struct learn_event *event;

	if (!access)
		return;
	event = begin(LEARN_PATH, access);
	if (!event)
		return;
	event->mode = mode;
	event->flags = flags;
	set_path(event, path);
	bpf_ringbuf_submit(event, 0);
}

/* The rights are for the directory, in which a name changes. */
static __always_inline void tell_name(const struct path *dir,
				      const struct dentry *dentry,
				      __u64 access, __u64 rename)
{
	struct learn_event *const event = begin(LEARN_PATH, access);

	if (!event)
		return;
	event->mode = S_IFDIR;
	event->other = rename;
	set_path(event, dir);
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  BPF_CORE_READ(dentry, d_name.name));
	bpf_ringbuf_submit(event, 0);
}

static __always_inline void tell_port(__u16 port, __u64 access)
{
	struct learn_event *const event = begin(LEARN_PORT, access);

	if (!event)
		return;
	event->port = port;
	bpf_ringbuf_submit(event, 0);
}

#endif /* EXECLOCK_LEARN_EVENT_H */
