/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for the programs of nnp.bpf.c
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _NNP_PROGS_H
#define _NNP_PROGS_H

#include <grp.h>
#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/personality.h>
#include <sys/xattr.h>

#include "nnp_plan.h"
#include "progs/nnp.h"
#include "nnp.skel.h"

#define FILE_CAP CAP_NET_RAW
#define AMBIENT_CAP CAP_NET_BIND_SERVICE

/* Owners of files, without any privilege. */
#define OTHER_UID 4344
#define OTHER_GID 4345

#define CAP_BIT(_cap) (1ULL << (_cap))

static __maybe_unused int nnp_wait(struct __test_metadata *const _metadata,
				   struct exec_run *const run,
				   struct nnp_report *const reports,
				   const int num_max)
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

static __maybe_unused struct nnp *
load_nnp(struct __test_metadata *const _metadata)
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
static __maybe_unused void become_target(struct nnp *const skel,
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

static __maybe_unused int set_file_cap(const char *const path,
				       const bool effective, const uid_t rootid)
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

static __maybe_unused bool is_misc(const enum gain gain)
{
	return gain == GAIN_MISC || gain == GAIN_MISC_CREDENTIALS;
}

static __maybe_unused void
prepare_files(struct __test_metadata *const _metadata)
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

static __maybe_unused void become(struct __test_metadata *const _metadata,
				  const enum who who)
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

#endif /* _NNP_PROGS_H */
