/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The Landlock system calls, whatever the age of the installed
 * headers
 *
 * The numbers are part of the kernel's stable interface, but for the provisional
 * ones.
 */

#ifndef EXECLOCK_LANDLOCK_ABI_H
#define EXECLOCK_LANDLOCK_ABI_H

#include <linux/landlock.h>
#include <linux/types.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/landlock_rights.h"

/** LANDLOCK_ABI_KNOWN - Newest Landlock ABI that execlock knows */
#define LANDLOCK_ABI_KNOWN PROVISIONAL_LANDLOCK_ABI

#ifndef LANDLOCK_SCOPE_SIGNAL
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET		0x1ULL
#define LANDLOCK_SCOPE_SIGNAL				0x2ULL
#endif

/*
 * Enumerators of the kernel's headers cannot be tested for, and these
 * structures have grown.
 */
#define RULE_PATH_BENEATH				1
#define RULE_NET_PORT					2
#define RULE_PLACE					3

/** LANDLOCK_ABI_QUIET - The ABI version that has quiet rules */
#define LANDLOCK_ABI_QUIET				10
/** LANDLOCK_ABI_PLACES - The ABI version that can have rules for names */
#define LANDLOCK_ABI_PLACES				PROVISIONAL_LANDLOCK_ABI
/** ADD_RULE_QUIET - LANDLOCK_ADD_RULE_QUIET */
#define ADD_RULE_QUIET					0x1U

/* Older kernels accept it if the members that they do not know are zero. */
/** struct ruleset_attr - struct landlock_ruleset_attr of ABI 10 */
struct ruleset_attr {
	__u64 handled_access_fs;
	__u64 handled_access_net;
	__u64 scoped;
	__u64 quiet_access_fs;
	__u64 quiet_access_net;
	__u64 quiet_scoped;
};

/** struct net_port_attr - struct landlock_net_port_attr */
struct net_port_attr {
	__u64 allowed_access;
	__u64 port;
};

/** struct place_attr - struct landlock_place_attr */
struct place_attr {
	__u64 allowed_access;
	__s32 parent_fd;
	__u64 name;
} __attribute__((packed));

static inline int landlock_create_ruleset(const struct ruleset_attr *attr,
					  size_t size, __u32 flags)
{
	return syscall(__NR_landlock_create_ruleset, attr, size, flags);
}

static inline int landlock_add_rule(int ruleset_fd, int type, const void *attr,
				    __u32 flags)
{
	return syscall(__NR_landlock_add_rule, ruleset_fd, type, attr, flags);
}

static inline int landlock_restrict_self(int ruleset_fd, __u32 flags)
{
	return syscall(__NR_landlock_restrict_self, ruleset_fd, flags);
}

#endif /* EXECLOCK_LANDLOCK_ABI_H */
