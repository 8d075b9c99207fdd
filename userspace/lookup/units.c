// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Services that have private mounts
 */

#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "units.h"
#include "util.h"

/* So many private mounts of a service are read. */
#define MAX_PLACES 64

/*
 * Where the system's units are, as "systemctl show --property=UnitPath" says:
 * what comes first hides others of the same name.
 */
static const char *const directories[] = {
	"/etc/systemd/system.control", "/run/systemd/system.control",
	/* Of systemd-run, and of others that ask systemd for a service. */
	"/run/systemd/transient", "/run/systemd/generator.early",
	"/etc/systemd/system", "/etc/systemd/system.attached",
	"/run/systemd/system", "/run/systemd/system.attached",
	"/run/systemd/generator", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system",
	"/run/systemd/generator.late",
};

/* Settings that are on or off, and what is mounted if they are on. */
static const struct {
	const char *name;
	const char *paths[3];
} switches[] = {
	{ "PrivateTmp", { "/tmp", "/var/tmp" } },
	{ "PrivateDevices", { "/dev" } },
	{ "ProtectProc", { "/proc" } },
	{ "ProcSubset", { "/proc" } },
	/* With it comes a /tmp of its own. */
	{ "DynamicUser", { "/tmp", "/var/tmp" } },
	{ "RootDirectory", { "/" } },
	{ "RootImage", { "/" } },
	{ "ProtectHome", { "/home", "/root", "/run/user" } },
};

/* Settings that are lists of places. */
static const char *const lists[] = {
	"BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem",
	"InaccessiblePaths",
};

struct place {
	char setting[32];
	char *path;
};

/* A file that a service executes. */
struct executable {
	dev_t device;
	ino_t inode;
};

struct service {
	char *name;
	char *slice;
	struct executable *executables;
	size_t num_executables;
	char **starts;
	size_t num_starts;
	bool on[ARRAY_SIZE(switches)];
	struct place *places;
	size_t num_places;
};

/*
 * All services, read when the first executable is asked about: a set has
 * hundreds of them, and a system hundreds of services.  The memory is for the
 * rest of the command.
 */
static struct service *services;
static size_t num_services;

static bool is_off(const char *name, const char *value)
{
	static const char *const off[] = {
		"", "no", "false", "off", "0", "default", "all",
	};
	size_t i;

	/* Its files stay, but for "tmpfs", which hides them. */
	if (strcmp(name, "ProtectHome") == 0)
		return strcmp(value, "tmpfs") != 0;
	for (i = 0; i < ARRAY_SIZE(off); i++)
		if (strcasecmp(value, off[i]) == 0)
			return true;
	return false;
}

/* Sets @path to the file that a command line begins with, if it has a path. */
static bool get_executable(const char *line, char path[PATH_MAX])
{
	size_t size;

	/* Prefixes of the command, see systemd.service(5). */
	line += strspn(line, "@-:+!|\"'");
	size = strcspn(line, " \t\"'");
	if (size >= PATH_MAX)
		return false;
	memcpy(path, line, size);
	path[size] = '\0';
	return *path == '/';
}

static void add_executable(struct service *service, const char *line)
{
	struct executable *more;
	char path[PATH_MAX];
	struct stat st;

	if (!get_executable(line, path) || stat(path, &st))
		return;
	more = reallocarray(service->executables, service->num_executables + 1,
			    sizeof(*more));
	if (!more)
		return;
	more[service->num_executables].device = st.st_dev;
	more[service->num_executables].inode = st.st_ino;
	service->executables = more;
	service->num_executables++;
}

/* Adds a program that the service starts; an empty line takes them back. */
static void add_start(struct service *service, const char *line)
{
	char path[PATH_MAX];
	char **more;

	if (!*line)
		while (service->num_starts)
			free(service->starts[--service->num_starts]);
	if (!get_executable(line, path))
		return;
	more = reallocarray(service->starts, service->num_starts + 1,
			    sizeof(*more));
	if (!more)
		return;
	service->starts = more;
	more[service->num_starts] = strdup(path);
	service->num_starts += !!more[service->num_starts];
}

