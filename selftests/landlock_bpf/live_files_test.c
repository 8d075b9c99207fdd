// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Files of tasks whose policies are replaced
 */

#include "landlock_bpf.h"
#include "live.h"
#include "trace.h"

#define RIGHTS                                                          \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_DIR |    \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER)
#define ALL_BUT_TRUNCATE (RIGHTS & ~LANDLOCK_ACCESS_FS_TRUNCATE)

/* In the environment of the program that does as it is told. */
#define LIVE_FILES "LIVE_FILES"

/* Orders, each of which is answered with 0 or an errno. */
enum order {
	/* Opens the file to read and write, and keeps that. */
	OPEN = 'o',
	/* Uses the file that was opened last. */
	TRUNCATE = 't',
	WRITE = 'w',
	/* Closes it. */
	CLOSE = 'c',
	/* Moves a directory to another one, and back. */
	MOVE = 'm',
	/* Mounts something. */
	MOUNT = 'M',
};

static int move_there_and_back(void)
{
	if (rename("one/dir", "two/dir"))
		return errno;

	return rename("two/dir", "one/dir") ? errno : 0;
}

static int follow(const enum order order, int *const fd)
{
	switch (order) {
	case OPEN:
		*fd = open("data", O_RDWR | O_CLOEXEC);
		return *fd < 0 ? errno : 0;
	case TRUNCATE:
		return ftruncate(*fd, 0) ? errno : 0;
	case WRITE:
		return write(*fd, "data", 4) == 4 ? 0 : errno;
	case CLOSE:
		return close(*fd) ? errno : 0;
	case MOVE:
		return move_there_and_back();
	case MOUNT:
		return mount("live", "one", "tmpfs", 0, NULL) ? errno : 0;
	}
	return -1;
}

/* The program that is confined: orders come from the standard input. */
static __attribute__((constructor)) void follow_orders(void)
{
	char order;
	int fd = -1;

	if (!getenv(LIVE_FILES))
		return;

	while (read(STDIN_FILENO, &order, 1) == 1) {
		const int answer = follow(order, &fd);

		if (write(STDOUT_FILENO, &answer, sizeof(answer)) !=
		    sizeof(answer))
			_exit(1);
	}
	_exit(0);
}

FIXTURE(files)
{
	struct stage *skel;
	int map_fd;
	pid_t child;
	int orders;
	int answers;
};

/* Allows @allowed everywhere. */
static void replace(struct __test_metadata *const _metadata, const int map_fd,
		    const __u64 allowed, const __u32 flags)
{
	const int ruleset_fd = exectime_ruleset(RIGHTS);

	ASSERT_LE(0, ruleset_fd);
	if (allowed)
		ASSERT_EQ(0, allow_everywhere(ruleset_fd, allowed));
	ASSERT_EQ(0, store_flags(map_fd, SLOT_A, ruleset_fd, flags));
	ASSERT_EQ(0, close(ruleset_fd));
}

FIXTURE_SETUP(files)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	};
	int orders[2], answers[2];

	exectime_prepare_dir(_metadata);
	exectime_write_file(_metadata, "data", "data", 0600);
	ASSERT_EQ(0, mkdir("one", 0700));
	ASSERT_EQ(0, mkdir("one/dir", 0700));
	ASSERT_EQ(0, mkdir("two", 0700));
	self->skel = load_stage(_metadata);
	self->map_fd = bpf_map__fd(self->skel->maps.rulesets);
	replace(_metadata, self->map_fd, RIGHTS, LIVE);
	attach_progs(_metadata, self->skel, progs);

	ASSERT_EQ(0, pipe2(orders, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(answers, O_CLOEXEC));
	self->child = fork();
	ASSERT_LE(0, self->child);
	if (self->child == 0) {
		ASSERT_EQ(STDIN_FILENO, dup2(orders[0], STDIN_FILENO));
		ASSERT_EQ(STDOUT_FILENO, dup2(answers[1], STDOUT_FILENO));
		setenv(LIVE_FILES, "1", 1);
		self->skel->bss->target_pid = getpid();
		execv("/proc/self/exe", self_argv);
		_exit(1);
	}
	ASSERT_EQ(0, close(orders[0]));
	ASSERT_EQ(0, close(answers[1]));
	self->orders = orders[1];
	self->answers = answers[0];
}

