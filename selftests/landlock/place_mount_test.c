// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Mounts at places, and places in mounts
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "place.h"

FIXTURE(mounts)
{
	struct confined confined;
};

FIXTURE_SETUP(mounts)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "sub",
			       LANDLOCK_ACCESS_FS_READ_FILE |
				       LANDLOCK_ACCESS_FS_MAKE_REG |
				       LANDLOCK_ACCESS_FS_WRITE_FILE));
	start_confined(_metadata, &self->confined, rulesets, 0);
}

FIXTURE_TEARDOWN(mounts)
{
	stop_confined(_metadata, &self->confined);
}

/* A service's own directory, mounted by the administrator. */
TEST_F(mounts, at_place)
{
	ASSERT_EQ(0, mount("sub", "d/sub", "tmpfs", 0, NULL));
	EXPECT_EQ(-ENOENT, ask(&self->confined, ACTION_READ, "d/sub/file", NULL));
	ASSERT_EQ(0, write_path("d/sub/file", "mounted"));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "d/sub/file", NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_CREATE, "d/sub/new", NULL));

	/* Another mount at the same place, and one below. */
	ASSERT_EQ(0, mount("sub", "d/sub", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir("d/sub/deeper", 0700));
	ASSERT_EQ(0, mount("e", "d/sub/deeper", NULL, MS_BIND, NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "d/sub/deeper/file", NULL));

	ASSERT_EQ(0, umount2("d/sub", MNT_DETACH));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "d/sub/file", NULL));
	ASSERT_EQ(0, umount("d/sub"));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "d/sub/file", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "e/file", NULL));
}

TEST_F(mounts, file_at_place)
{
	ASSERT_EQ(0, mount("e/file", "d/name", NULL, MS_BIND, NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "e/file", NULL));
	EXPECT_EQ(-EBUSY, rename("d/other", "d/name") ? -errno : 0);
}

/* The directory of a place is found by any way, and another one there is not. */
TEST_F(mounts, of_directory)
{
	ASSERT_EQ(0, mount("d", "e/sub", NULL, MS_BIND, NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "e/sub/name", NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "e/sub/sub/file", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "e/sub/other", NULL));

	ASSERT_EQ(0, mount("hidden", "d", "tmpfs", 0, NULL));
	ASSERT_EQ(0, write_path("d/name", "name"));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "d/name", NULL));
}

/* Elsewhere, a file has another name. */
TEST_F(mounts, of_place)
{
	ASSERT_EQ(0, mount("d/name", "e/file", NULL, MS_BIND, NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "e/file", NULL));
	ASSERT_EQ(0, mount("d/sub", "e/sub", NULL, MS_BIND, NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "e/sub/file", NULL));
}

TEST_F(mounts, denied)
{
	EXPECT_EQ(-EPERM, ask(&self->confined, ACTION_BIND_MOUNT, "e", "d/sub"));
	EXPECT_EQ(-EPERM, ask(&self->confined, ACTION_BIND_MOUNT, "e/file", "d/name"));
}

/* A user mounts in a namespace of their own, and then starts the program. */
TEST(own_namespace)
{
	const int rulesets[] = { new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE), -1 };
	struct confined confined;
	int status;
	pid_t pid;

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "sub",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_beneath(rulesets[0], "/proc",
				 LANDLOCK_ACCESS_FS_READ_FILE));

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNS));
		start_confined(_metadata, &confined, rulesets, 0);
		/* Nothing is mounted there. */
		EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
		EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/sub/file", NULL));

		/* Beneath the place, then at it. */
		ASSERT_EQ(0, mkdir("d/sub/deeper", 0700));
		ASSERT_EQ(0, mount("e", "d/sub/deeper", NULL, MS_BIND, NULL));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ,
				       "d/sub/deeper/file", NULL));
		ASSERT_EQ(0, mount("e", "d/sub", NULL, MS_BIND, NULL));
		ASSERT_EQ(0, mount("e/file", "d/name", NULL, MS_BIND, NULL));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/sub/file", NULL));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/name", NULL));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ_LINK_OF_FD, "d/name",
				       NULL));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/sub/sub/file",
				       NULL));

		/* What was there is still there, by another way. */
		ASSERT_EQ(0, umount("d/name"));
		EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
		stop_confined(_metadata, &confined);
		_exit(_metadata->exit_code);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, close(rulesets[0]));
}

