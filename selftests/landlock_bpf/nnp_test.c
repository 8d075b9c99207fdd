// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Execs to which BPF programs deny new privileges
 */

#include "landlock_bpf.h"

#include <grp.h>
#include <linux/securebits.h>
#include <sys/auxv.h>
#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/xattr.h>

#include "progs/nnp.h"
#include "nnp.skel.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

#define FILE_CAP CAP_NET_RAW
#define AMBIENT_CAP CAP_NET_BIND_SERVICE

/* Owners of files, without any privilege. */
#define OTHER_UID 4344
#define OTHER_GID 4345

/* IDs that the user namespaces of these tests map: root, and the user. */
#define NS_ROOT 100000
#define NS_USER 1000

#define NNP_NEXT "NNP_NEXT"
#define NNP_PLAN "NNP_PLAN"

#define CAP_BIT(_cap) (1ULL << (_cap))

/**
 * struct nnp_report - IDs and privileges of an executed program
 *
 * @exec: Report of the other tests.
 * @restricted: errno of landlock_restrict_self(2).
 * @status: IDs and capabilities, according to /proc/self/status, and other
 *          results that depend on the gained privileges.
 */
struct nnp_report {
	struct exec_report exec;
	int restricted;
	char status[768];
};

static int try_restrict(void)
{
	return -exectime_restrict(DENY_NOTHING, 0);
}

static int nnp_tell(void)
{
	struct nnp_report report = {};
	size_t len = 0;
	char line[256];
	FILE *status;

	exectime_look_quickly(&report.exec);
	report.exec.seccomp = exectime_in_child(exectime_install_filter);
	report.restricted = exectime_in_child(try_restrict);

	status = fopen("/proc/self/status", "re");
	if (!status)
		return -errno;
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "Uid:", 4) && strncmp(line, "Gid:", 4) &&
		    strncmp(line, "Groups:", 7) && strncmp(line, "Cap", 3))
			continue;
		len += snprintf(report.status + len,
				sizeof(report.status) - len, "%s", line);
		if (len >= sizeof(report.status))
			break;
	}
	fclose(status);
	if (len < sizeof(report.status))
		len += snprintf(report.status + len,
				sizeof(report.status) - len,
				"personality: %x\ndumpable: %d\nauxv: %lu %lu %lu %lu %lu\n",
				personality(0xffffffff),
				prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
				getauxval(AT_UID), getauxval(AT_EUID),
				getauxval(AT_GID), getauxval(AT_EGID),
				getauxval(AT_SECURE));
	if (len >= sizeof(report.status))
		return -ENOSPC;

	if (write(atoi(getenv(EXECTIME_FD)), &report, sizeof(report)) !=
	    sizeof(report))
		return -EIO;
	return 0;
}

/* Executes the program in the environment, for the rest of the plan. */
static int nnp_exec(const char *const plan)
{
	char *const argv[] = { "nnp", NULL };

	setenv(NNP_PLAN, plan, 1);
	execv(getenv(NNP_NEXT), argv);
	return -errno;
}

/*
 * One letter, one step:
 *
 * r: reports;
 * d: drops effective IDs for the real ones, and capabilities;
 * x: executes the next program.
 */
