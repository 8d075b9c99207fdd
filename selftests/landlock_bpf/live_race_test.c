// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Accesses while a policy is replaced
 *
 * EXECTIME_STRESS in the environment is the number of replacements.
 */

#include "landlock_bpf.h"
#include "live.h"

#define READ LANDLOCK_ACCESS_FS_READ_FILE
#define WRITE LANDLOCK_ACCESS_FS_WRITE_FILE

/* Few, for a test that anyone can run. */
#define DEFAULT_REPLACEMENTS 2000

#define NUM_TASKS 3

/* In the environment of the program that accesses files: the flags to open. */
#define LIVE_RACE "LIVE_RACE"

/* Counts of a program that accesses files, shared by a file. */
struct counts {
	__u64 allowed;
	__u64 denied;
	__u64 broken;
};

/* The program that is confined opens a file until its input ends. */
static __attribute__((constructor)) void open_files(void)
{
	const char *const flags = getenv(LIVE_RACE);
	struct counts counts = {};
	char byte;

	if (!flags)
		return;

	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	while (read(STDIN_FILENO, &byte, 1)) {
		const int fd = open("dir/sub/data", atoi(flags) | O_CLOEXEC);

		if (fd >= 0) {
			close(fd);
			counts.allowed++;
		} else if (errno == EACCES) {
			counts.denied++;
		} else {
			counts.broken++;
		}
	}
	_exit(write(STDOUT_FILENO, &counts, sizeof(counts)) != sizeof(counts));
}

/**
 * struct version - One version of the policy
 *
 * @file: Rights that it allows for the file.
 * @dir: Rights that it allows for a directory above it.
 * @flags: Its flags.
 */
struct version {
	__u64 file;
	__u64 dir;
	__u32 flags;
};

FIXTURE(race)
{
	struct stage *skel;
	int map_fd;
	int num;
};

FIXTURE_VARIANT(race)
{
	struct version versions[2];
	int open_flags;
	/* Whether there are accesses that one of the versions allows or denies. */
	bool allowed;
	bool denied;
};

/* Only parts of both versions would allow it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(race, never) {
	/* clang-format on */
	.versions = {
		{ .file = READ, .flags = LIVE },
		{ .dir = WRITE, .flags = LIVE },
	},
	.open_flags = O_RDWR,
	.denied = true,
};

/* Only parts of both versions would deny it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(race, always) {
	/* clang-format on */
	.versions = {
		{ .file = READ | WRITE, .flags = LIVE },
		{ .dir = READ | WRITE, .flags = LIVE },
	},
	.open_flags = O_RDWR,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(race, modes) {
	/* clang-format on */
	.versions = {
		{ .file = READ | WRITE, .flags = LIVE },
		{ .flags = LIVE_PERMISSIVE },
	},
	.open_flags = O_RDWR,
	.allowed = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(race, either) {
	/* clang-format on */
	.versions = {
		{ .dir = READ | WRITE, .flags = LIVE },
		{ .file = READ, .flags = LIVE },
	},
	.open_flags = O_RDWR,
	.allowed = true,
	.denied = true,
};

FIXTURE_SETUP(race)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};
	const char *const num = getenv("EXECTIME_STRESS");

	self->num = num ? atoi(num) : DEFAULT_REPLACEMENTS;
	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, mkdir("dir", 0700));
	ASSERT_EQ(0, mkdir("dir/sub", 0700));
	exectime_write_file(_metadata, "dir/sub/data", "data", 0600);
	self->skel = load_stage(_metadata);
	self->map_fd = bpf_map__fd(self->skel->maps.rulesets);
	attach_progs(_metadata, self->skel, progs);
}

FIXTURE_TEARDOWN(race)
{
	stage__destroy(self->skel);
}

static void allow(struct __test_metadata *const _metadata,
		  const int ruleset_fd, const char *const path,
		  const __u64 access)
{
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = access,
	};

	if (!access)
		return;

	path_beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, 0));
	ASSERT_EQ(0, close(path_beneath.parent_fd));
}

static int make_version(struct __test_metadata *const _metadata,
			const struct version *const version)
{
	const int ruleset_fd = exectime_ruleset(READ | WRITE);

	ASSERT_LE(0, ruleset_fd);
	allow(_metadata, ruleset_fd, "dir/sub/data", version->file);
	allow(_metadata, ruleset_fd, "dir", version->dir);
	return ruleset_fd;
}

TEST_F_TIMEOUT(race, open, 3600)
{
	int rulesets[2], input[2], output[2], status;
	pid_t children[NUM_TASKS];
	struct counts counts;
	char flags[16];

	for (int i = 0; i < 2; i++)
		rulesets[i] = make_version(_metadata, &variant->versions[i]);
	ASSERT_EQ(0, store_flags(self->map_fd, SLOT_A, rulesets[0],
				 variant->versions[0].flags));
	ASSERT_EQ(0, pipe2(input, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(output, O_CLOEXEC));
	snprintf(flags, sizeof(flags), "%d", variant->open_flags);
	for (int i = 0; i < NUM_TASKS; i++) {
		int started[2];
		char byte;

		ASSERT_EQ(0, pipe2(started, O_CLOEXEC));
		children[i] = fork();
		ASSERT_LE(0, children[i]);
		if (children[i] == 0) {
			ASSERT_EQ(STDIN_FILENO, dup2(input[0], STDIN_FILENO));
			ASSERT_EQ(STDOUT_FILENO, dup2(output[1], STDOUT_FILENO));
			setenv(LIVE_RACE, flags, 1);
			self->skel->bss->target_pid = getpid();
			execv("/proc/self/exe", self_argv);
			_exit(1);
		}
		/* Until it is executed: the programs know one task at a time. */
		ASSERT_EQ(0, close(started[1]));
		ASSERT_EQ(0, read(started[0], &byte, 1));
		ASSERT_EQ(0, close(started[0]));
	}
	ASSERT_EQ(0, close(input[0]));
	ASSERT_EQ(0, close(output[1]));

	for (int i = 0; i < self->num; i++) {
		const int next = (i + 1) % 2;

		ASSERT_EQ(0, store_flags(self->map_fd, SLOT_A, rulesets[next],
					 variant->versions[next].flags));
		if (i % 16 == 0)
			usleep(100);
	}
	ASSERT_EQ(0, close(input[1]));
	for (int i = 0; i < NUM_TASKS; i++) {
		ASSERT_EQ(sizeof(counts),
			  read(output[0], &counts, sizeof(counts)));
		EXPECT_EQ(0, counts.broken);
		if (!variant->allowed)
			EXPECT_EQ(0, counts.allowed);
		if (!variant->denied)
			EXPECT_EQ(0, counts.denied);
		EXPECT_LT(0, counts.allowed + counts.denied);
		TH_LOG("allowed %llu, denied %llu", counts.allowed,
		       counts.denied);
	}
	for (int i = 0; i < NUM_TASKS; i++) {
		EXPECT_EQ(children[i], waitpid(children[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(0, close(output[0]));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, close(rulesets[i]));
}

TEST_HARNESS_MAIN
