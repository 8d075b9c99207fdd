/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requests to the BPF programs that only exist to be measured
 */

#ifndef ROADS_H
#define ROADS_H

#include <linux/types.h>

/**
 * struct store_request - Argument of the program that stores a ruleset
 *
 * @ruleset_fd: The ruleset, to be stored in a map value as a pointer.
 * @flags: Those of bpf_lsm_policy_from_fd().
 */
struct store_request {
	__s32 ruleset_fd;
	__u32 flags;
};

#endif /* ROADS_H */
