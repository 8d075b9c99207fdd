// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of capabilities in user namespaces - Sets of executed programs
 *
 * The executed program is this one, see report().
 */

#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "userns_caps.h"
#include "userns_holder.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

#define LOWERED (CAPS_ALL & ~(CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW)))

#define DIR "/mnt"
#define PLAIN DIR "/plain"
#define NOSUID_DIR DIR "/nosuid"

/**
 * struct report - State of an executed program
 */
struct report {
	struct cap_sets sets;
	uid_t euid;
	int securebits;
};

/* "program report FD [NEXT]": reports to FD, and then executes NEXT. */
static int report(const char *const fd, const char *const next)
{
	struct report state = {
		.euid = geteuid(),
		.securebits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0),
	};

	if (read_sets("/proc/self/status", &state.sets) != 6)
		return 2;
	if (write(atoi(fd), &state, sizeof(state)) != sizeof(state))
		return 3;
	if (!next)
		return 0;
	execl(next, next, "report", fd, NULL);
	return 4;
}

/* What the process that executes the program has around it. */
enum around {
	AROUND_NOTHING,
	/* A tracer that could not change the privileged program. */
	AROUND_TRACER,
	/* A process with the same struct fs, which could change its root. */
	AROUND_SHARED_FS,
};

FIXTURE(exec)
{
	int pipe[2];
	char program[64];
};

FIXTURE_VARIANT(exec)
{
	/* The file of the program. */
	uid_t owner;
	mode_t mode;
	bool file_caps, nosuid;
	/*
	 * The IDs of the process, in a namespace if there are lines of a map,
	 * into which @let_in was let.
	 */
	uid_t uid, euid;
	const char *map;
	unsigned long long let_in;
	/* Its state: what is lowered (there). */
	unsigned long long userns, dropped;
	unsigned long securebits;
	bool no_caps, nnp;
	enum around around;
	/* Of the executed program. */
	uid_t new_euid;
	unsigned long long expected;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain) {
	/* clang-format on */
	.mode = 0755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_cleared) {
	/* clang-format on */
	.mode = 0755,
	.uid = USER,
	.euid = USER,
	.userns = CAPS_NONE,
	.new_euid = USER,
	.expected = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_not_lowered) {
	/* clang-format on */
	.mode = 0755,
	.uid = USER,
	.euid = USER,
	.userns = CAPS_ALL,
	.new_euid = USER,
	.expected = CAPS_ALL,
};

/* Root's capabilities come back at each exec, this set does not. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_by_root) {
	/* clang-format on */
	.mode = 0755,
	.userns = LOWERED,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_by_real_root) {
	/* clang-format on */
	.mode = 0755,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_strict) {
	/* clang-format on */
	.mode = 0755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.dropped = CAP(CAP_CHOWN),
	.securebits = SECBIT_USERNS_STRICT_CAPS |
		      SECBIT_USERNS_STRICT_CAPS_LOCKED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* Its caller does not confuse a privileged program. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.expected = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_cleared) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = CAPS_NONE,
	.expected = CAPS_ALL,
};

/* It gets back what its bounding set has, and no more. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_bounding) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.dropped = CAP(CAP_NET_ADMIN),
	.expected = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_without_bounding) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.dropped = CAPS_ALL,
	.expected = LOWERED,
};

/* Nobody notices the set who never lowered it. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_bounding_not_lowered) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = CAPS_ALL,
	.dropped = CAP(CAP_NET_ADMIN),
	.expected = CAPS_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_strict) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.dropped = CAP(CAP_NET_ADMIN),
	.securebits = SECBIT_USERNS_STRICT_CAPS,
	.expected = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
};

/* Root is a user like others. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_noroot) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.securebits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_noroot_cleared) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = CAPS_NONE,
	.securebits = SECBIT_NOROOT,
	.expected = CAPS_NONE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_noroot_by_real_root) {
	/* clang-format on */
	.mode = 04755,
	.euid = USER,
	.userns = LOWERED,
	.securebits = SECBIT_NOROOT,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_with_file_caps) {
	/* clang-format on */
	.mode = 04755,
	.file_caps = true,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.expected = CAPS_ALL,
};

/* The caller was root, and lowered its own set. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_by_root) {
	/* clang-format on */
	.mode = 04755,
	.userns = LOWERED,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_by_effective_root) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.userns = LOWERED,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_by_real_root) {
	/* clang-format on */
	.mode = 04755,
	.euid = USER,
	.userns = LOWERED,
	.expected = CAPS_ALL,
};

/* Other ways to gain something. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_user) {
	/* clang-format on */
	.owner = OTHER_USER,
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = OTHER_USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_user_by_root) {
	/* clang-format on */
	.owner = OTHER_USER,
	.mode = 04755,
	.userns = LOWERED,
	.new_euid = OTHER_USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setgid_root) {
	/* clang-format on */
	.mode = 02755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, file_caps) {
	/* clang-format on */
	.mode = 0755,
	.file_caps = true,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* Nothing is gained. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_nnp) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.nnp = true,
	.new_euid = USER,
	.expected = LOWERED,
};

