/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the BPF programs that learn tell of a command
 */

#ifndef EXECLOCK_LEARN_H
#define EXECLOCK_LEARN_H

#include <linux/types.h>

/** LEARN_PATH_SIZE - Room for a path, with its NUL: the kernel's PATH_MAX */
#define LEARN_PATH_SIZE 4096

/** LEARN_NAME_SIZE - Room for a name, with its NUL */
#define LEARN_NAME_SIZE 256

/** LEARN_DEPTH - Up to this many directories, hard links are followed */
#define LEARN_DEPTH 128

/** LEARN_FIRST_ROOT - The root directory with which the command began */
#define LEARN_FIRST_ROOT 0

/** LEARN_UNKNOWN_ROOT - One that it did not get by chroot(2) */
#define LEARN_UNKNOWN_ROOT 0xffffffff

/**
 * enum learn_kind - What a process did
 *
 * @LEARN_PATH: Something that takes rights for a file or directory.
 * @LEARN_PORT: Something that takes rights for a port.
 * @LEARN_SIGNAL: It sent a signal.
 * @LEARN_ABSTRACT: It used an abstract UNIX socket of somebody, or made one.
 * @LEARN_LINK: It made a hard link from one directory to another one.
 * @LEARN_NO_PATH: As LEARN_PATH or LEARN_LINK, but the path cannot be told.
 * @LEARN_LISTENS: It waits for connections.
 * @LEARN_TRIES: It begins an exec.
 * @LEARN_EXECS: It executed a program.
 * @LEARN_ROOT: It gets another root directory.
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
};

/**
 * enum learn_flags - More about it
 *
 * @LEARN_WOULD_MAKE: The regular file would have been made if there were none.
 * @LEARN_IS_SCRIPT: What was executed is for an interpreter.
 */
enum learn_flags {
	LEARN_WOULD_MAKE = 1,
	LEARN_IS_SCRIPT = 2,
};

/**
 * struct learn_event - Something that a process did
 *
 * @exec: Number of the exec from which it, or the process that it descends
 *        from, has its program.  0: it has still to execute the command.
 * @other: Another number.
 *         LEARN_PATH, LEARN_LINK: of the rename or hard link to another
 *         directory, of which two events tell, or 0.
 *         LEARN_SIGNAL: of the exec of the process that gets the signal; 0 if
 *         that is not one of the command.
 *         LEARN_TRIES: of the new exec.
 *         LEARN_EXECS: of the exec before.
 *         LEARN_ROOT: of the new root directory.
 * @access: LANDLOCK_ACCESS_*.
 * @kind: An &enum learn_kind.
 * @pid: Number of the process.
 * @root: Number of the root directory that it sees the path from.
 * @port: The port, or how many bytes of @path are told.
 * @mode: Type of the file, as in st_mode.
 *        LEARN_LINK: how many directories the new one is below the root of its
 *        mount.
 *        LEARN_EXECS: how many arguments there are.
 * @flags: An &enum learn_flags.
 * @name: Name of what is made, removed or renamed in the directory @path.
 * @path: Path of the file or directory.
 *        LEARN_EXECS: the first arguments, each with its NUL, and maybe more.
 *        LEARN_LINK: the names of the directory of the file, each with its NUL,
 *        from the last one to the first one below the root of the mount.
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

#endif /* EXECLOCK_LEARN_H */
