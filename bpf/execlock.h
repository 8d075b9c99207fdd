/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the BPF programs and their loader share
 */

#ifndef EXECLOCK_H
#define EXECLOCK_H

#include <linux/types.h>

/**
 * EXECLOCK_INTERPRETERS - Interpreters that one exec can go through
 *
 * The kernel's own limit, see exec_binprm().
 */
#define EXECLOCK_INTERPRETERS 5

/** EXECLOCK_NAME_SIZE - Room for a policy's name, with its NUL */
#define EXECLOCK_NAME_SIZE 64

/**
 * struct execlock_file - A file, as the kernel tells files apart
 *
 * @inode: Inode number.
 * @device: Device number of its super block in the kernel's own encoding,
 *          which is neither that of stat(2) nor always that of the mount.
 * @zero: There is no hole in a hash key.
 */
struct execlock_file {
	__u64 inode;
	__u32 device;
	__u32 zero;
};

/**
 * struct execlock_fd - What the identify program says of a file descriptor
 *
 * @file: The file that it refers to.
 * @fd: Its number.
 * @zero: Padding.
 */
struct execlock_fd {
	struct execlock_file file;
	__u32 fd;
	__u32 zero;
};

/**
 * enum execlock_on_error - What becomes of an exec that cannot be confined
 *
 * @EXECLOCK_DENY: It fails with EACCES.
 * @EXECLOCK_ALLOW: It goes ahead without what this policy would have added.
 *                  A task can bring this about: by filling up its layers
 *                  first, or the memory that its control group allows.
 */
enum execlock_on_error {
	EXECLOCK_DENY,
	EXECLOCK_ALLOW,
};

/**
 * struct execlock_policy - A loaded policy; its ruleset has the same index
 *
 * @hits: Execs that it was staged for.
 * @errors: Execs that it could not be staged for.
 * @flags: LANDLOCK_RESTRICT_SELF_* for bpf_landlock_restrict_binprm().
 * @on_error: An &enum execlock_on_error.
 * @name: For people.
 */
struct execlock_policy {
	__u64 hits;
	__u64 errors;
	__u32 flags;
	__u32 on_error;
	char name[EXECLOCK_NAME_SIZE];
};

/**
 * struct execlock_ruleset - Value of the ruleset map
 *
 * The layout of the kernel's struct bpf_landlock_ruleset_info.  This is a copy
 * so that execlock can be built where the installed kernel headers are older.
 *
 * @ruleset_fd: Ruleset to store; zero when read.
 * @num_rules: Number of its rules; this and the rest are zero when written.
 * @id: Identifies the ruleset it was made from in trace events.
 * @handled_access_fs: As in struct landlock_ruleset_attr.
 * @handled_access_net: As in struct landlock_ruleset_attr.
 * @scoped: As in struct landlock_ruleset_attr.
 */
struct execlock_ruleset {
	__u32 ruleset_fd;
	__u32 num_rules;
	__u64 id;
	__u64 handled_access_fs;
	__u64 handled_access_net;
	__u64 scoped;
};

#endif /* EXECLOCK_H */
