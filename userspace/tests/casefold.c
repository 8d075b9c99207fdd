// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Let upper and lower case be the same in a directory, for tests
 *
 * usage: casefold DIRECTORY
 *
 * The directory is empty, and in a file system that can do this, such as a tmpfs
 * with the option "casefold".
 */

#include <err.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	int dir, flags;

	if (argc != 2)
		errx(2, "usage: casefold DIRECTORY");
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (dir < 0 || ioctl(dir, FS_IOC_GETFLAGS, &flags))
		err(1, "%s", argv[1]);
	flags |= FS_CASEFOLD_FL;
	if (ioctl(dir, FS_IOC_SETFLAGS, &flags))
		err(1, "%s", argv[1]);
	return 0;
}
