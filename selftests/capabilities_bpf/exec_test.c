// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - BPF programs that drop capabilities of programs
 *
 * The programs that are executed are the test itself.  With PLAN in their
 * environment, they only report their sets, and execute the next one.
 *
 * The kernel function allocates no memory, so none of these tests lets an
 * allocation fail.
 */

#define _GNU_SOURCE
#include <linux/elf.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "drop_progs.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

/* A file descriptor, and paths of further programs, separated by spaces. */
#define PLAN "DROP_PLAN"

#define SELF "/mnt/self"
/* Set-user-ID, of root. */
#define SETUID "/mnt/setuid"
/* Interpreted by SELF, and by nothing. */
#define SCRIPT "/mnt/script"
#define BAD_SCRIPT "/mnt/bad"
/* Kills its process past the point of no return. */
#define BROKEN "/mnt/broken"

#define MAX_REPORTS 4

/* Another one, which the process keeps. */
#define KEPT CAP(CAP_NET_BIND_SERVICE)

/**
 * struct report - What an executed program finds
 *
 * @sets: Its sets.
 * @euid: Its effective user ID, in its user namespace.
 */
struct report {
	struct cap_sets sets;
	uid_t euid;
};

static void __attribute__((constructor)) follow_plan(void)
{
	struct report report = {};
	char *plan = getenv(PLAN), *path, *next, text[128];
	int fd;

	if (!plan)
		return;

	fd = strtol(plan, &path, 10);
	report.euid = geteuid();
	if (read_sets("/proc/self/status", &report.sets) != 6 ||
	    write(fd, &report, sizeof(report)) != sizeof(report))
		_exit(1);
	if (*path != ' ')
		_exit(0);

	path++;
	next = strchrnul(path, ' ');
	snprintf(text, sizeof(text), "%d%s", fd, next);
	*next = '\0';
	setenv(PLAN, text, 1);
	execl(path, path, NULL);
	_exit(1);
}

/* Executes programs, one after the other, the first one as @path. */
static void run_program(struct __test_metadata *const _metadata, const int fd,
			const char *const path, const char *const others)
{
	char plan[128];
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { plan, NULL };

	snprintf(plan, sizeof(plan), PLAN "=%d%s", fd, others);
	execve(path, argv, envp);
	ASSERT_TRUE(false)
	{
		TH_LOG("Failed to execute %s: %s", path, strerror(errno));
	}
}

static void copy_self(struct __test_metadata *const _metadata,
		      const char *const path, const mode_t mode)
{
	const int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const int out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	static char buffer[1 << 16];
	ssize_t len;

	ASSERT_LE(0, in);
	ASSERT_LE(0, out);
	while ((len = read(in, buffer, sizeof(buffer))) > 0)
		ASSERT_EQ(len, write(out, buffer, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, fchmod(out, mode));
	ASSERT_EQ(0, close(in));
	ASSERT_EQ(0, close(out));
}

/* Its segments are too large, which the kernel finds when it maps them. */
static void make_broken(struct __test_metadata *const _metadata)
{
	struct elf64_hdr elf;
	struct elf64_phdr segment;
	int fd;

	copy_self(_metadata, BROKEN, 0755);
	fd = open(BROKEN, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(elf), pread(fd, &elf, sizeof(elf), 0));
	ASSERT_EQ(ELFCLASS64, elf.e_ident[EI_CLASS]);
	for (int i = 0; i < elf.e_phnum; i++) {
		const off_t at = elf.e_phoff + i * sizeof(segment);

		ASSERT_EQ(sizeof(segment),
			  pread(fd, &segment, sizeof(segment), at));
		if (segment.p_type != PT_LOAD)
			continue;
		segment.p_memsz = 1ULL << 62;
		ASSERT_EQ(sizeof(segment),
			  pwrite(fd, &segment, sizeof(segment), at));
	}
	ASSERT_EQ(0, close(fd));
}

static void make_programs(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir("/mnt", 0755);
	ASSERT_EQ(0, mount("tmpfs", "/mnt", "tmpfs", 0, "mode=0755"));
	copy_self(_metadata, SELF, 0755);
	copy_self(_metadata, SETUID, 04755);
	write_file(_metadata, SCRIPT, "#!" SELF "\n");
	write_file(_metadata, BAD_SCRIPT, "#!/mnt/nothing\n");
	make_broken(_metadata);
}

FIXTURE(exec)
{
	struct drop *skel;
	int fds[2];
};

FIXTURE_VARIANT(exec)
{
	const struct drop_orders orders;
	const bool backward;
	/* The capabilities that remain. */
	const unsigned long long remain;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, none) {
	/* clang-format on */
	.remain = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, for_exec) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, for_exec_atomic) {
	/* clang-format on */
	.orders.for_exec_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, check) {
	/* clang-format on */
	.orders.check = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, check_atomic) {
	/* clang-format on */
	.orders.check_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, from_file) {
	/* clang-format on */
	.orders.from_file = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, from_file_atomic) {
	/* clang-format on */
	.orders.from_file_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, two) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.orders.for_exec_atomic = DROP_2,
	.remain = CAPS_ALL & ~(DROP_1 | DROP_2),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, two_backward) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.orders.for_exec_atomic = DROP_2,
	.backward = true,
	.remain = CAPS_ALL & ~(DROP_1 | DROP_2),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, three) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.orders.check = DROP_2,
	.orders.from_file = DROP_3,
	.remain = CAPS_ALL & ~DROP_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, same_thrice) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.orders.check = DROP_1,
	.orders.from_file = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* Bits that are no capability are none. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, all_bits) {
	/* clang-format on */
	.orders.for_exec = ~0ULL,
	.remain = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, no_capability) {
	/* clang-format on */
	.orders.for_exec = ~CAPS_ALL,
	.remain = CAPS_ALL,
};

