/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The facts about a process that policies depend on
 */

#ifndef EXECLOCK_CONTEXT_H
#define EXECLOCK_CONTEXT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct context - A process
 *
 * @pid: Its number.
 * @parent: That of its parent, 0 if it has none here.
 * @zombie: Whether it has ended.
 * @kernel: Whether it is a thread of the kernel.
 * @user: Its effective user.
 * @groups: Its effective group, and the supplementary ones.
 * @num_groups: Their number.
 * @cgroup: Path of its cgroup.
 * @other_namespace: Whether its user namespace is not the initial one.
 * @administers: Whether it has CAP_SYS_ADMIN in the initial user namespace.
 * @login: The user who logged in, or %EXECLOCK_UNSET.
 */
struct context {
	pid_t pid;
	pid_t parent;
	bool zombie;
	bool kernel;
	__u32 user;
	__u32 *groups;
	size_t num_groups;
	char *cgroup;
	bool other_namespace;
	bool administers;
	__u32 login;
};

/**
 * context_read - Read the facts about a process
 *
 * @context: Filled in; release it with context_release(), also after an error.
 * @pid: Its number.
 *
 * Return: 0, or the negative errno of the failed call; -ESRCH if there is no
 * such process.
 */
int context_read(struct context *context, pid_t pid);

/**
 * context_release - Release the memory of context_read()
 *
 * @context: The context, or zeroes.
 */
void context_release(struct context *context);

/**
 * context_cgroup - Find the cgroup of a process
 *
 * @pid: Its number.
 *
 * Return: the path, which the caller has to free; NULL with errno set, ENODATA
 * if there is no cgroup of version 2, ESRCH if there is no such process.
 */
char *context_cgroup(pid_t pid);

/**
 * context_administers - Tell whether this process administers the system
 *
 * Return: true if it has CAP_SYS_ADMIN in the initial user namespace; false if
 * not, or if that cannot be learned.
 */
bool context_administers(void);

/**
 * context_path - Find where a path leads that is about the process itself
 *
 * A process that opens /proc/self/exe, or has a link lead there, opens another
 * file than the process that asks about it.
 *
 * @pid: The process.
 * @name: The path, as this process would use it.
 * @path: Set to one that leads there for this process; of PATH_MAX bytes.
 */
void context_path(pid_t pid, const char *name, char *path);

#endif /* EXECLOCK_CONTEXT_H */
