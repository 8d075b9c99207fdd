/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From a path to its file, whatever links users put on the way
 *
 * Root puts policies in force for everybody, and users may write some of the
 * directories that policies name paths in.  A link that a user puts there must
 * not lead a rule to /, nor a condition to the programs of root.  So each path
 * is gone through component by component, under one rule:
 *
 * - As long as each directory and symbolic link on the way belongs to root, and
 *   nobody else may write it, links are followed.  A sticky directory is one
 *   that others may write: they decide what is in it, but for the directories
 *   that are root's.
 * - From the first other directory on, nothing is followed: no symbolic link, no
 *   mount.  Nor is a file taken that has several names (hard links), because it
 *   may be somebody else's.
 * - The links of /proc that lead to what a process has open, and mounts that a
 *   user made, are not followed anywhere.
 *
 * A file or directory at the end of the path may belong to anybody.
 *
 * If execlock does not decide for others (see struct resolve_trust), paths are
 * opened as they are anywhere else.
 */

#ifndef EXECLOCK_RESOLVE_H
#define EXECLOCK_RESOLVE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

/**
 * enum resolve_result - The result for a path
 *
 * @RESOLVED: It is open.
 * @RESOLVE_MISSING: There is nothing, or it cannot be reached: a user or a
 *                   package may have done this.
 * @RESOLVE_REFUSED: It goes through a directory or link that others may write,
 *                   and the policy does not allow this.
 * @RESOLVE_INVALID: No such path can be meant.
 * @RESOLVE_FAILED: The system lacks memory or file descriptors.
 */
enum resolve_result {
	RESOLVED,
	RESOLVE_MISSING,
	RESOLVE_REFUSED,
	RESOLVE_INVALID,
	RESOLVE_FAILED,
};

/** RESOLVE_DIRECTORY - It must be a directory */
#define RESOLVE_DIRECTORY 1U
/** RESOLVE_ANYWAY - Nothing is refused: it is resolved without links */
#define RESOLVE_ANYWAY 2U

/**
 * struct resolve_container - The files of a container
 *
 * Paths are those of its programs: they begin at its root directory, which no
 * link nor ".." leads out of, and its root user counts as root.  Its runtime made
 * its mounts.  In a directory that others in it may write, a path is followed
 * without links, and not refused: they have no more than the container.
 *
 * @root: Its root directory, opened with O_PATH.
 * @uid: The user who is root in it.
 */
struct resolve_container {
	int root;
	uid_t uid;
};

/**
 * struct resolve_trust - Users who may decide where a path leads
 *
 * @for_others: Whether execlock decides for others: the rule above holds.  If it
 *              does not, paths are opened as they are anywhere else.
 * @users: At and below these paths, others than root may decide.
 * @num_users: Their number.
 * @container: The container in which paths are looked up, or NULL.
 */
struct resolve_trust {
	bool for_others;
	char **users;
	size_t num_users;
	const struct resolve_container *container;
};

/**
 * struct resolved - A path, and the file that it led to
 *
 * @fd: The file or directory, opened with O_PATH; -1 if it is not there.
 * @dir: The directory that it is in, or would be in; -1 if that is not known.
 * @link: If the path itself is that of a symbolic link, the directory in which
 *        this is; or -1.
 * @link_name: Name of the link in there.
 * @error: Why it is not there, an error number.
 * @real: The path without links, as far as it could be followed.
 * @name: Its name in @dir: the end of @real.
 * @place: The first directory or link on the way that others may write; empty
 *         if there is none.
 * @covered: Whether the users' paths include this one.
 * @uid: The owner of @place.
 * @mode: Mode of @place.
 * @reason: A better description of @error, or NULL.
 */
struct resolved {
	int fd;
	int dir;
	int link;
	char link_name[NAME_MAX + 1];
	int error;
	char real[PATH_MAX];
	const char *name;
	char place[PATH_MAX];
	bool covered;
	uid_t uid;
	mode_t mode;
	const char *reason;
};

/**
 * resolve - Open the file or directory of a path
 *
 * @path: The path; a relative one is missing if the rule above holds.
 * @trust: Users who may decide where it leads; NULL: root alone.
 * @flags: RESOLVE_*.
 * @resolved: Filled in; release it with resolve_release(), also after an error.
 *
 * Return: the result.
 */