FIXTURE_SETUP(exec)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	make_programs(_metadata);
	ASSERT_EQ(0, pipe(self->fds));
	self->skel = load_drop(_metadata, variant->backward);
}

FIXTURE_TEARDOWN(exec)
{
	if (!self->skel)
		return;
	EXPECT_EQ(0, self->skel->bss->num_errors);
	drop__destroy(self->skel);
}

/* Reads the reports of a child, which ends. */
static void read_reports(struct __test_metadata *const _metadata,
			 int (*const fds)[2], const pid_t child, const int num,
			 struct report *const reports)
{
	ASSERT_LT(0, child);
	ASSERT_EQ(0, close((*fds)[1]));
	for (int i = 0; i < num; i++)
		ASSERT_EQ(sizeof(*reports),
			  read((*fds)[0], &reports[i], sizeof(*reports)));
	wait_child(_metadata, child);
}

/*
 * Outside of user namespaces, the program loses nothing but for the user
 * namespaces, and so do those that it executes.
 */
TEST_F(exec, initial)
{
	struct cap_sets expected = full_sets;
	struct report reports[2];
	const pid_t child = fork();

	if (child == 0) {
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SELF, " " SELF);
	}
	read_reports(_metadata, &self->fds, child, 2, reports);
	expected.userns = variant->remain;
	expect_sets(_metadata, &reports[0].sets, &expected);
	expect_sets(_metadata, &reports[1].sets, &expected);
}

/* In a user namespace, it loses them in all sets, and for good. */
TEST_F(exec, in_space)
{
	struct cap_sets expected = sets_in_space(variant->remain);
	struct report reports[3];
	const pid_t child = fork();

	if (child == 0) {
		enter_space(_metadata);
		ASSERT_EQ(0, set_caps(sysctl_mask(), sysctl_mask(),
				      DROP_1 | KEPT));
		ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				   CAP_NET_ADMIN, 0, 0));
		ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				   CAP_NET_BIND_SERVICE, 0, 0));
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SELF, " " SELF " " SETUID);
	}
	read_reports(_metadata, &self->fds, child, 3, reports);
	expected.inheritable = (DROP_1 | KEPT) & variant->remain;
	expected.ambient = expected.inheritable;
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, reports[i].euid);
		expect_sets(_metadata, &reports[i].sets, &expected);
	}
}

/* Programs of the first and the last hook, in all kinds of execs. */
FIXTURE(kind)
{
	struct drop *skel;
	int fds[2];
};

FIXTURE_VARIANT(kind)
{
	const struct drop_orders orders;
	const unsigned long long remain;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, none) {
	/* clang-format on */
	.remain = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, first) {
	/* clang-format on */
	.orders.for_exec = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, last) {
	/* clang-format on */
	.orders.from_file_atomic = DROP_1,
	.remain = CAPS_ALL & ~DROP_1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kind, all) {
	/* clang-format on */
	.orders.check = ~0ULL,
	.remain = CAPS_NONE,
};

FIXTURE_SETUP(kind)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	make_programs(_metadata);
	ASSERT_EQ(0, pipe(self->fds));
	self->skel = load_drop(_metadata, false);
}

FIXTURE_TEARDOWN(kind)
{
	if (!self->skel)
		return;
	EXPECT_EQ(0, self->skel->bss->num_errors);
	drop__destroy(self->skel);
}

/* Another user there gets no more by a set-user-ID program. */
TEST_F(kind, setuid_in_space)
{
	const struct cap_sets root = sets_in_space(variant->remain);
	struct cap_sets user = root;
	struct report reports[2];
	const pid_t child = fork();

	if (child == 0) {
		enter_space(_metadata);
		ASSERT_EQ(0, setresuid(1, 1, 1));
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SELF, " " SETUID);
	}
	read_reports(_metadata, &self->fds, child, 2, reports);
	user.permitted = CAPS_NONE;
	user.effective = CAPS_NONE;
	EXPECT_EQ(1, reports[0].euid);
	expect_sets(_metadata, &reports[0].sets, &user);
	EXPECT_EQ(0, reports[1].euid);
	expect_sets(_metadata, &reports[1].sets, &root);
}

