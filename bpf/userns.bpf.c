// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The default bound on capabilities in user namespaces
 *
 * These programs are attached while a policy set has a default.  They hold for
 * tasks of which no policy says what they have in user namespaces, also for
 * those that run since before.
 *
 * The set of capabilities that the kernel keeps of a task for this can only be
 * lowered, and a shell must be able to start a program that is exempt.  So the
 * default does not lower it: it acts when a task creates a user namespace, and
 * when it uses a capability over one that another task created.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <linux/capability.h>
#include <stdbool.h>

#include "execlock.h"
#include "matching.h"
#include "sets.h"
#include "tasks.h"
#include "userns.h"
#include "userns_events.h"

/* As in the kernel. */
#define PTRACE_MODE_ATTACH 2
#define CAP_OPT_NOAUDIT 2
#define MAX_LEVEL 33
#define FIRST_CAPS ((1ULL << (CAP_LAST_CAP + 1)) - 1)

char LICENSE[] SEC("license") = "GPL";

struct confined_map confined SEC(".maps");

/*
 * The default.  The loader adds it in its last step, and empties the map to end
 * it, because the kernel detaches programs some time after they are unpinned.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct userns_rule);
} userns_rule SEC(".maps");

static __always_inline const struct userns_rule *find_rule(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&userns_rule, &zero);
}

/* The capabilities that a task cannot have in user namespaces. */
static __always_inline __u64 lost_by(struct task_struct *task,
				     const struct userns_rule *rule)
{
	const struct execlock_task *const known = find_task(task);

	return known && known->under.userns.bounded ?
	       known->under.userns.lost : rule->lost;
}

/*
 * The capabilities that credentials have in the initial user namespace.  They
 * hold for all others, and to let them into a new one gives nobody more.
 */
static __always_inline __u64 held_by(const struct cred *cred)
{
	return cred->user_ns->level ? 0 : cred->cap_effective.val;
}

SEC("lsm/userns_create")
int BPF_PROG(limit_creation, const struct cred *cred)
{
	const struct userns_rule *const rule = find_rule();
	struct userns_counts *counts;
	__u64 lost, had = ~0ULL;

	if (!rule)
		return 0;
	counts = find_userns_counts();
	if (counts)
		__sync_fetch_and_add(&counts->created, 1);
	lost = lost_by(bpf_get_current_task_btf(), rule) & ~held_by(cred);
	if (!lost || !bpf_ksym_exists(bpf_userns_drop_caps))
		return 0;
	if (bpf_core_field_exists(cred->cap_userns))
		had = cred->cap_userns.val;
	bpf_userns_drop_caps(cred, lost);
	/* A policy may have dropped them at the exec. */
	if (lost & had)
		note_userns(USERNS_DROPPED, lost & had,
			    cred->user_ns->level + 1);
	return 0;
}

/*
 * Whether root created a user namespace, or a namespace that it is in.  What
 * root lets in is bounded when it is created.
 */
static __always_inline bool is_roots(const struct user_namespace *ns)
{
	int i;

	bpf_for(i, 0, MAX_LEVEL) {
		if (BPF_CORE_READ(ns, level) <= 1)
			return !BPF_CORE_READ(ns, owner.val);
		ns = BPF_CORE_READ(ns, parent);
	}
	return false;
}

/*
 * Denies what the kernel allows: to use a capability over a namespace that an
 * exempt program created, by joining it or because it has the same owner, and
 * over one that was there before the default.
 */
SEC("lsm/capable")
int BPF_PROG(limit_use, const struct cred *cred, struct user_namespace *ns,
	     int cap, unsigned int opts)
{
	const struct userns_rule *rule;
	__u64 bit;

	if (!ns->level)
		return 0;
	rule = find_rule();
	bit = 1ULL << (cap & 63);
	if (!rule || !(lost_by(bpf_get_current_task_btf(), rule) & bit) ||
	    held_by(cred) & bit || is_roots(ns))
		return 0;
	if (!(opts & CAP_OPT_NOAUDIT))
		note_userns(USERNS_DENIED, bit, ns->level);
	return -EPERM;
}

/*
 * Whether a task may trace another one, as far as this goes: it may not if it
 * would get capabilities by it.
 */
static __always_inline int may_trace(struct task_struct *tracer,
				     struct task_struct *task)
{
	const struct userns_rule *const rule = find_rule();
	__u64 more;

	if (!rule)
		return 0;
	more = lost_by(tracer, rule) & ~lost_by(task, rule) & FIRST_CAPS;
	if (!more || held_by(tracer->cred) & 1ULL << CAP_SYS_PTRACE)
		return 0;
	note_userns(USERNS_TRACE, more, 0);
	return -EPERM;
}

/* To look at a task is no danger, to write into it is. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(limit_tracer, struct task_struct *child, unsigned int mode)
{
	if (!(mode & PTRACE_MODE_ATTACH))
		return 0;
	return may_trace(bpf_get_current_task_btf(), child);
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(limit_traced, struct task_struct *parent)
{
	return may_trace(parent, bpf_get_current_task_btf());
}

/* What the policies of a program say that a task runs since before. */
static __always_inline void find_bounds(const struct subject *subject,
					const struct file *file,
					struct execlock_userns *userns)
{
	struct execlock_mask eligible, found;
	struct policy_set set;
	void *policies;
	__u32 index;
	int i, err;

	if (!open_set(&set, find_current()))
		return;
	err = match_first_file(&set, subject, file, &eligible, &found, NULL);
	policies = find_policies(set.header->generation);
	if (err || set.gone || !policies)
		return;
	bpf_for(i, 0, EXECLOCK_POLICIES) {
		const struct execlock_policy *policy;

		if (!mask_take(&found, &index))
			break;
		policy = bpf_map_lookup_elem(policies, &index);
		if (policy)
			add_bounds(userns, policy);
	}
}

/*
 * A task that runs since before the policies were loaded is known by the file
 * that it executed.  Returns 1, on which the loader gets EAGAIN, if there is no
 * memory: then this and later tasks are not exempt.
 */
SEC("iter.s/task")
int exempt_running(struct bpf_iter__task *ctx)
{
	struct execlock_userns userns = {};
	struct execlock_task *known;
	struct subject subject;
	const struct file *file;

	/* The end of the list; a thread of the kernel. */
	subject.task = ctx->task;
	if (!subject.task || !subject.task->mm)
		return 0;
	subject.cred = subject.task->cred;
	file = subject.task->mm->exe_file;
	known = find_task(subject.task);
	if (!file || (known && known->under.userns.bounded))
		return 0;
	find_bounds(&subject, file, &userns);
	if (!userns.bounded)
		return 0;
	known = bpf_task_storage_get(&confined, subject.task, NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!known)
		return 1;
	known->under.userns = userns;
	return 0;
}