enum resolve_result resolve(const char *path, const struct resolve_trust *trust,
			    unsigned int flags, struct resolved *resolved);

/**
 * resolve_release - Close the file descriptors of a path
 *
 * @resolved: The path, as resolve() filled it in.
 */
void resolve_release(struct resolved *resolved);

/**
 * resolve_why - Say why a path was not resolved
 *
 * @resolved: The path, as resolve() filled it in; it did not return RESOLVED.
 * @path: The path, as the policy has it.
 * @result: The result of resolve().
 *
 * Return: the text, which the caller has to free; NULL if there is no memory.
 */
char *resolve_why(const struct resolved *resolved, const char *path,
		  enum resolve_result result);

/**
 * resolve_whose - Name the user who may write a directory on the way
 *
 * @resolved: The path, as resolve() filled it in; its place is not empty.
 *
 * Return: the text, which the caller has to free; NULL if there is no memory.
 */
char *resolve_whose(const struct resolved *resolved);

/**
 * resolve_is_roots - Tell whether nobody but root may write a file or directory
 *
 * @st: The file or directory, or a symbolic link.
 * @trust: Where it is; NULL: not in a container.
 *
 * Return: true if so.
 */
bool resolve_is_roots(const struct stat *st, const struct resolve_trust *trust);

/*
 * Files and directories that are opened under the rule above: resolve_files.c.
 */

/**
 * resolve_real - Make a path one without links
 *
 * @path: An absolute path.
 * @for_others: Whether execlock decides for others.
 *
 * Return: the path, which the caller has to free; NULL if there is nothing, or
 * no memory.
 */
char *resolve_real(const char *path, bool for_others);

/**
 * resolve_users_place - Tell from where on a path is a user's
 *
 * @path: An absolute path; it is resolved as it would be for others.
 *
 * Return: the first directory on the way that others than root may write, which
 * the caller has to free; NULL if there is none, or no memory.
 */
char *resolve_users_place(const char *path);

/**
 * resolve_open - Open a file to be looked at
 *
 * For interpreters and libraries, which programs name that anybody may have
 * written.
 *
 * @path: An absolute path.
 * @for_others: Whether execlock decides for others.
 *
 * Return: a file descriptor to read from, or -1 with errno set.  It is of a
 * regular file.
 */
int resolve_open(const char *path, bool for_others);

/**
 * resolve_trusted - Open a file of policies, or a directory of them
 *
 * If execlock decides for others, nobody but root may have written it: not only
 * the directories above it, but also the file or directory itself must belong to
 * root, and nobody else may write it.
 *
 * @name: The file or directory, maybe relative to the working directory.
 * @flags: RESOLVE_DIRECTORY or 0.
 * @for_others: Whether execlock decides for others.
 *
 * Return: a file descriptor to read from.  Otherwise -1, with the error
 * reported, but for one: with RESOLVE_DIRECTORY, errno is ENOTDIR if it is
 * something else.
 */
int resolve_trusted(const char *name, unsigned int flags, bool for_others);

/**
 * resolve_list - Open a list like /etc/passwd
 *
 * The file is read once per command: a set of policies may ask for hundreds of
 * names in it.
 *
 * @name: The file; the text must last.
 * @for_others: Whether execlock decides for others.
 *
 * Return: the file, or NULL with errno set.
 */
FILE *resolve_list(const char *name, bool for_others);

/**
 * resolve_parent - Open the directory that a new file is for
 *
 * In a directory that a user may write, no link leads elsewhere.
 *
 * @name: The file, maybe relative to the working directory.
 * @last: Set to its name in there, a part of @name.
 *
 * Return: a file descriptor of the directory (O_PATH), or -1 with the error
 * reported.
 */
int resolve_parent(const char *name, const char **last);

/**
 * resolve_beneath - Open a file below a directory, without links and mounts
 *
 * @dir: The directory.
 * @path: The path from there, not empty.
 * @flags: For open(2), such as O_PATH.
 *
 * Return: a file descriptor, or -1 with errno set.
 */
int resolve_beneath(int dir, const char *path, int flags);

#endif /* EXECLOCK_RESOLVE_H */
