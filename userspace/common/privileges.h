/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Give up the privileges that a command does not need
 *
 * Policies, paths, and the names of cgroups and processes come from anywhere.
 * A process that reads them should not have all privileges of root.
 */

#ifndef EXECLOCK_PRIVILEGES_H
#define EXECLOCK_PRIVILEGES_H

#include <linux/capability.h>
#include <linux/types.h>
#include <stdbool.h>

#define PRIVILEGE(capability) (1ULL << (capability))

/** PRIVILEGES_NONE - For a command that any user may run */
#define PRIVILEGES_NONE 0

/** PRIVILEGES_LOOK - To look at files and their directories */
#define PRIVILEGES_LOOK PRIVILEGE(CAP_DAC_READ_SEARCH)

/** PRIVILEGES_ANCESTORS - Also to look at the ancestors of this process */
#define PRIVILEGES_ANCESTORS						\
	(PRIVILEGES_LOOK | PRIVILEGE(CAP_SYS_PTRACE))

/** PRIVILEGES_FILES - To look at files, and to remove or replace one */
#define PRIVILEGES_FILES						\
	(PRIVILEGES_LOOK | PRIVILEGE(CAP_DAC_OVERRIDE) |		\
	 PRIVILEGE(CAP_CHOWN))

/** PRIVILEGES_MAPS - To read BPF maps that are found by their number */
#define PRIVILEGES_MAPS PRIVILEGE(CAP_SYS_ADMIN)

/**
 * PRIVILEGES_BPF - To load and attach BPF programs, to look at the files of
 *                  policies, and to find the addresses of kernel functions
 */
#define PRIVILEGES_BPF							\
	(PRIVILEGES_MAPS | PRIVILEGES_LOOK | PRIVILEGE(CAP_BPF) |	\
	 PRIVILEGE(CAP_PERFMON) | PRIVILEGE(CAP_SYSLOG))

/** PRIVILEGES_PROCESSES - Also to look at the processes of others */
#define PRIVILEGES_PROCESSES (PRIVILEGES_BPF | PRIVILEGE(CAP_SYS_PTRACE))

/** PRIVILEGES_ALL - For a command that executes another one for the user */
#define PRIVILEGES_ALL (~0ULL)

/**
 * privileges_keep - Give up all capabilities but some, and new privileges
 *
 * @capabilities: The capabilities to keep if the process has them, a bit for
 *                each.
 *
 * Unless all are kept, no_new_privs is set.  The process can still access the
 * files of its user.
 *
 * Return: 0, or -1 with the error reported.
 */
int privileges_keep(__u64 capabilities);

/**
 * privileges_had - Check former capabilities, from before privileges_keep()
 *
 * @capabilities: A bit for each.
 *
 * Return: true if all of them were effective.
 */
bool privileges_had(__u64 capabilities);

#endif /* EXECLOCK_PRIVILEGES_H */
