// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which services have a view of the file systems of their own
 */

#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "units.h"
#include "util.h"

/* What a service can mount of its own. */
#define MAX_PLACES 64

/* Where units are: what comes first hides others of the same name. */
static const char *const directories[] = {
	"/etc/systemd/system", "/run/systemd/system",
	"/run/systemd/transient", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system",
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
	char path[PATH_MAX];
};

/* A service, as far as it was read. */
struct unit {
	const struct stat *wanted;
	bool executes;
	bool on[ARRAY_SIZE(switches)];
	struct place places[MAX_PLACES];
	size_t num_places;
};

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

/* Whether a command line begins with the file. */
static bool executes(const char *line, const struct stat *wanted)
{
	char path[PATH_MAX];
	struct stat st;
	size_t size;

	/* What these say does not matter here. */
	line += strspn(line, "@-:+!|\"'");
	size = strcspn(line, " \t\"'");
	if (size >= sizeof(path))
		return false;
	memcpy(path, line, size);
	path[size] = '\0';
	return *path == '/' && !stat(path, &st) &&
	       st.st_dev == wanted->st_dev && st.st_ino == wanted->st_ino;
}

/* Where something else is in the words of a list: "-SOURCE:PLACE:OPTIONS". */
static void add_places(struct unit *unit, const char *name, char *value)
{
	const bool bind = strncmp(name, "Bind", 4) == 0;
	char *word, *rest = value;
	size_t i;

	/* An empty one takes the former ones back. */
	if (!*value)
		for (i = 0; i < unit->num_places; i++)
			if (strcmp(unit->places[i].setting, name) == 0)
				*unit->places[i].path = '\0';
	while ((word = strtok_r(rest, " \t", &rest))) {
		struct place *const place = &unit->places[unit->num_places];
		char *path = word + strspn(word, "-+");
		char *const colon = strchr(path, ':');

		if (bind && colon)
			path = colon + 1;
		path[strcspn(path, ":")] = '\0';
		if (*path != '/' || unit->num_places == MAX_PLACES)
			continue;
		snprintf(place->setting, sizeof(place->setting), "%s", name);
		snprintf(place->path, sizeof(place->path), "%s", path);
		unit->num_places++;
	}
}

static void read_setting(struct unit *unit, const char *name, char *value)
{
	size_t i;

	if (fnmatch("Exec*", name, 0) == 0)
		unit->executes |= executes(value, unit->wanted);
	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (strcmp(name, switches[i].name) == 0)
			unit->on[i] = !is_off(name, value);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(name, lists[i]) == 0)
			add_places(unit, name, value);
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

static void read_file(struct unit *unit, const char *path)
{
	FILE *const file = fopen(path, "re");
	char *line = NULL, *equals;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		equals = strchr(line, '=');
		if (!equals || *line == '#' || *line == ';')
			continue;
		*equals = '\0';
		read_setting(unit, trim(line), trim(equals + 1));
	}
	free(line);
	if (file)
		fclose(file);
}

static void read_drop_ins(struct unit *unit, const char *name)
{
	char pattern[PATH_MAX];
	glob_t files;
	size_t i, j;

	/* Those of the administrator come last. */
	for (i = ARRAY_SIZE(directories); i-- > 0;) {
		snprintf(pattern, sizeof(pattern), "%s/%s.d/*.conf",
			 directories[i], name);
		if (glob(pattern, 0, NULL, &files))
			continue;
		for (j = 0; j < files.gl_pathc; j++)
			read_file(unit, files.gl_pathv[j]);
		globfree(&files);
	}
}

/* Whether a unit of this name is in a directory that comes before. */
static bool is_hidden(const char *name, size_t directory)
{
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < directory; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (!lstat(path, &st))
			return true;
	}
	return false;
}

/* Returns what @call returned. */
static int call_for_unit(const struct unit *unit, const char *name,
			 int (*call)(const struct private_place *place,
				     void *data), void *data)
{
	struct private_place place = { .unit = name };
	size_t i, j;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(switches); i++)
		for (j = 0; unit->on[i] && !err &&
		     j < ARRAY_SIZE(switches[i].paths); j++) {
			place.setting = switches[i].name;
			place.path = switches[i].paths[j];
			if (place.path)
				err = call(&place, data);
		}
	for (i = 0; !err && i < unit->num_places; i++) {
		place.setting = unit->places[i].setting;
		place.path = unit->places[i].path;
		if (*place.path)
			err = call(&place, data);
	}
	return err;
}

void units_private(const struct stat *file,
		   int (*call)(const struct private_place *place, void *data),
		   void *data)
{
	static struct unit unit;
	char pattern[PATH_MAX];
	glob_t files;
	size_t i, j;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(directories); i++) {
		snprintf(pattern, sizeof(pattern), "%s/*.service",
			 directories[i]);
		if (glob(pattern, 0, NULL, &files))
			continue;
		for (j = 0; !err && j < files.gl_pathc; j++) {
			const char *const name =
				strrchr(files.gl_pathv[j], '/') + 1;

			if (is_hidden(name, i))
				continue;
			memset(&unit, 0, sizeof(unit));
			unit.wanted = file;
			read_file(&unit, files.gl_pathv[j]);
			read_drop_ins(&unit, name);
			if (unit.executes)
				err = call_for_unit(&unit, name, call, data);
		}
		globfree(&files);
	}
}
