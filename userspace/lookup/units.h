/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Services that have private mounts
 */

#ifndef EXECLOCK_UNITS_H
#define EXECLOCK_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/**
 * struct private_place - A path at which a service sees another file
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
 * units_private - List the private mounts of the services that execute a file
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
 * units_slice - Find the slice that a service's files ask for
 *
 * @unit: Name of the service.
 *
 * Return: Slice= of its files, or of its template's; NULL if they have none, or
 * it has no files.
 */
const char *units_slice(const char *unit);

/**
 * units_have_cgroup - Tell whether a cgroup is there whenever a service runs
 *
 * @path: The cgroup's path, as in /proc/PID/cgroup.
 *
 * Return: true if a component of it is the name of a service that systemd knows.
 */
bool units_have_cgroup(const char *path);

/**
 * units_starts - List the programs that a service starts
 *
 * @name: The service, such as "nginx.service"; an instance has the programs of
 *        its template.
 * @call: Called for the path of each, as its files name it.
 * @data: Passed to @call.
 *
 * Return: true if systemd knows the service.
 */
bool units_starts(const char *name, void (*call)(const char *path, void *data),
		  void *data);

#endif /* EXECLOCK_UNITS_H */
