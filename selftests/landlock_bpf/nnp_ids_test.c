// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Execs to which BPF programs deny new privileges, by callers
 *                  in user namespaces and with several IDs
 */

#include "landlock_bpf.h"
#include "nnp_progs.h"

#include <sys/ptrace.h>

/* IDs that the user namespaces of these tests map: root, and the user. */
#define NS_ROOT 100000
#define NS_USER 1000

/* User namespaces. */
FIXTURE(userns)
{
	struct nnp *skel;
};

FIXTURE_VARIANT(userns)
{
	bool in_userns;
	bool task;
	struct nnp_orders orders;
	bool limited;
	int nnp;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, initial_nothing) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, initial_denied_limit) {
	/* clang-format on */
	.orders.limit = -1,
	.orders.initial_only = true,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, initial_denied) {
	/* clang-format on */
	.orders.for_exec = -1,
	.orders.initial_only = true,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, initial_denied_check) {
	/* clang-format on */
	.orders.check = -1,
	.orders.initial_only = true,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_nothing) {
	/* clang-format on */
	.in_userns = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_allowed_limit) {
	/* clang-format on */
	.in_userns = true,
	.orders.limit = -1,
	.orders.initial_only = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_allowed) {
	/* clang-format on */
	.in_userns = true,
	.orders.for_exec = -1,
	.orders.initial_only = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_allowed_check) {
	/* clang-format on */
	.in_userns = true,
	.orders.check = -1,
	.orders.initial_only = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_denied_limit) {
	/* clang-format on */
	.in_userns = true,
	.orders.limit = -1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_denied) {
	/* clang-format on */
	.in_userns = true,
	.orders.for_exec = -1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_denied_check) {
	/* clang-format on */
	.in_userns = true,
	.orders.check = -1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(userns, child_task) {
	/* clang-format on */
	.in_userns = true,
	.task = true,
	.limited = true,
	.nnp = 1,
};

FIXTURE_SETUP(userns)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "ns-uid", 0700);
	ASSERT_EQ(0, chown("ns-uid", NS_ROOT, NS_ROOT));
	ASSERT_EQ(0, chmod("ns-uid", 04755));
	exectime_copy_self(_metadata, "ns-gid", 0700);
	ASSERT_EQ(0, chown("ns-gid", NS_ROOT, NS_ROOT));
	ASSERT_EQ(0, chmod("ns-gid", 02755));
	exectime_copy_self(_metadata, "ns-cap", 0755);
	ASSERT_EQ(0, set_file_cap("ns-cap", true, NS_ROOT));
	/* Root is nobody in there. */
	exectime_copy_self(_metadata, "unmapped", 06755);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(userns)
{
	nnp__destroy(self->skel);
}

static void write_map(struct __test_metadata *const _metadata, const pid_t pid,
		      const char *const name, const int user)
{
	char path[64], map[64];
	int fd, len;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	len = snprintf(map, sizeof(map), "0 %d 10\n%d %d 1\n", NS_ROOT, NS_USER,
		       user);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(len, write(fd, map, len));
	ASSERT_EQ(0, close(fd));
}

/**
 * struct userns_pipes - How a child waits for the maps of its user namespace
 *
 * @ready: For the child to say that it is in the namespace.
 * @go: For its parent to say that the maps are there.
 */
struct userns_pipes {
	int ready[2];
	int go[2];
};

static void open_pipes(struct __test_metadata *const _metadata,
		       struct userns_pipes *const pipes)
{
	ASSERT_EQ(0, pipe2(pipes->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(pipes->go, O_CLOEXEC));
}

/* In the child. */
static void enter_userns(struct __test_metadata *const _metadata,
			 const struct userns_pipes *const pipes,
			 const bool in_userns)
{
	char byte;

	if (in_userns)
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	ASSERT_EQ(1, write(pipes->ready[1], "", 1));
	ASSERT_EQ(1, read(pipes->go[0], &byte, 1));
}

/* In the parent: as newuidmap(1) does for a container. */
static void map_userns(struct __test_metadata *const _metadata,
		       const struct userns_pipes *const pipes,
		       const bool in_userns, const pid_t pid)
{
	char byte;

	ASSERT_EQ(1, read(pipes->ready[0], &byte, 1));
	if (in_userns) {
		write_map(_metadata, pid, "uid_map", EXECTIME_UID);
		write_map(_metadata, pid, "gid_map", EXECTIME_GID);
	}
	ASSERT_EQ(1, write(pipes->go[1], "", 1));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, close(pipes->ready[i]));
		EXPECT_EQ(0, close(pipes->go[i]));
	}
}

