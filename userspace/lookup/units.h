/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Services that have private mounts
 */

#ifndef EXECLOCK_UNITS_H
#define EXECLOCK_UNITS_H

#include <limits.h>
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
 * units_private_of - List the private mounts of a service
 *
 * @unit: Its name, such as "nginx.service"; an instance has those of its
 *        template.
 * @call: Called for each place; stops the work unless it returns 0.
 * @data: Passed to @call.
 */
void units_private_of(const char *unit,
		      int (*call)(const struct private_place *place,
				  void *data), void *data);

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
 * units_of_cgroup - Find the service whose cgroup it is, or is in
 *
 * Its cgroup is there whenever it runs.
 *
 * @path: The cgroup's path, as in /proc/PID/cgroup.
 * @unit: Set to the name of the service, a component of the path.
 *
 * Return: true if systemd knows such a service.
 */
bool units_of_cgroup(const char *path, char unit[NAME_MAX + 1]);

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
