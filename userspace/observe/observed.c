// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Accesses of a command, from the events of BPF programs
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/landlock_rights.h"
#include "bpf/learn.h"
#include "message.h"
#include "observed.h"
#include "units.h"
#include "wrapper.h"

/* Room for a path in a root directory that itself has a path. */
#define ROOTED_SIZE (LEARN_PATH_SIZE + LEARN_PATH_SIZE + LEARN_NAME_SIZE)

/* Room for a number as a key. */
#define KEY_SIZE 24

static const char *key_of(__u64 number, char key[KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%llu", (unsigned long long)number);
	return key;
}

/* A path need not be UTF-8. */
static void set(struct observed *observed, json_t *object, const char *key,
		json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value))
		observed->lost++;
}

static json_t *path_json(const char *path)
{
	return json_stringn_nocheck(path, strlen(path));
}

struct observed_path observed_get(const json_t *value)
{
	return (struct observed_path) {
		.access = json_integer_value(json_array_get(value, 0)),
		.mode = json_integer_value(json_array_get(value, 1)),
	};
}

void observed_add_path(struct observed *observed, const char *path,
		       __u64 access, __u32 mode)
{
	struct observed_path old =
		observed_get(json_object_get(observed->paths, path));

	set(observed, observed->paths, path,
	    json_pack("[I, i]", (json_int_t)(old.access | access),
		      (int)(mode & S_IFMT)));
}

static bool has_number(const json_t *set, __u64 number)
{
	char key[KEY_SIZE];

	return json_object_get(set, key_of(number, key));
}

static void add_number(struct observed *observed, json_t *set, __u64 number)
{
	char key[KEY_SIZE];

	if (json_object_set_new(set, key_of(number, key), json_true()))
		observed->lost++;
}

static bool has_path(const json_t *paths, const char *path)
{
	const json_t *item;
	size_t i;

	json_array_foreach(paths, i, item)
		if (strcmp(json_string_value(item), path) == 0)
			return true;
	return false;
}

static void add_caps(struct observed *observed, __u64 *caps,
		     const struct learn_event *event)
{
	*caps |= event->access;
	if (!has_number(observed->own, event->exec))
		observed->caps_executed |= event->access;
}

void observed_add_port(struct observed *observed, __u16 port, __u64 access)
{
	char key[KEY_SIZE];
	__u64 old;

	key_of(port, key);
	old = json_integer_value(json_object_get(observed->ports, key));
	set(observed, observed->ports, key, json_integer(old | access));
}

static int add_private(const struct private_place *place, void *data)
{
	json_t *const places = data;

	if (!has_path(places, place->path))
		json_array_append_new(places, json_string(place->path));
	return 0;
}

void observed_add_service(struct observed *observed, const char *service)
{
	units_private_of(service, add_private, observed->private);
}

/* Cuts the last name off a path. */
static void go_up(char *path)
{
	char *const slash = strrchr(path, '/');

	slash[slash == path] = '\0';
}

static bool is_below_name(const char *path)
{
	return path[0] == '/' && path[1];
}

/*
 * Sets @path to the path of an event as seen from the first root directory.
 * Returns false if that is unknown.
 */
