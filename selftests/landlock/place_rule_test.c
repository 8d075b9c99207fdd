// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Errors of rules for places
 */

#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "place.h"

FIXTURE(rule)
{
	int ruleset;
};

FIXTURE_SETUP(rule)
{
	prepare_places(_metadata);
	self->ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE |
				    LANDLOCK_ACCESS_FS_MAKE_REG);
	ASSERT_LE(0, self->ruleset);
}

FIXTURE_TEARDOWN(rule)
{
	EXPECT_EQ(0, close(self->ruleset));
}

#define NAME_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAME_255 NAME_64 NAME_64 NAME_64 "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcde"

static_assert(sizeof(NAME_255) - 1 == NAME_MAX, "");

TEST_F(rule, names)
{
	static const struct {
		const char *name;
		int err;
	} names[] = {
		{ "", -EINVAL },
		{ ".", -EINVAL },
		{ "..", -EINVAL },
		{ "/", -EINVAL },
		{ "/name", -EINVAL },
		{ "name/", -EINVAL },
		{ "sub/file", -EINVAL },
		{ "n", 0 },
		{ "...", 0 },
		{ ".name", 0 },
		{ "..name", 0 },
		{ "n ame\n\\\xff", 0 },
		{ "name", 0 },
		/* Once more, and one that does not exist. */
		{ "name", 0 },
		{ "later", 0 },
		{ NAME_255, 0 },
		{ NAME_255 "f", -ENAMETOOLONG },
		{ NAME_255 "/", -ENAMETOOLONG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(names[i].err,
			  add_place(self->ruleset, "d", names[i].name,
				    LANDLOCK_ACCESS_FS_READ_FILE))
		{
			TH_LOG("Name: %s", names[i].name);
		}
	}
}

TEST_F(rule, parents)
{
	struct landlock_place_attr place = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.name = (uintptr_t)"name",
		.parent_fd = -1,
	};

	EXPECT_EQ(-ENOTDIR, add_place(self->ruleset, "d/name", "name",
				      LANDLOCK_ACCESS_FS_READ_FILE));
	EXPECT_EQ(-1, landlock_add_rule(self->ruleset, LANDLOCK_RULE_PLACE,
					&place, 0));
	EXPECT_EQ(EBADF, errno);
	place.parent_fd = self->ruleset;
	EXPECT_EQ(-1, landlock_add_rule(self->ruleset, LANDLOCK_RULE_PLACE,
					&place, 0));
	EXPECT_EQ(EBADFD, errno);

	/* A directory that was removed has no names anymore. */
	place.parent_fd = open("e/sub", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place.parent_fd);
	ASSERT_EQ(0, unlink("e/sub/file"));
	ASSERT_EQ(0, rmdir("e/sub"));
	EXPECT_EQ(0, landlock_add_rule(self->ruleset, LANDLOCK_RULE_PLACE,
				       &place, 0));
	EXPECT_EQ(0, close(place.parent_fd));
}

TEST_F(rule, values)
{
	struct landlock_place_attr place = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = open("d", O_PATH | O_CLOEXEC),
	};

	ASSERT_LE(0, place.parent_fd);
	EXPECT_EQ(-1, landlock_add_rule(self->ruleset, LANDLOCK_RULE_PLACE,
					&place, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, landlock_add_rule(self->ruleset, LANDLOCK_RULE_PLACE,
					NULL, 0));
	EXPECT_EQ(EFAULT, errno);

	EXPECT_EQ(-ENOMSG, add_place(self->ruleset, "d", "name", 0));
	EXPECT_EQ(-EINVAL, add_place(self->ruleset, "d", "name",
				     LANDLOCK_ACCESS_FS_WRITE_FILE));
	EXPECT_EQ(-EINVAL, add_place(self->ruleset, "d", "name", 1ULL << 63));
	EXPECT_EQ(-EINVAL,
		  add_place_flags(self->ruleset, "d", "name",
				  LANDLOCK_ACCESS_FS_READ_FILE,
				  LANDLOCK_ADD_RULE_QUIET));
	EXPECT_EQ(-EINVAL, add_place_flags(self->ruleset, "d", "name",
					   LANDLOCK_ACCESS_FS_READ_FILE, 2));
	EXPECT_EQ(0, close(place.parent_fd));
}