/* What it may not gain makes the process what it really is: root. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, plain_by_real_root_nnp) {
	/* clang-format on */
	.mode = 0755,
	.euid = USER,
	.userns = LOWERED,
	.no_caps = true,
	.nnp = true,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_nosuid) {
	/* clang-format on */
	.mode = 04755,
	.nosuid = true,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_traced) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.around = AROUND_TRACER,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, setuid_root_shared_fs) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.userns = LOWERED,
	.around = AROUND_SHARED_FS,
	.new_euid = USER,
	.expected = LOWERED,
};

/* In a namespace, it gets no more than was let in. */
#define SAME_IDS "0 0 1\n1000 1000 1\n"

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, userns_plain) {
	/* clang-format on */
	.mode = 0755,
	.uid = USER,
	.euid = USER,
	.map = SAME_IDS,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
	.userns = LOWERED,
	.new_euid = USER,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, userns_plain_by_root) {
	/* clang-format on */
	.mode = 0755,
	.map = SAME_IDS,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
	.userns = LOWERED,
	.expected = LOWERED,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, userns_setuid_root) {
	/* clang-format on */
	.mode = 04755,
	.uid = USER,
	.euid = USER,
	.map = SAME_IDS,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
	.userns = LOWERED,
	.expected = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
};

/* The root of the namespace is a user outside. */
#define OTHER_IDS "0 1000 1\n1 1001 1\n"

/* clang-format off */
FIXTURE_VARIANT_ADD(exec, userns_setuid_its_root) {
	/* clang-format on */
	.owner = USER,
	.mode = 04755,
	.uid = 1,
	.euid = 1,
	.map = OTHER_IDS,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
	.userns = LOWERED,
	.expected = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
};

/* A file of a user that the namespace does not know is no set-user-ID file. */
/* clang-format off */
FIXTURE_VARIANT_ADD(exec, userns_setuid_other_root) {
	/* clang-format on */
	.mode = 04755,
	.uid = 1,
	.euid = 1,
	.map = OTHER_IDS,
	.let_in = CAPS_ALL & ~CAP(CAP_NET_ADMIN),
	.userns = LOWERED,
	.new_euid = 1,
	.expected = LOWERED,
};

/* Copies this program. */
static void copy_self(struct __test_metadata *const _metadata,
		      const char *const path)
{
	static char buf[65536];
	ssize_t len;
	int from, to;

	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, from);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ASSERT_LE(0, to);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		ASSERT_EQ(len, write(to, buf, len));
	ASSERT_EQ(0, len);
	ASSERT_EQ(0, close(to));
	ASSERT_EQ(0, close(from));
}

static void make_program(struct __test_metadata *const _metadata,
			 const char *const path, const uid_t owner,
			 const mode_t mode, const bool file_caps)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = (__u32)CAPS_ALL,
		.data[1].permitted = CAPS_ALL >> 32,
	};

	copy_self(_metadata, path);
	ASSERT_EQ(0, chown(path, owner, owner));
	ASSERT_EQ(0, chmod(path, mode));
	if (file_caps)
		ASSERT_EQ(0, setxattr(path, "security.capability", &caps,
				      sizeof(caps), 0));
}

/* A directory of our own, in which set-user-ID files work. */
static void make_dir(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("userns_exec", DIR, "tmpfs", 0, "mode=0755"));
	ASSERT_EQ(0, mkdir(NOSUID_DIR, 0755));
	ASSERT_EQ(0, mount("userns_exec", NOSUID_DIR, "tmpfs", MS_NOSUID,
			   "mode=0755"));
}

FIXTURE_SETUP(exec)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	make_dir(_metadata);
	snprintf(self->program, sizeof(self->program), "%s/program",
		 variant->nosuid ? NOSUID_DIR : DIR);
	make_program(_metadata, self->program, variant->owner, variant->mode,
		     variant->file_caps);
	make_program(_metadata, PLAIN, 0, 0755, false);
	ASSERT_EQ(0, pipe(self->pipe));
}

FIXTURE_TEARDOWN(exec)
{
}

/* Creates a namespace with a map that only root outside can write. */
static void enter_userns(struct __test_metadata *const _metadata,
			 const char *const map,
			 const unsigned long long let_in)
{
	char path[64];
	pid_t helper;
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	helper = fork();
	ASSERT_LE(0, helper);
	if (!helper) {
		await(_metadata, fds[0]);
		snprintf(path, sizeof(path), "/proc/%d/uid_map", getppid());
		write_file(_metadata, path, map);
		snprintf(path, sizeof(path), "/proc/%d/gid_map", getppid());
		write_file(_metadata, path, map);
		end_child(_metadata);
	}
	lower_userns(_metadata, let_in);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	tell(_metadata, fds[1]);
	wait_child(_metadata, helper);
	ASSERT_EQ(0, close(fds[0]));
	ASSERT_EQ(0, close(fds[1]));
}