/* Both directories have the rights of the place above them. */
TEST(moved_in_mount)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "sub",
			       ACCESS_MOVE | LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, mount("e", "d/sub", NULL, MS_BIND, NULL));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(0, ask(&confined, ACTION_RENAME, "d/sub/file",
			 "d/sub/sub/new"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/sub/sub/new", NULL));
	stop_confined(_metadata, &confined);
}

static int read_beneath(const int dir, const char *const path)
{
	char start[2];

	return fchdir(dir) ? -errno : read_start(path, start, sizeof(start));
}

/*
 * A directory that left the root of its mount is still reached by it, so the
 * rights of the mount point hold, those of a place as those of a directory.
 */
TEST(disconnected)
{
	const int ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	int dir;

	prepare_places(_metadata);
	ASSERT_LE(0, ruleset);
	ASSERT_EQ(0, mkdir("e/sub/deeper", 0700));
	ASSERT_EQ(0, write_path("e/sub/deeper/file", "file"));
	ASSERT_EQ(0, add_place(ruleset, "d", "sub",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, mount("e/sub", "d/sub", NULL, MS_BIND, NULL));
	dir = open("d/sub/deeper", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, rename("e/sub/deeper", "e/deeper"));
	ASSERT_EQ(0, enforce(ruleset, 0));
	EXPECT_EQ(-EACCES, try_action(ACTION_READ, "e/deeper/file", NULL));
	EXPECT_EQ(0, read_beneath(dir, "file"));
	EXPECT_EQ(0, close(dir));
}

/* A copy of the mounts that is in no namespace, but that its owner made. */
TEST(detached)
{
	const int ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	int tree;

	prepare_places(_metadata);
	ASSERT_LE(0, ruleset);
	ASSERT_EQ(0, add_place(ruleset, "d", "sub",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, mount("d", "d", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, mount("e", "d/sub", NULL, MS_BIND, NULL));
	tree = syscall(__NR_open_tree, AT_FDCWD, "d",
		       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	ASSERT_LE(0, tree);
	ASSERT_EQ(0, umount2("d/sub", MNT_DETACH));
	ASSERT_EQ(0, enforce(ruleset, 0));
	EXPECT_EQ(0, read_beneath(tree, "sub/file"));
	EXPECT_EQ(-EACCES, read_beneath(tree, "other"));
	EXPECT_EQ(0, close(tree));
}

FIXTURE(overlay)
{
	struct confined confined;
};

FIXTURE_SETUP(overlay)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };

	prepare_places(_metadata);
	ASSERT_EQ(0, mkdir("upper", 0700));
	ASSERT_EQ(0, mkdir("work", 0700));
	ASSERT_EQ(0, mkdir("merged", 0700));
	ASSERT_EQ(0, mount("overlay", "merged", "overlay", 0,
			   "lowerdir=d,upperdir=upper,workdir=work"));
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "merged", "name", ACCESS_RW));
	start_confined(_metadata, &self->confined, rulesets, 0);
}

FIXTURE_TEARDOWN(overlay)
{
	stop_confined(_metadata, &self->confined);
}

TEST_F(overlay, copied_up)
{
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "merged/name", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "merged/other", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_WRITE, "merged/name", NULL));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "merged/name", NULL));
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "upper/name", NULL));

	ASSERT_EQ(0, write_path("merged/new", "new"));
	ASSERT_EQ(0, rename("merged/new", "merged/name"));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "merged/name", NULL));
	ASSERT_EQ(0, unlink("merged/name"));
	EXPECT_EQ(-ENOENT, ask(&self->confined, ACTION_READ, "merged/name", NULL));
	ASSERT_EQ(0, write_path("merged/name", "name"));
	EXPECT_EQ(0, ask(&self->confined, ACTION_READ, "merged/name", NULL));
}

TEST_HARNESS_MAIN