static void run_userns(struct __test_metadata *const _metadata,
		       struct nnp *const skel, const char *const name,
		       const bool in_userns, const bool task,
		       const struct nnp_orders *const orders,
		       struct nnp_report *const report)
{
	struct userns_pipes pipes;
	struct exec_run run;
	cap_t caps;

	open_pipes(_metadata, &pipes);
	if (exectime_fork(_metadata, &run)) {
		become(_metadata, WHO_USER);
		if (task)
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		enter_userns(_metadata, &pipes, in_userns);
		/* A new namespace comes with all capabilities. */
		caps = cap_init();
		ASSERT_NE(NULL, caps);
		ASSERT_EQ(0, cap_set_proc(caps));
		ASSERT_EQ(0, cap_free(caps));
		become_target(skel, orders);
		setenv(NNP_NEXT, name, 1);
		nnp_exec("r");
		_exit(1);
	}
	map_userns(_metadata, &pipes, in_userns, run.child);
	EXPECT_EQ(1, nnp_wait(_metadata, &run, report, 1))
	{
		TH_LOG("with program %s", name);
	}
}

TEST_F(userns, policy)
{
	const bool elevates = !variant->limited;
	const bool in_userns = variant->in_userns;
	const uid_t uid = in_userns ? NS_USER : EXECTIME_UID;
	const gid_t gid = in_userns ? NS_USER : EXECTIME_GID;
	const uid_t ns_root = in_userns ? 0 : NS_ROOT;
	struct nnp_report report;

#define RUN(_name)                                                             \
	run_userns(_metadata, self->skel, (_name), in_userns, variant->task,   \
		   &variant->orders, &report)

	RUN("ns-uid");
	EXPECT_EQ(uid, report.exec.uid);
	EXPECT_EQ(elevates ? ns_root : uid, report.exec.euid);
	EXPECT_EQ(gid, report.exec.egid);
	/* Only in the namespace, it is root. */
	EXPECT_EQ(elevates && in_userns,
		  !!(report.exec.caps & CAP_BIT(CAP_SYS_ADMIN)));
	EXPECT_TRUE((elevates && in_userns) || !report.exec.caps);
	EXPECT_EQ(elevates, report.exec.secure);
	EXPECT_EQ(variant->nnp, report.exec.nnp);
	EXPECT_EQ(variant->nnp, report.exec.status_nnp);

	RUN("ns-gid");
	EXPECT_EQ(uid, report.exec.euid);
	EXPECT_EQ(elevates ? ns_root : gid, report.exec.egid);
	EXPECT_EQ(0, report.exec.caps);
	EXPECT_EQ(elevates, report.exec.secure);
	EXPECT_EQ(variant->nnp, report.exec.nnp);

	RUN("ns-cap");
	EXPECT_EQ(uid, report.exec.euid);
	EXPECT_EQ(gid, report.exec.egid);
	EXPECT_EQ(elevates && in_userns ? CAP_BIT(FILE_CAP) : 0,
		  report.exec.caps);
	/* Elsewhere, they are no capabilities at all. */
	EXPECT_EQ(in_userns, report.exec.secure);
	EXPECT_EQ(variant->nnp, report.exec.nnp);

	RUN("unmapped");
	EXPECT_EQ(elevates && !in_userns ? 0 : uid, report.exec.euid);
	EXPECT_EQ(elevates && !in_userns ? 0 : gid, report.exec.egid);
	EXPECT_EQ(elevates && !in_userns,
		  !!(report.exec.caps & CAP_BIT(CAP_SYS_ADMIN)));
	EXPECT_EQ(elevates && !in_userns, report.exec.secure);
	EXPECT_EQ(variant->nnp, report.exec.nnp);
#undef RUN
	EXPECT_EQ(0, self->skel->bss->num_errors);
}

