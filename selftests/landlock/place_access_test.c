// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Files that come to a place, are there, and leave
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "place.h"

/* clang-format off */
FIXTURE(place) {};

FIXTURE_SETUP(place)
{
	prepare_places(_metadata);
}

FIXTURE_TEARDOWN(place)
{
}

/* One layer that handles all access rights, with one place. */
static void confine(struct __test_metadata *const _metadata,
		    struct confined *const confined, const char *const dir,
		    const char *const name, const __u64 access)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };

	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], dir, name, access));
	start_confined(_metadata, confined, rulesets, 0);
}

TEST_F(place, replaced)
{
	struct confined confined;
	char name[16];

	confine(_metadata, &confined, "d", "name",
		LANDLOCK_ACCESS_FS_READ_FILE);
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_READ_LINK_OF_FD, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_WRITE, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/other", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/sub/file", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/file", NULL));

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "d/new%d", i);
		ASSERT_EQ(0, write_path(name, name));
		EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, name, NULL));
		ASSERT_EQ(0, rename(name, "d/name"));
		EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	}
	stop_confined(_metadata, &confined);
}

TEST_F(place, comes_and_goes)
{
	struct confined confined;

	confine(_metadata, &confined, "d", "later",
		LANDLOCK_ACCESS_FS_READ_FILE);
	EXPECT_EQ(-ENOENT, ask(&confined, ACTION_READ, "d/later", NULL));
	ASSERT_EQ(0, write_path("d/later", "later"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/later", NULL));

	/* The rights are those of the name, and do not go with the file. */
	ASSERT_EQ(0, rename("d/later", "d/gone"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/gone", NULL));
	EXPECT_EQ(-ENOENT, ask(&confined, ACTION_READ, "d/later", NULL));
	ASSERT_EQ(0, link("d/gone", "d/later"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/later", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/gone", NULL));
	ASSERT_EQ(0, unlink("d/later"));
	ASSERT_EQ(0, write_path("d/later", "again"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/later", NULL));

	/* A place in another directory is another one. */
	ASSERT_EQ(0, write_path("e/later", "later"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/later", NULL));
	ASSERT_EQ(0, write_path("d/sub/later", "later"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/sub/later", NULL));

	/* Not a part of the name, nor the name in another case. */
	ASSERT_EQ(0, write_path("d/late", "late"));
	ASSERT_EQ(0, write_path("d/laters", "laters"));
	ASSERT_EQ(0, write_path("d/LATER", "LATER"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/late", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/laters", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/LATER", NULL));
	stop_confined(_metadata, &confined);
}

TEST_F(place, long_names)
{
	/* Longer than the part of a dentry that holds short names. */
	static const char name[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef";
	struct confined confined;
	char path[64];

	confine(_metadata, &confined, "d", name, LANDLOCK_ACCESS_FS_READ_FILE);
	snprintf(path, sizeof(path), "d/%s", name);
	ASSERT_EQ(0, write_path(path, name));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, path, NULL));
	path[sizeof(path) - 1] = '\0';
	path[2 + sizeof(name) - 2] = 'X';
	ASSERT_EQ(0, write_path(path, name));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, path, NULL));
	stop_confined(_metadata, &confined);
}

TEST_F(place, beneath)
{
	struct confined confined;

	confine(_metadata, &confined, "d", "sub",
		LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
			LANDLOCK_ACCESS_FS_WRITE_FILE);
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/sub/file", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_CREATE, "d/sub/new", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_CREATE, "d/new", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/sub/file", NULL));

	/* A service makes its directory anew. */
	ASSERT_EQ(0, rename("d/sub", "e/old"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/old/file", NULL));
	ASSERT_EQ(0, mkdir("d/sub", 0700));
	EXPECT_EQ(0, ask(&confined, ACTION_CREATE, "d/sub/new", NULL));
	ASSERT_EQ(0, mkdir("d/sub/deeper", 0700));
	ASSERT_EQ(0, write_path("d/sub/deeper/file", "file"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/sub/deeper/file", NULL));

	/* The directory of the place takes its places along, and its name not. */
	ASSERT_EQ(0, rename("d", "e/moved"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "e/moved/sub/new", NULL));
	ASSERT_EQ(0, mkdir("d", 0700));
	ASSERT_EQ(0, mkdir("d/sub", 0700));
	ASSERT_EQ(0, write_path("d/sub/new", "new"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/sub/new", NULL));
	stop_confined(_metadata, &confined);
}

/* A rule for the file, one for its directory, and several for its place. */
TEST_F(place, union_of_rules)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name",
			       LANDLOCK_ACCESS_FS_TRUNCATE));
	ASSERT_EQ(0, add_beneath(rulesets[0], "d/name",
				 LANDLOCK_ACCESS_FS_WRITE_FILE));
	ASSERT_EQ(0, add_beneath(rulesets[0], "d", LANDLOCK_ACCESS_FS_MAKE_FIFO));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_WRITE, "d/name", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_TRUNCATE, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_TRUNCATE, "d/other", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_UNLINK, "d/name", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_FIFO, "d/new", NULL));

	/* Another file has only the rights of its place and directory. */
	ASSERT_EQ(0, write_path("d/name.new", "name"));
	ASSERT_EQ(0, rename("d/name.new", "d/name"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_WRITE, "d/name", NULL));
	stop_confined(_metadata, &confined);
}

/* The target of a symbolic link has its own name. */
TEST_F(place, symlink)
{
	struct confined confined;

	confine(_metadata, &confined, "d", "name",
		LANDLOCK_ACCESS_FS_READ_FILE);
	ASSERT_EQ(0, unlink("d/name"));
	ASSERT_EQ(0, symlink("../e/file", "d/name"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/name", NULL));
	ASSERT_EQ(0, symlink("../d/name", "e/link"));
	ASSERT_EQ(0, unlink("d/name"));
	ASSERT_EQ(0, write_path("d/name", "name"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "e/link", NULL));
	stop_confined(_metadata, &confined);
}

FIXTURE(layers)
{
	int rulesets[3];
};

FIXTURE_VARIANT(layers)
{
	const char *first, *second;
	__u32 flags;
	int err;
};

FIXTURE_VARIANT_ADD(layers, same) {
	.first = "name", .second = "name",
};

FIXTURE_VARIANT_ADD(layers, only_first) {
	.first = "name", .second = "other", .err = -EACCES,
};

FIXTURE_VARIANT_ADD(layers, only_second) {
	.first = "other", .second = "name", .err = -EACCES,
};

FIXTURE_VARIANT_ADD(layers, directory_first) {
	.second = "name",
};

FIXTURE_VARIANT_ADD(layers, directory_second) {
	.first = "name",
};

FIXTURE_VARIANT_ADD(layers, directory_and_other) {
	.second = "other", .err = -EACCES,
};

FIXTURE_VARIANT_ADD(layers, permissive) {
	.first = "other", .second = "other",
	.flags = LANDLOCK_RESTRICT_SELF_PERMISSIVE,
};

static int add_layer_rule(const int ruleset, const char *const name)
{
	return name ? add_place(ruleset, "d", name,
				LANDLOCK_ACCESS_FS_READ_FILE) :
		      add_beneath(ruleset, "d", LANDLOCK_ACCESS_FS_READ_FILE);
}

FIXTURE_SETUP(layers)
{
	prepare_places(_metadata);
	self->rulesets[0] = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	self->rulesets[1] = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	self->rulesets[2] = -1;
	ASSERT_LE(0, self->rulesets[0]);
	ASSERT_LE(0, self->rulesets[1]);
}

FIXTURE_TEARDOWN(layers)
{
}

TEST_F(layers, stacked)
{
	struct confined confined;

	ASSERT_EQ(0, add_layer_rule(self->rulesets[0], variant->first));
	ASSERT_EQ(0, add_layer_rule(self->rulesets[1], variant->second));
	start_confined(_metadata, &confined, self->rulesets, variant->flags);
	EXPECT_EQ(variant->err, ask(&confined, ACTION_READ, "d/name", NULL));
	stop_confined(_metadata, &confined);
}

/* What is enforced is a copy: later rules are not for those who run. */
TEST_F(place, frozen)
{
	const int ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	const int rulesets[] = { dup(ruleset), -1 };
	const int later[] = { ruleset, -1 };
	struct confined confined, other;

	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(ruleset, "d", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	start_confined(_metadata, &confined, rulesets, 0);
	/* Its answer comes after the enforcement. */
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/other", NULL));
	ASSERT_EQ(0, add_place(ruleset, "d", "other",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	start_confined(_metadata, &other, later, 0);
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/other", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(0, ask(&other, ACTION_READ, "d/other", NULL));
	EXPECT_EQ(0, ask(&other, ACTION_READ, "d/name", NULL));
	stop_confined(_metadata, &confined);
	stop_confined(_metadata, &other);
}

FIXTURE(make)
{
	struct confined confined;
};

FIXTURE_VARIANT(make)
{
	enum action action;
	__u64 access;
	const char *target;
};

FIXTURE_VARIANT_ADD(make, file) {
	.action = ACTION_CREATE,
	.access = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_WRITE_FILE,
};

FIXTURE_VARIANT_ADD(make, directory) {
	.action = ACTION_MKDIR,
	.access = LANDLOCK_ACCESS_FS_MAKE_DIR,
};

FIXTURE_VARIANT_ADD(make, symlink) {
	.action = ACTION_SYMLINK,
	.access = LANDLOCK_ACCESS_FS_MAKE_SYM,
	.target = "name",
};

FIXTURE_VARIANT_ADD(make, fifo) {
	.action = ACTION_FIFO,
	.access = LANDLOCK_ACCESS_FS_MAKE_FIFO,
};

FIXTURE_VARIANT_ADD(make, socket) {
	.action = ACTION_SOCKET,
	.access = LANDLOCK_ACCESS_FS_MAKE_SOCK,
};

FIXTURE_VARIANT_ADD(make, device) {
	.action = ACTION_DEVICE,
	.access = LANDLOCK_ACCESS_FS_MAKE_CHAR,
};

FIXTURE_SETUP(make)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "new", variant->access));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "bare",
			       ACCESS_ALL & ~(variant->access & ACCESS_MAKE)));
	start_confined(_metadata, &self->confined, rulesets, 0);
}

FIXTURE_TEARDOWN(make)
{
	stop_confined(_metadata, &self->confined);
}

TEST_F(make, in_place)
{
	const int wrong = variant->action == ACTION_SYMLINK ? 0 : 1;

	EXPECT_EQ(0, ask(&self->confined, variant->action, "d/new",
			 variant->target));
	EXPECT_EQ(-EACCES, ask(&self->confined, variant->action, "d/new2",
			       variant->target));
	EXPECT_EQ(-EACCES, ask(&self->confined, variant->action, "d/bare",
			       variant->target));
	EXPECT_EQ(-EACCES, ask(&self->confined, variant->action, "e/new",
			       variant->target));

	/* Another kind of file. */
	ASSERT_EQ(0, remove("d/new"));
	EXPECT_EQ(-EACCES, ask(&self->confined,
			       wrong ? ACTION_SYMLINK : ACTION_FIFO, "d/new",
			       "name"));

	/* To make a file does not include to remove it. */
	ASSERT_EQ(0, write_path("d/new", "new"));
	EXPECT_EQ(-EACCES,
		  ask(&self->confined, ACTION_UNLINK, "d/new", NULL));
}

TEST_F(place, remove)
{
	struct confined confined;

	confine(_metadata, &confined, "d", "name",
		LANDLOCK_ACCESS_FS_REMOVE_FILE);
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_UNLINK, "d/other", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_UNLINK, "e/file", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_UNLINK, "d/name", NULL));
	ASSERT_EQ(0, mkdir("d/name", 0700));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_RMDIR, "d/name", NULL));
	stop_confined(_metadata, &confined);

	confine(_metadata, &confined, "d", "name",
		LANDLOCK_ACCESS_FS_REMOVE_DIR);
	ASSERT_EQ(0, mkdir("d/name2", 0700));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_RMDIR, "d/name2", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_RMDIR, "d/name", NULL));
	stop_confined(_metadata, &confined);
}

TEST_HARNESS_MAIN
