/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy that all approaches enforce, in sizes from 1 rule up
 */

#ifndef POLICY_H
#define POLICY_H

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/** MAX_RULES - Largest policy that there are directories for */
#define MAX_RULES 10000

static inline int landlock_restrict_self(int ruleset_fd, __u32 flags)
{
	return syscall(__NR_landlock_restrict_self, ruleset_fd, flags);
}

void policy_prepare(void);
int policy_ruleset(unsigned int rules);
int policy_places(unsigned int places);
void policy_change(int ruleset_fd);

#endif /* POLICY_H */