TEST_F(rule, quiet)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
		.quiet_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	const int ruleset = landlock_create_ruleset(&attr, sizeof(attr), 0);

	ASSERT_LE(0, ruleset);
	EXPECT_EQ(0, add_place_flags(ruleset, "d", "name", 0,
				     LANDLOCK_ADD_RULE_QUIET));
	EXPECT_EQ(0, close(ruleset));
}

/* Filesystems with their own comparison of names. */
TEST_F(rule, other_names)
{
	EXPECT_EQ(-EOPNOTSUPP,
		  add_place(self->ruleset, "/proc/sys/kernel", "hostname",
			    LANDLOCK_ACCESS_FS_READ_FILE));
	EXPECT_EQ(0, add_place(self->ruleset, "/proc", "sys",
			       LANDLOCK_ACCESS_FS_READ_FILE));
}

static int make_casefolded(const char *const dir)
{
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int flags = FS_CASEFOLD_FL, err = 0;

	if (fd < 0)
		return -errno;

	if (ioctl(fd, FS_IOC_SETFLAGS, &flags))
		err = -errno;
	close(fd);
	return err;
}

TEST_F(rule, casefolded)
{
	struct confined confined;
	int rulesets[2] = { -1, -1 };

	if (mount("fold", "e", "tmpfs", 0, "casefold"))
		SKIP(return, "tmpfs without casefolding");

	ASSERT_EQ(0, mkdir("e/before", 0700));
	ASSERT_EQ(0, mkdir("e/after", 0700));
	ASSERT_EQ(0, make_casefolded("e/before"));
	ASSERT_EQ(0, mkdir("e/before/sub", 0700));
	EXPECT_EQ(-EOPNOTSUPP, add_place(self->ruleset, "e/before", "name",
					 LANDLOCK_ACCESS_FS_READ_FILE));
	EXPECT_EQ(-EOPNOTSUPP, add_place(self->ruleset, "e/before/sub", "name",
					 LANDLOCK_ACCESS_FS_READ_FILE));
	/* Other directories of this filesystem compare bytes. */
	EXPECT_EQ(0, add_place(self->ruleset, "e", "before",
			       LANDLOCK_ACCESS_FS_READ_FILE));

	/* A rule that was for one name must not be for several. */
	EXPECT_EQ(0, add_place(self->ruleset, "e/after", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	rulesets[0] = dup(self->ruleset);
	start_confined(_metadata, &confined, rulesets, 0);
	ASSERT_EQ(0, write_path("e/after/name", "name"));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "e/after/name", NULL));
	ASSERT_EQ(0, unlink("e/after/name"));
	ASSERT_EQ(0, make_casefolded("e/after"));
	ASSERT_EQ(0, write_path("e/after/NAME", "NAME"));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/after/name", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/after/NAME", NULL));
	stop_confined(_metadata, &confined);
}

/* The limit is for rules of all types together, cf. LANDLOCK_MAX_NUM_RULES. */
TEST_F(rule, many)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	struct confined confined;
	int rulesets[2] = { -1, -1 };
	char name[16];

	rulesets[0] = landlock_create_ruleset(&attr, sizeof(attr), 0);
	ASSERT_LE(0, rulesets[0]);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ASSERT_EQ(0, add_place(rulesets[0], i % 2 ? "d" : "e", name,
				       LANDLOCK_ACCESS_FS_READ_FILE));
	}
	ASSERT_EQ(0, write_path("d/1999", ""));
	ASSERT_EQ(0, write_path("d/1998", ""));
	ASSERT_EQ(0, write_path("e/1998", ""));
	ASSERT_EQ(0, write_path("e/1999", ""));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/1999", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/1998", NULL));
	EXPECT_EQ(0, ask(&confined, ACTION_READ, "e/1998", NULL));
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "e/1999", NULL));
	stop_confined(_metadata, &confined);
}

TEST_HARNESS_MAIN
