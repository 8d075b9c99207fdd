// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Renames and links that permissive layers would deny
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <unistd.h>

#include "common.h"
#include "permissive_equal_fs.h"
#include "permissive_mix.h"

static int move(const char *const from, const char *const to,
		const unsigned int flags)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) ? -errno : 0;
}

/* In one directory. */

static int move_here(struct attempt *const attempt)
{
	return move("a/file", "a/new", 0);
}

static int replace_here(struct attempt *const attempt)
{
	return move("a/file", "a/file2", 0);
}

static int exchange_here(struct attempt *const attempt)
{
	return move("a/file", "a/file2", RENAME_EXCHANGE);
}

static int exchange_with_dir_here(struct attempt *const attempt)
{
	return move("a/file", "a/dir", RENAME_EXCHANGE);
}

static int move_dir_here(struct attempt *const attempt)
{
	return move("a/dir", "a/new", RENAME_NOREPLACE);
}

static int whiteout_here(struct attempt *const attempt)
{
	return move("a/file", "a/new", RENAME_WHITEOUT);
}

static int link_here(struct attempt *const attempt)
{
	return link("a/file", "a/new") ? -errno : 0;
}

/* Between directories. */

static int move_across(struct attempt *const attempt)
{
	return move("a/file", "b/new", 0);
}

static int move_back(struct attempt *const attempt)
{
	return move("b/file", "a/new", 0);
}

static int replace_across(struct attempt *const attempt)
{
	return move("a/file", "b/file", 0);
}

static int exchange_across(struct attempt *const attempt)
{
	return move("a/file", "b/file", RENAME_EXCHANGE);
}

static int exchange_dirs_across(struct attempt *const attempt)
{
	return move("a/sub", "b/sub", RENAME_EXCHANGE);
}

static int exchange_with_dir_across(struct attempt *const attempt)
{
	return move("a/file", "b/dir", RENAME_EXCHANGE);
}

static int move_dir_across(struct attempt *const attempt)
{
	return move("a/sub", "b/new", 0);
}

static int replace_dir_across(struct attempt *const attempt)
{
	return move("a/sub", "b/dir", 0);
}

static int whiteout_across(struct attempt *const attempt)
{
	return move("a/file", "b/new", RENAME_WHITEOUT);
}

static int link_across(struct attempt *const attempt)
{
	return link("a/file", "b/new") ? -errno : 0;
}

static int link_back(struct attempt *const attempt)
{
	return link("b/file", "a/new") ? -errno : 0;
}

static int move_up(struct attempt *const attempt)
{
	return move("a/sub/file", "a/new", 0);
}

static int move_down(struct attempt *const attempt)
{
	return move("a/file", "a/sub/new", 0);
}

static int link_up(struct attempt *const attempt)
{
	return link("a/sub/file", "new") ? -errno : 0;
}

static int link_down(struct attempt *const attempt)
{
	return link("file", "a/sub/new") ? -errno : 0;
}

/* Errors that come before. */

static int move_nothing(struct attempt *const attempt)
{
	return move("a/none", "b/new", 0);
}

static int link_to_existing(struct attempt *const attempt)
{
	return link("a/file", "b/file") ? -errno : 0;
}

static int link_outside(struct attempt *const attempt)
{
	return link("a/file", "/dev/shm-none/new") ? -errno : 0;
}

#define REFER FS(REFER)

