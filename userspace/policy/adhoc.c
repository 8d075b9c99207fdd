// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies that a command line makes
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "adhoc.h"
#include "bpf/execlock.h"
#include "landlock_abi.h"
#include "message.h"
#include "path_lookup.h"
#include "resolve.h"
#include "startup_files.h"

#define NO_MEMORY "out of memory"

/* The options, and the rights that they give. */
static const struct {
	const char *option;
	const char *rights;
} accesses[ADHOC_ACCESSES] = {
	[ADHOC_RO] = { "--ro", "[\"read_file\", \"read_dir\"]" },
	[ADHOC_ROX] = {
		"--rox", "[\"execute\", \"read_file\", \"read_dir\"]"
	},
	[ADHOC_RW] = { "--rw", "[\"abi.read_write\"]" },
};

/* Appends @item, which may be NULL, to an array that may not be there yet. */
static int append(json_t **array, json_t *item)
{
	if (!*array)
		*array = json_array();
	return json_array_append_new(*array, item);
}

const char *adhoc_add_path(struct adhoc *adhoc, enum adhoc_access access,
			   const char *path)
{
	adhoc->used = true;
	if (!*path)
		return "the path is empty";
	if (strstr(path, "${"))
		return "the path has \"${\", which begins a variable in a policy";
	if (append(&adhoc->paths[access], json_string(path)))
		return "the path is not UTF-8, as a policy must be";
	return NULL;
}

/* Sets @end to the rest of @text.  Returns -1 if it begins with no port. */
static int read_port(const char *text, char **end)
{
	unsigned long port;

	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	port = strtoul(text, end, 10);
	return errno || port > 65535 ? -1 : (int)port;
}

static int add_port(struct adhoc *adhoc, const char *right, int port)
{
	return append(&adhoc->ports, json_pack("{s:[s], s:[i]}",
					       "allowedAccess", right, "port",
					       port));
}

const char *adhoc_add_port(struct adhoc *adhoc, bool bind, const char *text)
{
	bool tcp, udp;
	char *end;
	const int port = read_port(text, &end);
	int err = 0;

	adhoc->used = true;
	if (port < 0)
		return "a port is a number from 0 to 65535";
	if (!bind && port == 0)
		return "no program can reach port 0: name another one";
	tcp = !*end || strcmp(end, "/tcp") == 0;
	udp = !*end || strcmp(end, "/udp") == 0;
	if (!tcp && !udp)
		return "a port ends with the number, \"/tcp\" or \"/udp\"";
	if (tcp)
		err = add_port(adhoc, bind ? "bind_tcp" : "connect_tcp", port);
	if (!err && udp)
		err = add_port(adhoc, bind ? "bind_udp" : "connect_send_udp",
			       port);
	/* The kernel chooses the port from which the program sends. */
	if (!err && udp && !bind)
		err = add_port(adhoc, "bind_udp", 0);
	return err ? NO_MEMORY : NULL;
}

/* Reports a path for which there can be no rule, by its option. */
static int check_path(const struct adhoc *adhoc, enum adhoc_access access,
		      const char *path)
{
	const struct resolve_trust trust = {};
	enum resolve_result result;
	struct resolved resolved;
	char *why;

	/* The rule of a pattern is for what is there when it is made. */
	if (strchr(path, '*'))
		return 0;
	result = resolve(path, &trust, 0, &resolved);
	/* It has a name already. */
	if (result == RESOLVE_MISSING && adhoc->places &&
	    resolved.error == ENOENT && resolved.dir >= 0)
		result = RESOLVED;
	if (result != RESOLVED) {
		why = resolve_why(&resolved, path, result);
		p_err("%s: %s", accesses[access].option, why ?: NO_MEMORY);
		free(why);
	}
	resolve_release(&resolved);
	return result == RESOLVED ? 0 : -1;
}

