// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Watch what is executed under a policy, and what is denied
 *
 * Everything is learned from Landlock's tracepoints, so this also sees the
 * domains that programs make for themselves.  Nothing is decided here, and
 * nothing stays when the monitor ends.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "monitor.h"

/* Domains that exist at a time; of more, the origin of the oldest is lost. */
#define MAX_DOMAINS 65536

#define RING_SIZE (8 * 1024 * 1024)

struct landlock_hierarchy {
	__u64 id;
} CORE;

struct landlock_domain {
	struct landlock_hierarchy *hierarchy;
} CORE;

struct landlock_ruleset {
	__u64 id;
} CORE;

enum landlock_request_type {
	LANDLOCK_REQUEST_FS_CHANGE_TOPOLOGY = 2,
};

struct landlock_blockers {
	__u32 access;
	enum landlock_request_type type;
} CORE;

struct sockaddr_storage {};

struct sock {};

/* The same as above, with what only these programs read. */
struct task_struct___monitor {
	int tgid;
} CORE;

int bpf_path_d_path(const struct path *path, char *buf,
		    unsigned long buf__sz) __ksym;

char LICENSE[] SEC("license") = "GPL";

/** lost - Events for which there was no room */
__u64 lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events SEC(".maps");

/* From the ID of a domain to that of the ruleset that it was made from. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_DOMAINS);
	__type(key, __u64);
	__type(value, __u64);
} domains SEC(".maps");

/**
 * struct enforced - The domains that an exec put its task into
 *
 * @count: Their number.
 * @zero: Padding.
 * @ids: They.
 */
struct enforced {
	__u32 count;
	__u32 zero;
	__u64 ids[EXECLOCK_LAYERS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct enforced);
} execs_enforced SEC(".maps");

/* The map of execlock.bpf.c, which the loader puts here if there is one. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct execlock_task);
} confined SEC(".maps");

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
	const __u64 *const ruleset = bpf_map_lookup_elem(&domains, &domain);
	const __u32 i = event->count++ & (EXECLOCK_LAYERS - 1);

	event->layers[i].domain = domain;
	event->layers[i].ruleset = ruleset ? *ruleset : 0;
}

/* Begins an event, which must be submitted. */
static __always_inline struct monitor_event *begin(enum monitor_kind kind)
{
	struct monitor_event *const event =
		bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	event->kind = kind;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->uid = bpf_get_current_uid_gid();
	event->count = 0;
	event->access = 0;
	event->value = -1;
	event->target = 0;
	event->logged = 0;
	event->name[0] = '\0';
	event->file[0] = '\0';
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	add_under(event);
	return event;
}

SEC("tp_btf/landlock_create_domain")
int BPF_PROG(created, const struct landlock_domain *domain,
	     const struct landlock_ruleset *ruleset)
{
	const __u64 id = BPF_CORE_READ(domain, hierarchy, id);
	const __u64 source = BPF_CORE_READ(ruleset, id);

	bpf_map_update_elem(&domains, &id, &source, BPF_ANY);
	return 0;
}

SEC("tp_btf/landlock_free_domain")
int BPF_PROG(freed, const struct landlock_hierarchy *hierarchy)
{
	const __u64 id = BPF_CORE_READ(hierarchy, id);

	bpf_map_delete_elem(&domains, &id);
	return 0;
}

/* An exec begins.  What the task did to itself before is not its result. */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(begins, struct linux_binprm *bprm)
{
	struct enforced *const enforced =
		bpf_task_storage_get(&execs_enforced,
				     bpf_get_current_task_btf(), NULL, 0);

	if (enforced)
		enforced->count = 0;
	return 0;
}

