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

#include "gain.h"
#include "monitor.h"
#include "tasks.h"

/* Domains that exist at a time; of more, the origin of the oldest is lost. */
#define MAX_DOMAINS 65536

#define RING_SIZE (8 * 1024 * 1024)

struct landlock_hierarchy {
	__u64 id;
	struct landlock_hierarchy *parent;
} CORE;

struct landlock_domain {
	struct landlock_hierarchy *hierarchy;
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

void bpf_preempt_disable(void) __ksym;
void bpf_preempt_enable(void) __ksym;
void bpf_local_irq_save(unsigned long *flags__irq_flag) __ksym;
void bpf_local_irq_restore(unsigned long *flags__irq_flag) __ksym;

char LICENSE[] SEC("license") = "GPL";

/** copy - Which of MONITOR_COPIES this is; only the first one has it all */
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
 * struct origin - What is known of a domain
 *
 * @ruleset: ID of the ruleset that it was made from.
 * @enforced: Whether it was enforced, or one that was made on top of it.
 */
struct origin {
	__u64 ruleset;
	__u64 enforced;
};

/* By the ID of the domain. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_DOMAINS);
	__type(key, __u64);
	__type(value, struct origin);
} domains SEC(".maps");

/**
 * struct task_state - What is known of a task
 *
 * @count: Number of @ids.
 * @seen: For each &enum monitor_kind, whether one of the copies has the denial
 *        that the task is in.
 * @ids: The domains that an exec put it into.
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

/* That of the programs that confine, which the loader puts here if it is there. */
struct confined_map confined SEC(".maps");

/* Where an event with paths is put together, on a CPU that is held. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct monitor_paths);
} scratch SEC(".maps");

/*
 * The kernel does not run a program of the type TRACING, and only counts that,
 * while another task is in it on the same CPU: if this other task was preempted
 * there, that may be for long.  (Programs of the type LSM are always run.)  So
 * nobody is preempted in these programs.  What is left are a few instructions
 * before the first one and after the last one of a program: therefore, denials
 * have MONITOR_COPIES programs, and what all of them miss is counted.
 */
static __always_inline void hold_cpu(void)
{
	bpf_preempt_disable();
}

/*
 * Lets other tasks have the CPU, but not here: while there are no interrupts,
 * a task that waits for it is not switched to, and then it is only when the
 * kernel has left the program.
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

static __always_inline struct task_state *get_state(__u64 flags)
{
	return bpf_task_storage_get(&states, bpf_get_current_task_btf(), NULL,
				    flags);
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
	event->value = -1;
	event->target = 0;
	event->logged = 0;
	event->name_size = 0;
	event->file_size = 0;
	event->zero = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	add_under(event);
}

/* Begins an event without paths, which must be submitted. */
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
 * Begins an event with paths, on a CPU that is held and not in an interrupt,
 * which finish_paths() ends.
 */
static __always_inline struct monitor_paths *
begin_paths(enum monitor_kind kind)
{
	const __u32 zero = 0;
	struct monitor_paths *const paths =
		bpf_map_lookup_elem(&scratch, &zero);

	/* It is always there. */
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

static __always_inline void remember_domain(const struct landlock_domain *domain,
					    const struct landlock_frozen *frozen)
{
	const __u64 id = BPF_CORE_READ(domain, hierarchy, id);
	const struct origin origin = { .ruleset = BPF_CORE_READ(frozen, id) };

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
 * An exec begins.  What the task did to itself before is not its result, nor is
 * what was staged for the last exec: no one forgets that after an unload.
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
 * How many layers are new with a domain: it, and those below it that were made
 * to be enforced with it.  Of older ones, nothing is known, or that they are
 * enforced already.
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

/* An event is about the innermost one of the domains that come together. */
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

/* Whether or not the task had their layers already. */
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

/* Whoever refused: the policies of execlock, or any other module. */
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

/* The policies of cgroups decide here, */
SEC("fexit/security_bprm_creds_for_exec")
int BPF_PROG(refused_early, struct linux_binprm *bprm, int ret)
{
	hold_cpu();
	tell_refused(bprm, ret);
	release_cpu();
	return 0;
}

/* and those of files here. */
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

/* Whether this copy is to tell of the denial that the task is in. */
static __always_inline bool is_ours(enum monitor_kind kind)
{
	struct task_state *const state =
		get_state(BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct monitor_counts *const all = get_counts();
	const bool last = copy == MONITOR_COPIES - 1;
	bool seen;

	if (!all)
		return false;
	if (copy == 0)
		__sync_fetch_and_add(&all->denials, 1);
	/* Without memory, it is for the last one, which is told by nobody. */
	seen = state ? copy && state->seen[kind] : !last;
	if (state)
		state->seen[kind] = !last;
	if (!seen)
		__sync_fetch_and_add(&all->handled, 1);
	return !seen;
}

static __always_inline void tell_gain(const struct file *file,
				      enum nnp_reason reason, __u32 policy)
{
	struct monitor_paths *const paths = begin_paths(MONITOR_GAIN);

	if (!paths)
		return;
	paths->event.value = reason;
	paths->event.no_new_privs = policy;
	add_file(paths, &file->f_path);
	finish_paths(paths);
}

/*
 * A gain of privileges is denied by a BPF program, "execlock nnp" or another one,
 * or because a policy set no_new_privs at an exec before.  The exec is not.
 * Nobody is told of a task that set the attribute by itself.
 */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(denied_gain, struct linux_binprm *bprm, const struct file *file)
{
	const struct task_struct *const task = bpf_get_current_task_btf();
	const struct execlock_task *const known = get_confined();
	enum nnp_reason reason;
	__u32 policy = 0;

	if (!(bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS))
		return 0;
	if (never_gains(task)) {
		policy = known ? known->under.no_new_privs : 0;
		if (!policy)
			return 0;
	}
	reason = denied_reason(bprm, file, task->cred);
	if (reason >= NNP_REASONS)
		return 0;
	hold_cpu();
	tell_gain(file, reason, policy);
	release_cpu();
	return 0;
}

static __always_inline void fill_denial(struct monitor_event *event,
					const struct landlock_hierarchy *hierarchy,
					bool logged)
{
	event->logged = logged;
	add_layer(event, BPF_CORE_READ(hierarchy, id));
}

static __always_inline struct monitor_event *
begin_denial(enum monitor_kind kind, const struct landlock_hierarchy *hierarchy,
	     bool logged)
{
	struct monitor_event *const event = begin(kind);

	if (event)
		fill_denial(event, hierarchy, logged);
	return event;
}

static __always_inline void tell_fs(const struct landlock_hierarchy *hierarchy,
				    bool logged,
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
	fill_denial(&paths->event, hierarchy, logged);
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
	hold_cpu();
	if (is_ours(MONITOR_FS))
		tell_fs(hierarchy, logged, blockers, pathname);
	release_cpu();
	return 0;
}

static __always_inline void tell_net(const struct landlock_hierarchy *hierarchy,
				     bool logged,
				     const struct landlock_blockers *blockers,
				     const void *address, int addrlen)
{
	struct monitor_event *const event =
		begin_denial(MONITOR_NET, hierarchy, logged);
	__be16 port;

	if (!event)
		return;
	event->access = BPF_CORE_READ(blockers, access);
	/* IPv4 and IPv6 have it at the same place, behind the family. */
	if (addrlen >= 4 &&
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
	hold_cpu();
	if (is_ours(MONITOR_NET))
		tell_net(hierarchy, logged, blockers, address, addrlen);
	release_cpu();
	return 0;
}

/* What is denied is to do with a task; @value is the number of a signal. */
static __always_inline void tell_target(enum monitor_kind kind,
					const struct landlock_hierarchy *hierarchy,
					bool logged,
					const struct task_struct *target,
					int value)
{
	struct monitor_event *const event =
		begin_denial(kind, hierarchy, logged);
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
	hold_cpu();
	if (is_ours(MONITOR_PTRACE))
		tell_target(MONITOR_PTRACE, hierarchy, logged, tracee, -1);
	release_cpu();
	return 0;
}

SEC("tp_btf/landlock_deny_scope_signal")
int BPF_PROG(denied_signal, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 target_domain_id,
	     const struct task_struct *target, int signal)
{
	hold_cpu();
	if (is_ours(MONITOR_SIGNAL))
		tell_target(MONITOR_SIGNAL, hierarchy, logged, target, signal);
	release_cpu();
	return 0;
}

static __always_inline void tell_unix(const struct landlock_hierarchy *hierarchy,
				      bool logged)
{
	struct monitor_event *const event =
		begin_denial(MONITOR_UNIX, hierarchy, logged);

	if (event)
		bpf_ringbuf_submit(event, 0);
}

SEC("tp_btf/landlock_deny_scope_abstract_unix_socket")
int BPF_PROG(denied_unix, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged, __u64 peer_domain_id,
	     const struct sock *peer)
{
	hold_cpu();
	if (is_ours(MONITOR_UNIX))
		tell_unix(hierarchy, logged);
	release_cpu();
	return 0;
}
