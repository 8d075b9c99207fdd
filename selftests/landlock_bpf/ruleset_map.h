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

#define NUM_ENTRIES 4

static __maybe_unused int create_map(const __u32 key_size,
				     const __u32 value_size,
				     const __u32 max_entries,
				     const __u32 map_flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map_flags);

	return bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets",
			      key_size, value_size, max_entries, &opts);
}

static __maybe_unused int create_info_map(const __u32 max_entries,
					  const __u32 map_flags)
{
	return create_map(sizeof(__u32),
			  sizeof(struct bpf_landlock_ruleset_info), max_entries,
			  map_flags);
}

#define FD_SIZE sizeof(__u32)
#define INFO_SIZE sizeof(struct bpf_landlock_ruleset_info)

static __maybe_unused int lookup(const int map_fd, const __u32 slot)
{
	struct bpf_landlock_ruleset_info info;

	return bpf_map_lookup_elem(map_fd, &slot, &info);
}

#endif /* _RULESET_MAP_H */