static void add_place(struct service *service, const char *setting,
		      const char *path)
{
	struct place *more;

	if (*path != '/' || service->num_places == MAX_PLACES)
		return;
	more = reallocarray(service->places, service->num_places + 1,
			    sizeof(*more));
	if (!more)
		return;
	service->places = more;
	more += service->num_places;
	more->path = strdup(path);
	if (!more->path)
		return;
	snprintf(more->setting, sizeof(more->setting), "%s", setting);
	service->num_places++;
}

/* Where something else is in the words of a list: "-SOURCE:PLACE:OPTIONS". */
static void add_places(struct service *service, const char *name, char *value)
{
	const bool bind = strncmp(name, "Bind", 4) == 0;
	char *word, *rest = value;
	size_t i;

	/* An empty one takes the former ones back. */
	if (!*value)
		for (i = 0; i < service->num_places; i++)
			if (strcmp(service->places[i].setting, name) == 0)
				*service->places[i].path = '\0';
	while ((word = strtok_r(rest, " \t", &rest))) {
		char *path = word + strspn(word, "-+");
		char *const colon = strchr(path, ':');

		if (bind && colon)
			path = colon + 1;
		path[strcspn(path, ":")] = '\0';
		add_place(service, name, path);
	}
}

static void read_setting(struct service *service, const char *name,
			 char *value)
{
	size_t i;

	if (fnmatch("Exec*", name, 0) == 0)
		add_executable(service, value);
	if (strcmp(name, "Slice") == 0) {
		free(service->slice);
		service->slice = strdup(value);
	}
	if (strcmp(name, "ExecStart") == 0)
		add_start(service, value);
	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (strcmp(name, switches[i].name) == 0)
			service->on[i] = !is_off(name, value);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(name, lists[i]) == 0)
			add_places(service, name, value);
}

/* Takes away spaces at both ends. */
static char *trim(char *text)
{
	size_t size;

	text += strspn(text, " \t");
	size = strlen(text);
	while (size && strchr(" \t\n", text[size - 1]))
		size--;
	text[size] = '\0';
	return text;
}

static void read_file(struct service *service, const char *path)
{
	FILE *const file = fopen(path, "re");
	char *line = NULL, *equals;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		equals = strchr(line, '=');
		if (!equals || *line == '#' || *line == ';')
			continue;
		*equals = '\0';
		read_setting(service, trim(line), trim(equals + 1));
	}
	free(line);
	if (file)
		fclose(file);
}

static struct service *find_service(const char *name, size_t size)
{
	size_t i;

	for (i = 0; i < num_services; i++)
		if (strncmp(services[i].name, name, size) == 0 &&
		    !services[i].name[size])
			return &services[i];
	return NULL;
}

/* Reads a service's own file, unless one of the same name hides it. */
static void read_unit(const char *path)
{
	const char *const name = strrchr(path, '/') + 1;
	struct service *more;

	if (find_service(name, strlen(name)))
		return;
	more = reallocarray(services, num_services + 1, sizeof(*more));
	if (!more)
		return;
	services = more;
	more += num_services;
	memset(more, 0, sizeof(*more));
	more->name = strdup(name);
	if (!more->name)
		return;
	num_services++;
	read_file(more, path);
}

/* "DIRECTORY/NAME.d/FILE", which adds to the file of the service NAME. */
static void read_drop_in(const char *path)
{
	const char *const slash = strrchr(path, '/');
	const char *const name = (const char *)memrchr(path, '/',
						       slash - path) + 1;
	struct service *const service =
		find_service(name, slash - name - strlen(".d"));

	if (service)
		read_file(service, path);
}