static void __attribute__((constructor(101))) nnp_follow_plan(void)
{
	const char *plan = getenv(NNP_PLAN);
	int err = 0;

	if (!plan)
		return;

	for (; *plan && !err; plan++) {
		switch (*plan) {
		case 'r':
			err = nnp_tell();
			break;
		case 'd':
			err = exectime_drop_privileges();
			break;
		case 'x':
			err = nnp_exec(plan + 1);
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			fprintf(stderr, "# nnp step '%c' failed: %d\n", *plan,
				err);
	}
	_exit(!!err);
}

static int nnp_wait(struct __test_metadata *const _metadata,
		    struct exec_run *const run,
		    struct nnp_report *const reports, const int num_max)
{
	struct nnp_report extra;
	int num = 0, status;

	memset(reports, 0, sizeof(*reports) * num_max);
	while (read(run->fd, num < num_max ? &reports[num] : &extra,
		    sizeof(extra)) == sizeof(extra))
		num++;
	EXPECT_EQ(0, close(run->fd));
	EXPECT_EQ(run->child, waitpid(run->child, &status, 0));
	EXPECT_EQ(0, status);
	return num;
}

static struct nnp *load_nnp(struct __test_metadata *const _metadata)
{
	struct nnp *skel;

	skel = nnp__open_and_load();
	ASSERT_NE(NULL, skel)
	{
		TH_LOG("Failed to load the programs: %s", strerror(errno));
	}
	ASSERT_EQ(0, nnp__attach(skel));
	return skel;
}

/* Lets the programs act upon the current task, from its next exec on. */
static void become_target(struct nnp *const skel,
			  const struct nnp_orders *const orders)
{
	skel->bss->orders = *orders;
	skel->bss->num_limit = 0;
	skel->bss->num_limit_atomic = 0;
	skel->bss->num_for_exec = 0;
	skel->bss->num_atomic = 0;
	skel->bss->num_check = 0;
	skel->bss->num_set = 0;
	skel->bss->num_errors = 0;
	skel->bss->found_limited = 0;
	skel->bss->target_pid = getpid();
}

static int set_file_cap(const char *const path, const bool effective,
			const uid_t rootid)
{
	const struct vfs_ns_cap_data data = {
		.magic_etc = (rootid ? VFS_CAP_REVISION_3 :
				       VFS_CAP_REVISION_2) |
			     (effective ? VFS_CAP_FLAGS_EFFECTIVE : 0),
		.data[0].permitted = 1U << FILE_CAP,
		.rootid = rootid,
	};

	return setxattr(path, "security.capability", &data,
			rootid ? XATTR_CAPS_SZ_3 : XATTR_CAPS_SZ_2, 0);
}

/* Where a program could get privileges from. */
enum gain {
	GAIN_NOTHING,
	GAIN_UID,
	GAIN_OTHER_UID,
	GAIN_GID,
	GAIN_BOTH,
	GAIN_CAP,
	GAIN_INACTIVE_CAP,
	/* A set-user-ID script gets nothing. */
	GAIN_SCRIPT_UID,
	/* A script whose interpreter is set-user-ID, or has capabilities. */
	GAIN_INTERPRETER_UID,
	GAIN_INTERPRETER_CAP,
	/* A script, of which the interpreter is a script. */
	GAIN_INTERPRETER_TWICE,
	/* Interpreted according to binfmt_misc, with the interpreter's IDs. */
	GAIN_MISC,
	/* Same, with the IDs of the interpreted file. */
	GAIN_MISC_CREDENTIALS,
	GAIN_NUM,
};

#define ALL_CAPS CAP_BIT(CAP_SYS_ADMIN)

/**
 * struct gain_file - A program, and its expected IDs and privileges
 *
 * @name: Its name.
 * @content: If it is a script, or something for binfmt_misc.
 * @mode: Its mode.
 * @uid: Its user.
 * @gid: Its group.
 * @caps: 1 for capabilities, and 2 for effective ones.
 * @euid: Effective user when the exec elevates.
 * @egid: Effective group then.
 * @permitted: Capabilities then, among FILE_CAP and CAP_SYS_ADMIN.
 * @secure: AT_SECURE then.
 * @limited_secure: AT_SECURE when the exec does not elevate: effective
 *                  file capabilities always set it.
 */
static const struct gain_file {
	const char *name;
	const char *content;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	int caps;
	uid_t euid;
	gid_t egid;
	__u64 permitted;
	int secure;
	int limited_secure;
} gain_files[GAIN_NUM] = {
	[GAIN_NOTHING] = {
		.name = "self",
		.mode = 0755,
		.euid = EXECTIME_UID,
		.egid = EXECTIME_GID,
	},
	[GAIN_UID] = {
		.name = "uid",
		.mode = 04755,
		.euid = 0,
		.egid = EXECTIME_GID,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_OTHER_UID] = {
		.name = "other-uid",
		.mode = 04755,
		.uid = OTHER_UID,
		.euid = OTHER_UID,
		.egid = EXECTIME_GID,
		.secure = 1,
	},
	[GAIN_GID] = {
		.name = "gid",
		.mode = 02755,
		.gid = OTHER_GID,
		.euid = EXECTIME_UID,
		.egid = OTHER_GID,
		.secure = 1,
	},
	[GAIN_BOTH] = {
		.name = "both",
		.mode = 06755,
		.euid = 0,
		.egid = 0,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_CAP] = {
		.name = "cap",
		.mode = 0755,
		.caps = 2,
		.euid = EXECTIME_UID,
		.egid = EXECTIME_GID,
		.permitted = CAP_BIT(FILE_CAP),
		.secure = 1,
		.limited_secure = 1,
	},
	[GAIN_INACTIVE_CAP] = {
		.name = "inactive-cap",
		.mode = 0755,
		.caps = 1,
		.euid = EXECTIME_UID,
		.egid = EXECTIME_GID,
		.permitted = CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_SCRIPT_UID] = {
		.name = "script-uid",
		.content = "#!/mnt/self\n",
		.mode = 04755,
		.euid = EXECTIME_UID,
		.egid = EXECTIME_GID,
	},
	[GAIN_INTERPRETER_UID] = {
		.name = "script",
		.content = "#!/mnt/uid\n",
		.mode = 0755,
		.euid = 0,
		.egid = EXECTIME_GID,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_INTERPRETER_CAP] = {
		.name = "script-cap",
		.content = "#!/mnt/cap\n",
		.mode = 0755,
		.euid = EXECTIME_UID,
		.egid = EXECTIME_GID,
		.permitted = CAP_BIT(FILE_CAP),
		.secure = 1,
		.limited_secure = 1,
	},
	[GAIN_INTERPRETER_TWICE] = {
		.name = "script-twice",
		.content = "#!/mnt/script\n",
		.mode = 0755,
		.euid = 0,
		.egid = EXECTIME_GID,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_MISC] = {
		.name = "misc.nnp",
		.content = "anything",
		.mode = 0755,
		.euid = 0,
		.egid = EXECTIME_GID,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
	[GAIN_MISC_CREDENTIALS] = {
		.name = "misc.nnpcreds",
		.content = "anything",
		.mode = 04755,
		.euid = 0,
		.egid = EXECTIME_GID,
		.permitted = ALL_CAPS | CAP_BIT(FILE_CAP),
		.secure = 1,
	},
};

static bool is_misc(const enum gain gain)
{
	return gain == GAIN_MISC || gain == GAIN_MISC_CREDENTIALS;
}

/* Whether several programs are involved. */
static bool is_interpreted(const enum gain gain)
{
	return gain_files[gain].content;
}

static void write_misc(const char *const name, const char *const what)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/mnt/binfmt_misc/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, what, strlen(what)) < 0)
		fprintf(stderr, "# Failed to write %s: %d\n", path, errno);
	close(fd);
}

