// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Test that mounts are seen that are made while a command runs
 *
 * usage: mounts DIRECTORY
 *
 * Exits with 77 if nothing may be mounted here.
 */

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mounts.h"

static int number(const char *path, __u64 *number)
{
	const int fd = open(path, O_PATH | O_CLOEXEC);
	const int err = fd < 0 ? -1 : mounts_number(fd, number);

	if (fd >= 0)
		close(fd);
	return err;
}

static int mount_fuse(const char *path)
{
	const int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	/* Nobody serves it, and nobody asks. */
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=1000,group_id=1000", fd);
	return fd < 0 ? -1 : mount("fuse", path, "fuse", MS_NOSUID | MS_NODEV,
				   options);
}

/* The numbers of mounts are used again. */
static int test_number(const char *path)
{
	__u64 former, latter;

	if (mount("none", path, "tmpfs", 0, NULL) || number(path, &former))
		return 77;
	if (mounts_of_user(former)) {
		puts("the mount is not a user's");
		return 1;
	}
	if (umount(path) || mount_fuse(path) || number(path, &latter) ||
	    former != latter)
		return 77;
	if (mounts_of_user(latter) != 1) {
		puts("a user's mount has the number of another one");
		return 1;
	}
	return umount2(path, MNT_DETACH) ? 77 : 0;
}

/* It is noted a little later than it is made. */
static int test_note(const char *path)
{
	__u64 mount_number;
	FILE *file;

	mkdir("/run/mount", 0755);
	if (mount("none", "/run/mount", "tmpfs", 0, NULL) ||
	    mount("none", path, "tmpfs", 0, NULL) ||
	    number(path, &mount_number))
		return 77;
	if (mounts_of_user(mount_number)) {
		puts("the mount is not noted as a user's");
		return 1;
	}
	file = fopen("/run/mount/utab", "we");
	if (!file)
		return 77;
	fprintf(file, "SRC=none TARGET=%s ROOT=/ OPTS=user=somebody\n", path);
	fclose(file);
	if (mounts_of_user(mount_number) != 1) {
		puts("the mount is noted as a user's");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: mounts DIRECTORY\n", stderr);
		return 2;
	}
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 77;
	return test_number(argv[1]) ?: test_note(argv[1]);
}
