/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the kernel takes a file for that is executed
 */

#ifndef EXECLOCK_BINFMT_H
#define EXECLOCK_BINFMT_H

#include <limits.h>
#include <stdbool.h>

/**
 * enum binfmt_kind - What an exec does with a file
 *
 * @BINFMT_NONE: It fails with ENOEXEC: no format that the kernel knows.
 * @BINFMT_ELF: It starts it, with its ELF interpreter if it asks for one.
 * @BINFMT_SCRIPT: It goes on with the interpreter after "#!".
 * @BINFMT_MISC: It goes on with the interpreter of a binfmt_misc handler.
 */
enum binfmt_kind {
	BINFMT_NONE,
	BINFMT_ELF,
	BINFMT_SCRIPT,
	BINFMT_MISC,
};

/**
 * struct binfmt - What the kernel makes of a file
 *
 * @kind: What the exec does with it.
 * @error: The negative errno with which the exec fails because of an ELF
 *         interpreter, or 0.
 * @keeps: Whether the file stays open for the interpreter, which can happen
 *         once in an exec.
 * @unsure: Whether a BPF program of binfmt_misc decides first.
 * @handler: Name of the binfmt_misc handler that takes it, or that is unsure.
 * @interpreter: Path of the interpreter, also of an ELF interpreter; may be
 *               empty.
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
 * Anybody may have chosen the path: nothing but a regular file is opened, since
 * opening a device can have effects, and a FIFO makes one wait.
 *
 * @path: The path.
 *
 * Return: a file descriptor to read from, or -1 with the errno of the exec.
 */
int binfmt_open(const char *path);

/**
 * binfmt_read - Find out what the kernel makes of a file
 *
 * As fs/binfmt_misc.c, fs/binfmt_script.c and fs/binfmt_elf.c do, in the order
 * in which the kernel asks them.  The handlers of binfmt_misc are those that are
 * seen in /proc/sys/fs/binfmt_misc when the command first asks: a user namespace
 * may have others.
 *
 * @fd: The file, open to be read.
 * @name: The path by which it is executed, whose end can select a handler.
 * @binfmt: Set to the answer.
 *
 * Nothing is executed.
 */
void binfmt_read(int fd, const char *name, struct binfmt *binfmt);

#endif /* EXECLOCK_BINFMT_H */