static void remove_misc(void)
{
	write_misc("nnp", "-1");
	write_misc("nnpcreds", "-1");
}

/* Returns false if the kernel has no binfmt_misc. */
static bool prepare_misc(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, mkdir("binfmt_misc", 0755));
	if (mount("binfmt_misc", "binfmt_misc", "binfmt_misc", 0, NULL))
		return false;

	/* Left over by a test that failed. */
	remove_misc();
	write_misc("register", ":nnp:E::nnp::/mnt/uid:");
	write_misc("register", ":nnpcreds:E::nnpcreds::/mnt/self:C");
	EXPECT_EQ(0, access("binfmt_misc/nnp", F_OK));
	EXPECT_EQ(0, access("binfmt_misc/nnpcreds", F_OK));
	return true;
}

static void prepare_files(struct __test_metadata *const _metadata)
{
	for (int gain = 0; gain < GAIN_NUM; gain++) {
		const struct gain_file *const file = &gain_files[gain];

		if (file->content)
			exectime_write_file(_metadata, file->name,
					    file->content, 0700);
		else
			exectime_copy_self(_metadata, file->name, 0700);
		ASSERT_EQ(0, chown(file->name, file->uid, file->gid));
		ASSERT_EQ(0, chmod(file->name, file->mode));
		if (file->caps)
			ASSERT_EQ(0, set_file_cap(file->name, file->caps == 2,
						  0));
	}
}

