// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Renames while a place is looked for
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "place.h"

/* How long each storm lasts, in seconds. */
#define DURATION 5

static bool is_over(const time_t end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec >= end;
}

static time_t get_end(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + DURATION;
}

/**
 * struct storm - Processes that rename and read at the same time
 *
 * @rename: Renames once, forth and back.  Not confined.
 * @paths: What the confined process opens, over and over.
 * @may_read: Whether the files of @paths are always at a place.
 */
struct storm {
	void (*rename)(void);
	const char *paths[4];
	bool may_read;
};

static pid_t start_renames(void (*const rename)(void))
{
	const pid_t pid = fork();

	if (!pid) {
		while (true)
			rename();
	}
	return pid;
}

/*
 * Each path is opened by its name, and by one descriptor of the same file, which
 * is found whatever the name is.
 */
static void read_storm(struct __test_metadata *const _metadata,
		       const struct storm *const storm, const char *const link)
{
	const time_t end = get_end();
	unsigned long allowed = 0, denied = 0, missing = 0;
	char start[16];

	do {
		const char *const *path = storm->paths;

		for (; *path || path == storm->paths; path++) {
			const char *const file = *path ?: link;

			switch (read_start(file, start, sizeof(start))) {
			case 0:
				allowed++;
				break;
			case -EACCES:
				denied++;
				break;
			default:
				missing++;
			}
			if (!*path)
				break;
		}
	} while (!is_over(end));
	TH_LOG("%lu allowed, %lu denied, %lu not there", allowed, denied,
	       missing);
	if (storm->may_read) {
		EXPECT_LT(0, allowed);
		EXPECT_EQ(0, denied);
	} else {
		EXPECT_EQ(0, allowed);
		EXPECT_LT(0, denied);
	}
}

static void check_storm(struct __test_metadata *const _metadata,
			const struct storm *const storm, const int ruleset,
			const char *const file)
{
	char link[32];
	const int fd = open(file, O_PATH | O_CLOEXEC);
	pid_t pid;

	ASSERT_LE(0, fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	pid = start_renames(storm->rename);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, enforce(ruleset, 0));
	read_storm(_metadata, storm, link);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	ASSERT_EQ(0, close(fd));
}

static int ruleset_with_place(const char *const name)
{
	const int ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);

	if (ruleset < 0)
		return ruleset;

	return add_place(ruleset, "d", name, LANDLOCK_ACCESS_FS_READ_FILE) ?:
		       ruleset;
}

/* The file is never d/name, though it is called so, and is in this directory. */
static void move_around_place(void)
{
	rename("d/x", "e/name");
	rename("e/name", "d/x");
}

TEST(name_and_directory)
{
	static const struct storm storm = {
		.rename = move_around_place,
	};

	prepare_places(_metadata);
	ASSERT_EQ(0, unlink("d/name"));
	ASSERT_EQ(0, write_path("d/x", "secret"));
	check_storm(_metadata, &storm, ruleset_with_place("name"), "d/x");
}

/* Names that are not in the dentry itself. */
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef"

static void move_long_names(void)
{
	rename("d/" LONG "x", "e/" LONG);
	rename("e/" LONG, "d/" LONG "x");
}

TEST(long_names)
{
	static const struct storm storm = {
		.rename = move_long_names,
	};

	prepare_places(_metadata);
	ASSERT_EQ(0, write_path("d/" LONG "x", "secret"));
	check_storm(_metadata, &storm, ruleset_with_place(LONG), "d/" LONG "x");
}

/* The same with a directory above the file. */
TEST(directories)
{
	static const struct storm storm = {
		.rename = move_around_place,
	};

	prepare_places(_metadata);
	ASSERT_EQ(0, unlink("d/name"));
	ASSERT_EQ(0, mkdir("d/x", 0700));
	ASSERT_EQ(0, write_path("d/x/file", "secret"));
	check_storm(_metadata, &storm, ruleset_with_place("name"), "d/x/file");
}

/* There is always a file at the place, and it can always be read. */
static void replace_place(void)
{
	write_path("d/.new", "new");
	rename("d/.new", "d/name");
}

TEST(replaced)
{
	static const struct storm storm = {
		.rename = replace_place,
		.paths = { "d/name" },
		.may_read = true,
	};

	prepare_places(_metadata);
	check_storm(_metadata, &storm, ruleset_with_place("name"), "d/name");
}

/* From one place to another: there is no moment between both. */
static void move_between_places(void)
{
	rename("d/name", "e/name");
	rename("e/name", "d/name");
}

TEST(between_places)
{
	static const struct storm storm = {
		.rename = move_between_places,
		.may_read = true,
	};
	int ruleset;

	prepare_places(_metadata);
	ruleset = ruleset_with_place("name");
	ASSERT_LE(0, ruleset);
	ASSERT_EQ(0, add_place(ruleset, "e", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	check_storm(_metadata, &storm, ruleset, "d/name");
}

TEST_HARNESS_MAIN
