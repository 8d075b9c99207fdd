/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Rulesets for files, enforced and permissive
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_EQUAL_FS_H
#define _LANDLOCK_PERMISSIVE_EQUAL_FS_H

#include "permissive_equal.h"

/* All rights. */

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_nowhere) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_everywhere) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "/", ACCESS_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_in_a) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "a", ACCESS_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_in_both) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "a", ACCESS_ALL }, { "b", ACCESS_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_in_sub) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "a/sub", ACCESS_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_for_file) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "a/file", ACCESS_ALL }, { "a/zero", ACCESS_ALL } },
};

/* Several rules on one path. */

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, change_everywhere_read_in_b) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { ".", FS_CHANGE }, { "b", FS_READ } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, change_everywhere_read_in_a) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { ".", FS_CHANGE }, { "a", FS_READ } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, refer_without_make) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { ".", FS(REFER) | FS(REMOVE_FILE) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, make_without_refer) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { ".", FS_CHANGE & ~FS(REFER) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, deeper_and_deeper) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = {
		{ "/", FS(REFER) | FS(READ_FILE) },
		{ ".", FS_MAKE },
		{ "a", FS(REMOVE_FILE) | FS(REMOVE_DIR) | FS(EXECUTE) },
		{ "a/sub", FS(WRITE_FILE) | FS(READ_DIR) },
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_but_optional) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = {
		{ "/", ACCESS_ALL & ~(FS(TRUNCATE) | FS(IOCTL_DEV)) },
	},
};

/* Some rights. */

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, write) {
	/* clang-format on */
	.rules.attr.handled_access_fs = FS(WRITE_FILE) | FS(TRUNCATE),
	.rules.paths = { { "a/sub", ACCESS_ALL }, { "b", FS(WRITE_FILE) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, refer_in_both) {
	/* clang-format on */
	.rules.attr.handled_access_fs = FS(REFER) | FS(EXECUTE),
	.rules.paths = {
		{ "a", FS(REFER) },
		{ "b", FS(REFER) | FS(EXECUTE) },
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, ioctl) {
	/* clang-format on */
	.rules.attr.handled_access_fs = FS(IOCTL_DEV) | FS(TRUNCATE),
	.rules.paths = { { "a/file", FS(TRUNCATE) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, network) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(BIND_TCP),
};

#endif /* _LANDLOCK_PERMISSIVE_EQUAL_FS_H */
