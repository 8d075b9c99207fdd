// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - The mask of the system
 *
 * Until the next boot, nobody can set again what these tests clear, which is
 * CAPS_SYSCTL_CLEARS.  After an earlier run, the test that needs one of them is
 * skipped.
 */

#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/timerfd.h>

#include "userns_caps.h"
#include "userns_holder.h"

/* Writes at once.  Returns 0 or the error. */
static int write_at(const int fd, const void *const text, const size_t len,
		    const off_t offset)
{
	const ssize_t ret = pwrite(fd, text, len, offset);

	if (ret == -1)
		return errno;
	return ret == len ? 0 : EIO;
}

static int write_text(const char *const text)
{
	const int fd = open(SYSCTL_PATH, O_WRONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return errno;
	error = write_at(fd, text, strlen(text), 0);
	close(fd);
	return error;
}

static int write_mask(const unsigned long long mask)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", mask);
	return write_text(text);
}

FIXTURE(sysctl)
{
	/* Before the test. */
	unsigned long long mask;
};

FIXTURE_SETUP(sysctl)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->mask = sysctl_mask();
}

FIXTURE_TEARDOWN(sysctl)
{
}

TEST_F(sysctl, file)
{
	char text[64] = {}, expected[64];
	struct stat info;
	int fd;

	ASSERT_EQ(0, stat(SYSCTL_PATH, &info));
	EXPECT_EQ(S_IFREG | 0644, info.st_mode);
	EXPECT_EQ(0, info.st_uid);

	/* Everybody can read it: 16 digits, which can be written. */
	become_user(_metadata, USER);
	fd = open(SYSCTL_PATH, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(17, read(fd, text, sizeof(text)));
	EXPECT_EQ(0, read(fd, expected, sizeof(expected)));
	snprintf(expected, sizeof(expected), "%016llx\n", self->mask);
	EXPECT_STREQ(expected, text);
	EXPECT_EQ(0, close(fd));
}

/* Ways to write the same mask. */
FIXTURE(same)
{
	unsigned long long mask;
};

FIXTURE_VARIANT(same)
{
	const char *format;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, digits) {
	/* clang-format on */
	.format = "%llx",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, as_it_is_read) {
	/* clang-format on */
	.format = "%016llx\n",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, prefix) {
	/* clang-format on */
	.format = "0x%llx",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, prefix_and_newline) {
	/* clang-format on */
	.format = "0x%llx\n",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, capitals) {
	/* clang-format on */
	.format = "0X%llX",
};

/* clang-format off */
FIXTURE_VARIANT_ADD(same, spaces) {
	/* clang-format on */
	.format = "  0x%llx\n  ",
};

/* As long as it can be. */
/* clang-format off */
FIXTURE_VARIANT_ADD(same, zeros) {
	/* clang-format on */
	.format = "%031llx",
};

FIXTURE_SETUP(same)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->mask = sysctl_mask();
}

FIXTURE_TEARDOWN(same)
{
}

TEST_F(same, accepted)
{
	char text[64];

	/* One format of those above. */
	snprintf(text, sizeof(text), variant->format, self->mask);
	EXPECT_EQ(0, write_text(text));
	EXPECT_EQ(self->mask, sysctl_mask());
}

/* No mask, or one with a bit that is not set, as those of no capability. */
FIXTURE(refused)
{
	unsigned long long mask;
};

FIXTURE_VARIANT(refused)
{
	const char *text;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, newline) {
	/* clang-format on */
	.text = "\n",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, spaces) {
	/* clang-format on */
	.text = "   ",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, prefix_alone) {
	/* clang-format on */
	.text = "0x",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, letters) {
	/* clang-format on */
	.text = "all",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, no_digit_at_end) {
	/* clang-format on */
	.text = "0x1ffffffffg",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, two_numbers) {
	/* clang-format on */
	.text = "1fff 1fff",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, two_lines) {
	/* clang-format on */
	.text = "1fff\n1fff\n",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, negative) {
	/* clang-format on */
	.text = "-1",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, two_prefixes) {
	/* clang-format on */
	.text = "0x0x1ff",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, too_large) {
	/* clang-format on */
	.text = "0x1ffffffffffffffff",
	.error = ERANGE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, too_long) {
	/* clang-format on */
	.text = "00000000000000000000000000000000",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, too_long_by_spaces) {
	/* clang-format on */
	.text = "0                               ",
	.error = EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, no_capability) {
	/* clang-format on */
	.text = "0x20000000000",
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, all_bits) {
	/* clang-format on */
	.text = "0xffffffffffffffff",
	.error = EPERM,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(refused, highest_bit) {
	/* clang-format on */
	.text = "8000000000000000",
	.error = EPERM,
};

FIXTURE_SETUP(refused)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->mask = sysctl_mask();
}

