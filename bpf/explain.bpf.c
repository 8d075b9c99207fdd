// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Tell which policies an exec would be put under
 *
 * This decides with the code of the programs that confine, in the policy set
 * that these use.  Then it keeps a record, where they enforce.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "execlock.h"
#include "explain.h"
#include "layers.h"
#include "mask.h"
#include "matching.h"
#include "sets.h"
#include "tasks.h"
#include "userns.h"

char LICENSE[] SEC("license") = "GPL";

struct confined_map confined SEC(".maps");

struct explain_request request;
struct explain_answer answer;

/*
 * Records that the policy at @index would be staged, or why not.  A function of
 * its own, so that the verifier does not look at it once more for each way to it.
 */
__noinline int add_layer(struct task_struct *task __arg_trusted, __u32 index)
{
	void *const policies = find_policies(answer.task.exec.generation);
	const __u32 num = answer.num_layers;
	const struct execlock_policy *policy;
	struct explain_layer *layer;
	struct next_layer next;
	int err;

	policy = policies ? bpf_map_lookup_elem(policies, &index) : NULL;
	if (!policy)
		return -EAGAIN;
	layer = &answer.layers[num & (EXECLOCK_POLICIES - 1)];
	layer->index = index;
	layer->file = request.file;
	answer.num_layers = num + 1;
	stage_userns(&answer.task.under, policy, task);
	err = plan_layer(&answer.task.under, policy, index, task->cred, &next);
	layer->known = next.known;
	layer->room = !err;
	if (err)
		return 0;
	layer->no_new_privs =
		!!(next.flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS);
	remember_layer(&answer.task, task, policy, &next);
	return 0;
}

static __always_inline int add_layers(struct task_struct *task,
				      struct execlock_mask *found)
{
	__u32 index;
	int i, err;

	mask_or(&answer.found, found);
	bpf_for(i, 0, EXECLOCK_POLICIES) {
		if (!mask_take(found, &index))
			break;
		err = add_layer(task, index);
		if (err)
			return err;
	}
	/* Of a set that is gone, the policies may be those of another one. */
	return set_is_kept(answer.task.exec.generation) ? 0 : -EAGAIN;
}

/* Finds the policies of the file, and remembers which are still eligible. */
static __always_inline int decide(const struct subject *subject,
				  const struct file *file,
				  struct execlock_mask *found)
{
	struct execlock_exec *const exec = &answer.task.exec;
	struct execlock_mask eligible = exec->eligible;
	const bool first = !exec->generation;
	struct policy_set set;
	int err;

	if (!open_set(&set, first ? find_current() :
				    find_header(exec->generation)) ||
	    !find_keys(&set))
		return -EAGAIN;
	if (first) {
		const struct execlock_task *const known =
			find_task(subject->task);

		if (known)
			answer.task.under = known->under;
		reset_staged(&answer.task.under);
		err = match_first_file(&set, subject, file, &eligible, found,
				       answer.holds);
	} else {
		err = match_next_file(&set, file, &eligible, found,
				      answer.holds);
	}
	exec->generation = set.header->generation;
	mask_without(&exec->eligible, &eligible, found);
	return err;
}

static __always_inline int explain_exec(struct task_struct *task,
					const struct file *file)
{
	const struct subject subject = {
		.task = task,
		.cred = task->cred,
	};
	struct execlock_mask found = {};
	int err;

	err = decide(&subject, file, &found);
	if (!err)
		err = add_layers(task, &found);
	if (!err) {
		settle_userns(&answer.task.under);
		answer.userns = next_userns(&answer.task.under);
	}
	return err;
}

SEC("iter/task_file")
int explain(struct bpf_iter__task_file *ctx)
{
	const struct file *const file = ctx->file;
	struct task_struct *task;

	/* The end of the list. */
	if (!file || ctx->fd != request.fd)
		return 0;
	task = bpf_task_from_vpid(request.pid);
	if (!task) {
		answer.error = -ESRCH;
		return 0;
	}
	answer.error = explain_exec(task, file);
	bpf_task_release(task);
	return 0;
}
