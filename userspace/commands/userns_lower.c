// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Lower the capabilities in user namespaces of this process
 */

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "bpf/provisional.h"
#include "message.h"
#include "policy.h"
#include "userns_lower.h"

#ifndef PR_CAP_USERNS
#define PR_CAP_USERNS PROVISIONAL_PR_CAP_USERNS
#define PR_CAP_USERNS_IS_SET 1
#define PR_CAP_USERNS_LOWER 3
#endif

/* More than a kernel can have. */
#define MAX_CAPS 64

static int call(int operation, int cap)
{
	/* The kernel takes whole registers, of which an int sets the half. */
	return prctl(PR_CAP_USERNS, (unsigned long)operation,
		     (unsigned long)cap, 0UL, 0UL);
}

int userns_lower(struct policy *policy)
{
	const __u64 caps = policy->userns_caps.program;
	int cap;

	if (call(PR_CAP_USERNS_IS_SET, 0) < 0)
		return policy_lack_userns_caps(policy) ? -1 : 0;
	/* Those that the kernel has, also if they have no name here. */
	for (cap = 0; cap < MAX_CAPS && call(PR_CAP_USERNS_IS_SET, cap) >= 0;
	     cap++)
		if (!(caps & 1ULL << cap) && call(PR_CAP_USERNS_LOWER, cap))
			return p_err("%s: cannot lower the capabilities in user namespaces: %s",
				     policy->source.file, strerror(errno));
	return 0;
}