/* All rights are missing, those of the source and of the destination. */
static const struct operation refers[] = {
	{
		.name = "rename here",
		.run = move_here,
		.fs = FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.make_reg" },
	},
	{
		.name = "rename here, if rights are equal",
		.run = move_here,
		.fs = REFER,
		.never = true,
	},
	{
		.name = "replace here",
		.run = replace_here,
		.fs = FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.make_reg" },
	},
	{
		.name = "exchange here",
		.run = exchange_here,
		.fs = FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.make_reg" },
	},
	{
		.name = "exchange with a directory here",
		.run = exchange_with_dir_here,
		.fs = FS(REMOVE_FILE) | FS(MAKE_REG) | FS(REMOVE_DIR) |
		      FS(MAKE_DIR),
		.blockers = { "fs.remove_dir,fs.remove_file,fs.make_dir,fs.make_reg" },
	},
	{
		.name = "rename a directory here",
		.run = move_dir_here,
		.fs = FS(REMOVE_DIR) | FS(MAKE_DIR),
		.blockers = { "fs.remove_dir,fs.make_dir" },
	},
	{
		.name = "leave a whiteout here",
		.run = whiteout_here,
		.fs = FS(MAKE_REG),
		.blockers = { "fs.make_reg" },
	},
	{
		.name = "link here",
		.run = link_here,
		.fs = FS(MAKE_REG),
		.blockers = { "fs.make_reg" },
	},
	{
		.name = "rename",
		.run = move_across,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.refer",
			      "fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "rename, if only reparenting is missing",
		.run = move_across,
		.fs = REFER,
		.error = EXDEV,
		.blockers = { "fs.refer", "fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "rename, if only removing is missing",
		.run = move_across,
		.fs = REFER | FS(REMOVE_FILE),
		.blockers = { "fs.remove_file,fs.refer", "fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "replace",
		.run = replace_across,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.refer",
			      "fs.remove_file,fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "exchange",
		.run = exchange_across,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.make_reg,fs.refer",
			      "fs.remove_file,fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "exchange with a directory",
		.run = exchange_with_dir_across,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG) | FS(REMOVE_DIR) |
		      FS(MAKE_DIR),
		.blockers = { "fs.remove_file,fs.make_dir,fs.refer",
			      "fs.remove_dir,fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "exchange directories",
		.run = exchange_dirs_across,
		.fs = REFER | FS(REMOVE_DIR) | FS(MAKE_DIR),
		.blockers = { "fs.remove_dir,fs.make_dir,fs.refer",
			      "fs.remove_dir,fs.make_dir,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "rename a directory",
		.run = move_dir_across,
		.fs = REFER | FS(REMOVE_DIR) | FS(MAKE_DIR),
		.blockers = { "fs.remove_dir,fs.refer",
			      "fs.make_dir,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "leave a whiteout",
		.run = whiteout_across,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.make_reg,fs.refer",
			      "fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "link",
		.run = link_across,
		.fs = REFER | FS(MAKE_REG),
		.blockers = { "fs.refer", "fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "link, if only reparenting is missing",
		.run = link_across,
		.fs = REFER,
		.error = EXDEV,
		.blockers = { "fs.refer", "fs.refer" },
		.num_denied = 2,
	},
	{
		.name = "rename to the parent",
		.run = move_up,
		.fs = REFER | FS(REMOVE_FILE) | FS(MAKE_REG),
		.blockers = { "fs.remove_file,fs.refer",
			      "fs.make_reg,fs.refer" },
		.num_denied = 2,
	},
};

/* Only compared with what is enforced. */
static const struct operation others[] = {
	{ .name = "rename back", .run = move_back },
	{ .name = "replace a directory", .run = replace_dir_across },
	{ .name = "link back", .run = link_back },
	{ .name = "rename to a child", .run = move_down },
	{ .name = "link to a parent", .run = link_up },
	{ .name = "link to a child", .run = link_down },
	{ .name = "rename nothing", .run = move_nothing },
	{ .name = "link to an existing file", .run = link_to_existing },
	{ .name = "link to a missing directory", .run = link_outside },
};

TEST_F(mix, renames)
{
	try_mixes(_metadata, &self->observer, refers, ARRAY_SIZE(refers),
		  variant->layers);
}

TEST_F(equal, renames)
{
	try_all_equal(_metadata, &self->observer, refers, ARRAY_SIZE(refers),
		      &variant->rules);
}

TEST_F(equal, others)
{
	try_all_equal(_metadata, &self->observer, others, ARRAY_SIZE(others),
		      &variant->rules);
}

/*
 * A layer that handles no access to files denies to rename between directories if
 * an enforcing layer handles some, and only then.
 */
FIXTURE(stranger)
{
	struct observer observer;
};

FIXTURE_VARIANT(stranger)
{
	/* Flags of this layer, and of the layer above it, which allows all. */
	const __u32 flags[2];
	const int error;
	/* Number of reports, which are of the first layer. */
	const int num_reports;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(stranger, both_enforcing) {
	/* clang-format on */
	.error = EXDEV,
	.num_reports = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(stranger, permissive) {
	/* clang-format on */
	.flags = { PERMISSIVE, 0 },
	.num_reports = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(stranger, enforcing) {
	/* clang-format on */
	.flags = { 0, PERMISSIVE },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(stranger, both_permissive) {
	/* clang-format on */
	.flags = { PERMISSIVE, PERMISSIVE },
};

FIXTURE_SETUP(stranger)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
}

FIXTURE_TEARDOWN(stranger)
{
	observe_no_more(_metadata, &self->observer);
}

TEST_F(stranger, rename)
{
	static const struct operation op = { .name = "stranger",
					     .run = move_across };
	struct stack stack = {};
	struct outcome outcome;
	const struct layer_rules network = {
		.attr.handled_access_net = NET(BIND_TCP),
	};

	add_layer(&stack, &network, variant->flags[0]);
	add_layer(&stack, &denies_none, variant->flags[1]);
	run_operation(_metadata, &self->observer, &op, &stack, &outcome);
	EXPECT_EQ(-variant->error, outcome.result);
	EXPECT_TRUE(outcome.recorded);
	EXPECT_EQ(variant->num_reports, outcome.reports.num);
	for (int i = 0; i < outcome.reports.num; i++) {
		EXPECT_EQ(0, outcome.reports.list[i].layer);
		EXPECT_EQ(!variant->error, outcome.reports.list[i].permissive);
	}
}

/* A rename that may give the file more rights than it had. */
FIXTURE(gain)
{
	struct observer observer;
};

FIXTURE_VARIANT(gain)
{
	/* Rights in the source and in the destination, below all others. */
	__u64 source;
	__u64 destination;
	/* Whether the destination gives the file more rights. */
	bool gains;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, same) {
	/* clang-format on */
	.source = FS(READ_FILE),
	.destination = FS(READ_FILE),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, less) {
	/* clang-format on */
	.source = FS(READ_FILE) | FS(WRITE_FILE),
	.destination = FS(READ_FILE),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, more) {
	/* clang-format on */
	.source = FS(READ_FILE),
	.destination = FS(READ_FILE) | FS(WRITE_FILE),
	.gains = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, other) {
	/* clang-format on */
	.source = FS(READ_FILE),
	.destination = FS(WRITE_FILE),
	.gains = true,
};

FIXTURE_SETUP(gain)
{
	observe(_metadata, &self->observer);
	mount_files(_metadata);
}

FIXTURE_TEARDOWN(gain)
{
	observe_no_more(_metadata, &self->observer);
}

/*
 * A file that would get more rights is moved nevertheless, and both the source and
 * the destination are reported, unless a layer enforces it.
 */
TEST_F(gain, rename)
{
	static const struct operation op = { .name = "gain",
					     .run = move_across };
	static const char layers[][4] = { "p", "e", "pe", "ep", "pp", "pep" };

	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		const int num = strlen(layers[i]);
		struct stack stack = { .num = num };
		bool enforced = false;
		struct outcome outcome;
		int reported = 0;

		for (int layer = 0; layer < num; layer++) {
			const struct layer_rules rules = {
				.attr.handled_access_fs = FS(READ_FILE) |
							  FS(WRITE_FILE) |
							  FS_CHANGE,
				.paths = {
					{ "/", FS_CHANGE },
					{ "a", variant->source },
					{ "b", variant->destination },
				},
			};

			stack.rules[layer] = rules;
			if (layers[i][layer] == 'p')
				stack.flags[layer] = PERMISSIVE;
			else
				enforced = true;
		}
		run_operation(_metadata, &self->observer, &op, &stack,
			      &outcome);
		EXPECT_EQ(variant->gains && enforced ? -EXDEV : 0,
			  outcome.result);
		EXPECT_TRUE(outcome.recorded);
		for (int j = 0; j < outcome.reports.num; j++) {
			EXPECT_EQ(!enforced,
				  outcome.reports.list[j].permissive);
			reported |= 1 << outcome.reports.list[j].layer;
		}
		EXPECT_EQ(variant->gains, !!reported);
		if (reported && !enforced)
			EXPECT_EQ((1 << num) - 1, reported);
	}
}

TEST_HARNESS_MAIN
