/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Whether a file keeps its inode number
 *
 * Some file systems make up an inode number each time that a file comes into
 * memory.  The kernel then forgets which file it was.
 */

#ifndef EXECLOCK_STABLE_INODE_H
#define EXECLOCK_STABLE_INODE_H

/**
 * enum stable_inode - How long a file keeps its inode number
 *
 * @STABLE_INODE: As long as the file exists.
 * @STABLE_INODE_FAT: On a FAT file system: until the kernel drops it.
 * @STABLE_INODE_OVERLAY: Of a directory on an overlayfs over several file
 *                        systems and without "xino": until the kernel drops it.
 */
enum stable_inode {
	STABLE_INODE,
	STABLE_INODE_FAT,
	STABLE_INODE_OVERLAY,
};

/**
 * stable_inode_check - Find out how long a file keeps its inode number
 *
 * @fd: The file or directory.
 *
 * Return: an &enum stable_inode, or -1 with errno set.
 */
int stable_inode_check(int fd);

#endif /* EXECLOCK_STABLE_INODE_H */
