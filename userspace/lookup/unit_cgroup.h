/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From the name of a unit to the path of its cgroup
 *
 * The unit need not run, and systemd need not: at boot, policies are loaded
 * before services are started.
 */

#ifndef EXECLOCK_UNIT_CGROUP_H
#define EXECLOCK_UNIT_CGROUP_H

/**
 * unit_cgroup - Find the path of the cgroup that a unit of the system has
 *
 * @unit: Its name, with its suffix.
 * @why: Set to the reason if there is none.
 *
 * Return: the path as in /proc/PID/cgroup, which the caller has to free; NULL
 * with @why set.
 */
char *unit_cgroup(const char *unit, const char **why);

#endif /* EXECLOCK_UNIT_CGROUP_H */