SEC("tp_btf/landlock_enforce_domain")
int BPF_PROG(enforced, const struct landlock_domain *domain, bool complete,
	     bool process_wide, bool no_new_privs)
{
	struct enforced *const enforced =
		bpf_task_storage_get(&execs_enforced,
				     bpf_get_current_task_btf(), NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
	const __u64 id = BPF_CORE_READ(domain, hierarchy, id);

	if (!enforced) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	if (enforced->count < EXECLOCK_LAYERS)
		enforced->ids[enforced->count++ & (EXECLOCK_LAYERS - 1)] = id;
	return 0;
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(executed, const struct linux_binprm *bprm)
{
	struct enforced *const enforced =
		bpf_task_storage_get(&execs_enforced,
				     bpf_get_current_task_btf(), NULL, 0);
	struct monitor_event *event;
	__u32 i;

	if (!enforced || !enforced->count)
		return 0;
	event = begin(MONITOR_EXEC);
	if (!event)
		return 0;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= enforced->count)
			break;
		add_layer(event, enforced->ids[i & (EXECLOCK_LAYERS - 1)]);
	}
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  bprm->filename);
	if (bpf_path_d_path(&bprm->file->f_path, event->file,
			    sizeof(event->file)) < 0)
		event->file[0] = '\0';
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Whoever refused: the policies of execlock, or any other module. */
static __always_inline int tell_refused(const struct linux_binprm *bprm,
					int err)
{
	struct monitor_event *event;

	if (!err)
		return 0;
	event = begin(MONITOR_REFUSED);
	if (!event)
		return 0;
	event->value = -err;
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  bprm->filename);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* The policies of cgroups decide here, */
SEC("fexit/security_bprm_creds_for_exec")
int BPF_PROG(refused_early, struct linux_binprm *bprm, int ret)
{
	return tell_refused(bprm, ret);
}

/* and those of files here. */
SEC("fexit/security_bprm_check")
int BPF_PROG(refused, struct linux_binprm *bprm, int ret)
{
	return tell_refused(bprm, ret);
}

static __always_inline struct monitor_event *
begin_denial(enum monitor_kind kind, const struct landlock_hierarchy *hierarchy,
	     bool logged)
{
	struct monitor_event *const event = begin(kind);

	if (!event)
		return NULL;
	event->logged = logged;
	add_layer(event, BPF_CORE_READ(hierarchy, id));
	return event;
}

SEC("tp_btf/landlock_deny_access_fs")
int BPF_PROG(denied_fs, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged,
	     const struct landlock_blockers *blockers, const struct path *path,
	     const char *pathname)
{
	const bool topology =
		BPF_CORE_READ(blockers, type) ==
		bpf_core_enum_value(enum landlock_request_type,
				    LANDLOCK_REQUEST_FS_CHANGE_TOPOLOGY);
	struct monitor_event *event;

	event = begin_denial(topology ? MONITOR_TOPOLOGY : MONITOR_FS,
			     hierarchy, logged);
	if (!event)
		return 0;
	event->access = topology ? 0 : BPF_CORE_READ(blockers, access);
	bpf_probe_read_kernel_str(event->name, sizeof(event->name), pathname);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/landlock_deny_access_net")
int BPF_PROG(denied_net, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged,
	     const struct landlock_blockers *blockers, const struct sock *sk,
	     __u16 socket_family, const struct sockaddr_storage *address,
	     int addrlen)
{
	struct monitor_event *event;
	__be16 port;

	event = begin_denial(MONITOR_NET, hierarchy, logged);
	if (!event)
		return 0;
	event->access = BPF_CORE_READ(blockers, access);
	/* IPv4 and IPv6 have it at the same place, behind the family. */
	if (addrlen >= 4 &&
	    !bpf_probe_read_kernel(&port, sizeof(port), (void *)address + 2))
		event->value = __builtin_bswap16(port);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

static __always_inline __u32 process_of(const struct task_struct *task)
{
	return BPF_CORE_READ((const struct task_struct___monitor *)task, tgid);
}

SEC("tp_btf/landlock_deny_ptrace")
int BPF_PROG(denied_ptrace, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 tracee_domain_id,
	     const struct task_struct *tracee, const struct task_struct *tracer)
{
	struct monitor_event *event;

	event = begin_denial(MONITOR_PTRACE, hierarchy, logged);
	if (!event)
		return 0;
	event->target = process_of(tracee);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/landlock_deny_scope_signal")
int BPF_PROG(denied_signal, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 target_domain_id,
	     const struct task_struct *target, int signal)
{
	struct monitor_event *event;

	event = begin_denial(MONITOR_SIGNAL, hierarchy, logged);
	if (!event)
		return 0;
	event->target = process_of(target);
	event->value = signal;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/landlock_deny_scope_abstract_unix_socket")
int BPF_PROG(denied_unix, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 peer_domain_id,
	     const struct sock *peer)
{
	struct monitor_event *event;

	event = begin_denial(MONITOR_UNIX, hierarchy, logged);
	if (!event)
		return 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
