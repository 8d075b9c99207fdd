// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Mounts that permissive layers would deny
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "permissive_equal.h"
#include "permissive_mix.h"

#ifndef MS_REC
#define MS_REC 16384
#endif

static int mount_a(struct attempt *const attempt)
{
	return mount("permissive", "a", "tmpfs", 0, NULL) ? -errno : 0;
}

static int bind_mount(struct attempt *const attempt)
{
	return mount("b", "a", NULL, MS_BIND, NULL) ? -errno : 0;
}

static int unmount_a(struct attempt *const attempt)
{
	return umount2("a", MNT_DETACH) ? -errno : 0;
}

static int remount_a(struct attempt *const attempt)
{
	if (mount(NULL, "a", NULL, MS_REMOUNT | MS_NOSUID, NULL))
		return -errno;
	return 0;
}

static int bind_remount(struct attempt *const attempt)
{
	if (mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL))
		return -errno;
	return 0;
}

static int make_shared(struct attempt *const attempt)
{
	return mount(NULL, "a", NULL, MS_SHARED, NULL) ? -errno : 0;
}

static int move_a(struct attempt *const attempt)
{
	return mount("a", "b", NULL, MS_MOVE, NULL) ? -errno : 0;
}

static int mount_a_below(struct attempt *const attempt)
{
	return mount_a(attempt) ?: (mkdir("a/old", 0700) ? -errno : 0);
}

/* The root of the test machine may not be one that can be left. */
static int pivot(struct attempt *const attempt)
{
	return syscall(__NR_pivot_root, "a", "a/old") ? -errno : 0;
}

static int clone_tree(struct attempt *const attempt)
{
	attempt->fd = syscall(__NR_open_tree, AT_FDCWD, "b",
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	return attempt->fd < 0 ? -errno : 0;
}

static int attach_tree(struct attempt *const attempt)
{
	if (syscall(__NR_move_mount, attempt->fd, "", AT_FDCWD, "a",
		    MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	return 0;
}

static int pick_a(struct attempt *const attempt)
{
	const int err = mount_a(attempt);

	if (err)
		return err;
	attempt->fd = syscall(__NR_fspick, AT_FDCWD, "a", FSPICK_CLOEXEC);
	return attempt->fd < 0 ? -errno : 0;
}

static int reconfigure(struct attempt *const attempt)
{
	if (syscall(__NR_fsconfig, attempt->fd, FSCONFIG_CMD_RECONFIGURE, NULL,
		    NULL, 0))
		return -errno;
	return 0;
}

static int change_root(struct attempt *const attempt)
{
	return chroot("a") ? -errno : 0;
}

#define TOPOLOGY "fs.change_topology"

static const struct operation topology[] = {
	{
		.name = "mount",
		.run = mount_a,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "bind mount",
		.run = bind_mount,
		.fs = FS(READ_DIR),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "unmount",
		.prepare = mount_a,
		.run = unmount_a,
		.fs = FS(REFER),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		/* mount(2), then the super block. */
		.name = "remount",
		.prepare = mount_a,
		.run = remount_a,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.several = true,
		.blockers = { TOPOLOGY, TOPOLOGY },
	},
	{
		.name = "remount with other flags",
		.prepare = mount_a,
		.run = bind_remount,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "change the propagation",
		.prepare = mount_a,
		.run = make_shared,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "move a mount",
		.prepare = mount_a,
		.run = move_a,
		.fs = FS(EXECUTE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "change the root",
		.prepare = mount_a_below,
		.run = pivot,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "attach a tree",
		.prepare = clone_tree,
		.run = attach_tree,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "reconfigure a file system",
		.prepare = pick_a,
		.run = reconfigure,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.error = EPERM,
		.blockers = { TOPOLOGY },
	},
	{
		.name = "change the root of the task",
		.run = change_root,
		.fs = FS(WRITE_FILE),
		.topology = true,
		.never = true,
	},
};

/* Any file access right is enough, and no rule helps. */

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_everywhere) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
	.rules.paths = { { "/", ACCESS_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, refer) {
	/* clang-format on */
	.rules.attr.handled_access_fs = FS(REFER),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, network) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(BIND_TCP),
};

TEST_F(mix, topology)
{
	try_mixes(_metadata, &self->observer, topology, ARRAY_SIZE(topology),
		  variant->layers);
}

TEST_F(equal, mounts)
{
	try_all_equal(_metadata, &self->observer, topology, ARRAY_SIZE(topology),
		      &variant->rules);
}

TEST_HARNESS_MAIN
