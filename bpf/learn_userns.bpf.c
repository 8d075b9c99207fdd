// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Observe which capabilities a command uses over user namespaces
 *
 * These programs always allow.  Security modules run in an order in which the
 * kernel's own checks of capabilities are first, so a program only sees checks
 * that succeeded.  Checks that need no audit record count as well: seccomp(2)
 * and landlock_restrict_self(2) fail without the capability that they ask for
 * in this way.
 */

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

#include "learn_event.h"

/* From 8 on, they are of a kind that takes no capability. */
#define SECUREBITS_PRIVILEGED 0xff

/* Reports the capabilities of which the process did not do so before. */
static __always_inline void tell_caps(enum learn_kind kind, __u64 *told,
				      __u64 caps)
{
	struct learn_event *event;

	if (!(caps & ~*told))
		return;
	event = begin(kind, caps);
	if (!event)
		return;
	*told |= caps;
	bpf_ringbuf_submit(event, 0);
}

/*
 * A capability that the process holds in the initial user namespace holds for
 * all others, and no policy bounds it.
 */
static __always_inline bool holds(const struct cred *cred, __u64 bit)
{
	return !cred->user_ns->level && cred->cap_effective.val & bit;
}

SEC("lsm/capable")
int BPF_PROG(used_capability, const struct cred *cred,
	     struct user_namespace *ns, int cap)
{
	struct learn_state *const state = current_state();
	const __u64 bit = 1ULL << (cap & 63);

	if (ns->level && state && state->exec && !holds(cred, bit))
		tell_caps(LEARN_CAPS, &state->caps, bit);
	return 0;
}

/* The kernel checks this one without asking security modules. */
SEC("lsm/task_prctl")
int BPF_PROG(set_securebits, int option, unsigned long bits)
{
	const struct cred *const cred = bpf_get_current_task_btf()->cred;
	struct learn_state *const state = current_state();

	if (option == PR_SET_SECUREBITS && bits & SECUREBITS_PRIVILEGED &&
	    state && state->exec && cred->user_ns->level)
		tell_caps(LEARN_CAPS, &state->caps, 1ULL << CAP_SETPCAP);
	return -ENOSYS;
}

/*
 * A process that gives up some capabilities names those that it keeps, and
 * fails if it lacks one of them.  A process that keeps all takes what is there.
 */
SEC("lsm/capset")
int BPF_PROG(kept_capabilities, const struct cred *new, const struct cred *old)
{
	struct learn_state *const state = current_state();

	if (old->user_ns->level && state && state->exec &&
	    old->cap_permitted.val & ~new->cap_permitted.val)
		tell_caps(LEARN_CAPS_KEPT, &state->caps_kept,
			  new->cap_permitted.val);
	return 0;
}
