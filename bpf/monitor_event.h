/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Maps of the monitor, and how an event is made
 */

#ifndef EXECLOCK_MONITOR_EVENT_H
#define EXECLOCK_MONITOR_EVENT_H

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "landlock_domain.h"
#include "monitor.h"
#include "tasks.h"

/* Number of domains whose origin is known; that of the oldest is lost. */
#define MAX_DOMAINS 65536

#define RING_SIZE (8 * 1024 * 1024)

void bpf_preempt_disable(void) __ksym;
void bpf_preempt_enable(void) __ksym;
void bpf_local_irq_save(unsigned long *flags__irq_flag) __ksym;
void bpf_local_irq_restore(unsigned long *flags__irq_flag) __ksym;

/**
 * var copy - Index of this copy of MONITOR_COPIES; the first one has all programs
 */
const volatile __u32 copy;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct monitor_counts);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events SEC(".maps");

/**
 * var show_enforced - Whether denials are shown
 */
const volatile bool show_enforced = true;

/**
 * var show_permissive - Whether accesses are shown that would be denied
 */
const volatile bool show_permissive = true;

/**
 * struct origin - Origin of a domain
 *
 * @ruleset: ID of the ruleset that it was created from.
 * @policy: ID of the policy that can replace this ruleset, or zero.
 * @enforced: Whether it was enforced, alone or below another domain.
 * @permissive: Whether its layer denies nothing.
 */
struct origin {
	__u64 ruleset;
	__u64 policy;
	__u32 enforced;
	__u32 permissive;
};

/* By the ID of the domain. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_DOMAINS);
	__type(key, __u64);
	__type(value, struct origin);
} domains SEC(".maps");

/**
 * struct task_state - State of a task
 *
 * @count: Number of @ids.
 * @seen: For each &enum monitor_kind, whether one of the copies handles the
 *        current denial of the task.
 * @ids: The domains that an exec added to the task.
 */
struct task_state {
	__u32 count;
	__u8 seen[(MONITOR_KINDS + 3) / 4 * 4];
	__u64 ids[EXECLOCK_LAYERS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} states SEC(".maps");

/* Replaced with the map of the programs that confine if policies are in force. */
struct confined_map confined SEC(".maps");

/* Replaced with the map of cgroup.bpf.c if a cgroup has a policy. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} limited SEC(".maps");

/* Buffer for an event with paths, on a CPU that is held. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct monitor_paths);
} scratch SEC(".maps");

/*
 * The kernel skips a program of the type TRACING, and counts that, while
 * another task is in it on the same CPU, which takes long if that task was
 * preempted.  (The kernel never skips programs of the type LSM.)  So these
 * programs disable preemption.  A few instructions before and after a program
 * remain: therefore, denials have MONITOR_COPIES programs, and denials that all
 * of them miss are counted.
 */
static __always_inline void hold_cpu(void)
{
	bpf_preempt_disable();
}

/*
 * Enables preemption, but not here: with interrupts disabled, a switch to
 * another task has to wait, until the kernel has left the program.
 */
static __always_inline void release_cpu(void)
{
	unsigned long flags;

	bpf_local_irq_save(&flags);
	bpf_preempt_enable();
	bpf_local_irq_restore(&flags);
}

static __always_inline void add_under(struct monitor_event *event)
{
	const struct execlock_task *const task =
		bpf_task_storage_get(&confined, bpf_get_current_task_btf(),
				     NULL, 0);
	const struct execlock_under *under;
	__u32 i;

	event->num_under = 0;
	if (!task)
		return;
	under = &task->under;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		const __u32 j = i & (EXECLOCK_LAYERS - 1);

		if (i >= under->count)
			break;
		event->under[j] = under->ids[j];
		event->num_under = i + 1;
	}
}

static __always_inline void add_layer(struct monitor_event *event, __u64 domain)
{
	const struct origin *const origin =
		bpf_map_lookup_elem(&domains, &domain);
	const __u32 i = event->count++ & (EXECLOCK_LAYERS - 1);

	event->layers[i].domain = domain;
	event->layers[i].ruleset = origin ? origin->ruleset : 0;
	event->layers[i].policy = origin ? origin->policy : 0;
	event->layers[i].permissive = origin ? origin->permissive : 0;
}

static __always_inline struct monitor_counts *get_counts(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&counts, &zero);
}

static __always_inline void lose(void)
{
	struct monitor_counts *const all = get_counts();

	if (all)
		__sync_fetch_and_add(&all->full, 1);
}

static __always_inline void fill(struct monitor_event *event,
				 enum monitor_kind kind)
{
	event->kind = kind;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = bpf_get_current_uid_gid();
	event->count = 0;
	event->num_staged = 0;
	event->no_new_privs = 0;
	event->access = 0;
	event->limit = 0;
	event->value = -1;
	event->target = 0;
	event->logged = 0;
	event->name_size = 0;
	event->file_size = 0;
	event->permissive = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	add_under(event);
}

/* Begins an event without paths, which the caller must submit. */
static __always_inline struct monitor_event *begin(enum monitor_kind kind)
{
	struct monitor_event *const event =
		bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (event)
		fill(event, kind);
	else
		lose();
	return event;
}

/*
 * Begins an event with paths, which finish_paths() ends.  The CPU must be held,
 * and not in an interrupt.
 */
static __always_inline struct monitor_paths *
begin_paths(enum monitor_kind kind)
{
	const __u32 zero = 0;
	struct monitor_paths *const paths =
		bpf_map_lookup_elem(&scratch, &zero);

	/* It always exists. */
	if (paths)
		fill(&paths->event, kind);
	return paths;
}

static __always_inline void add_name(struct monitor_paths *paths,
				     const char *name)
{
	const long size =
		bpf_probe_read_kernel_str(paths->text, MONITOR_PATH, name);

	if (size > 0)
		paths->event.name_size = size;
}

static __always_inline void add_file(struct monitor_paths *paths,
				     const struct path *path)
{
	const __u32 begin = paths->event.name_size;
	int size;

	if (begin > MONITOR_PATH)
		return;
	size = bpf_path_d_path(path, paths->text + begin, MONITOR_PATH);
	if (size > 0)
		paths->event.file_size = size;
}

static __always_inline void finish_paths(struct monitor_paths *paths)
{
	const __u32 size = paths->event.name_size + paths->event.file_size;

	if (size > sizeof(paths->text) ||
	    bpf_ringbuf_output(&events, paths, sizeof(paths->event) + size, 0))
		lose();
}

#endif /* EXECLOCK_MONITOR_EVENT_H */
