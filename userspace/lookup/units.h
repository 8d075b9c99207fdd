/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Which services have a view of the file systems of their own
 */

#ifndef EXECLOCK_UNITS_H
#define EXECLOCK_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/**
 * struct private_place - What a service does not see as others do
 *
 * @unit: Name of the service.
 * @setting: Because of which it is so.
 * @path: The directory or file that it sees another one at.
 */
struct private_place {
	const char *unit;
	const char *setting;
	const char *path;
};

/**
 * units_private - List what the services that execute a file see differently
 *
 * The files of systemd's services are read, with their drop-ins, for the few
 * settings that mount something: once, when the command first asks.  Services
 * that are made while the system runs (systemd-run) are known while they exist,
 * since systemd writes files for them, too.
 *
 * @file: The file.
 * @call: Called for each place; stops the work unless it returns 0.
 * @data: Passed to @call.
 */
void units_private(const struct stat *file,
		   int (*call)(const struct private_place *place, void *data),
		   void *data);

/**
 * units_have_cgroup - Tell whether a cgroup is there whenever a service runs
 *
 * @path: The cgroup's path, as in /proc/PID/cgroup.
 *
 * Return: true if a component of it is the name of a service that systemd knows.
 */
bool units_have_cgroup(const char *path);

#endif /* EXECLOCK_UNITS_H */
