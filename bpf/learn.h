/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the BPF programs that learn tell of a command
 */

#ifndef EXECLOCK_LEARN_H
#define EXECLOCK_LEARN_H

#include <linux/types.h>

/** LEARN_PATH_SIZE - Room for a path, with its NUL: the kernel's PATH_MAX */
#define LEARN_PATH_SIZE 4096

/**
 * enum learn_kind - What a process did
 *
 * @LEARN_PATH: Something that takes rights for a file or directory.
 * @LEARN_PORT: Something that takes rights for a port.
 * @LEARN_SIGNAL: It sent a signal to a process that is not one of the command.
 * @LEARN_ABSTRACT: It used an abstract UNIX socket of somebody.
 * @LEARN_LINK: It made a hard link from one directory to another one.
 * @LEARN_NO_PATH: As LEARN_PATH, but the path cannot be told.
 */
enum learn_kind {
	LEARN_PATH,
	LEARN_PORT,
	LEARN_SIGNAL,
	LEARN_ABSTRACT,
	LEARN_LINK,
	LEARN_NO_PATH,
};

/**
 * struct learn_event - Something that takes a right
 *
 * @kind: An &enum learn_kind.
 * @port: The port.
 * @access: LANDLOCK_ACCESS_*.
 * @path: Path of the file or directory.
 */
struct learn_event {
	__u32 kind;
	__u32 port;
	__u64 access;
	char path[LEARN_PATH_SIZE];
};

/**
 * enum learn_state - How far a process of the command is
 *
 * @LEARN_STARTS: It has still to execute the command.
 * @LEARN_RUNS: It did, or descends from a process that did.
 */
enum learn_state {
	LEARN_STARTS,
	LEARN_RUNS,
};

#endif /* EXECLOCK_LEARN_H */