/*
 * Callers whose real and effective IDs differ, in the initial user namespace
 * and in another one: the limited exec ends with no privilege that its caller
 * did not have.
 */
FIXTURE(caller)
{
	struct nnp *skel;
};

FIXTURE_VARIANT(caller)
{
	uid_t ruid;
	uid_t euid;
	uid_t suid;
	gid_t rgid;
	gid_t egid;
	/* Another one than egid, if not zero. */
	gid_t fsgid;
	__u64 permitted;
	__u64 effective;
	__u64 inheritable;
	__u64 ambient;
	int securebits;
	bool in_userns;
	/* Whether another process shares the current directory. */
	bool shares_fs;
	bool traced;
};

#define SETUID_BIT CAP_BIT(CAP_SETUID)

/* A daemon that gave up its user, and may take it back. */

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_active) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
	.effective = SETUID_BIT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_without_caps) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.suid = EXECTIME_UID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_ambient) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
	.inheritable = SETUID_BIT,
	.ambient = SETUID_BIT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_inheritable) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.inheritable = CAP_BIT(FILE_CAP),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_group) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.egid = EXECTIME_GID,
	.permitted = SETUID_BIT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_shared_fs) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
	.shares_fs = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_traced) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
	.traced = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_noroot) {
	/* clang-format on */
	.euid = EXECTIME_UID,
	.permitted = SETUID_BIT,
	.securebits = SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_userns) {
	/* clang-format on */
	.euid = NS_USER,
	.permitted = SETUID_BIT,
	.in_userns = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, real_root_group_userns) {
	/* clang-format on */
	.euid = NS_USER,
	.egid = NS_USER,
	.in_userns = true,
};

/* A set-user-ID or set-group-ID program. */

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, effective_root) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.rgid = EXECTIME_GID,
	.egid = EXECTIME_GID,
	.permitted = SETUID_BIT,
	.effective = SETUID_BIT,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, effective_root_without_caps) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.rgid = EXECTIME_GID,
	.egid = EXECTIME_GID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, effective_group) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.euid = EXECTIME_UID,
	.suid = EXECTIME_UID,
	.rgid = EXECTIME_GID,
	.egid = OTHER_GID,
};

/* Neither is root, and only a file's capabilities can be gained. */

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, two_users) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.euid = OTHER_UID,
	.suid = OTHER_UID,
	.rgid = EXECTIME_GID,
	.egid = OTHER_GID,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, saved_root) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.euid = EXECTIME_UID,
	.rgid = EXECTIME_GID,
	.egid = EXECTIME_GID,
	.permitted = SETUID_BIT,
};

/* An effective group that is not the one for files looks like a new one. */

/* clang-format off */
FIXTURE_VARIANT_ADD(caller, other_group_for_files) {
	/* clang-format on */
	.ruid = EXECTIME_UID,
	.euid = EXECTIME_UID,
	.suid = EXECTIME_UID,
	.rgid = OTHER_GID,
	.egid = EXECTIME_GID,
	.fsgid = OTHER_GID,
};

FIXTURE_SETUP(caller)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(caller)
{
	nnp__destroy(self->skel);
}

static void set_caps(struct __test_metadata *const _metadata,
		     const __u64 permitted, const __u64 effective,
		     const __u64 inheritable)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		caps[i].permitted = permitted >> (32 * i);
		caps[i].effective = effective >> (32 * i);
		caps[i].inheritable = inheritable >> (32 * i);
	}
	ASSERT_EQ(0, syscall(__NR_capset, &head, caps));
}

