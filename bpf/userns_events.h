/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Count and remember what the default bound did
 */

#ifndef EXECLOCK_USERNS_EVENTS_H
#define EXECLOCK_USERNS_EVENTS_H

#include <bpf/bpf_helpers.h>

#include "userns_rule.h"

/* The only element is a struct userns_counts. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct userns_counts);
} userns_counts SEC(".maps");

/* The latest events: an event is in the slot of its number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, USERNS_EVENTS);
	__type(key, __u32);
	__type(value, struct userns_event);
} userns_events SEC(".maps");

static __always_inline struct userns_counts *find_userns_counts(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&userns_counts, &zero);
}

/* Reports an event of the current task. */
static __always_inline void note_userns(enum userns_kind kind, __u64 caps,
					__u32 level)
{
	struct userns_counts *const counts = find_userns_counts();
	struct userns_event *event;
	__u64 number;
	__u32 slot;

	if (!counts)
		return;
	__sync_fetch_and_add(&counts->kinds[kind], 1);
	number = __sync_fetch_and_add(&counts->number, 1) + 1;
	slot = number % USERNS_EVENTS;
	event = bpf_map_lookup_elem(&userns_events, &slot);
	if (!event)
		return;
	/* With barriers: no reader mixes two events. */
	__sync_lock_test_and_set(&event->number, 0);
	event->time = bpf_ktime_get_boot_ns();
	event->caps = caps;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = bpf_get_current_uid_gid();
	event->kind = kind;
	event->level = level;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	__sync_lock_test_and_set(&event->number, number);
}

#endif /* EXECLOCK_USERNS_EVENTS_H */
