/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The default bound on capabilities in user namespaces
 *
 * The layout of maps that BPF programs and the tool share.
 */

#ifndef EXECLOCK_USERNS_RULE_H
#define EXECLOCK_USERNS_RULE_H

#include <linux/types.h>

/** USERNS_COMM_SIZE - Room for the name of a task, with its NUL */
#define USERNS_COMM_SIZE 16

/** USERNS_EVENTS - So many of the latest events are kept, a power of two */
#define USERNS_EVENTS 256

/**
 * struct userns_rule - The default
 *
 * @lost: Capabilities, one bit each, that a task cannot have in user namespaces
 *        if no policy says something about it.
 */
struct userns_rule {
	__u64 lost;
};

/**
 * enum userns_kind - What happened because of the default
 *
 * @USERNS_DROPPED: A user namespace was created without some capabilities.
 * @USERNS_DENIED: A task was denied to use a capability over one.
 * @USERNS_TRACE: A task was denied to trace one that has more than itself.
 * @USERNS_ENVIRONMENT: A program was not exempt because of variables in its
 *                      environment.
 * @USERNS_UNSAFE: A program was not exempt, because its task was traced or
 *                 shares its file system context, or it is a script.
 * @USERNS_KINDS: Number of kinds.
 */
enum userns_kind {
	USERNS_DROPPED,
	USERNS_DENIED,
	USERNS_TRACE,
	USERNS_ENVIRONMENT,
	USERNS_UNSAFE,
	USERNS_KINDS,
};

/**
 * struct userns_counts - How often this happened
 *
 * @created: User namespaces that were created, with or without a drop.
 * @number: Number of the latest event, from 1.
 * @kinds: For each &enum userns_kind.
 */
struct userns_counts {
	__u64 created;
	__u64 number;
	__u64 kinds[USERNS_KINDS];
};

/**
 * struct userns_event - An event
 *
 * @number: Its number, or zero while it is written.
 * @time: When it was, on the clock that counts suspended time.
 * @caps: The capabilities, one bit each.
 * @pid: Process.
 * @uid: Its user.
 * @kind: An &enum userns_kind.
 * @level: Level of the user namespace, of a denied use.
 * @comm: Name of the task.
 */
struct userns_event {
	__u64 number;
	__u64 time;
	__u64 caps;
	__u32 pid;
	__u32 uid;
	__u32 kind;
	__u32 level;
	char comm[USERNS_COMM_SIZE];
};

#endif /* EXECLOCK_USERNS_RULE_H */
