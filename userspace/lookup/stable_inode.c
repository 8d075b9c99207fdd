// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Whether a file keeps its inode number
 */

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "stable_inode.h"

static bool is_from_elsewhere(int dir, const struct dirent *entry,
			      const struct statx *self)
{
	struct statx file;

	/* A file that is mounted on it is from elsewhere on any file system. */
	return entry->d_type != DT_DIR &&
	       !statx(dir, entry->d_name,
		      AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE,
		      &file) &&
	       !S_ISDIR(file.stx_mode) &&
	       !(file.stx_attributes & STATX_ATTR_MOUNT_ROOT) &&
	       (file.stx_dev_major != self->stx_dev_major ||
		file.stx_dev_minor != self->stx_dev_minor);
}

/*
 * On an overlayfs over several file systems and without "xino", a directory gets
 * a new number each time that it comes into memory.  This shows in its files:
 * each has the device number of the file system that it is from.  Of a directory
 * without files, or of a file, nothing is known.
 */
static bool has_files_from_elsewhere(int path_fd)
{
	const struct dirent *entry;
	bool elsewhere = false;
	struct statx self;
	DIR *files;
	int fd;

	fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	files = fdopendir(fd);
	if (!files) {
		close(fd);
		return false;
	}
	if (!statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &self))
		while (!elsewhere && (entry = readdir(files)))
			elsewhere = is_from_elsewhere(fd, entry, &self);
	closedir(files);
	return elsewhere;
}

int stable_inode_check(int fd)
{
	struct statfs st;

	if (fstatfs(fd, &st))
		return -1;
	switch ((unsigned int)st.f_type) {
	case MSDOS_SUPER_MAGIC:
	case EXFAT_SUPER_MAGIC:
		return STABLE_INODE_FAT;
	case OVERLAYFS_SUPER_MAGIC:
		return has_files_from_elsewhere(fd) ? STABLE_INODE_OVERLAY :
						      STABLE_INODE;
	default:
		return STABLE_INODE;
	}
}
