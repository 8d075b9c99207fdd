// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Renames and links into places, from within a domain
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

FIXTURE(move)
{
	struct confined confined;
};

FIXTURE_VARIANT(move)
{
	enum action action;
	const char *from, *to;
	int err;
};

/*
 * The process may move all it wants, and read nothing but the places "d/name"
 * (which it may also write), "d/copy" (the same), "d/less" (only read), "d/sub",
 * "e/name", and the file "d/known" by a rule for this file.
 */
FIXTURE_SETUP(move)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };

	prepare_places(_metadata);
	ASSERT_EQ(0, write_path("d/copy", "d/copy"));
	ASSERT_EQ(0, write_path("d/less", "d/less"));
	ASSERT_EQ(0, write_path("d/known", "d/known"));
	ASSERT_EQ(0, write_path("e/name", "e/name"));
	ASSERT_EQ(0, mkdir("d/dir", 0700));
	ASSERT_EQ(0, write_path("d/dir/file", "d/dir/file"));
	ASSERT_EQ(0, write_path("secret", "secret"));
	ASSERT_EQ(0, link("secret", "d/secret"));
	ASSERT_EQ(0, link("secret", "e/secret"));
	ASSERT_EQ(0, link("secret", "d/dir/secret"));

	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_beneath(rulesets[0], ".", ACCESS_MOVE));
	ASSERT_EQ(0, add_beneath(rulesets[0], "d/known", ACCESS_RW));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name", ACCESS_RW));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "copy", ACCESS_RW));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "less",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "sub",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[0], "e", "name", ACCESS_RW));
	start_confined(_metadata, &self->confined, rulesets, 0);
}

FIXTURE_TEARDOWN(move)
{
	stop_confined(_metadata, &self->confined);
}

#define MOVE(how, source, target, error)                  \
	.action = ACTION_##how, .from = source, .to = target, \
	.err = error

/* Within the directory of the place. */
FIXTURE_VARIANT_ADD(move, rename_secret) { MOVE(RENAME, "d/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, link_secret) { MOVE(LINK, "d/secret", "d/name2", 0) };
FIXTURE_VARIANT_ADD(move, link_secret_new_place) { MOVE(LINK, "d/secret", "e/new", 0) };
FIXTURE_VARIANT_ADD(move, exchange_secret) { MOVE(EXCHANGE, "d/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_secret_back) { MOVE(EXCHANGE, "d/name", "d/secret", -EXDEV) };
FIXTURE_VARIANT_ADD(move, whiteout_secret) { MOVE(WHITEOUT, "d/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, rename_dir) { MOVE(RENAME, "d/dir", "d/sub", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_dir) { MOVE(EXCHANGE, "d/dir", "d/sub", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_dir_back) { MOVE(EXCHANGE, "d/sub", "d/dir", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_file_dir) { MOVE(EXCHANGE, "d/secret", "d/sub", -EXDEV) };
FIXTURE_VARIANT_ADD(move, less_to_more) { MOVE(RENAME, "d/less", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_less) { MOVE(EXCHANGE, "d/name", "d/less", -EXDEV) };

/* From other directories. */
FIXTURE_VARIANT_ADD(move, rename_other_secret) { MOVE(RENAME, "e/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, link_from_above) { MOVE(LINK, "secret", "d/sub/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, link_beneath) { MOVE(LINK, "d/secret", "d/sub/new", -EXDEV) };
FIXTURE_VARIANT_ADD(move, rename_beneath) { MOVE(RENAME, "d/secret", "d/sub/file", -EXDEV) };
FIXTURE_VARIANT_ADD(move, rename_deeper) { MOVE(RENAME, "d/dir/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_other_secret) { MOVE(EXCHANGE, "e/secret", "d/name", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_other_back) { MOVE(EXCHANGE, "d/name", "e/secret", -EXDEV) };
FIXTURE_VARIANT_ADD(move, rename_other_dir) { MOVE(RENAME, "e/sub", "d/sub", -EXDEV) };
FIXTURE_VARIANT_ADD(move, exchange_other_dir) { MOVE(EXCHANGE, "e/sub", "d/sub", -EXDEV) };

/* Without gain. */
FIXTURE_VARIANT_ADD(move, same_rights) { MOVE(RENAME, "d/copy", "d/name", 0) };
FIXTURE_VARIANT_ADD(move, same_rights_exchange) { MOVE(EXCHANGE, "d/copy", "d/name", 0) };
FIXTURE_VARIANT_ADD(move, same_rights_elsewhere) { MOVE(RENAME, "d/name", "e/name", 0) };
FIXTURE_VARIANT_ADD(move, same_rights_exchange_elsewhere) { MOVE(EXCHANGE, "d/name", "e/name", 0) };
FIXTURE_VARIANT_ADD(move, more_to_less) { MOVE(RENAME, "d/name", "d/less", 0) };
FIXTURE_VARIANT_ADD(move, own_rule) { MOVE(RENAME, "d/known", "d/name", 0) };
FIXTURE_VARIANT_ADD(move, own_rule_exchange) { MOVE(EXCHANGE, "d/known", "d/name", 0) };
FIXTURE_VARIANT_ADD(move, out) { MOVE(RENAME, "d/name", "d/new", 0) };
FIXTURE_VARIANT_ADD(move, out_elsewhere) { MOVE(RENAME, "d/name", "e/new", 0) };
FIXTURE_VARIANT_ADD(move, out_link) { MOVE(LINK, "d/name", "d/new", 0) };
FIXTURE_VARIANT_ADD(move, no_place) { MOVE(RENAME, "d/secret", "d/new", 0) };
FIXTURE_VARIANT_ADD(move, no_place_elsewhere) { MOVE(RENAME, "d/secret", "e/new", 0) };
FIXTURE_VARIANT_ADD(move, onto_itself) { MOVE(RENAME, "d/name", "d/name", 0) };

/* Content that comes with the call. */
FIXTURE_VARIANT_ADD(move, tmpfile) { MOVE(LINK_TMPFILE, "d", "d/new", -EACCES) };

static const char *const places[] = {
	"d/name",     "d/copy",	      "d/less", "d/sub", "d/sub/file",
	"d/sub/name", "d/sub/secret", "e/name",
};

/* Whatever the process did, no place has the secret now. */
TEST_F(move, secret)
{
	char start[16];

	EXPECT_EQ(variant->err, ask(&self->confined, variant->action,
				    variant->from, variant->to));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (read_start(places[i], start, sizeof(start)))
			continue;
		EXPECT_STRNE("secret", start)
		{
			TH_LOG("The secret is in %s", places[i]);
		}
	}
	EXPECT_EQ(-EACCES, ask(&self->confined, ACTION_READ, "secret", NULL));
}

/* Renames within a directory never needed LANDLOCK_ACCESS_FS_REFER. */
static void check_rotate(struct __test_metadata *const _metadata,
			 const __u64 more)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name",
			       ACCESS_RW | LANDLOCK_ACCESS_FS_MAKE_REG |
				       LANDLOCK_ACCESS_FS_REMOVE_FILE | more));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name.1",
			       ACCESS_RW | LANDLOCK_ACCESS_FS_MAKE_REG |
				       LANDLOCK_ACCESS_FS_REMOVE_FILE | more));
	start_confined(_metadata, &confined, rulesets, 0);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, ask(&confined, ACTION_RENAME, "d/name", "d/name.1"));
		EXPECT_EQ(0, ask(&confined, ACTION_CREATE, "d/name", NULL));
		EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name.1", NULL));
	}
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_RENAME, "d/name", "d/name.2"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_RENAME, "d/other", "d/name"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_RENAME, "e/file", "d/name"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_LINK, "d/other", "d/name.2"));
	stop_confined(_metadata, &confined);
}

