/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Interface for BPF
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _LINUX_BPF_LANDLOCK_H
#define _LINUX_BPF_LANDLOCK_H

#include <linux/errno.h>
#include <linux/types.h>

struct bpf_landlock_ruleset;
struct bpf_landlock_ruleset_info;
struct bpf_map;

#ifdef CONFIG_SECURITY_LANDLOCK_BPF

/* Implemented by security/landlock/bpf.c for the map type. */

bool landlock_bpf_enabled(void);

struct bpf_landlock_ruleset *landlock_bpf_from_fd(const int fd,
						  const u32 flags);

bool landlock_bpf_is_live(const struct bpf_landlock_ruleset *const ruleset);

int landlock_bpf_replace(struct bpf_landlock_ruleset *const ruleset,
			 const int fd, const u32 flags);

bool landlock_bpf_tryget(struct bpf_landlock_ruleset *const ruleset);

void landlock_bpf_put(const struct bpf_landlock_ruleset *const ruleset);

void landlock_bpf_fill_info(const struct bpf_landlock_ruleset *const ruleset,
			    struct bpf_landlock_ruleset_info *const info);

/* Implemented by kernel/bpf/landlock_map.c for the BPF core. */

int bpf_landlock_map_update_elem_sys(struct bpf_map *map, void *key,
				     void *value, u64 flags);

int bpf_landlock_map_lookup_elem_sys(struct bpf_map *map, void *key,
				     void *value);

extern u32 bpf_landlock_ruleset_btf_ids[];

static inline u32 bpf_landlock_ruleset_btf_id(void)
{
	return bpf_landlock_ruleset_btf_ids[0];
}

#else /* CONFIG_SECURITY_LANDLOCK_BPF */

/* No map of this type can exist: the BPF core never makes these calls. */

static inline int bpf_landlock_map_update_elem_sys(struct bpf_map *map,
						   void *key, void *value,
						   u64 flags)
{
	return -EOPNOTSUPP;
}

static inline int bpf_landlock_map_lookup_elem_sys(struct bpf_map *map,
						   void *key, void *value)
{
	return -EOPNOTSUPP;
}

static inline u32 bpf_landlock_ruleset_btf_id(void)
{
	return 0;
}

#endif /* CONFIG_SECURITY_LANDLOCK_BPF */

#endif /* _LINUX_BPF_LANDLOCK_H */
