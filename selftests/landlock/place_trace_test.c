// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Trace events of rules for places
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "place.h"
#include "trace.h"

#define TRACE_TASK "place_trace_tes"

#define TRACEFS_ADD_RULE_PLACE_ENABLE \
	TRACEFS_LANDLOCK_DIR "/landlock_add_rule_place/enable"
#define TRACEFS_CHECK_RULE_PLACE_ENABLE \
	TRACEFS_LANDLOCK_DIR "/landlock_check_rule_place/enable"

#define REGEX_ADD_RULE_PLACE                 \
	TRACE_PREFIX(TRACE_TASK)             \
	"landlock_add_rule_place: "          \
	"ruleset=[0-9a-f]\\+\\.[0-9]\\+ "    \
	"access_rights=[a-z_|]\\+ "          \
	"dev=[0-9]\\+:[0-9]\\+ ino=[0-9]\\+ " \
	"path=[^ ]*$"

#define REGEX_CHECK_RULE_PLACE               \
	TRACE_PREFIX(TRACE_TASK)             \
	"landlock_check_rule_place: "        \
	"domain=[0-9a-f]\\+ "                \
	"access_request=[a-z_|]\\+ "         \
	"dev=[0-9]\\+:[0-9]\\+ ino=[0-9]\\+ " \
	"grants={[a-z_|,]*} "                \
	"name=[^ ]*$"

FIXTURE(trace)
{
	int ruleset;
};

FIXTURE_SETUP(trace)
{
	prepare_places(_metadata);
	if (tracefs_fixture_setup())
		SKIP(return, "tracefs not available");

	ASSERT_EQ(0, tracefs_enable_event(TRACEFS_ADD_RULE_PLACE_ENABLE, true));
	ASSERT_EQ(0,
		  tracefs_enable_event(TRACEFS_CHECK_RULE_PLACE_ENABLE, true));
	ASSERT_EQ(0, tracefs_clear());
	self->ruleset = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	ASSERT_LE(0, self->ruleset);
}

FIXTURE_TEARDOWN(trace)
{
	tracefs_enable_event(TRACEFS_ADD_RULE_PLACE_ENABLE, false);
	tracefs_enable_event(TRACEFS_CHECK_RULE_PLACE_ENABLE, false);
	tracefs_fixture_teardown();
}

static void check_field(struct __test_metadata *const _metadata,
			const char *const trace, const char *const event,
			const char *const field, const char *const expected)
{
	char value[PATH_MAX];

	ASSERT_EQ(0, tracefs_extract_field(trace, event, field, value,
					   sizeof(value)));
	EXPECT_STREQ(expected, value);
}

TEST_F(trace, add_rule)
{
	char ino[32], path[PATH_MAX];
	struct stat st;
	char *trace;

	ASSERT_EQ(0, stat("d", &st));
	ASSERT_EQ(0, add_place(self->ruleset, "d", "n ame",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_EQ(1, tracefs_count_matches(trace, REGEX_ADD_RULE_PLACE));
	snprintf(ino, sizeof(ino), "%lu", st.st_ino);
	check_field(_metadata, trace, REGEX_ADD_RULE_PLACE, "ino", ino);
	ASSERT_NE(NULL, getcwd(path, sizeof(path) - 16));
	strcat(path, "/d/n\\040ame");
	check_field(_metadata, trace, REGEX_ADD_RULE_PLACE, "path", path);
	free(trace);

	/* The root has no slash of its own. */
	ASSERT_EQ(0, tracefs_clear());
	ASSERT_EQ(0, add_place(self->ruleset, "/", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	check_field(_metadata, trace, REGEX_ADD_RULE_PLACE, "path", "/name");
	free(trace);

	/* Nothing is added. */
	ASSERT_EQ(0, tracefs_clear());
	ASSERT_EQ(-EINVAL, add_place(self->ruleset, "d", "..",
				     LANDLOCK_ACCESS_FS_READ_FILE));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_EQ(0, tracefs_count_matches(trace, REGEX_ADD_RULE_PLACE));
	free(trace);
	ASSERT_EQ(0, close(self->ruleset));
}

/* An event tells which place granted an access, and in which layer. */
TEST_F(trace, check_rule)
{
	int rulesets[] = { self->ruleset, -1, -1 };
	struct confined confined;
	char ino[32];
	struct stat st;
	char *trace;

	rulesets[1] = new_ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	ASSERT_LE(0, rulesets[1]);
	ASSERT_EQ(0, stat("d", &st));
	ASSERT_EQ(0, add_beneath(rulesets[0], "d",
				 LANDLOCK_ACCESS_FS_READ_FILE));
	ASSERT_EQ(0, add_place(rulesets[1], "d", "name",
			       LANDLOCK_ACCESS_FS_READ_FILE));
	start_confined(_metadata, &confined, rulesets, 0);
	EXPECT_EQ(-EACCES, ask(&confined, ACTION_READ, "d/other", NULL));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_EQ(0, tracefs_count_matches(trace, REGEX_CHECK_RULE_PLACE));
	free(trace);

	EXPECT_EQ(0, ask(&confined, ACTION_READ, "d/name", NULL));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_EQ(1, tracefs_count_matches(trace, REGEX_CHECK_RULE_PLACE));
	snprintf(ino, sizeof(ino), "%lu", st.st_ino);
	check_field(_metadata, trace, REGEX_CHECK_RULE_PLACE, "ino", ino);
	check_field(_metadata, trace, REGEX_CHECK_RULE_PLACE, "name", "name");
	check_field(_metadata, trace, REGEX_CHECK_RULE_PLACE, "grants",
		    "{,read_file}");
	free(trace);
	stop_confined(_metadata, &confined);
}

TEST_HARNESS_MAIN
