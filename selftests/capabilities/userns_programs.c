// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - Programs that processes of a sequence execute
 *
 * Copyright © 2026 The execlock authors
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "userns_fuzz.h"

const uid_t uids[NUM_USERS] = {
	[USER_ROOT] = 0,
	[USER_A] = 1000,
	[USER_B] = 1001,
};

/* Programs: /mnt/a is the first one. */
const struct program programs[NUM_PROGRAMS] = {
	{ "a program", { .setuid = NO_USER } },
	{ "a set-user-ID program of root", { .setuid = USER_ROOT } },
	{ "a set-user-ID program of user A", { .setuid = USER_A } },
	{ "a set-user-ID program of user B", { .setuid = USER_B } },
	{
		"a program with effective capabilities",
		{
			.setuid = NO_USER,
			.has_caps = true,
			.effective = true,
			.prm = MODEL_BIT(CAP_KILL) | MODEL_BIT(CAP_SYS_NICE),
		},
	},
	{
		"a program with permitted capabilities",
		{
			.setuid = NO_USER,
			.has_caps = true,
			.prm = MODEL_BIT(CAP_SETPCAP) |
			       MODEL_BIT(CAP_SYS_ADMIN),
		},
	},
	{
		"a program with inheritable capabilities",
		{
			.setuid = NO_USER,
			.has_caps = true,
			.effective = true,
			.inh = MODEL_ALL_CAPS,
		},
	},
	{
		"a set-user-ID program of root with capabilities",
		{
			.setuid = USER_ROOT,
			.has_caps = true,
			.effective = true,
			.prm = MODEL_BIT(CAP_KILL),
		},
	},
};

static int set_file_caps(const char *const path,
			 const struct model_file *const file)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 |
			     (file->effective ? VFS_CAP_FLAGS_EFFECTIVE : 0),
		.data = {
			{ file->prm, file->inh },
			{ file->prm >> 32, file->inh >> 32 },
		},
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0);
}

static int copy_file(const char *const from, const char *const to)
{
	char buffer[65536];
	const int in = open(from, O_RDONLY | O_CLOEXEC);
	const int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ssize_t len = -1;

	if (in >= 0 && out >= 0)
		while ((len = read(in, buffer, sizeof(buffer))) > 0)
			if (write(out, buffer, len) != len)
				return -1;
	close(in);
	close(out);
	return len;
}

/* Copies this program to /mnt, where nobody else sees it. */
int make_programs(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	mkdir("/mnt", 0755);
	if (mount("tmpfs", "/mnt", "tmpfs", 0, "mode=0755"))
		return -1;

	for (size_t i = 0; i < NUM_PROGRAMS; i++) {
		const struct model_file *const file = &programs[i].file;
		const char path[] = { '/', 'm', 'n', 't', '/', 'a' + i, '\0' };
		const bool setuid = file->setuid != NO_USER;

		if (copy_file("/proc/self/exe", path) ||
		    chown(path, setuid ? uids[file->setuid] : 0, GID) ||
		    chmod(path, setuid ? 04755 : 0755) ||
		    (file->has_caps && set_file_caps(path, file)))
			return -1;
	}
	return 0;
}