/* Shares what tells the root directory with a process that ends with us. */
static void share_fs(struct __test_metadata *const _metadata)
{
	const pid_t self = getpid();
	const pid_t child = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);

	ASSERT_LE(0, child);
	if (child)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (getppid() == self)
		pause();
	_exit(0);
}

static void prepare(struct __test_metadata *const _metadata,
		    const FIXTURE_VARIANT(exec) * const variant)
{
	if (variant->map)
		enter_userns(_metadata, variant->map, variant->let_in);
	drop_bounding(_metadata,
		      variant->dropped ? ~variant->dropped : ~0ULL);
	if (variant->securebits)
		ASSERT_EQ(0, prctl(PR_SET_SECUREBITS, variant->securebits, 0, 0,
				   0));
	if (!getuid() || variant->map)
		ASSERT_EQ(0, setgroups(0, NULL));
	ASSERT_EQ(0, setresgid(variant->uid, variant->euid, variant->euid));
	ASSERT_EQ(0, setresuid(variant->uid, variant->euid, variant->euid));
	if (variant->no_caps)
		ASSERT_EQ(0, set_caps(0, 0, 0));
	lower_userns(_metadata, variant->userns);
	if (variant->nnp)
		ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	if (variant->around == AROUND_TRACER)
		ASSERT_EQ(0, ptrace(PTRACE_TRACEME, 0, 0, 0));
	if (variant->around == AROUND_SHARED_FS)
		share_fs(_metadata);
}

static pid_t start_program(struct __test_metadata *const _metadata,
			   const FIXTURE_DATA(exec) * const self,
			   const FIXTURE_VARIANT(exec) * const variant)
{
	char fd[16];
	pid_t child;

	/* As a tracer that may trace, but has no capability. */
	if (variant->around == AROUND_TRACER)
		become_user(_metadata, USER);
	child = fork();
	ASSERT_LE(0, child);
	if (child)
		return child;

	prepare(_metadata, variant);
	snprintf(fd, sizeof(fd), "%d", self->pipe[1]);
	execl(self->program, self->program, "report", fd, PLAIN, NULL);
	TH_LOG("cannot execute %s: errno %d", self->program, errno);
	_exit(1);
}

/* Waits for a child, and lets it go on when it is traced and stops. */
static void wait_traced(struct __test_metadata *const _metadata,
			const pid_t child)
{
	int status;

	do {
		ASSERT_EQ(child, waitpid(child, &status, 0));
	} while (WIFSTOPPED(status) && !ptrace(PTRACE_CONT, child, 0, 0));
	EXPECT_EQ(0, status);
}

TEST_F(exec, set)
{
	struct report reports[2] = {};
	pid_t child;
	int i;

	child = start_program(_metadata, self, variant);
	ASSERT_EQ(0, close(self->pipe[1]));
	wait_traced(_metadata, child);
	/* The program, and the next one, which changes nothing. */
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(sizeof(reports[i]), read(self->pipe[0], &reports[i],
						   sizeof(reports[i])));
		EXPECT_EQ(variant->expected, reports[i].sets.userns);
		EXPECT_EQ(variant->new_euid, reports[i].euid);
		EXPECT_EQ(variant->securebits, reports[i].securebits);
	}
}

/* An exec that fails, or is only checked, changes no set of its caller. */
FIXTURE(no_exec)
{
};

FIXTURE_VARIANT(no_exec)
{
	int flags;
	bool valid;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(no_exec, format) {
	/* clang-format on */
	.error = ENOEXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(no_exec, check) {
	/* clang-format on */
	.flags = AT_EXECVE_CHECK,
	.valid = true,
};

FIXTURE_SETUP(no_exec)
{
	const char *const missing = userns_caps_missing();

	if (missing)
		SKIP(return, "%s", missing);
	make_dir(_metadata);
	make_program(_metadata, PLAIN, 0, 04755, false);
	/* What is written to a set-user-ID file makes it a plain one. */
	if (!variant->valid) {
		ASSERT_EQ(0, truncate(PLAIN, 64));
		ASSERT_EQ(0, chmod(PLAIN, 04755));
	}
	become_user(_metadata, USER);
	lower_userns(_metadata, LOWERED);
}

FIXTURE_TEARDOWN(no_exec)
{
}

TEST_F(no_exec, set)
{
	static char *const argv[] = { PLAIN, NULL };
	struct cap_sets sets;
	long ret;

	ret = syscall(SYS_execveat, AT_FDCWD, PLAIN, argv, NULL,
		      variant->flags);
	EXPECT_EQ(variant->error ? -1 : 0, ret);
	if (variant->error)
		EXPECT_EQ(variant->error, errno);
	own_sets(_metadata, &sets);
	EXPECT_EQ(LOWERED, sets.userns);
	EXPECT_EQ(CAPS_NONE, sets.permitted);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "report"))
		return report(argv[2], argc > 3 ? argv[3] : NULL);
	return test_harness_run(argc, argv);
}