static bool rooted(const struct observed *observed,
		   const struct learn_event *event, char path[ROOTED_SIZE])
{
	const char *root = "";
	char key[KEY_SIZE];

	if (event->root != LEARN_FIRST_ROOT) {
		root = json_string_value(json_object_get(observed->roots,
							 key_of(event->root,
								key)));
		if (!root)
			return false;
	}
	/* A file in no directory has another form, such as "pipe:[1]". */
	snprintf(path, ROOTED_SIZE, "%s%s", event->path[0] == '/' ? root : "",
		 *root && !is_below_name(event->path) ? "" : event->path);
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/*
 * Sets @path to the directory of a file with a new hard link.  @names has the
 * number of directories from @dir, where the link is, up to the root of its
 * mount, and the path from there down to the directory.
 */
static bool follow_names(const char *dir, const json_t *names,
			 char path[ROOTED_SIZE])
{
	json_int_t up = json_integer_value(json_array_get(names, 0));
	const char *const below = json_string_value(json_array_get(names, 1));
	size_t size;

	snprintf(path, ROOTED_SIZE, "%s", dir);
	for (; up; up--) {
		if (!is_below_name(path))
			return false;
		go_up(path);
	}
	size = is_below_name(path) ? strlen(path) : 0;
	snprintf(path + size, ROOTED_SIZE - size, "%s",
		 *below || !size ? below : "");
	return path[0] == '/';
}

/*
 * A file that moves to another directory must not have more rights there.  Two
 * events with the same number report a move.
 */
static void add_move(struct observed *observed, __u64 number, const char *dir)
{
	char key[KEY_SIZE], from[ROOTED_SIZE];
	const json_t *first;

	key_of(number, key);
	first = json_object_get(observed->moves, key);
	if (!first) {
		set(observed, observed->moves, key, path_json(dir));
		return;
	}
	if (json_is_string(first)) {
		snprintf(from, sizeof(from), "%s", json_string_value(first));
	} else if (follow_names(dir, first, from)) {
		observed_add_path(observed, from, LANDLOCK_ACCESS_FS_REFER, S_IFDIR);
	} else {
		observed->no_path++;
		from[0] = '\0';
	}
	json_object_del(observed->moves, key);
	if (from[0] && json_array_append_new(observed->pairs,
					     json_pack("[o, o]", path_json(from),
						       path_json(dir))))
		observed->lost++;
}

/* The first event of a hard link; the second one has its directory. */
static void handle_link(struct observed *observed,
			const struct learn_event *event)
{
	char path[LEARN_PATH_SIZE + 1], key[KEY_SIZE];
	char *end;
	const char *name = event->path;

	/* The event has the last name first. */
	path[sizeof(path) - 1] = '\0';
	end = path + sizeof(path) - 1;
	for (; name < event->path + event->port; name += strlen(name) + 1) {
		end -= strlen(name);
		memcpy(end, name, strlen(name));
		*--end = '/';
	}
	set(observed, observed->moves, key_of(event->other, key),
	    json_pack("[i, o]", (int)event->mode, path_json(end)));
}

static void handle_path(struct observed *observed,
			const struct learn_event *event, bool member)
{
	char path[ROOTED_SIZE];

	if (!rooted(observed, event, path)) {
		observed->no_path += member;
		return;
	}
	if (member) {
		observed_add_path(observed, path, event->access, event->mode);
		if (event->other)
			add_move(observed, event->other, path);
	}
	if (event->name[0]) {
		const size_t size = strlen(path);

		snprintf(path + size, sizeof(path) - size, "/%s",
			 event->name);
		observed->pid_file |= member && ends_with(path, ".pid");
		/* Without the second slash if the directory is the root. */
		set(observed, observed->changed,
		    path + (path[0] == '/' && path[1] == '/'), json_true());
	} else if (event->flags & LEARN_WOULD_MAKE && path[0] == '/') {
		observed->pid_file |= member && ends_with(path, ".pid");
		set(observed, observed->changed, path, json_true());
		go_up(path);
		if (member)
			observed_add_path(observed, path,
					  LANDLOCK_ACCESS_FS_MAKE_REG, S_IFDIR);
	}
}

static void handle_root(struct observed *observed,
			const struct learn_event *event)
{
	char path[ROOTED_SIZE], key[KEY_SIZE];

	if (rooted(observed, event, path) && strlen(path) < LEARN_PATH_SIZE)
		set(observed, observed->roots, key_of(event->other, key),
		    path_json(path));
}

static json_t *list_arguments(const struct learn_event *event)
{
	const char *const end = event->path + event->port;
	const char *argument = event->path;
	json_t *const list = json_array();

	while (argument < end && json_array_size(list) < event->mode) {
		json_array_append_new(list, path_json(argument));
		argument += strlen(argument) + 1;
	}
	return list;
}

static void free_program(struct observed_program *program)
{
	free(program->path);
	json_decref(program->arguments);
	memset(program, 0, sizeof(*program));
}

/* Begins with a program: what wrappers did before is not part of its policy. */
static void begin_program(struct observed *observed,
			  const struct observed_program *program)
{
	if (observed->program.path)
		json_array_append_new(observed->wrappers,
				      path_json(observed->program.path));
	free_program(&observed->program);
	observed->program = *program;
	json_object_clear(observed->execs);
	json_object_clear(observed->own);
	json_array_clear(observed->programs);
	json_object_clear(observed->paths);
	json_object_clear(observed->ports);
	json_object_clear(observed->moves);
	json_array_clear(observed->pairs);
	observed->caps = 0;
	observed->caps_kept = 0;
	observed->caps_executed = 0;
	observed->signal = false;
	observed->abstract = false;
	observed->mounts = false;
	observed->listens = false;
	observed->pid_file = false;
	observed->no_path = 0;
	json_array_append_new(observed->programs, path_json(program->path));
	add_number(observed, observed->own, program->exec);
	add_number(observed, observed->execs, program->exec);
}

/* A program that was executed from outside: by systemd, for example. */
static void add_root(struct observed *observed,
		     const struct observed_program *program)
{
	if (observed->starts && !has_path(observed->starts, program->path))
		return;
	if (has_path(observed->wrappers, program->path)) {
		add_number(observed, observed->pending, program->exec);
		return;
	}
	if (!has_path(observed->programs, program->path))
		json_array_append_new(observed->programs,
				      path_json(program->path));
	add_number(observed, observed->own, program->exec);
	add_number(observed, observed->execs, program->exec);
}

/* A wrapper that was seen before executed something. */
static void follow_wrapper(struct observed *observed,
			   const struct observed_program *program)
{
	if (!has_path(observed->programs, program->path)) {
		add_number(observed, observed->pending, program->exec);
		return;
	}
	add_number(observed, observed->own, program->exec);
	add_number(observed, observed->execs, program->exec);
}

/*
 * Only the first program can turn out to be a wrapper: what others did until
 * then would be lost.  Returns whether @program is kept.
 */
static bool watch_exec(struct observed *observed,
		       const struct observed_program *program, __u64 before,
		       bool member)
{
	if (observed->starts && !before && !observed->program.path &&
	    has_path(observed->starts, program->path) &&
	    !json_array_size(observed->programs)) {
		begin_program(observed, program);
		return true;
	}
	if (observed->starts && member && observed->program.path &&
	    before == observed->program.exec &&
	    wrapper_means(&observed->program, program)) {
		begin_program(observed, program);
		return true;
	}
	if (!before)
		add_root(observed, program);
	else if (has_number(observed->pending, before))
		follow_wrapper(observed, program);
	else if (member)
		add_number(observed, observed->execs, program->exec);
	return false;
}

static void handle_exec(struct observed *observed,
			const struct learn_event *event, bool member)
{
	struct observed_program program = {
		.script = event->flags & LEARN_IS_SCRIPT,
		.exec = event->exec,
		.pid = event->pid,
	};
	const char *path;
	char key[KEY_SIZE];

	key_of(event->exec, key);
	path = json_string_value(json_object_get(observed->tries, key));
	program.path = strdup(path ?: "");
	program.arguments = list_arguments(event);
	if (!program.path || !program.arguments) {
		observed->lost++;
		free_program(&program);
		return;
	}
	json_object_del(observed->tries, key);
	wrapper_cut(&program);
	if (observed->watches) {
		if (!watch_exec(observed, &program, event->other, member))
			free_program(&program);
		return;
	}
	if (!event->other ||
	    (member && wrapper_means(&observed->program, &program))) {
		begin_program(observed, &program);
		return;
	}
	if (member)
		add_number(observed, observed->execs, event->exec);
	free_program(&program);
}

/* Events that matter even if the process is not under the policy. */
static void handle_any(struct observed *observed,
		       const struct learn_event *event, bool member,
		       bool was_member)
{
	char key[KEY_SIZE], path[ROOTED_SIZE];

	switch (event->kind) {
	case LEARN_PATH:
		handle_path(observed, event, member);
		break;
	case LEARN_TRIES:
		if (rooted(observed, event, path))
			set(observed, observed->tries,
			    key_of(event->other, key), path_json(path));
		break;
	case LEARN_EXECS:
		handle_exec(observed, event, was_member);
		break;
	case LEARN_ROOT:
		handle_root(observed, event);
		break;
	}
}

/* Events of processes that would be under the policy. */
static void handle_member(struct observed *observed,
			  const struct learn_event *event, bool was_member)
{
	switch (event->kind) {
	case LEARN_PORT:
		observed_add_port(observed, event->port, event->access);
		break;
	case LEARN_CAPS:
		add_caps(observed, &observed->caps, event);
		break;
	case LEARN_CAPS_KEPT:
		add_caps(observed, &observed->caps_kept, event);
		break;
	case LEARN_SIGNAL:
		observed->signal |= !was_member;
		break;
	case LEARN_ABSTRACT:
		observed->abstract = true;
		break;
	case LEARN_LINK:
		handle_link(observed, event);
		break;
	case LEARN_MOUNTS:
		observed->mounts = true;
		break;
	case LEARN_LISTENS:
		observed->listens = true;
		break;
	case LEARN_NO_PATH:
		observed->no_path++;
		break;
	}
}

int observed_event(void *context, void *data, size_t size)
{
	struct observed *const observed = context;
	const struct learn_event *const event = data;
	char key[KEY_SIZE];
	const bool member = json_object_get(observed->execs,
					    key_of(event->exec, key));
	/* For events about another exec. */
	const bool was_member = json_object_get(observed->execs,
						key_of(event->other, key));

	handle_any(observed, event, member, was_member);
	if (member)
		handle_member(observed, event, was_member);
	return 0;
}

int observed_init(struct observed *observed)
{
	memset(observed, 0, sizeof(*observed));
	/* Without it, only absolute arguments are known to be paths. */
	if (!getcwd(observed->cwd, sizeof(observed->cwd)))
		observed->cwd[0] = '\0';
	observed->private = json_array();
	observed->programs = json_array();
	observed->own = json_object();
	observed->pending = json_object();
	observed->wrappers = json_array();
	observed->execs = json_object();
	observed->tries = json_object();
	observed->roots = json_object();
	observed->moves = json_object();
	observed->paths = json_object();
	observed->changed = json_object();
	observed->pairs = json_array();
	observed->ports = json_object();
	if (observed->private && observed->programs && observed->own &&
	    observed->pending && observed->wrappers && observed->execs &&
	    observed->tries && observed->roots && observed->moves &&
	    observed->paths && observed->changed && observed->pairs &&
	    observed->ports)
		return 0;
	return p_err("out of memory");
}

void observed_watch(struct observed *observed, json_t *starts)
{
	observed->watches = true;
	observed->starts = starts;
	/* Where services are, unless they say something else. */
	snprintf(observed->cwd, sizeof(observed->cwd), "/");
	/* As a daemon, it gets signals from processes in other domains. */
	observed->outlives = true;
	add_number(observed, observed->own, LEARN_RUNNING);
	add_number(observed, observed->execs, LEARN_RUNNING);
}

void observed_free(struct observed *observed)
{
	free_program(&observed->program);
	json_decref(observed->starts);
	json_decref(observed->private);
	json_decref(observed->programs);
	json_decref(observed->own);
	json_decref(observed->pending);
	json_decref(observed->wrappers);
	json_decref(observed->execs);
	json_decref(observed->tries);
	json_decref(observed->roots);
	json_decref(observed->moves);
	json_decref(observed->paths);
	json_decref(observed->changed);
	json_decref(observed->pairs);
	json_decref(observed->ports);
	memset(observed, 0, sizeof(*observed));
}