FIXTURE_TEARDOWN(refused)
{
}

TEST_F(refused, unchanged)
{
	EXPECT_EQ(variant->error, write_text(variant->text));
	EXPECT_EQ(self->mask, sysctl_mask());
}

/* A part of a number is another number. */
TEST_F(sysctl, not_in_parts)
{
	char text[32];
	size_t len;
	int fd;

	len = snprintf(text, sizeof(text), "%016llx", self->mask);
	fd = open(SYSCTL_PATH, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EINVAL, write_at(fd, text, len, 1));
	EXPECT_EQ(EINVAL, write_at(fd, text, len, 16));
	EXPECT_EQ(len, write(fd, text, len));
	/* The second one is not at the beginning. */
	EXPECT_EQ(-1, write(fd, text, len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, close(fd));
	EXPECT_EQ(self->mask, sysctl_mask());
}

/* Even to change nothing. */
TEST_F(sysctl, needs_admin)
{
	char text[32];
	size_t len;
	int fd;

	len = snprintf(text, sizeof(text), "%llx", self->mask);
	fd = open(SYSCTL_PATH, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL & ~CAP(CAP_SYS_ADMIN), 0));
	EXPECT_EQ(EPERM, write_at(fd, text, len, 0));
	EXPECT_EQ(EPERM, write_text(text));
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAP(CAP_SYS_ADMIN), 0));
	EXPECT_EQ(0, write_at(fd, text, len, 0));

	/* It is the writer who needs it, not who opened the file. */
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, 0));
	become_user(_metadata, USER);
	EXPECT_EQ(EPERM, write_at(fd, text, len, 0));
	EXPECT_EQ(EACCES, write_text(text));
	EXPECT_EQ(0, close(fd));
	EXPECT_EQ(self->mask, sysctl_mask());
}

TEST_F(sysctl, needs_admin_outside)
{
	char text[32];

	snprintf(text, sizeof(text), "%llx", self->mask);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	map_ids(_metadata, "self", 0);
	EXPECT_EQ(EPERM, write_text(text));
	EXPECT_EQ(self->mask, sysctl_mask());
}

TEST_F(sysctl, only_clears)
{
	const unsigned long long mask = self->mask & ~CAP(CAP_WAKE_ALARM);

	EXPECT_EQ(0, write_mask(mask));
	EXPECT_EQ(mask, sysctl_mask());
	EXPECT_EQ(EPERM, write_mask(mask | CAP(CAP_WAKE_ALARM)));
	EXPECT_EQ(mask, sysctl_mask());
	EXPECT_EQ(EPERM, write_mask(CAPS_ALL));
	EXPECT_EQ(mask, sysctl_mask());
	/* All of a write, or nothing. */
	EXPECT_EQ(EPERM, write_mask((mask | CAP(CAP_WAKE_ALARM)) &
				    ~CAP(CAP_BLOCK_SUSPEND)));
	EXPECT_EQ(mask, sysctl_mask());
	EXPECT_EQ(0, write_mask(mask & ~CAP(CAP_BLOCK_SUSPEND)));
	EXPECT_EQ(mask & ~CAP(CAP_BLOCK_SUSPEND), sysctl_mask());
}

/* Neither the permitted nor the bounding set shows what cannot be used. */
TEST_F(sysctl, new_namespace)
{
	const unsigned long long mask = self->mask & ~CAP(CAP_WAKE_ALARM);
	struct cap_sets sets;

	ASSERT_EQ(0, write_mask(mask));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	own_sets(_metadata, &sets);
	EXPECT_EQ(mask, sets.permitted);
	EXPECT_EQ(mask, sets.effective);
	EXPECT_EQ(mask, sets.bounding);
	EXPECT_EQ(CAPS_ALL, sets.userns);
}

/* The initial namespace is not bounded. */
static void use_alarm(struct __test_metadata *const _metadata)
{
	int fd;

	ASSERT_EQ(0, set_caps(CAPS_ALL, CAP(CAP_WAKE_ALARM), 0));
	fd = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC);
	EXPECT_LE(0, fd);
	close(fd);
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL & ~CAP(CAP_WAKE_ALARM), 0));
	EXPECT_EQ(-1, timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, set_caps(CAPS_ALL, CAPS_ALL, 0));
}

TEST_F(sysctl, initial_namespace)
{
	struct cap_sets sets;

	ASSERT_EQ(0, write_mask(self->mask & ~CAP(CAP_WAKE_ALARM)));
	own_sets(_metadata, &sets);
	EXPECT_EQ(CAPS_ALL, sets.effective);
	EXPECT_EQ(CAPS_ALL, sets.userns);
	use_alarm(_metadata);
}

