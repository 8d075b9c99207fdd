/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for maps of rulesets
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _RULESET_MAP_H
#define _RULESET_MAP_H

#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* Stores a ruleset in a map of descriptions.  Returns 0 or -errno. */
static int __maybe_unused store_ruleset(const int map_fd, const __u32 slot,
					const int ruleset_fd)
{
	const struct bpf_landlock_ruleset_info info = {
		.ruleset_fd = ruleset_fd,
	};

	return bpf_map_update_elem(map_fd, &slot, &info, BPF_ANY);
}

/* Stores a ruleset that denies @denied. */
static int __maybe_unused store_denied(const int map_fd, const __u32 slot,
				       const __u64 denied)
{
	const int ruleset_fd = exectime_ruleset(denied);
	int err;

	if (ruleset_fd < 0)
		return -errno;

	err = store_ruleset(map_fd, slot, ruleset_fd);
	close(ruleset_fd);
	return err;
}

#endif /* _RULESET_MAP_H */
