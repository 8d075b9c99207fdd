/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for rulesets picked by BPF programs
 *
 * The programs that are executed are the tests themselves, see exectime_plan.h .
 */

#ifndef _LANDLOCK_BPF_H
#define _LANDLOCK_BPF_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common.h"
#include "exectime.h"

#define LOG_SAME_EXEC_OFF LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF
#define LOG_NEW_EXEC_ON LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON
#define LOG_SUBDOMAINS_OFF LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF

/* Lets @ruleset_fd allow @allowed everywhere. */
static int __maybe_unused allow_everywhere(const int ruleset_fd,
					   const __u64 allowed)
{
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = allowed,
	};
	int err = 0;

	path_beneath.parent_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (path_beneath.parent_fd < 0)
		return -errno;

	if (landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
			      &path_beneath, 0))
		err = -errno;
	close(path_beneath.parent_fd);
	return err;
}

#endif /* _LANDLOCK_BPF_H */
