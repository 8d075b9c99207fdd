// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - List the processes that are under policies
 *
 * Who is under a policy is known from the execs.  Whose layer a new version of
 * the policy replaces is known to Landlock alone: a process can be under a
 * policy that was loaded, and unloaded, before the one of this name.
 *
 * This is linked with the programs that confine, and stays loaded with them: who
 * reads the list loads nothing.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#include "execlock.h"
#include "landlock_domain.h"
#include "processes.h"
#include "tasks.h"

/* The fields that only this program reads. */
struct signal_struct {
	struct {
		int counter;
	} live;
} CORE;

struct task_struct___processes {
	int tgid;
	struct task_struct *group_leader;
	struct signal_struct *signal;
} CORE;

struct cred___processes {
	void *security;
} CORE;

struct landlock_cred_security {
	struct landlock_domain *domain;
} CORE;

struct lsm_blob_sizes {
	unsigned int lbs_cred;
} CORE;

/*
 * Address of a variable of Landlock: where its part of credentials begins.  Zero
 * if the loader was not told.  Not a symbol of libbpf (__ksym), which would read
 * the list of all symbols at each load of one of the programs that are linked.
 */
const volatile __u64 landlock_blob_sizes;

char LICENSE[] SEC("license") = "GPL";

/* All threads of a process came to its policies by the same exec. */
static __always_inline bool is_process(const struct task_struct *task)
{
	const struct task_struct___processes *const thread = (const void *)task;

	return BPF_CORE_READ(thread, group_leader) == task &&
	       BPF_CORE_READ(thread, signal, live.counter) > 0;
}

static __always_inline void add_under(struct process_record *record,
				      struct task_struct *task)
{
	const struct execlock_task *const known = find_task(task);
	__u32 i;

	if (!known)
		return;
	record->num_under = known->under.count;
	for (i = 0; i < EXECLOCK_LAYERS; i++)
		record->under[i] = known->under.ids[i];
}

/* The domain of a task, or NULL. */
static __always_inline const struct landlock_domain *
find_domain(const struct task_struct *task)
{
	const struct lsm_blob_sizes *const sizes = (void *)landlock_blob_sizes;
	const struct cred___processes *const cred =
		(const void *)BPF_CORE_READ(task, cred);
	const struct landlock_cred_security *const security =
		BPF_CORE_READ(cred, security) + BPF_CORE_READ(sizes, lbs_cred);

	return BPF_CORE_READ(security, domain);
}

static __always_inline void add_layers(struct process_record *record,
				       const struct task_struct *task)
{
	const struct landlock_hierarchy *hierarchy;
	const struct landlock_domain *domain;
	__u32 i;

	if (!landlock_blob_sizes)
		return;
	record->sees_layers = true;
	domain = find_domain(task);
	if (!domain)
		return;
	hierarchy = BPF_CORE_READ(domain, hierarchy);
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (!hierarchy)
			break;
		record->layers[i & (EXECLOCK_LAYERS - 1)] =
			live_policy_id(hierarchy);
		hierarchy = BPF_CORE_READ(hierarchy, parent);
	}
}

SEC("iter/task")
int processes(struct bpf_iter__task *ctx)
{
	struct task_struct *const task = ctx->task;
	const struct task_struct___processes *thread;
	struct process_record record = {};

	/* The end of the list. */
	if (!task)
		return 0;
	thread = (const void *)task;
	if (!is_process(task))
		return 0;
	add_under(&record, task);
	if (!record.num_under)
		return 0;
	record.pid = BPF_CORE_READ(thread, tgid);
	add_layers(&record, task);
	/* A record without room comes once more, in the next part. */
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