/* Another process that shares the current directory, and lives as long. */
static void share_fs(struct __test_metadata *const _metadata)
{
	const pid_t parent = getpid();
	const long child = syscall(__NR_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);

	ASSERT_LE(0, child);
	if (child)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

/* Lets a process of this user trace the current one, until it exits. */
static void let_trace(struct __test_metadata *const _metadata)
{
	const pid_t traced = getpid();
	int ready[2], status;
	pid_t tracer;
	char byte;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	tracer = fork();
	ASSERT_LE(0, tracer);
	if (tracer) {
		ASSERT_EQ(0, close(ready[1]));
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		ASSERT_EQ(0, close(ready[0]));
		return;
	}
	if (ptrace(PTRACE_SEIZE, traced, 0, 0) || setgid(EXECTIME_GID) ||
	    setuid(EXECTIME_UID) || write(ready[1], "", 1) != 1)
		_exit(1);
	while (waitpid(traced, &status, __WALL) == traced &&
	       WIFSTOPPED(status)) {
		const int signal = WSTOPSIG(status);

		ptrace(PTRACE_CONT, traced, 0, signal == SIGTRAP ? 0 : signal);
	}
	_exit(0);
}

static __u64 report_caps(const struct nnp_report *const report,
			 const char *const name)
{
	const char *const line = strstr(report->status, name);
	unsigned long long caps = ~0ULL;

	if (line)
		sscanf(line + strlen(name), "%llx", &caps);
	return caps;
}

static void expect_ids(struct __test_metadata *const _metadata,
		       const struct nnp_report *const report,
		       const char *const name, const unsigned int real,
		       const unsigned int effective)
{
	char line[128];

	snprintf(line, sizeof(line), "%s:\t%u\t%u\t%u\t%u\n", name, real,
		 effective, effective, effective);
	EXPECT_NE(NULL, strstr(report->status, line))
	{
		TH_LOG("expected %s", line);
	}
}

TEST_F(caller, keeps)
{
	static const struct nnp_orders orders[] = {
		{ .limit = 1 },
		{ .for_exec = 1 },
		{ .check = 1 },
	};
	const int num_orders = ARRAY_SIZE(orders);

	for (int i = 0; i < num_orders * GAIN_NUM; i++) {
		const int gain = i / num_orders;
		const struct gain_file *const file = &gain_files[gain];
		const int num_errors = _metadata->exit_code;
		struct nnp_report reports[2];
		struct userns_pipes pipes;
		struct exec_run run;

		if (is_misc(gain))
			continue;
		open_pipes(_metadata, &pipes);
		if (exectime_fork(_metadata, &run)) {
			ASSERT_EQ(0, setgroups(0, NULL));
			enter_userns(_metadata, &pipes, variant->in_userns);
			if (variant->shares_fs)
				share_fs(_metadata);
			if (variant->traced)
				let_trace(_metadata);
			ASSERT_EQ(0, prctl(PR_SET_SECUREBITS,
					   variant->securebits |
						   SECBIT_KEEP_CAPS,
					   0, 0, 0));
			ASSERT_EQ(0, setresgid(variant->rgid, variant->egid,
					       variant->egid));
			if (variant->fsgid)
				setfsgid(variant->fsgid);
			ASSERT_EQ(0, setresuid(variant->ruid, variant->euid,
					       variant->suid));
			set_caps(_metadata, variant->permitted,
				 variant->effective, variant->inheritable);
			for (int cap = 0; cap < 64; cap++)
				if (variant->ambient & CAP_BIT(cap))
					ASSERT_EQ(0, prctl(PR_CAP_AMBIENT,
							   PR_CAP_AMBIENT_RAISE,
							   cap, 0, 0));
			become_target(self->skel, &orders[i % num_orders]);
			setenv(NNP_NEXT, file->name, 1);
			nnp_exec("r");
			_exit(1);
		}
		map_userns(_metadata, &pipes, variant->in_userns, run.child);
		EXPECT_EQ(1, nnp_wait(_metadata, &run, reports, 2));
		expect_ids(_metadata, &reports[0], "Uid", variant->ruid,
			   variant->euid);
		expect_ids(_metadata, &reports[0], "Gid", variant->rgid,
			   variant->egid);
		EXPECT_EQ(0, report_caps(&reports[0], "CapPrm:") &
				     ~variant->permitted);
		EXPECT_EQ(0, report_caps(&reports[0], "CapEff:") &
				     ~variant->permitted);
		EXPECT_EQ(0, reports[0].exec.nnp);
		if (_metadata->exit_code != num_errors)
			TH_LOG("with program %s: %s", file->name,
			       reports[0].status);
	}
}

TEST_HARNESS_MAIN