/* Caller that executes the program. */
enum who {
	/* A user that has nothing. */
	WHO_USER,
	/* Same, but for an ambient capability. */
	WHO_AMBIENT,
	/* Root that gave up its capabilities. */
	WHO_ROOT,
	WHO_NUM,
};

static void become(struct __test_metadata *const _metadata, const enum who who)
{
	const cap_value_t ambient = AMBIENT_CAP;
	cap_t caps;

	ASSERT_EQ(0, setgroups(0, NULL));
	if (who != WHO_ROOT) {
		ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		ASSERT_EQ(0, setresgid(EXECTIME_GID, EXECTIME_GID,
				       EXECTIME_GID));
		ASSERT_EQ(0, setresuid(EXECTIME_UID, EXECTIME_UID,
				       EXECTIME_UID));
	}

	caps = cap_init();
	ASSERT_NE(NULL, caps);
	if (who == WHO_AMBIENT) {
		ASSERT_EQ(0, cap_set_flag(caps, CAP_PERMITTED, 1, &ambient,
					  CAP_SET));
		ASSERT_EQ(0, cap_set_flag(caps, CAP_INHERITABLE, 1, &ambient,
					  CAP_SET));
	}
	ASSERT_EQ(0, cap_set_proc(caps));
	ASSERT_EQ(0, cap_free(caps));
	if (who == WHO_AMBIENT)
		ASSERT_EQ(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
				   AMBIENT_CAP, 0, 0));

	/* Cleared by a gain of privileges. */
	ASSERT_NE(-1, personality(ADDR_NO_RANDOMIZE));
}

FIXTURE(gain)
{
	struct nnp *skel;
	bool has_misc;
};

FIXTURE_VARIANT(gain)
{
	/* Whether the task has no_new_privs by itself. */
	bool task;
	struct nnp_orders orders;
	/* Number of execs that fail before the tested exec. */
	int failures;
	/* Whether this exec and the next one are limited. */
	bool limited[2];
	/* no_new_privs of the task in these programs. */
	int nnp;
	/* How many times it was set, for a program without interpreter. */
	int num_set;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, nothing) {
	/* clang-format on */
};

/* The model. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task) {
	/* clang-format on */
	.task = true,
	.limited = { true, true },
	.nnp = 1,
};

/* Only one exec is limited. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, limit) {
	/* clang-format on */
	.orders.limit = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, limit_atomic) {
	/* clang-format on */
	.orders.limit_atomic = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_limit) {
	/* clang-format on */
	.orders.limit = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, each_limit) {
	/* clang-format on */
	.orders.limit = -1,
	.limited = { true, true },
	.num_set = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec) {
	/* clang-format on */
	.orders.for_exec = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec_atomic) {
	/* clang-format on */
	.orders.atomic = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, check) {
	/* clang-format on */
	.orders.check = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_for_exec) {
	/* clang-format on */
	.orders.for_exec = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, second_check) {
	/* clang-format on */
	.orders.check = 1 << 1,
	.limited = { false, true },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, each) {
	/* clang-format on */
	.orders.for_exec = -1,
	.limited = { true, true },
	.num_set = 2,
};

/* All programs say the same, or one after the other. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, all) {
	/* clang-format on */
	.orders.limit = 1,
	.orders.limit_atomic = 1,
	.orders.for_exec = 1,
	.orders.atomic = 1,
	.orders.check = 1,
	.limited = { true, false },
	.num_set = 5,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, for_exec_then_check) {
	/* clang-format on */
	.orders.for_exec = 1,
	.orders.check = 1 << 1,
	.limited = { true, true },
	.num_set = 2,
};

