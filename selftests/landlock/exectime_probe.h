/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Restrictions that a task finds for itself
 */

#ifndef _LANDLOCK_EXECTIME_PROBE_H
#define _LANDLOCK_EXECTIME_PROBE_H

#define _GNU_SOURCE
#include <linux/landlock.h>
#include <linux/types.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define RESTRICT_EXECTIME LANDLOCK_RESTRICT_SELF_EXECTIME
#define RESTRICT_NNP LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS
#define RESTRICT_TSYNC LANDLOCK_RESTRICT_SELF_TSYNC

/* An UID and a GID without privilege, never those of the test runner. */
#define EXECTIME_UID 4242
#define EXECTIME_GID 4243

/*
 * Each ruleset of these tests denies one of these access rights everywhere, and
 * no other: the denials tell which rulesets are enforced.  None of them stops
 * a program from being executed.
 */
#define DENY_A LANDLOCK_ACCESS_FS_READ_DIR
#define DENY_B LANDLOCK_ACCESS_FS_MAKE_DIR
#define DENY_C LANDLOCK_ACCESS_FS_MAKE_FIFO
#define DENY_D LANDLOCK_ACCESS_FS_MAKE_SYM
#define DENY_E LANDLOCK_ACCESS_FS_MAKE_SOCK

/* A right that no test tries, for layers that only have to be there. */
#define DENY_NOTHING LANDLOCK_ACCESS_FS_IOCTL_DEV

/*
 * Never tried: stands for a probe that fails otherwise than with EACCES, which
 * means that the test itself is broken.
 */
#define DENY_BROKEN LANDLOCK_ACCESS_FS_REFER

/*
 * Denials of neither files nor directories, which only step 'o' tries: the two
 * access rights to the network, on a port that no rule names and on a port that
 * a rule may allow, and the two scopes.
 */
#define OTHER_BIND 0x01
#define OTHER_BIND_RULE 0x02
#define OTHER_CONNECT 0x04
#define OTHER_CONNECT_RULE 0x08
#define OTHER_SIGNAL 0x10
#define OTHER_SOCKET 0x20

/* A probe that fails otherwise than it may: the test itself is broken. */
#define OTHER_BROKEN 0x80000000

/* A port that no rule names, and a port that a rule may name. */
#define EXECTIME_PORT 4242
#define EXECTIME_PORT_RULE 4243

/**
 * struct exec_report - Restrictions that a task finds for itself
 *
 * @denied: Rights among DENY_A to DENY_E that are denied.
 * @others: Denials among OTHER_BIND to OTHER_SOCKET, 0 if not tried.
 * @caps: Permitted capabilities.
 * @status_nnp: NoNewPrivs according to /proc/thread-self/status.
 * @nnp: no_new_privs according to prctl(2).
 * @layers: Number of layers in use, a staged one included, or -1 if unknown.
 * @seccomp: errno of the installation of a seccomp filter, 0 if it succeeded,
 *           or -1 if unknown.
 * @uid: Real user ID.
 * @euid: Effective user ID.
 * @egid: Effective group ID.
 * @secure: AT_SECURE.
 * @pid: The reporting process.
 */
struct exec_report {
	__u64 denied;
	__u32 others;
	__u64 caps;
	int status_nnp;
	int nnp;
	int layers;
	int seccomp;
	uid_t uid;
	uid_t euid;
	gid_t egid;
	int secure;
	pid_t pid;
};

int exectime_ruleset(const __u64 handled_access_fs);

int exectime_restrict(const __u64 handled_access_fs, const __u32 flags);

__u64 exectime_probe(void);

socklen_t exectime_socket_name(struct sockaddr_un *const addr, const pid_t pid);

__u32 exectime_probe_others(void);

int exectime_in_child(int (*func)(void));

int exectime_install_filter(void);

void exectime_look_quickly(struct exec_report *const report);

void exectime_look(struct exec_report *const report);

#endif /* _LANDLOCK_EXECTIME_PROBE_H */
