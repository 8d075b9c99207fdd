// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Watch execs under policies, and denials
 *
 * Most events come from Landlock's tracepoints, which also show the domains
 * that programs create for themselves.  These programs decide nothing, and end
 * with the monitor.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "gain.h"
#include "monitor_event.h"

/* As in the kernel. */
#define AF_UNSPEC 0
#define AF_INET 2

enum landlock_request_type {
	LANDLOCK_REQUEST_FS_CHANGE_TOPOLOGY = 2,
};

struct landlock_blockers {
	__u32 access;
	enum landlock_request_type type;
} CORE;

struct sockaddr_storage {};

struct sock {};

/* The fields of a task that only the monitor reads. */
struct task_struct___monitor {
	int tgid;
} CORE;

char LICENSE[] SEC("license") = "GPL";

static __always_inline struct task_state *get_state(__u64 flags)
{
	return bpf_task_storage_get(&states, bpf_get_current_task_btf(), NULL,
				    flags);
}

static __always_inline void remember_domain(const struct landlock_domain *domain,
					    const struct landlock_frozen *frozen)
{
	const struct landlock_hierarchy *const hierarchy =
		BPF_CORE_READ(domain, hierarchy);
	const __u64 id = BPF_CORE_READ(hierarchy, id);
	const struct origin origin = {
		.ruleset = BPF_CORE_READ(frozen, id),
		.policy = live_policy_id(hierarchy),
		.permissive = is_permissive_domain(hierarchy),
	};

	bpf_map_update_elem(&domains, &id, &origin, BPF_ANY);
}

SEC("tp_btf/landlock_create_domain")
int BPF_PROG(created, const struct landlock_domain *domain,
	     const struct landlock_frozen *frozen)
{
	hold_cpu();
	remember_domain(domain, frozen);
	release_cpu();
	return 0;
}

SEC("tp_btf/landlock_free_domain")
int BPF_PROG(freed, const struct landlock_hierarchy *hierarchy)
{
	__u64 id;

	hold_cpu();
	id = BPF_CORE_READ(hierarchy, id);
	bpf_map_delete_elem(&domains, &id);
	release_cpu();
	return 0;
}

static __always_inline struct execlock_task *get_confined(void)
{
	return bpf_task_storage_get(&confined, bpf_get_current_task_btf(), NULL,
				    0);
}

/*
 * An exec begins.  Domains that the task entered before are not its result, nor
 * are policies that were staged for an earlier exec: after an unload, no
 * program resets these.
 */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(begins, struct linux_binprm *bprm)
{
	struct execlock_task *const task = get_confined();
	struct task_state *const state = get_state(0);

	if (state)
		state->count = 0;
	if (task)
		task->exec.staged_ids = 0;
	return 0;
}

/*
 * Counts the layers that are new with a domain: the domain itself, and domains
 * below it that were created to be enforced with it.  Older domains are
 * unknown, or known to be enforced.
 */
static __always_inline __u32
count_new(const struct landlock_hierarchy *hierarchy)
{
	struct origin *origin;
	__u32 i;
	__u64 id;

	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (!hierarchy)
			return i;
		id = BPF_CORE_READ(hierarchy, id);
		origin = bpf_map_lookup_elem(&domains, &id);
		if (i && (!origin || origin->enforced))
			return i;
		if (origin)
			origin->enforced = 1;
		hierarchy = BPF_CORE_READ(hierarchy, parent);
	}
	return EXECLOCK_LAYERS;
}

/* Of domains that are enforced together, the event has the innermost one. */
static __always_inline void remember_enforced(const struct landlock_domain *domain)
{
	struct task_state *const state =
		get_state(BPF_LOCAL_STORAGE_GET_F_CREATE);
	const struct landlock_hierarchy *hierarchy =
		BPF_CORE_READ(domain, hierarchy);
	const __u32 count = count_new(hierarchy);
	__u32 i;

	if (!state) {
		lose();
		return;
	}
	state->count = count;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= count)
			break;
		state->ids[(count - 1 - i) & (EXECLOCK_LAYERS - 1)] =
			BPF_CORE_READ(hierarchy, id);
		hierarchy = BPF_CORE_READ(hierarchy, parent);
	}
}

