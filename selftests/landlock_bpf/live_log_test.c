// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Trace events of policies that are replaced, and of the denials
 *                  before and after
 */

#include "landlock_bpf.h"
#include "live.h"
#include "trace.h"

#define REPLACE_POLICY_ENABLE \
	TRACEFS_LANDLOCK_DIR "/landlock_replace_policy/enable"

FIXTURE(live)
{
	struct stage *skel;
	int map_fd;
};

FIXTURE_SETUP(live)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};

	exectime_prepare_dir(_metadata);
	if (tracefs_setup())
		SKIP(return, "The kernel has no Landlock trace events");

	self->skel = load_stage(_metadata);
	self->map_fd = bpf_map__fd(self->skel->maps.rulesets);
	ASSERT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
	attach_progs(_metadata, self->skel, progs);
	ASSERT_EQ(0, tracefs_enable_event(TRACEFS_DENY_ACCESS_FS_ENABLE, true));
	ASSERT_EQ(0, tracefs_enable_event(REPLACE_POLICY_ENABLE, true));
	ASSERT_EQ(0, tracefs_clear());
}

FIXTURE_TEARDOWN(live)
{
	stage__destroy(self->skel);
	tracefs_enable_event(TRACEFS_DENY_ACCESS_FS_ENABLE, false);
	tracefs_enable_event(REPLACE_POLICY_ENABLE, false);
}

/* Looks for a text in the events since the last call. */
static bool is_traced(struct __test_metadata *const _metadata,
		      const char *const text)
{
	char *const trace = tracefs_read_trace();
	bool found;

	ASSERT_NE(NULL, trace);
	found = strstr(trace, text);
	if (!found)
		TH_LOG("No \"%s\" in:\n%s", text, trace);
	free(trace);
	ASSERT_EQ(0, tracefs_clear());
	return found;
}

/* Stores a ruleset that is quiet about directories, or says that it is. */
static void store_quiet(struct __test_metadata *const _metadata,
			const int map_fd, const __u64 quiet)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = DENY_A | DENY_D,
		.quiet_access_fs = quiet,
	};
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = DENY_D,
	};
	int ruleset_fd;

	ruleset_fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	ASSERT_LE(0, ruleset_fd);
	path_beneath.parent_fd = open("/mnt", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath,
				       LANDLOCK_ADD_RULE_QUIET));
	ASSERT_EQ(0, close(path_beneath.parent_fd));
	ASSERT_EQ(0, store_flags(map_fd, SLOT_A, ruleset_fd, LIVE));
	ASSERT_EQ(0, close(ruleset_fd));
}

/* Each denial is logged as the version that denied says. */
TEST_F(live, denials)
{
	struct live_run live;

	live_begin(_metadata, self->skel, &live, "qwqwqwqwq");
	EXPECT_DENIED(DENY_A);
	EXPECT_TRUE(is_traced(_metadata,
			      "logged=1 permissive=0 blockers=read_dir "));

	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE_PERMISSIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(0);
	EXPECT_TRUE(is_traced(_metadata,
			      "logged=1 permissive=1 blockers=read_dir "));

	EXPECT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_A, LIVE));
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);
	EXPECT_TRUE(is_traced(_metadata,
			      "logged=1 permissive=0 blockers=read_dir "));

	store_quiet(_metadata, self->map_fd, DENY_A | DENY_D);
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);
	EXPECT_TRUE(is_traced(_metadata,
			      "logged=0 permissive=0 blockers=read_dir "));

	store_quiet(_metadata, self->map_fd, DENY_D);
	live_go_on(_metadata, &live);
	EXPECT_DENIED(DENY_A);
	EXPECT_TRUE(is_traced(_metadata,
			      "logged=1 permissive=0 blockers=read_dir "));
	live_end(_metadata, &live);
}

/* The IDs are those of the description. */
TEST_F(live, replaced)
{
	struct bpf_landlock_ruleset_info info;
	const __u32 slot = SLOT_A;
	char text[128];

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, store_live(self->map_fd, SLOT_A, DENY_B,
					i ? LIVE_PERMISSIVE : LIVE));
		ASSERT_EQ(0, bpf_map_lookup_elem(self->map_fd, &slot, &info));
		snprintf(text, sizeof(text),
			 "landlock_replace_policy: policy=%llx ruleset=%llx.%llu permissive=%d\n",
			 info.policy_id, info.id, info.version, i);
		EXPECT_TRUE(is_traced(_metadata, text));
	}
}

TEST_HARNESS_MAIN
