// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - A container that an OCI runtime creates
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "message.h"
#include "util.h"

/* A state has a few hundred bytes, and its annotations. */
#define MAX_STATE (1024 * 1024)

/* Reads no more than that from whoever is at the other end. */
static json_t *read_state(void)
{
	char *const text = malloc(MAX_STATE + 1);
	json_error_t error;
	json_t *state = NULL;
	size_t size;

	if (!text) {
		p_err("out of memory");
		return NULL;
	}
	size = fread(text, 1, MAX_STATE + 1, stdin);
	if (ferror(stdin)) {
		p_err("cannot read the state of the container from standard input: %s",
		      strerror(errno));
	} else if (!size) {
		p_err("standard input is empty: an OCI runtime writes the state of a container there (\"man execlock-oci-hook\")");
	} else if (size > MAX_STATE) {
		p_err("the state of the container is longer than %d bytes",
		      MAX_STATE);
	} else {
		state = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
		if (!state)
			p_err("standard input is no state of a container: line %d, column %d: %s",
			      error.line, error.column, error.text);
	}
	free(text);
	return state;
}

/* Returns NULL with the error reported if there is no such string. */
static const char *get_string(const json_t *state, const char *name)
{
	const char *const value = json_string_value(json_object_get(state,
								    name));

	if (!value)
		p_err("the state of the container has no string \"%s\", which the OCI runtime specification requires",
		      name);
	return value;
}

/*
 * In a "prestart" or "createRuntime" hook, the container is being created or,
 * with runtimes that are older than the latter, created.
 */
static int check_status(struct container *container, const char *status)
{
	container->has_ended = strcmp(status, "stopped") == 0;
	if (container->has_ended || strcmp(status, "creating") == 0 ||
	    strcmp(status, "created") == 0)
		return 0;
	return p_err("container \"%s\" is %s already: a policy must be in force before its program is started; make this a \"createRuntime\" hook",
		     container->id, status);
}

int container_read(struct container *container)
{
	const char *status;
	json_int_t pid;

	memset(container, 0, sizeof(*container));
	container->state = read_state();
	if (!container->state)
		return -1;
	container->id = get_string(container->state, "id");
	status = container->id ? get_string(container->state, "status") : NULL;
	container->bundle = status ? get_string(container->state, "bundle") :
				     NULL;
	if (!container->bundle || check_status(container, status))
		return -1;
	if (container->has_ended)
		return 0;
	if (container->bundle[0] != '/')
		return p_err("the bundle of container \"%s\" is \"%s\", which is no absolute path",
			     container->id, container->bundle);
	pid = json_integer_value(json_object_get(container->state, "pid"));
	container->pid = pid;
	if (pid <= 0 || container->pid != pid)
		return p_err("the state of container \"%s\" has no \"pid\": the runtime has made no process for it yet; make this a \"createRuntime\" hook",
			     container->id);
	return 0;
}

int container_annotation(const struct container *container, const char *name,
			 const char **value)
{
	const json_t *const annotation =
		json_object_get(json_object_get(container->state,
						"annotations"), name);

	*value = json_string_value(annotation);
	if (annotation && !*value)
		return p_err("the annotation \"%s\" of container \"%s\" is no string",
			     name, container->id);
	return 0;
}

/* Returns the path of the root directory, or NULL with the error reported. */
static char *find_rootfs(const struct container *container)
{
	char *file, *rootfs = NULL;
	const char *path = NULL;
	json_t *config, *root;
	json_error_t error;
	int size;

	if (asprintf(&file, "%s/config.json", container->bundle) < 0) {
		p_err("out of memory");
		return NULL;
	}
	config = json_load_file(file, 0, &error);
	root = json_object_get(config, "root");
	if (config)
		path = json_string_value(json_object_get(root, "path"));
	if (!config)
		p_err("cannot read the configuration of container \"%s\": %s: %s",
		      container->id, file, error.text);
	else if (!path)
		p_err("the configuration of container \"%s\" has no root directory: %s",
		      container->id, file);
	if (path) {
		size = path[0] == '/' ? asprintf(&rootfs, "%s", path) :
		       asprintf(&rootfs, "%s/%s", container->bundle, path);
		if (size < 0) {
			rootfs = NULL;
			p_err("out of memory");
		}
	}
	json_decref(config);
	free(file);
	return rootfs;
}

/*
 * The first process is in the mount namespace of the container already, but its
 * root directory is not the container's yet.
 */
static int open_rootfs(const struct container *container, const char *rootfs)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	char path[64];
	int root, fd;

	snprintf(path, sizeof(path), "/proc/%d/root", container->pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return p_err("cannot open the root directory of process %d, which container \"%s\" begins with: %s",
			     container->pid, container->id, strerror(errno));
	fd = syscall(SYS_openat2, root, rootfs, &how, sizeof(how));
	if (fd < 0)
		p_err("cannot open the root directory of container \"%s\", %s: %s",
		      container->id, rootfs, strerror(errno));
	close(root);
	return fd;
}

/* Finds who is root in the user namespace of a process. */
static int find_root_user(const struct container *container, uid_t *uid)
{
	unsigned int inside, outside, count;
	char path[64];
	FILE *map;
	int err = -1;

	snprintf(path, sizeof(path), "/proc/%d/uid_map", container->pid);
	map = fopen(path, "re");
	if (!map)
		return p_err("cannot open %s: %s", path, strerror(errno));
	while (err && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		if (!inside) {
			*uid = outside;
			err = 0;
		}
	fclose(map);
	return err ? p_err("container \"%s\" has no root user, whose files a policy could trust: map user 0 in its user namespace",
			   container->id) : 0;
}

int container_open(const struct container *container,
		   struct resolve_container *files)
{
	char *rootfs;

	files->root = -1;
	if (find_root_user(container, &files->uid))
		return -1;
	rootfs = find_rootfs(container);
	if (rootfs)
		files->root = open_rootfs(container, rootfs);
	free(rootfs);
	return files->root < 0 ? -1 : 0;
}

char *container_cgroup(const struct container *container)
{
	char path[64], *line = NULL, *cgroup = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", container->pid);
	file = fopen(path, "re");
	if (!file) {
		p_err("cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	/* The one of version 2 has no controllers, and the number 0. */
	while (!cgroup && getline(&line, &size, file) > 0)
		if (strncmp(line, "0::/", 4) == 0) {
			line[strcspn(line, "\n")] = '\0';
			cgroup = strdup(line + 3);
		}
	free(line);
	fclose(file);
	if (!cgroup)
		p_err("container \"%s\" has no cgroup of version 2, which policies are for",
		      container->id);
	return cgroup;
}

void container_free(struct container *container)
{
	json_decref(container->state);
	container->state = NULL;
}
