/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - A container that an OCI runtime creates
 *
 * Between the creation of a container's namespaces and the start of its program,
 * the runtime runs hooks.  Each gets the state of the container on its standard
 * input, as JSON: see "State" and "Hooks" of the OCI runtime specification.
 */

#ifndef EXECLOCK_CONTAINER_H
#define EXECLOCK_CONTAINER_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "resolve.h"

/**
 * struct container - A container
 *
 * @state: Its state, which owns the strings below.
 * @id: Its name, for the runtime.
 * @bundle: The directory of its configuration.
 * @has_ended: Whether it is there no more: the hook is "poststop".
 * @pid: Its first process, which has not executed its program yet; 0 if
 *       @has_ended.
 */
struct container {
	json_t *state;
	const char *id;
	const char *bundle;
	bool has_ended;
	pid_t pid;
};

/**
 * container_read - Read the state of a container from standard input
 *
 * @container: Filled in; release it with container_free(), also after an error.
 *
 * Return: 0, or -1 with the error reported: it is no state, or not the one in
 * which a policy can be put in force.
 */
int container_read(struct container *container);

/**
 * container_annotation - Find an annotation of a container
 *
 * @container: The container.
 * @name: The annotation.
 * @value: Set to its value, or to NULL if there is none.
 *
 * Return: 0, or -1 with the error reported if it is no string.
 */
int container_annotation(const struct container *container, const char *name,
			 const char **value);

/**
 * container_open - Open the root directory of a container
 *
 * @container: The container.
 * @files: Filled in; its root is then open, in the mount namespace of @container.
 *
 * Return: 0, or -1 with the error reported.
 */
int container_open(const struct container *container,
		   struct resolve_container *files);

/**
 * container_cgroup - Find the cgroup of a container
 *
 * @container: The container.
 *
 * Return: its path as in /proc/PID/cgroup, which the caller frees, or NULL with
 * the error reported.
 */
char *container_cgroup(const struct container *container);

/**
 * container_free - Release a container
 *
 * @container: The container.
 */
void container_free(struct container *container);

#endif /* EXECLOCK_CONTAINER_H */
