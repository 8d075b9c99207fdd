/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities tests - Processes that do what their test orders
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _USERNS_ACTOR_H
#define _USERNS_ACTOR_H

#include <linux/types.h>
#include <sys/types.h>

#include "kselftest.h"

/* The first argument of a program that goes on with the orders. */
#define ACTOR_NAME "actor"

enum order_kind {
	ORDER_BEGIN,
	ORDER_USERNS,
	ORDER_DROP_BOUNDING,
	ORDER_RAISE_AMBIENT,
	ORDER_CAPSET,
	ORDER_SECUREBITS,
	ORDER_NO_NEW_PRIVS,
	ORDER_FORK,
	ORDER_UNSHARE,
	ORDER_CLONE,
	ORDER_MAP,
	ORDER_SETNS,
	ORDER_EXEC,
	ORDER_ASK,
};

/* Answers to ORDER_ASK: what the process may do with another process. */
#define MAY_KILL 0x01
#define MAY_SEE_LIMITS 0x02
#define MAY_RENICE 0x04
#define MAY_INSPECT 0x08
#define MAY_CHANGE_SPACE 0x10
/* And in its own user namespace. */
#define MAY_SET_PCAPS 0x20

/**
 * struct order - Something to do
 *
 * @kind: The operation.
 * @args: Its arguments, cf. obey().
 */
struct order {
	enum order_kind kind;
	__u64 args[3];
};

/**
 * struct answer - Result of an order
 *
 * @result: 0, the new process of ORDER_FORK and ORDER_CLONE, the answers of
 *          ORDER_ASK, or an error.
 * @secbits: The securebits of the process.
 */
struct answer {
	int result;
	unsigned int secbits;
};

/**
 * struct actor - A process that obeys
 *
 * @pid: The process.
 * @fd: Where the process gets its orders from.
 * @status: Its /proc/PID/status.
 */
struct actor {
	pid_t pid;
	int fd;
	int status;
};

/* Of the process that orders. */
int actor_start(struct actor *actor);
int actor_order(const struct actor *actor, const struct order *order,
		int with_fd, struct answer *answer);
int actor_adopt(const struct actor *parent, const struct order *order,
		struct actor *child, struct answer *answer);
void actor_forget(struct actor *actor);

/* Of the program that an actor executes. */
void __noreturn actor_continue(void);

#endif /* _USERNS_ACTOR_H */