static void for_files(const char *directory, const char *pattern,
		      void (*call)(const char *path))
{
	char path[PATH_MAX];
	glob_t files;
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", directory, pattern);
	if (glob(path, 0, NULL, &files))
		return;
	for (i = 0; i < files.gl_pathc; i++)
		call(files.gl_pathv[i]);
	globfree(&files);
}

static void read_services(void)
{
	static bool done;
	size_t i;

	if (done)
		return;
	done = true;
	for (i = 0; i < ARRAY_SIZE(directories); i++)
		for_files(directories[i], "*.service", read_unit);
	/* The administrator's drop-ins come last. */
	for (i = ARRAY_SIZE(directories); i-- > 0;)
		for_files(directories[i], "*.service.d/*.conf", read_drop_in);
}

static bool is_executed(const struct service *service, const struct stat *file)
{
	size_t i;

	for (i = 0; i < service->num_executables; i++)
		if (service->executables[i].inode == file->st_ino &&
		    service->executables[i].device == file->st_dev)
			return true;
	return false;
}

/* Returns what @call returned. */
static int call_for_service(const struct service *service,
			    int (*call)(const struct private_place *place,
					void *data), void *data)
{
	struct private_place place = { .unit = service->name };
	size_t i, j;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(switches); i++)
		for (j = 0; service->on[i] && !err &&
		     j < ARRAY_SIZE(switches[i].paths); j++) {
			place.setting = switches[i].name;
			place.path = switches[i].paths[j];
			if (place.path)
				err = call(&place, data);
		}
	for (i = 0; !err && i < service->num_places; i++) {
		place.setting = service->places[i].setting;
		place.path = service->places[i].path;
		if (*place.path)
			err = call(&place, data);
	}
	return err;
}

void units_private(const struct stat *file,
		   int (*call)(const struct private_place *place, void *data),
		   void *data)
{
	size_t i;
	int err = 0;

	read_services();
	for (i = 0; !err && i < num_services; i++)
		if (is_executed(&services[i], file))
			err = call_for_service(&services[i], call, data);
}

/* Whether there is a file of this name among the units, or of its template. */
static bool is_unit(const char *name)
{
	const char *const at = strchr(name, '@');
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (access(path, F_OK) == 0)
			return true;
		snprintf(path, sizeof(path), "%s/%.*s@.service", directories[i],
			 (int)(at ? at - name : 0), name);
		if (at && access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* Finds a service; an instance of a template that has no file is its template. */
static const struct service *find_instance(const char *unit)
{
	const char *const at = strchr(unit, '@');
	const struct service *service;
	char template[NAME_MAX + 1];

	read_services();
	service = find_service(unit, strlen(unit));
	if (service || !at)
		return service;
	snprintf(template, sizeof(template), "%.*s@.service",
		 (int)(at - unit), unit);
	return find_service(template, strlen(template));
}

void units_private_of(const char *unit,
		      int (*call)(const struct private_place *place,
				  void *data), void *data)
{
	const struct service *const service = find_instance(unit);

	if (service)
		call_for_service(service, call, data);
}

const char *units_slice(const char *unit)
{
	const struct service *const service = find_instance(unit);

	return service && service->slice && *service->slice ?
	       service->slice : NULL;
}

bool units_of_cgroup(const char *path, char unit[NAME_MAX + 1])
{
	static const char suffix[] = ".service";

	for (; *path; path += strspn(path, "/")) {
		const size_t size = strcspn(path, "/");

		if (size > strlen(suffix) && size <= NAME_MAX &&
		    strncmp(path + size - strlen(suffix), suffix,
			    strlen(suffix)) == 0) {
			snprintf(unit, NAME_MAX + 1, "%.*s", (int)size, path);
			if (is_unit(unit))
				return true;
		}
		path += size;
	}
	return false;
}

bool units_starts(const char *name, void (*call)(const char *path, void *data),
		  void *data)
{
	const struct service *const service = find_instance(name);
	size_t i;

	for (i = 0; service && i < service->num_starts; i++)
		call(service->starts[i], data);
	return service;
}
