/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - How the kernel executes a file: formats and interpreters
 */

#ifndef EXECLOCK_BINFMT_H
#define EXECLOCK_BINFMT_H

#include <limits.h>
#include <stdbool.h>

/**
 * enum binfmt_kind - Format of a file
 *
 * @BINFMT_NONE: No format that the kernel knows: the exec fails with ENOEXEC.
 * @BINFMT_ELF: The exec starts the file, with its ELF interpreter if it has
 *              one.
 * @BINFMT_SCRIPT: The exec continues with the interpreter after "#!".
 * @BINFMT_MISC: The exec continues with the interpreter of a binfmt_misc
 *               handler.
 */
enum binfmt_kind {
	BINFMT_NONE,
	BINFMT_ELF,
	BINFMT_SCRIPT,
	BINFMT_MISC,
};

/**
 * struct binfmt - How the kernel executes a file
 *
 * @kind: Its format.
 * @error: Negative errno with which the exec fails because of the ELF
 *         interpreter, or 0.
 * @keeps: Whether the file stays open for the interpreter, which can happen
 *         once in an exec.
 * @unsure: Whether a BPF program of binfmt_misc decides first.
 * @handler: Name of the binfmt_misc handler that takes the file, or of the last
 *           one that is a BPF program.
 * @interpreter: Path of the interpreter or ELF interpreter; may be empty.
 */
struct binfmt {
	enum binfmt_kind kind;
	int error;
	bool keeps;
	bool unsure;
	char handler[NAME_MAX + 1];
	char interpreter[PATH_MAX + 1];
};

/**
 * binfmt_open - Open a file that an exec would open
 *
 * Anybody may have chosen the path, so only a regular file is opened: opening a
 * device can have effects, and opening a FIFO waits.
 *
 * @path: The path.
 *
 * Return: a file descriptor to read from, or -1 with the errno of the exec.
 */
int binfmt_open(const char *path);

/**
 * binfmt_read - Find out how the kernel executes a file
 *
 * Follows fs/binfmt_misc.c, fs/binfmt_script.c and fs/binfmt_elf.c, in the
 * order in which the kernel asks them.  The handlers of binfmt_misc are read
 * once, from /proc/sys/fs/binfmt_misc: a user namespace may have other ones.
 *
 * @fd: The file, open to be read.
 * @name: The path by which it is executed, whose end can select a handler.
 * @binfmt: Set to the answer.
 *
 * Nothing is executed.
 */
void binfmt_read(int fd, const char *name, struct binfmt *binfmt);

#endif /* EXECLOCK_BINFMT_H */