/* The attribute of the task cannot be undone. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_limit) {
	/* clang-format on */
	.task = true,
	.orders.limit = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_for_exec) {
	/* clang-format on */
	.task = true,
	.orders.for_exec = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, task_check) {
	/* clang-format on */
	.task = true,
	.orders.check = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* A no_new_privs that Landlock stages is for the later execs. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage) {
	/* clang-format on */
	.orders.stage = 1,
	.limited = { false, true },
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage_limit) {
	/* clang-format on */
	.orders.stage = 1,
	.orders.limit = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, stage_for_exec) {
	/* clang-format on */
	.orders.stage = 1,
	.orders.for_exec = 1,
	.limited = { true, true },
	.nnp = 1,
	.num_set = 1,
};

/* Nothing is left of an exec that fails. */

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed) {
	/* clang-format on */
	.orders.for_exec = 3,
	.orders.check = 3,
	.orders.fail = 3,
	.failures = 2,
	.limited = { false, false },
	.num_set = 4,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_limit) {
	/* clang-format on */
	.orders.limit = 3,
	.orders.limit_fail = 3,
	.failures = 2,
	.limited = { false, false },
	.num_set = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_limit_then_limit) {
	/* clang-format on */
	.orders.limit = 1 << 1,
	.orders.limit_fail = 1,
	.failures = 1,
	.limited = { true, false },
	.num_set = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(gain, failed_then_check) {
	/* clang-format on */
	.orders.fail = 1,
	.orders.check = 1 << 1,
	.failures = 1,
	.limited = { true, false },
	.num_set = 1,
};

FIXTURE_SETUP(gain)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->has_misc = prepare_misc(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(gain)
{
	nnp__destroy(self->skel);
	remove_misc();
}

/*
 * Executes a program twice, as @who, and without the BPF programs if @orders is
 * NULL.
 */
static void run_gain(struct __test_metadata *const _metadata,
		     struct nnp *const skel, const char *const name,
		     const enum who who, const bool task,
		     const struct nnp_orders *const orders, const int failures,
		     struct nnp_report reports[2])
{
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		become(_metadata, who);
		if (task)
			ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		if (orders)
			become_target(skel, orders);
		setenv(NNP_NEXT, name, 1);
		for (int i = 0; i < failures; i++)
			EXPECT_EQ(-EPERM, nnp_exec("r"));
		nnp_exec("rdxr");
		_exit(1);
	}
	EXPECT_EQ(2, nnp_wait(_metadata, &run, reports, 2))
	{
		TH_LOG("with program %s", name);
	}
}

static void expect_report(struct __test_metadata *const _metadata,
			  const struct nnp_report *const report,
			  const enum gain gain, const bool limited,
			  const int nnp)
{
	const struct gain_file *const file = &gain_files[gain];
	const uid_t euid = limited ? EXECTIME_UID : file->euid;
	const gid_t egid = limited ? EXECTIME_GID : file->egid;
	const __u64 caps = limited ? 0 : file->permitted;
	const bool is_admin = caps & CAP_BIT(CAP_SYS_ADMIN);

	EXPECT_EQ(EXECTIME_UID, report->exec.uid);
	EXPECT_EQ(euid, report->exec.euid);
	EXPECT_EQ(egid, report->exec.egid);
	EXPECT_EQ(caps, report->exec.caps &
				(CAP_BIT(FILE_CAP) | CAP_BIT(CAP_SYS_ADMIN)));
	EXPECT_TRUE(caps || !report->exec.caps);
	EXPECT_EQ(limited ? file->limited_secure : file->secure,
		  report->exec.secure);
	EXPECT_EQ(nnp, report->exec.nnp);
	EXPECT_EQ(nnp, report->exec.status_nnp);
	EXPECT_EQ(0, report->exec.denied);

	/* These are for tasks that cannot gain privileges any more. */
	EXPECT_EQ(nnp || is_admin ? 0 : EACCES, report->exec.seccomp);
	EXPECT_EQ(nnp || is_admin ? 0 : EPERM, report->restricted);
}

TEST_F(gain, privileges)
{
	for (int gain = 0; gain < GAIN_NUM; gain++) {
		const char *const name = gain_files[gain].name;
		struct nnp_report reports[2], models[2];
		int num_errors = _metadata->exit_code;

		if (is_misc(gain) && !self->has_misc)
			continue;

		run_gain(_metadata, self->skel, name, WHO_USER, variant->task,
			 &variant->orders, variant->failures, reports);
		for (int i = 0; i < 2; i++)
			expect_report(_metadata, &reports[i], gain,
				      variant->limited[i], variant->nnp);
		EXPECT_EQ(0, self->skel->bss->num_errors);
		if (!is_interpreted(gain))
			EXPECT_EQ(variant->num_set, self->skel->bss->num_set);

		/* Each detail is as if the task itself were limited, or not. */
		run_gain(_metadata, self->skel, name, WHO_USER,
			 variant->limited[0], NULL, 0, models);
		EXPECT_STREQ(models[0].status, reports[0].status);
		run_gain(_metadata, self->skel, name, WHO_USER,
			 variant->limited[1], NULL, 0, models);
		if (variant->limited[1] == variant->limited[0])
			EXPECT_STREQ(models[1].status, reports[1].status);

		if (_metadata->exit_code != num_errors)
			TH_LOG("with program %s", name);
	}
}

/* Others have something to lose. */
TEST_F(gain, others)
{
	static const enum gain gains[] = { GAIN_NOTHING, GAIN_UID, GAIN_GID,
					   GAIN_CAP, GAIN_INTERPRETER_UID };

	for (int who = WHO_AMBIENT; who < WHO_NUM; who++) {
		for (size_t i = 0; i < ARRAY_SIZE(gains); i++) {
			const char *const name = gain_files[gains[i]].name;
			struct nnp_report reports[2], models[2];
			int num_errors = _metadata->exit_code;

			run_gain(_metadata, self->skel, name, who,
				 variant->task, &variant->orders,
				 variant->failures, reports);
			run_gain(_metadata, self->skel, name, who,
				 variant->limited[0], NULL, 0, models);
			EXPECT_STREQ(models[0].status, reports[0].status);
			EXPECT_EQ(variant->nnp, reports[0].exec.nnp);
			EXPECT_EQ(variant->nnp, reports[0].exec.status_nnp);
			if (who == WHO_ROOT) {
				EXPECT_EQ(!variant->limited[0],
					  !!(reports[0].exec.caps &
					     CAP_BIT(CAP_SYS_ADMIN)));
			} else if (variant->limited[0]) {
				/* These privileges are no new ones. */
				EXPECT_EQ(gains[i] == GAIN_CAP ?
						  0 :
						  CAP_BIT(AMBIENT_CAP),
					  reports[0].exec.caps);
			}

			if (_metadata->exit_code != num_errors)
				TH_LOG("with program %s and user %d", name,
				       who);
		}
	}
}

/* The interpreter of a script is for bprm_check_security to see. */
FIXTURE(interpreter)
{
	struct nnp *skel;
};

FIXTURE_VARIANT(interpreter)
{
	enum gain gain;
	int num_set;
	bool limited;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, none) {
	/* clang-format on */
	.gain = GAIN_UID,
	.num_set = 0,
	.limited = false,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, one) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_UID,
	.num_set = 1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, with_cap) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_CAP,
	.num_set = 1,
	.limited = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(interpreter, two) {
	/* clang-format on */
	.gain = GAIN_INTERPRETER_TWICE,
	.num_set = 2,
	.limited = true,
};