/* A log file, and the one before. */
TEST(rotate)
{
	prepare_places(_metadata);
	check_rotate(_metadata, 0);
	check_rotate(_metadata, LANDLOCK_ACCESS_FS_REFER);
}

/* A new file is written beside the old one, and then takes its name. */
TEST(replace)
{
	const __u64 access = ACCESS_RW | LANDLOCK_ACCESS_FS_MAKE_REG |
			     LANDLOCK_ACCESS_FS_REMOVE_FILE;
	const int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name", access));
	ASSERT_EQ(0, add_place(rulesets[0], "d", ".name.new", access));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(0, ask(&confined, ACTION_CREATE, "d/.name.new", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_RENAME, "d/.name.new", "d/name"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(-ENOENT, ask(&confined, ACTION_READ, "d/.name.new", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_UNLINK, "d/other", NULL));
	stop_confined(_metadata, &confined);
}

/* A permissive layer neither refuses a gain, nor makes another one allow it. */
TEST(permissive)
{
	int rulesets[] = { new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	prepare_places(_metadata);
	ASSERT_LE(0, rulesets[0]);
	ASSERT_EQ(0, add_beneath(rulesets[0], ".", ACCESS_MOVE));
	ASSERT_EQ(0, add_place(rulesets[0], "d", "name", ACCESS_RW));
	start_confined(_metadata, &confined, rulesets,
		       LANDLOCK_RESTRICT_SELF_PERMISSIVE);
	EXPECT_EQ(0, ask(&confined, ACTION_EXCHANGE, "d/other", "d/name"));
	stop_confined(_metadata, &confined);
}

/*
 * The places of one layer do not count for another one: here, each layer by
 * itself would allow to read d/name, but only one would let d/other gain.
 */
static void check_layers(struct __test_metadata *const _metadata,
			 const int with_place)
{
	const int rulesets[] = { new_ruleset(ACCESS_ALL),
				 new_ruleset(ACCESS_ALL), -1 };
	struct confined confined;

	ASSERT_LE(0, rulesets[0]);
	ASSERT_LE(0, rulesets[1]);
	ASSERT_EQ(0, add_beneath(rulesets[with_place], ".", ACCESS_MOVE));
	ASSERT_EQ(0, add_place(rulesets[with_place], "d", "name", ACCESS_RW));
	ASSERT_EQ(0, add_beneath(rulesets[!with_place], ".",
				 ACCESS_MOVE | ACCESS_RW));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/other", NULL));
	EXPECT_EQ(-EXDEV, ask(&confined, ACTION_RENAME, "d/other", "d/name"));
	EXPECT_EQ(-EXDEV, ask(&confined, ACTION_RENAME, "e/file", "d/name"));
	EXPECT_EQ(0, ask(&confined, ACTION_RENAME, "d/other", "d/new"));
	stop_confined(_metadata, &confined);
}

TEST(layers)
{
	prepare_places(_metadata);
	check_layers(_metadata, 0);
	ASSERT_EQ(0, rename("d/new", "d/other"));
	check_layers(_metadata, 1);
}

TEST_HARNESS_MAIN
