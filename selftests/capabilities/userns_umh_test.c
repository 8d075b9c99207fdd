// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - The set of programs that the
 *                                            kernel starts
 *
 * Until the next boot, nobody can set again what these tests clear: only
 * CLEARED.  The program that the kernel starts is this one, see report().
 */

#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "userns_caps.h"
#include "userns_holder.h"

#define UMH_PATH "/proc/sys/kernel/usermodehelper/userns"
#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
#define CLEARED CAP(CAP_BLOCK_SUSPEND)

/* Two numbers, as the files beside it. */
static int write_umh(const unsigned long long set)
{
	char text[64];
	ssize_t ret;
	int fd, len;

	fd = open(UMH_PATH, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	len = snprintf(text, sizeof(text), "%llu %llu\n", set & UINT_MAX,
		       set >> 32);
	ret = write(fd, text, len);
	if (ret == -1)
		ret = errno;
	else
		ret = ret == len ? 0 : EIO;
	close(fd);
	return ret;
}

static unsigned long long read_umh(struct __test_metadata *const _metadata)
{
	unsigned long long low, high;
	FILE *file;

	file = fopen(UMH_PATH, "re");
	ASSERT_NE(NULL, file);
	EXPECT_EQ(2, fscanf(file, "%llu %llu", &low, &high));
	EXPECT_EQ(0, fclose(file));
	return low | high << 32;
}

FIXTURE(umh)
{
};

FIXTURE_SETUP(umh)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(umh)
{
}

TEST_F(umh, file)
{
	struct stat info;

	ASSERT_EQ(0, stat(UMH_PATH, &info));
	EXPECT_EQ(S_IFREG | 0600, info.st_mode);
	EXPECT_EQ(0, info.st_uid);
	EXPECT_EQ(CAPS_ALL, read_umh(_metadata) | CLEARED);
}

TEST_F(umh, only_clears)
{
	EXPECT_EQ(0, write_umh(CAPS_ALL & ~CLEARED));
	EXPECT_EQ(CAPS_ALL & ~CLEARED, read_umh(_metadata));
	/* It is no error to ask for more. */
	EXPECT_EQ(0, write_umh(CAPS_ALL));
	EXPECT_EQ(CAPS_ALL & ~CLEARED, read_umh(_metadata));
}

TEST_F(umh, privileges)
{
	const unsigned long long needed =
		CAP(CAP_SETPCAP) | CAP(CAP_SYS_MODULE);

	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL & ~CAP(CAP_SETPCAP), 0));
	EXPECT_EQ(EPERM, write_umh(CAPS_ALL));
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL & ~CAP(CAP_SYS_MODULE), 0));
	EXPECT_EQ(EPERM, write_umh(CAPS_ALL));
	ASSERT_EQ(0, set_caps(CAPS_ALL, needed, 0));
	EXPECT_EQ(0, write_umh(CAPS_ALL));
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, 0));
	become_user(_metadata, USER);
	EXPECT_EQ(EACCES, write_umh(CAPS_ALL));
	EXPECT_EQ(-1, open(UMH_PATH, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(umh, privileges_outside)
{
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	map_ids(_metadata, "self", 0);
	EXPECT_EQ(EPERM, write_umh(CAPS_ALL));
}

/* "program report FILE": the kernel started us. */
static int report(const char *const path)
{
	struct cap_sets sets;
	char temporary[PATH_MAX];
	int fd;

	if (read_sets("/proc/self/status", &sets) != 6)
		return 2;
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, &sets, sizeof(sets)) != sizeof(sets))
		return 3;
	return rename(temporary, path);
}

/* Processes that crash, and whose core the kernel gives to a program. */
FIXTURE(crash)
{
	char old_pattern[256];
	char dir[32], path[64];
};

FIXTURE_VARIANT(crash)
{
	unsigned long long userns;
	bool in_userns;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(crash, full) {
	/* clang-format on */
	.userns = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(crash, cleared) {
	/* clang-format on */
	.userns = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(crash, in_userns) {
	/* clang-format on */
	.userns = CAPS_NONE,
	.in_userns = true,
};

FIXTURE_SETUP(crash)
{
	const char *const missing = userns_caps_missing();
	char program[PATH_MAX] = {}, pattern[PATH_MAX + 128];
	FILE *file;

	if (missing)
		SKIP(return, "%s", missing);
	file = fopen(CORE_PATTERN, "re");
	if (!file)
		SKIP(return, "this kernel has no CONFIG_COREDUMP");
	ASSERT_NE(NULL, fgets(self->old_pattern, sizeof(self->old_pattern),
			      file));
	ASSERT_EQ(0, fclose(file));

	snprintf(self->dir, sizeof(self->dir), "/tmp/userns_umh.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/report", self->dir);
	ASSERT_LT(0, readlink("/proc/self/exe", program, sizeof(program) - 1));
	snprintf(pattern, sizeof(pattern), "|%s report %s", program,
		 self->path);
	/* What is longer than the kernel takes would start another program. */
	ASSERT_GT(128, strlen(pattern));
	write_file(_metadata, CORE_PATTERN, pattern);
}

/* Also after a failed assertion, so there is none here. */
FIXTURE_TEARDOWN(crash)
{
	const int fd = open(CORE_PATTERN, O_WRONLY | O_CLOEXEC);

	if (write(fd, self->old_pattern, strlen(self->old_pattern)) < 0)
		TH_LOG("cannot restore %s: errno %d", CORE_PATTERN, errno);
	close(fd);
	unlink(self->path);
	rmdir(self->dir);
}

TEST_F(crash, helper)
{
	struct cap_sets sets = {};
	int status, fd, tries;
	pid_t child;

	ASSERT_EQ(0, write_umh(CAPS_ALL & ~CLEARED));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		become_user(_metadata, USER);
		lower_userns(_metadata, variant->userns);
		if (variant->in_userns)
			ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		raise(SIGSEGV);
		_exit(1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(SIGSEGV, WTERMSIG(status));

	/* The kernel does not wait for the program. */
	for (tries = 0; tries < 200; tries++) {
		fd = open(self->path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			break;
		usleep(100000);
	}
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(sets), read(fd, &sets, sizeof(sets)));
	EXPECT_EQ(CAPS_ALL & ~CLEARED, sets.userns);
	EXPECT_EQ(0, close(fd));
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "report"))
		return report(argv[2]);
	return test_harness_run(argc, argv);
}
