/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Events that the BPF programs that learn report
 */

#ifndef EXECLOCK_LEARN_H
#define EXECLOCK_LEARN_H

#include <linux/types.h>

/** LEARN_PATH_SIZE - Room for a path, with its NUL: the kernel's PATH_MAX */
#define LEARN_PATH_SIZE 4096

/** LEARN_NAME_SIZE - Room for a name, with its NUL */
#define LEARN_NAME_SIZE 256

/** LEARN_RUNNING - The exec of a process that ran before it was observed */
#define LEARN_RUNNING 1

/** LEARN_DEPTH - Hard links are followed through so many directories */
#define LEARN_DEPTH 128

/** LEARN_FIRST_ROOT - The root directory with which the command began */
#define LEARN_FIRST_ROOT 0

/** LEARN_UNKNOWN_ROOT - A root directory that no chroot(2) led to */
#define LEARN_UNKNOWN_ROOT 0xffffffff

/**
 * enum learn_kind - Kinds of events
 *
 * @LEARN_PATH: The process used rights for a file or directory.
 * @LEARN_PORT: It used rights for a port.
 * @LEARN_SIGNAL: It sent a signal.
 * @LEARN_ABSTRACT: It used or created an abstract UNIX socket.
 * @LEARN_LINK: It created a hard link in another directory.
 * @LEARN_NO_PATH: As LEARN_PATH or LEARN_LINK, but the path is unknown.
 * @LEARN_LISTENS: It waits for connections.
 * @LEARN_TRIES: It begins an exec.
 * @LEARN_EXECS: It executed a program.
 * @LEARN_ROOT: It changes its root directory.
 * @LEARN_MOUNTS: It changes mounts.
 * @LEARN_CAPS: It used capabilities over a user namespace.
 * @LEARN_CAPS_KEPT: It gave up capabilities in a user namespace, and kept these.
 */
enum learn_kind {
	LEARN_PATH,
	LEARN_PORT,
	LEARN_SIGNAL,
	LEARN_ABSTRACT,
	LEARN_LINK,
	LEARN_NO_PATH,
	LEARN_LISTENS,
	LEARN_TRIES,
	LEARN_EXECS,
	LEARN_ROOT,
	LEARN_MOUNTS,
	LEARN_CAPS,
	LEARN_CAPS_KEPT,
};

/**
 * enum learn_flags - Details of an event
 *
 * @LEARN_WOULD_MAKE: A missing regular file would have been created.
 * @LEARN_IS_SCRIPT: The executed file has an interpreter.
 */
enum learn_flags {
	LEARN_WOULD_MAKE = 1,
	LEARN_IS_SCRIPT = 2,
};

/**
 * struct learn_event - An event
 *
 * @exec: Number of the exec that started the program of the process, or of the
 *        process that it descends from.  0 before the exec of the command.
 * @other: Another number.
 *         LEARN_PATH, LEARN_LINK: of the rename or hard link to another
 *         directory, which two events report, or 0.
 *         LEARN_SIGNAL: of the exec of the process that gets the signal; 0 if
 *         it is no process of the command.
 *         LEARN_TRIES: of the new exec.
 *         LEARN_EXECS: of the exec before.
 *         LEARN_ROOT: of the new root directory.
 * @access: LANDLOCK_ACCESS_*.
 *          LEARN_CAPS, LEARN_CAPS_KEPT: the capabilities, one bit each.
 * @kind: An &enum learn_kind.
 * @pid: Number of the process.
 * @root: Number of the root directory of the process, where @path begins.
 * @port: The port, or the size of the list in @path.
 * @mode: Type of the file, as in st_mode.
 *        LEARN_LINK: number of directories from the new one up to the root of
 *        its mount.
 *        LEARN_EXECS: number of arguments.
 * @flags: An &enum learn_flags.
 * @name: Name that is created, removed or renamed in the directory @path.
 * @path: Path of the file or directory.
 *        LEARN_EXECS: the first arguments, each with its NUL, and maybe more.
 *        LEARN_LINK: the names in the path of the directory of the file, each
 *        with its NUL, from the last one to the first one below the root of the
 *        mount.
 */
struct learn_event {
	__u64 exec;
	__u64 other;
	__u64 access;
	__u32 kind;
	__u32 pid;
	__u32 root;
	__u32 port;
	__u32 mode;
	__u32 flags;
	char name[LEARN_NAME_SIZE];
	char path[LEARN_PATH_SIZE];
};

/**
 * struct learn_state - State of a process of the command
 *
 * @exec: Number of the exec that started its program; 0 before the first one.
 * @next: Number of the exec that it began.
 * @caps: Capabilities that LEARN_CAPS told since the exec.
 * @caps_kept: Those that LEARN_CAPS_KEPT told.
 */
struct learn_state {
	__u64 exec;
	__u64 next;
	__u64 caps;
	__u64 caps_kept;
};

#endif /* EXECLOCK_LEARN_H */