SEC("tp_btf/landlock_enforce_domain")
int BPF_PROG(enforced, const struct landlock_domain *domain, bool complete,
	     bool process_wide, bool no_new_privs)
{
	hold_cpu();
	remember_enforced(domain);
	release_cpu();
	return 0;
}

static __always_inline void add_layers(struct monitor_event *event,
				       const struct task_state *state)
{
	__u32 i;

	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= state->count)
			break;
		add_layer(event, state->ids[i & (EXECLOCK_LAYERS - 1)]);
	}
}

/* Adds the staged policies, also those whose layers the task had already. */
static __always_inline void add_staged(struct monitor_event *event,
				       const struct execlock_task *task)
{
	__u32 i;

	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (task->exec.staged_ids & 1U << i)
			event->staged[event->num_staged++ &
				      (EXECLOCK_LAYERS - 1)] =
				task->under.ids[i & (EXECLOCK_LAYERS - 1)];
	}
}

static __always_inline void tell_exec(const struct linux_binprm *bprm,
				      const struct task_state *state,
				      const struct execlock_task *task)
{
	struct monitor_paths *const paths = begin_paths(MONITOR_EXEC);

	if (!paths)
		return;
	if (state)
		add_layers(&paths->event, state);
	if (task)
		add_staged(&paths->event, task);
	add_name(paths, bprm->filename);
	add_file(paths, &bprm->file->f_path);
	finish_paths(paths);
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(executed, const struct linux_binprm *bprm)
{
	const struct execlock_task *const task = get_confined();
	const struct task_state *const state = get_state(0);

	if (!(state && state->count) && !(task && task->exec.staged_ids))
		return 0;
	hold_cpu();
	tell_exec(bprm, state, task);
	release_cpu();
	return 0;
}

/* Any security module may have refused the exec, not only execlock. */
static __always_inline void tell_refused(const struct linux_binprm *bprm,
					 int err)
{
	struct monitor_paths *paths;

	if (!err)
		return;
	paths = begin_paths(MONITOR_REFUSED);
	if (!paths)
		return;
	paths->event.value = -err;
	add_name(paths, bprm->filename);
	finish_paths(paths);
}

/* Policies of cgroups refuse here. */
SEC("fexit/security_bprm_creds_for_exec")
int BPF_PROG(refused_early, struct linux_binprm *bprm, int ret)
{
	hold_cpu();
	tell_refused(bprm, ret);
	release_cpu();
	return 0;
}

/* Policies of executables refuse here. */
SEC("fexit/security_bprm_check")
int BPF_PROG(refused, struct linux_binprm *bprm, int ret)
{
	hold_cpu();
	tell_refused(bprm, ret);
	release_cpu();
	return 0;
}

/*
 * Denials
 */

static __always_inline bool is_wanted(bool permissive)
{
	return permissive ? show_permissive : show_enforced;
}

/* Whether this copy is to report the current denial of the task. */
static __always_inline bool is_ours(enum monitor_kind kind, bool permissive)
{
	struct task_state *const state =
		get_state(BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct monitor_counts *const all = get_counts();
	const bool last = copy == MONITOR_COPIES - 1;
	bool seen;

	if (!all || !is_wanted(permissive))
		return false;
	if (copy == 0)
		__sync_fetch_and_add(&all->denials, 1);
	/* Without memory, the copies cannot agree: the last one reports it. */
	seen = state ? copy && state->seen[kind] : !last;
	if (state)
		state->seen[kind] = !last;
	if (!seen)
		__sync_fetch_and_add(&all->handled, 1);
	return !seen;
}

/* The policy of a cgroup that the task has no_new_privs from, or zero. */
static __always_inline __u64 get_limit(void)
{
	const __u64 *const limit =
		bpf_task_storage_get(&limited, bpf_get_current_task_btf(), NULL,
				     0);

	return limit ? *limit : 0;
}

/**
 * struct limit - What denied an exec new privileges, or would have
 *
 * @policy: ID of a policy, or zero.
 * @cgroup: ID of the ruleset of a policy of a cgroup, or zero.
 * @permissive: Whether the policy is permissive, so that it denied nothing.
 */
struct limit {
	__u32 policy;
	bool permissive;
	__u64 cgroup;
};

static __always_inline void tell_gain(const struct file *file,
				      enum nnp_reason reason,
				      const struct limit *limit)
{
	struct monitor_paths *const paths = begin_paths(MONITOR_GAIN);

	if (!paths)
		return;
	paths->event.value = reason;
	paths->event.no_new_privs = limit->policy;
	paths->event.limit = limit->cgroup;
	paths->event.permissive = limit->permissive;
	add_file(paths, &file->f_path);
	finish_paths(paths);
}

/*
 * Finds what denied privileges.  For a task that set no_new_privs itself, there
 * is no event.
 */
static __always_inline bool find_limit(const struct execlock_task *known,
				       struct limit *limit)
{
	if (!never_gains(bpf_get_current_task_btf()))
		return true;
	if (known && !(known->under.effects & EXECLOCK_NNP_TRIED))
		limit->policy = known->under.no_new_privs;
	if (!limit->policy)
		limit->cgroup = get_limit();
	return limit->policy || limit->cgroup;
}

/* Finds the permissive policy that would have denied them. */
static __always_inline bool find_tried(const struct execlock_task *known,
				       struct limit *limit)
{
	const struct execlock_under *under;
	__u32 slot;

	if (!known)
		return false;
	under = &known->under;
	slot = known->exec.tried_limit - 1;
	if (slot < EXECLOCK_LAYERS)
		limit->policy = under->ids[slot];
	else if (under->effects & EXECLOCK_NNP_TRIED)
		limit->policy = under->no_new_privs;
	limit->permissive = true;
	return limit->policy;
}

/*
 * A BPF program, "execlock nnp" or another one, denied an exec new privileges,
 * or the task has no_new_privs because a policy set it at an earlier exec; or a
 * permissive policy did neither, and the exec gained privileges.
 */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(denied_gain, struct linux_binprm *bprm, const struct file *file)
{
	const struct task_struct *const task = bpf_get_current_task_btf();
	const bool denied = bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS;
	const struct execlock_task *const known = get_confined();
	struct limit limit = {};
	enum nnp_reason reason;

	if (!is_wanted(!denied))
		return 0;
	if (denied ? !find_limit(known, &limit) : !find_tried(known, &limit))
		return 0;
	reason = denied ? denied_reason(bprm, file, task->cred) :
			  allowed_reason(bprm->cred, task->cred);
	if (reason >= NNP_REASONS)
		return 0;
	hold_cpu();
	tell_gain(file, reason, &limit);
	release_cpu();
	return 0;
}

/**
 * struct denial - What all denials have in common
 *
 * @hierarchy: The domain that denied.
 * @logged: Whether audit logged it.
 * @permissive: Whether it was only reported.
 */
struct denial {
	const struct landlock_hierarchy *hierarchy;
	bool logged;
	bool permissive;
};

/* Of a policy, the domain is known also if nobody saw how it was created. */
static __always_inline void fill_denial(struct monitor_event *event,
					const struct denial *denial)
{
	const struct landlock_hierarchy *const hierarchy = denial->hierarchy;

	event->logged = denial->logged;
	event->permissive = denial->permissive;
	add_layer(event, BPF_CORE_READ(hierarchy, id));
	event->layers[0].policy = live_policy_id(hierarchy);
	event->layers[0].permissive = denial->permissive;
}

static __always_inline struct monitor_event *
begin_denial(enum monitor_kind kind, const struct denial *denial)
{
	struct monitor_event *const event = begin(kind);

	if (event)
		fill_denial(event, denial);
	return event;
}

static __always_inline void tell_fs(const struct denial *denial,
				    const struct landlock_blockers *blockers,
				    const char *pathname)
{
	const bool topology =
		BPF_CORE_READ(blockers, type) ==
		bpf_core_enum_value(enum landlock_request_type,
				    LANDLOCK_REQUEST_FS_CHANGE_TOPOLOGY);
	struct monitor_paths *const paths =
		begin_paths(topology ? MONITOR_TOPOLOGY : MONITOR_FS);

	if (!paths)
		return;
	fill_denial(&paths->event, denial);
	if (!topology)
		paths->event.access = BPF_CORE_READ(blockers, access);
	add_name(paths, pathname);
	finish_paths(paths);
}

SEC("tp_btf/landlock_deny_access_fs")
int BPF_PROG(denied_fs, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged,
	     const struct landlock_blockers *blockers, const struct path *path,
	     const char *pathname)
{
	const struct denial denial = {
		.hierarchy = hierarchy,
		.logged = logged,
		.permissive = is_permissive_denial(hierarchy, ctx, 6),
	};

	hold_cpu();
	if (is_ours(MONITOR_FS, denial.permissive))
		tell_fs(&denial, blockers, pathname);
	release_cpu();
	return 0;
}

/*
 * Whether the port of an address is checked.  It is not if the address is of
 * another family than the socket: no rule can allow that.  With IPv4, none is the
 * same as IPv4.
 */
static __always_inline bool checks_port(const void *address, __u16 socket_family)
{
	__u16 family;

	if (bpf_probe_read_kernel(&family, sizeof(family), address))
		return false;
	return family == socket_family ||
	       (family == AF_UNSPEC && socket_family == AF_INET);
}

static __always_inline void tell_net(const struct denial *denial,
				     const struct landlock_blockers *blockers,
				     __u16 socket_family, const void *address,
				     int addrlen)
{
	struct monitor_event *const event = begin_denial(MONITOR_NET, denial);
	__be16 port;

	if (!event)
		return;
	event->access = BPF_CORE_READ(blockers, access);
	/* IPv4 and IPv6 have it at the same place, behind the family. */
	if (addrlen >= 4 && checks_port(address, socket_family) &&
	    !bpf_probe_read_kernel(&port, sizeof(port), address + 2))
		event->value = __builtin_bswap16(port);
	bpf_ringbuf_submit(event, 0);
}

SEC("tp_btf/landlock_deny_access_net")
int BPF_PROG(denied_net, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged,
	     const struct landlock_blockers *blockers, const struct sock *sk,
	     __u16 socket_family, const struct sockaddr_storage *address,
	     int addrlen)
{
	const struct denial denial = {
		.hierarchy = hierarchy,
		.logged = logged,
		.permissive = is_permissive_denial(hierarchy, ctx, 8),
	};

	hold_cpu();
	if (is_ours(MONITOR_NET, denial.permissive))
		tell_net(&denial, blockers, socket_family, address,
			 addrlen);
	release_cpu();
	return 0;
}

/* Reports a denial about another task; @value is the number of a signal. */
static __always_inline void tell_target(enum monitor_kind kind,
					const struct denial *denial,
					const struct task_struct *target,
					int value)
{
	struct monitor_event *const event = begin_denial(kind, denial);
	const struct task_struct___monitor *const task = (const void *)target;

	if (!event)
		return;
	event->target = BPF_CORE_READ(task, tgid);
	event->value = value;
	bpf_ringbuf_submit(event, 0);
}

SEC("tp_btf/landlock_deny_ptrace")
int BPF_PROG(denied_ptrace, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 tracee_domain_id,
	     const struct task_struct *tracee, const struct task_struct *tracer)
{
	const struct denial denial = {
		.hierarchy = hierarchy,
		.logged = logged,
		.permissive = is_permissive_denial(hierarchy, ctx, 6),
	};

	hold_cpu();
	if (is_ours(MONITOR_PTRACE, denial.permissive))
		tell_target(MONITOR_PTRACE, &denial, tracee, -1);
	release_cpu();
	return 0;
}

SEC("tp_btf/landlock_deny_scope_signal")
int BPF_PROG(denied_signal, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 target_domain_id,
	     const struct task_struct *target, int signal)
{
	const struct denial denial = {
		.hierarchy = hierarchy,
		.logged = logged,
		.permissive = is_permissive_denial(hierarchy, ctx, 6),
	};

	hold_cpu();
	if (is_ours(MONITOR_SIGNAL, denial.permissive))
		tell_target(MONITOR_SIGNAL, &denial, target, signal);
	release_cpu();
	return 0;
}

static __always_inline void tell_unix(const struct denial *denial)
{
	struct monitor_event *const event = begin_denial(MONITOR_UNIX, denial);

	if (event)
		bpf_ringbuf_submit(event, 0);
}

SEC("tp_btf/landlock_deny_scope_abstract_unix_socket")
int BPF_PROG(denied_unix, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 peer_domain_id,
	     const struct sock *peer)
{
	const struct denial denial = {
		.hierarchy = hierarchy,
		.logged = logged,
		.permissive = is_permissive_denial(hierarchy, ctx, 5),
	};

	hold_cpu();
	if (is_ours(MONITOR_UNIX, denial.permissive))
		tell_unix(&denial);
	release_cpu();
	return 0;
}