static int add_rules(const struct adhoc *adhoc, json_t *rules)
{
	enum adhoc_access i;
	const json_t *path;
	size_t j;

	for (i = 0; i < ADHOC_ACCESSES; i++) {
		json_t *rights;

		json_array_foreach(adhoc->paths[i], j, path)
			if (check_path(adhoc, i,
				       json_string_value(path)))
				return -1;
		if (!adhoc->paths[i])
			continue;
		rights = json_loads(accesses[i].rights, 0, NULL);
		if (json_array_append_new(rules, json_pack("{s:o, s:O}",
							   "allowedAccess",
							   rights, "parent",
							   adhoc->paths[i])))
			return p_err(NO_MEMORY);
	}
	return 0;
}

static int add_library(const char *path, void *data)
{
	json_t *const paths = data;

	if (strstr(path, "${") || strchr(path, '*') ||
	    json_array_append_new(paths, json_string(path)))
		return p_err("--with-libraries: no policy can have the path %s",
			     path);
	return 0;
}

static int add_libraries(json_t *rules, const char *command)
{
	json_t *const paths = json_array();
	char path[PATH_MAX];
	int err;

	err = path_lookup(command, path);
	if (err)
		err = p_err("--with-libraries: cannot find %s: %s", command,
			    strerror(-err));
	else
		err = for_each_startup_file(path, false, add_library, paths);
	if (err == STARTUP_TOO_MANY)
		err = p_err("--with-libraries: %s needs more than %d files to start: name their directories with --ro",
			    path, STARTUP_FILES);
	if (!err && json_array_size(paths) &&
	    json_array_append_new(rules, json_pack("{s:[s], s:O}",
						   "allowedAccess", "read_file",
						   "parent", paths)))
		err = p_err(NO_MEMORY);
	json_decref(paths);
	return err;
}

static json_t *make_name(const char *command)
{
	const char *const slash = strrchr(command, '/');
	char name[EXECLOCK_NAME_SIZE];
	char *c;

	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : command);
	/* Policies have names of these characters only. */
	for (c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
		    !(isalnum((unsigned char)*c) || strchr("._+-", *c)))
			*c = '_';
	if (strchr(".-", name[0]))
		name[0] = '_';
	return json_string(name);
}

/* All that the newest Landlock can deny is denied unless a rule allows it. */
static json_t *make_policy(const struct adhoc *adhoc, const char *command,
			   json_t *rules)
{
	json_t *const landlock =
		json_pack("{s:i, s:[{s:[s], s:[s], s:[s]}]}", "abi",
			  LANDLOCK_ABI_KNOWN, "ruleset", "handledAccessFs",
			  "abi.all", "handledAccessNet", "abi.all", "scoped",
			  "abi.all");
	json_t *policy;
	int err = 0;

	/* An empty array is an error. */
	if (json_array_size(rules))
		err |= json_object_set(landlock, "pathBeneath", rules);
	if (adhoc->ports)
		err |= json_object_set(landlock, "netPort", adhoc->ports);
	policy = json_pack("{s:o, s:o}", "name", make_name(command),
			   "landlock", landlock);
	if (adhoc->no_new_privs)
		err |= json_object_set_new(policy, "enforce",
					   json_pack("{s:b}", "noNewPrivs", 1));
	if (!err && policy)
		return policy;
	json_decref(policy);
	p_err(NO_MEMORY);
	return NULL;
}

json_t *adhoc_make(const struct adhoc *adhoc, const char *command)
{
	json_t *const rules = json_array();
	json_t *policy = NULL;

	if (!add_rules(adhoc, rules) &&
	    (!adhoc->with_libraries || !add_libraries(rules, command)))
		policy = make_policy(adhoc, command, rules);
	json_decref(rules);
	return policy;
}

void adhoc_free(struct adhoc *adhoc)
{
	enum adhoc_access i;

	for (i = 0; i < ADHOC_ACCESSES; i++)
		json_decref(adhoc->paths[i]);
	json_decref(adhoc->ports);
	memset(adhoc, 0, sizeof(*adhoc));
}