FIXTURE_SETUP(interpreter)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(interpreter)
{
	nnp__destroy(self->skel);
}

TEST_F(interpreter, check_last)
{
	const struct nnp_orders orders = { .check_last = 1 };
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, gain_files[variant->gain].name,
		 WHO_USER, false, &orders, 0, reports);
	expect_report(_metadata, &reports[0], variant->gain, variant->limited,
		      0);
	expect_report(_metadata, &reports[1], variant->gain, false, 0);
	EXPECT_EQ(variant->num_set, self->skel->bss->num_set);
}

/* The hook that comes before the others. */
FIXTURE(limit)
{
	struct nnp *skel;
};

FIXTURE_SETUP(limit)
{
	exectime_prepare_dir(_metadata);
	prepare_files(_metadata);
	self->skel = load_nnp(_metadata);
}

FIXTURE_TEARDOWN(limit)
{
	nnp__destroy(self->skel);
}

/* It is called once for an exec, with any number of interpreters. */
TEST_F(limit, once)
{
	const struct nnp_orders orders = { .limit = 1 };
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel,
		 gain_files[GAIN_INTERPRETER_TWICE].name, WHO_USER, false,
		 &orders, 0, reports);
	expect_report(_metadata, &reports[0], GAIN_INTERPRETER_TWICE, true, 0);
	expect_report(_metadata, &reports[1], GAIN_INTERPRETER_TWICE, false, 0);
	EXPECT_EQ(2, self->skel->bss->num_limit);
	EXPECT_EQ(2, self->skel->bss->num_limit_atomic);
	EXPECT_EQ(2, self->skel->bss->num_for_exec);
	EXPECT_EQ(1, self->skel->bss->num_set);
}