FIXTURE_TEARDOWN(files)
{
	int status;

	EXPECT_EQ(0, close(self->orders));
	EXPECT_EQ(self->child, waitpid(self->child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, close(self->answers));
	stage__destroy(self->skel);
}

static int tell(struct __test_metadata *const _metadata,
		const FIXTURE_DATA(files) * const self, const enum order order)
{
	const char byte = order;
	int answer;

	ASSERT_EQ(1, write(self->orders, &byte, 1));
	ASSERT_EQ(sizeof(answer),
		  read(self->answers, &answer, sizeof(answer)));
	return answer;
}

/* Truncates the file, and expects this result and this trace event. */
static void expect_traced(struct __test_metadata *const _metadata,
			  const FIXTURE_DATA(files) * const self,
			  const char *const text, const int result)
{
	char *trace;

	if (tracefs_setup())
		return;

	ASSERT_EQ(0, tracefs_enable_event(TRACEFS_DENY_ACCESS_FS_ENABLE, true));
	ASSERT_EQ(0, tracefs_clear());
	EXPECT_EQ(result, tell(_metadata, self, TRUNCATE));
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_NE(NULL, strstr(trace, text))
	{
		TH_LOG("No \"%s\" in:\n%s", text, trace);
	}
	free(trace);
	EXPECT_EQ(0, tracefs_enable_event(TRACEFS_DENY_ACCESS_FS_ENABLE,
					  false));
}

/* An open file keeps the rights that it got when it was opened. */
TEST_F(files, opened)
{
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	replace(_metadata, self->map_fd, 0, LIVE);
	EXPECT_EQ(0, tell(_metadata, self, WRITE));
	EXPECT_EQ(0, tell(_metadata, self, TRUNCATE));
	EXPECT_EQ(0, tell(_metadata, self, CLOSE));
	EXPECT_EQ(EACCES, tell(_metadata, self, OPEN));
	replace(_metadata, self->map_fd, RIGHTS, LIVE);
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
}

/* It does not get a right that it was denied then. */
TEST_F(files, opened_denied)
{
	replace(_metadata, self->map_fd, ALL_BUT_TRUNCATE, LIVE);
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	EXPECT_EQ(EACCES, tell(_metadata, self, TRUNCATE));
	replace(_metadata, self->map_fd, RIGHTS, LIVE);
	EXPECT_EQ(EACCES, tell(_metadata, self, TRUNCATE));
	replace(_metadata, self->map_fd, RIGHTS, LIVE_PERMISSIVE);
	EXPECT_EQ(EACCES, tell(_metadata, self, TRUNCATE));
	expect_traced(_metadata, self, "permissive=0 blockers=truncate ",
		      EACCES);
	EXPECT_EQ(0, tell(_metadata, self, CLOSE));
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	EXPECT_EQ(0, tell(_metadata, self, TRUNCATE));
}

/* An access that was only reported then is only reported later. */
TEST_F(files, opened_permissive)
{
	replace(_metadata, self->map_fd, ALL_BUT_TRUNCATE, LIVE_PERMISSIVE);
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	EXPECT_EQ(0, tell(_metadata, self, TRUNCATE));
	replace(_metadata, self->map_fd, ALL_BUT_TRUNCATE, LIVE);
	EXPECT_EQ(0, tell(_metadata, self, TRUNCATE));
	expect_traced(_metadata, self, "permissive=1 blockers=truncate ", 0);
	EXPECT_EQ(0, tell(_metadata, self, CLOSE));
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	EXPECT_EQ(EACCES, tell(_metadata, self, TRUNCATE));
}

/* Renames and mounts. */
TEST_F(files, topology)
{
	EXPECT_EQ(0, tell(_metadata, self, MOVE));
	EXPECT_EQ(EPERM, tell(_metadata, self, MOUNT));
	replace(_metadata, self->map_fd, RIGHTS & ~LANDLOCK_ACCESS_FS_REFER,
		LIVE);
	EXPECT_EQ(EXDEV, tell(_metadata, self, MOVE));
	replace(_metadata, self->map_fd, LANDLOCK_ACCESS_FS_REFER, LIVE);
	EXPECT_EQ(EACCES, tell(_metadata, self, MOVE));
	replace(_metadata, self->map_fd, 0, LIVE_PERMISSIVE);
	EXPECT_EQ(0, tell(_metadata, self, MOVE));
	EXPECT_EQ(0, tell(_metadata, self, MOUNT));
}

/* The new version has a rule for a name, the old one had none. */
TEST_F(files, place)
{
	struct landlock_place_attr place = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
				  LANDLOCK_ACCESS_FS_WRITE_FILE,
		.name = (__u64)(uintptr_t)"data",
	};
	int ruleset_fd;

	replace(_metadata, self->map_fd, 0, LIVE);
	EXPECT_EQ(EACCES, tell(_metadata, self, OPEN));

	ruleset_fd = exectime_ruleset(RIGHTS);
	ASSERT_LE(0, ruleset_fd);
	place.parent_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, place.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PLACE, &place,
				       0));
	ASSERT_EQ(0, close(place.parent_fd));
	ASSERT_EQ(0, store_flags(self->map_fd, SLOT_A, ruleset_fd, LIVE));
	ASSERT_EQ(0, close(ruleset_fd));
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	ASSERT_EQ(0, rename("data", "other"));
	EXPECT_EQ(ENOENT, tell(_metadata, self, OPEN));
	exectime_write_file(_metadata, "data", "data", 0600);
	EXPECT_EQ(0, tell(_metadata, self, OPEN));
	replace(_metadata, self->map_fd, 0, LIVE);
	EXPECT_EQ(EACCES, tell(_metadata, self, OPEN));
}

TEST_HARNESS_MAIN
