/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Give up the privileges that are not needed
 *
 * Policies, paths, and the names of cgroups and processes come from anywhere.
 * What reads them should not be able to do all that root can.
 */

#ifndef EXECLOCK_PRIVILEGES_H
#define EXECLOCK_PRIVILEGES_H

#include <linux/capability.h>
#include <linux/types.h>
#include <stdbool.h>

#define PRIVILEGE(capability) (1ULL << (capability))

/** PRIVILEGES_NONE - For who only asks for what everybody may know */
#define PRIVILEGES_NONE 0

/** PRIVILEGES_LOOK - To look at files and their directories */
#define PRIVILEGES_LOOK PRIVILEGE(CAP_DAC_READ_SEARCH)

/** PRIVILEGES_ANCESTORS - Also to look at what execlock was started from */
#define PRIVILEGES_ANCESTORS						\
	(PRIVILEGES_LOOK | PRIVILEGE(CAP_SYS_PTRACE))

/** PRIVILEGES_FILES - To look at them, and to remove one */
#define PRIVILEGES_FILES						\
	(PRIVILEGES_LOOK | PRIVILEGE(CAP_DAC_OVERRIDE))

/** PRIVILEGES_MAPS - To look into BPF maps that are found by their number */
#define PRIVILEGES_MAPS PRIVILEGE(CAP_SYS_ADMIN)

/**
 * PRIVILEGES_BPF - To load and attach BPF programs, for the files that they are
 *                  about, and for the addresses of what they are attached to
 */
#define PRIVILEGES_BPF							\
	(PRIVILEGES_MAPS | PRIVILEGES_LOOK | PRIVILEGE(CAP_BPF) |	\
	 PRIVILEGE(CAP_PERFMON) | PRIVILEGE(CAP_SYSLOG))

/** PRIVILEGES_PROCESSES - Also to look at the processes of others */
#define PRIVILEGES_PROCESSES (PRIVILEGES_BPF | PRIVILEGE(CAP_SYS_PTRACE))

/** PRIVILEGES_ALL - For who executes a command of the user's */
#define PRIVILEGES_ALL (~0ULL)

/**
 * privileges_keep - Give up all capabilities but some, and new privileges
 *
 * @capabilities: Those to keep, of those that the process has; a bit for each.
 *
 * Unless all are kept, no_new_privs is set.  The process can still have what
 * belongs to its user.
 *
 * Return: 0, or -1 with the error reported.
 */
int privileges_keep(__u64 capabilities);

/**
 * privileges_had - Tell what the process had before privileges_keep()
 *
 * @capabilities: A bit for each.
 *
 * Return: true if all of them were effective.
 */
bool privileges_had(__u64 capabilities);

#endif /* EXECLOCK_PRIVILEGES_H */