/* The exec of the set-user-ID program itself. */
TEST_F(kind, setuid_at_once)
{
	const struct cap_sets expected = sets_in_space(variant->remain);
	struct report report;
	const pid_t child = fork();

	if (child == 0) {
		enter_space(_metadata);
		ASSERT_EQ(0, setresuid(1, 1, 1));
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SETUID, "");
	}
	read_reports(_metadata, &self->fds, child, 1, &report);
	EXPECT_EQ(0, report.euid);
	expect_sets(_metadata, &report.sets, &expected);
}

/*
 * A set-user-ID program of root gets back what its caller lowered, but not what
 * is dropped for it.
 */
TEST_F(kind, setuid_initial)
{
	struct cap_sets expected = full_sets;
	struct report reports[2];
	const pid_t child = fork();

	if (child == 0) {
		become_user(_metadata, USER);
		ASSERT_EQ(0, prctl_userns(PR_CAP_USERNS_CLEAR_ALL, 0));
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SETUID, " " SELF);
	}
	read_reports(_metadata, &self->fds, child, 2, reports);
	expected.userns = variant->remain;
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, reports[i].euid);
		expect_sets(_metadata, &reports[i].sets, &expected);
	}
}

/* Later, a set-user-ID program gets all back outside of user namespaces. */
TEST_F(kind, setuid_later)
{
	struct report reports[2];
	const pid_t child = fork();

	if (child == 0) {
		become_user(_metadata, USER);
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SELF, " " SETUID);
	}
	read_reports(_metadata, &self->fds, child, 2, reports);
	EXPECT_EQ(variant->remain, reports[0].sets.userns);
	expect_sets(_metadata, &reports[1].sets, &full_sets);
}

/* Neither does no_new_privs keep a program from dropping. */
TEST_F(kind, no_new_privs)
{
	struct report report;
	const pid_t child = fork();

	if (child == 0) {
		become_user(_metadata, USER);
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SETUID, "");
	}
	read_reports(_metadata, &self->fds, child, 1, &report);
	EXPECT_EQ(USER, report.euid);
	EXPECT_EQ(variant->remain, report.sets.userns);
}

TEST_F(kind, script)
{
	const struct cap_sets expected = sets_in_space(variant->remain);
	struct report report;
	const pid_t child = fork();

	if (child == 0) {
		enter_space(_metadata);
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], SCRIPT, "");
	}
	read_reports(_metadata, &self->fds, child, 1, &report);
	expect_sets(_metadata, &report.sets, &expected);
}

/* Expects what a failed exec, or none, leaves, also to the next exec. */
static void expect_nothing_dropped(struct __test_metadata *const _metadata,
				   struct drop *const skel,
				   int (*const fds)[2])
{
	struct report report;
	pid_t child;

	expect_own_sets(_metadata, &full_sets);
	skel->bss->target_pid = 0;
	child = fork();
	if (child == 0)
		run_program(_metadata, (*fds)[1], SELF, "");
	read_reports(_metadata, fds, child, 1, &report);
	expect_sets(_metadata, &report.sets, &full_sets);
}

static void fail_to_execute(struct __test_metadata *const _metadata,
			    const char *const path, const int error)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { PLAN "=2", NULL };

	EXPECT_EQ(-1, execve(path, argv, envp));
	EXPECT_EQ(error, errno);
}

/* Before the point of no return: for want of an interpreter, or denied. */
TEST_F(kind, failed)
{
	struct drop_orders orders = variant->orders;

	become_target(self->skel, &orders);
	fail_to_execute(_metadata, BAD_SCRIPT, ENOENT);
	expect_own_sets(_metadata, &full_sets);

	orders.fail = true;
	become_target(self->skel, &orders);
	fail_to_execute(_metadata, SELF, EPERM);
	expect_nothing_dropped(_metadata, self->skel, &self->fds);
}

/* In a user namespace, there is more to lose. */
TEST_F(kind, failed_in_space)
{
	const struct cap_sets expected = sets_in_space(CAPS_ALL);
	struct drop_orders orders = variant->orders;

	enter_space(_metadata);
	become_target(self->skel, &orders);
	fail_to_execute(_metadata, BAD_SCRIPT, ENOENT);
	expect_own_sets(_metadata, &expected);

	orders.fail = true;
	become_target(self->skel, &orders);
	fail_to_execute(_metadata, SELF, EPERM);
	expect_own_sets(_metadata, &expected);
}

/* Past the point of no return, when the process cannot but die. */
TEST_F(kind, died)
{
	pid_t child;
	int status;

	child = fork();
	if (child == 0) {
		become_target(self->skel, &variant->orders);
		run_program(_metadata, self->fds[1], BROKEN, "");
	}
	ASSERT_LT(0, child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	expect_nothing_dropped(_metadata, self->skel, &self->fds);
}

TEST_F(kind, only_checked)
{
	char *const argv[] = { SELF, NULL };
	char *const envp[] = { NULL };

	become_target(self->skel, &variant->orders);
	EXPECT_EQ(0, syscall(SYS_execveat, AT_FDCWD, SELF, argv, envp,
			     AT_EXECVE_CHECK));
	expect_nothing_dropped(_metadata, self->skel, &self->fds);
}

TEST_HARNESS_MAIN