#define TRACING "/sys/kernel/tracing/"

/* Finds a check of CAP_WAKE_ALARM by this process, with this result. */
static bool is_traced(struct __test_metadata *const _metadata, const int result)
{
	char line[256], task[16], check[32];
	bool found = false;
	FILE *file;

	snprintf(task, sizeof(task), "-%d ", getpid());
	snprintf(check, sizeof(check), "cap %d, ret %d\n", CAP_WAKE_ALARM,
		 result);
	file = fopen(TRACING "trace", "re");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		found |= strstr(line, task) && strstr(line, check);
	fclose(file);
	return found;
}

/* The kernel takes another path while it traces checks. */
TEST_F(sysctl, initial_namespace_traced)
{
	static const char enable[] = TRACING "events/capability/cap_capable/enable";

	if (access(enable, W_OK))
		SKIP(return, "there are no trace events in " TRACING);
	ASSERT_EQ(0, write_mask(self->mask & ~CAP(CAP_WAKE_ALARM)));
	write_file(_metadata, enable, "1");
	use_alarm(_metadata);
	write_file(_metadata, enable, "0");
	EXPECT_TRUE(is_traced(_metadata, 0));
	EXPECT_TRUE(is_traced(_metadata, -EPERM));
}

/* Sets the offsets of a time namespace, which needs CAP_SYS_TIME over it. */
static int set_offset(const char *const task)
{
	static const char offset[] = "monotonic 1 0\n";
	char path[64];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/proc/%s/timens_offsets", task);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, offset, strlen(offset)) == -1)
		error = errno;
	close(fd);
	return error;
}

/* Expects the same for a task in a namespace, its owner, and root outside. */
static void expect_offset(struct __test_metadata *const _metadata,
			  const struct holder *const holder, const int error)
{
	char task[16];

	/* The holder tries, too. */
	tell(_metadata, holder->socket);
	await(_metadata, holder->socket);
	snprintf(task, sizeof(task), "%d", holder->child);
	EXPECT_EQ(0, set_offset(task));
	ASSERT_EQ(0, seteuid(USER));
	EXPECT_EQ(error, set_offset(task));
	ASSERT_EQ(0, seteuid(0));
}

/* A process that joins a namespace has what the mask leaves at that moment. */
static void expect_joined(struct __test_metadata *const _metadata,
			  const struct holder *const holder,
			  const unsigned long long mask)
{
	const pid_t child = fork();
	struct cap_sets sets;
	char path[64];
	int fd;

	if (child == 0) {
		snprintf(path, sizeof(path), "/proc/%d/ns/user", holder->child);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, setns(fd, CLONE_NEWUSER));
		own_sets(_metadata, &sets);
		EXPECT_EQ(mask, sets.permitted);
		EXPECT_EQ(mask, sets.effective);
		EXPECT_EQ(mask, sets.bounding);
		end_child(_metadata);
	}
	wait_child(_metadata, child);
}

TEST_F(sysctl, at_once)
{
	const struct creator creator = {
		.flags = CLONE_NEWUSER | CLONE_NEWTIME,
		.uid = USER,
		.userns = CAPS_ALL,
	};
	const unsigned long long mask = self->mask & ~CAP(CAP_SYS_TIME);
	struct holder holder;
	struct cap_sets sets;

	if (mask == self->mask)
		SKIP(return, "an earlier run cleared CAP_SYS_TIME");
	if (start_holder(_metadata, &holder, &creator)) {
		await(_metadata, holder.socket);
		EXPECT_EQ(0, set_offset("self"));
		tell(_metadata, holder.socket);
		await(_metadata, holder.socket);
		EXPECT_EQ(EPERM, set_offset("self"));
		/* It had the capability when it entered. */
		own_sets(_metadata, &sets);
		EXPECT_EQ(self->mask, sets.effective);
		/* A namespace of its own does not help. */
		map_ids(_metadata, "self", USER);
		ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWTIME));
		EXPECT_EQ(EPERM, set_offset("self"));
		own_sets(_metadata, &sets);
		EXPECT_EQ(mask, sets.effective);
		hold(_metadata, &holder);
	}
	expect_offset(_metadata, &holder, 0);
	expect_joined(_metadata, &holder, self->mask);
	EXPECT_EQ(0, write_mask(mask));
	expect_joined(_metadata, &holder, mask);
	expect_offset(_metadata, &holder, EPERM);
	release_holder(_metadata, &holder);
}

TEST_HARNESS_MAIN