/* bprm_creds_for_exec already finds the exec limited. */
TEST_F(limit, comes_first)
{
	const struct nnp_orders orders = { .limit = 1 };
	const struct nnp_orders late = { .check = 1 };
	const char *const name = gain_files[GAIN_NOTHING].name;
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, name, WHO_USER, false, &orders, 0,
		 reports);
	EXPECT_EQ(1, self->skel->bss->found_limited);

	run_gain(_metadata, self->skel, name, WHO_USER, false, &late, 0,
		 reports);
	EXPECT_EQ(0, self->skel->bss->found_limited);

	run_gain(_metadata, self->skel, name, WHO_USER, true, &late, 0,
		 reports);
	EXPECT_EQ(3, self->skel->bss->found_limited);
}

/* An error ends the exec before any other hook sees it. */
TEST_F(limit, fails)
{
	const struct nnp_orders orders = { .limit_fail = 1 };
	const char *const name = gain_files[GAIN_UID].name;
	struct nnp_report reports[2];

	run_gain(_metadata, self->skel, name, WHO_USER, false, &orders, 1,
		 reports);
	expect_report(_metadata, &reports[0], GAIN_UID, false, 0);
	expect_report(_metadata, &reports[1], GAIN_UID, false, 0);
	EXPECT_EQ(3, self->skel->bss->num_limit);
	EXPECT_EQ(2, self->skel->bss->num_for_exec);
	EXPECT_EQ(0, self->skel->bss->num_set);
}

/* To ask whether a file could be executed gives the same answer. */
TEST_F(limit, is_check)
{
	const struct nnp_orders orders = { .limit = 2, .limit_fail = 1 };
	const char *const name = gain_files[GAIN_UID].name;
	char *const argv[] = { "nnp", NULL };
	struct nnp_report reports[2];
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		become(_metadata, WHO_USER);
		become_target(self->skel, &orders);
		EXPECT_EQ(-1, syscall(__NR_execveat, AT_FDCWD, name, argv,
				      environ, AT_EXECVE_CHECK));
		EXPECT_EQ(EPERM, errno);
		/* This one is limited, and nothing is left of it. */
		EXPECT_EQ(0, syscall(__NR_execveat, AT_FDCWD, name, argv,
				     environ, AT_EXECVE_CHECK));
		setenv(NNP_NEXT, name, 1);
		nnp_exec("rdxr");
		_exit(1);
	}
	EXPECT_EQ(2, nnp_wait(_metadata, &run, reports, 2));
	expect_report(_metadata, &reports[0], GAIN_UID, false, 0);
	expect_report(_metadata, &reports[1], GAIN_UID, false, 0);
	EXPECT_EQ(4, self->skel->bss->num_limit);
	EXPECT_EQ(1, self->skel->bss->num_set);
}

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
