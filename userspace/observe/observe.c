// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Run a command and observe which rights it takes
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bpf/learn.h"
#include "features.h"
#include "landlock_abi.h"
#include "learn.skel.h"
#include "memory.h"
#include "message.h"
#include "observe.h"
#include "privileges.h"
#include "wrapper.h"

/* A process that runs for longer than this after the command is no remainder. */
#define OUTLIVE_SECONDS 2

/* How often it is looked whether a process ended. */
#define POLL_MS 100

/* A command that is about to be executed. */
struct child {
	pid_t pid;
	int go;		/* where it is told to execute the command */
	int failed;	/* where it says why it cannot */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static void handle_signals(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Room for a path in a root directory that has one itself. */
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

static void add_path(struct observed *observed, const char *path, __u64 access,
		     __u32 mode)
{
	struct observed_path old =
		observed_get(json_object_get(observed->paths, path));

	set(observed, observed->paths, path,
	    json_pack("[I, i]", (json_int_t)(old.access | access),
		      (int)(mode & S_IFMT)));
}

static void add_port(struct observed *observed, const struct learn_event *event)
{
	char key[KEY_SIZE];
	__u64 old;

	key_of(event->port, key);
	old = json_integer_value(json_object_get(observed->ports, key));
	set(observed, observed->ports, key, json_integer(old | event->access));
}

/* Makes a path that of the directory that it is in. */
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
 * Sets @path to what the path of an event is from the first root directory on.
 * Returns false if that is not known.
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
	/* What is in no directory has another form. */
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
 * Sets @path to the directory that @names lead to, which are told from the mount
 * on that has the directory @dir, so many directories above that.
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
 * A file that gets into another directory may not have more rights there.  Two
 * events tell of it, with the same number.
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
		add_path(observed, from, LANDLOCK_ACCESS_FS_REFER, S_IFDIR);
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

/* What is known of a hard link before the directory is that gets it. */
static void handle_link(struct observed *observed,
			const struct learn_event *event)
{
	char path[LEARN_PATH_SIZE + 1], key[KEY_SIZE];
	char *end;
	const char *name = event->path;

	/* The last one comes first. */
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
		add_path(observed, path, event->access, event->mode);
		if (event->other)
			add_move(observed, event->other, path);
	}
	if (event->name[0]) {
		const size_t size = strlen(path);

		snprintf(path + size, sizeof(path) - size, "/%s",
			 event->name);
		observed->pid_file |= member && ends_with(path, ".pid");
		/* Twice a slash, if the directory is the root. */
		set(observed, observed->changed,
		    path + (path[0] == '/' && path[1] == '/'), json_true());
	} else if (event->flags & LEARN_WOULD_MAKE && path[0] == '/') {
		observed->pid_file |= member && ends_with(path, ".pid");
		set(observed, observed->changed, path, json_true());
		go_up(path);
		if (member)
			add_path(observed, path, LANDLOCK_ACCESS_FS_MAKE_REG,
				 S_IFDIR);
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

/* What came before is not the program's. */
static void begin_program(struct observed *observed,
			  const struct observed_program *program)
{
	char key[KEY_SIZE];

	if (observed->program.path)
		json_array_append_new(observed->wrappers,
				      path_json(observed->program.path));
	free_program(&observed->program);
	observed->program = *program;
	json_object_clear(observed->execs);
	json_object_clear(observed->paths);
	json_object_clear(observed->ports);
	json_object_clear(observed->moves);
	json_array_clear(observed->pairs);
	observed->signal = false;
	observed->abstract = false;
	observed->listens = false;
	observed->pid_file = false;
	observed->no_path = 0;
	set(observed, observed->execs, key_of(program->exec, key),
	    json_true());
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
	if (!event->other ||
	    (member && wrapper_means(&observed->program, &program))) {
		begin_program(observed, &program);
		return;
	}
	if (member)
		set(observed, observed->execs, key, json_true());
	free_program(&program);
}

static int handle(void *context, void *data, size_t size)
{
	struct observed *const observed = context;
	const struct learn_event *const event = data;
	char key[KEY_SIZE], path[ROOTED_SIZE];
	const bool member = json_object_get(observed->execs,
					    key_of(event->exec, key));
	/* Those that tell of the exec that is over. */
	const bool was_member = json_object_get(observed->execs,
						key_of(event->other, key));

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
	if (!member)
		return 0;
	switch (event->kind) {
	case LEARN_PORT:
		add_port(observed, event);
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
	case LEARN_LISTENS:
		observed->listens = true;
		break;
	case LEARN_NO_PATH:
		observed->no_path++;
		break;
	}
	return 0;
}

/* In the child: waits for the parent, then becomes the command. */
static void become(char **command, bool quiet, int go, int failed)
{
	ssize_t size;
	char byte;
	int err;

	do {
		size = read(go, &byte, 1);
	} while (size < 0 && errno == EINTR);
	/* Nobody observes. */
	if (size != 1)
		_exit(1);
	handle_signals(SIG_DFL);
	if (quiet)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(command[0], command);
	err = errno;
	if (write(failed, &err, sizeof(err)) < 0)
		_exit(1);
	_exit(1);
}

static void close_both(const int pipe[2])
{
	close(pipe[0]);
	close(pipe[1]);
}

static int start(struct child *child, char **command, bool quiet)
{
	int go[2], failed[2];

	if (pipe2(go, O_CLOEXEC))
		return p_err("cannot make a pipe: %s", strerror(errno));
	if (pipe2(failed, O_CLOEXEC)) {
		p_err("cannot make a pipe: %s", strerror(errno));
		close_both(go);
		return -1;
	}
	child->pid = fork();
	if (child->pid < 0) {
		p_err("cannot make a process: %s", strerror(errno));
		close_both(go);
		close_both(failed);
		return -1;
	}
	if (child->pid == 0) {
		close(go[1]);
		become(command, quiet, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	child->go = go[1];
	child->failed = failed[0];
	return 0;
}

/* The child executes the command if it is told to, and otherwise ends. */
static void let_go(const struct child *child, bool execute, int *error)
{
	ssize_t size;

	if (execute && write(child->go, "", 1) != 1)
		execute = false;
	close(child->go);
	/* Either it says why not, or it executes and this end is closed. */
	do {
		size = read(child->failed, error, sizeof(*error));
	} while (size < 0 && errno == EINTR);
	close(child->failed);
	if (size != sizeof(*error))
		*error = 0;
	if (!execute)
		waitpid(child->pid, NULL, 0);
}

/* From now on, what it does is observed. */
static int mark(const struct learn_bpf *bpf, pid_t pid)
{
	/* It did not execute anything yet. */
	const __u64 state[2] = {};
	int pidfd, err;

	pidfd = syscall(__NR_pidfd_open, pid, 0);
	if (pidfd < 0)
		return p_err("cannot open process %d: %s", pid,
			     strerror(errno));
	err = bpf_map_update_elem(bpf_map__fd(bpf->maps.tree), &pidfd, state,
				  BPF_NOEXIST);
	if (err)
		p_err("cannot mark process %d: %s", pid, strerror(errno));
	close(pidfd);
	return err;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Collects processes that ended.  Returns whether there still is one. */
static bool collect(struct observed *observed, pid_t command)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		observed->status = status;
		observed->ended = true;
		observed->end = seconds();
	}
	if (observed->ended && pid == 0 &&
	    seconds() - observed->end > OUTLIVE_SECONDS)
		observed->outlives = true;
	return pid == 0;
}

static int follow(struct observed *observed, const struct learn_bpf *bpf,
		  pid_t command)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(bpf_map__fd(bpf->maps.events), handle, observed,
				NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	do {
		err = ring_buffer__poll(ring, POLL_MS);
		observed->running = collect(observed, command);
	} while ((err >= 0 || err == -EINTR) && observed->running && !stopped);
	if (err >= 0 || err == -EINTR)
		/* What came until the last one ended. */
		err = ring_buffer__consume(ring);
	if (err < 0)
		p_err("cannot read the ring buffer: %s", strerror(-err));
	ring_buffer__free(ring);
	observed->lost += bpf->bss->lost;
	return err < 0 ? -1 : 0;
}

static int run(struct observed *observed, const struct learn_bpf *bpf,
	       char **command, bool quiet)
{
	struct child child = {};
	int err;

	/* Daemons become children of ours, so that they can be waited for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	handle_signals(stop);
	if (start(&child, command, quiet))
		return -1;
	err = mark(bpf, child.pid);
	let_go(&child, !err, &observed->error);
	if (err)
		return err;
	/* What is left to do is for files. */
	err = privileges_keep(PRIVILEGES_FILES) ?:
	      follow(observed, bpf, child.pid);
	/*
	 * It is ending.  A service manager stops the daemon, which ends this,
	 * and then sends a signal to what is left, which has to write the policy.
	 */
	handle_signals(SIG_IGN);
	return err;
}

static int allocate(struct observed *observed)
{
	memset(observed, 0, sizeof(*observed));
	/* Without one, arguments only are paths if they are absolute. */
	if (!getcwd(observed->cwd, sizeof(observed->cwd)))
		observed->cwd[0] = '\0';
	observed->wrappers = json_array();
	observed->execs = json_object();
	observed->tries = json_object();
	observed->roots = json_object();
	observed->moves = json_object();
	observed->paths = json_object();
	observed->changed = json_object();
	observed->pairs = json_array();
	observed->ports = json_object();
	if (observed->wrappers && observed->execs && observed->tries &&
	    observed->roots && observed->moves && observed->paths &&
	    observed->changed && observed->pairs && observed->ports)
		return 0;
	return p_err("out of memory");
}

int observe(struct observed *observed, char **command, bool quiet)
{
	struct learn_bpf *bpf;
	int err;

	if (allocate(observed))
		return -1;
	bpf = learn_bpf__open();
	if (!bpf || memory_load(bpf->skeleton))
		return features_report_refused("learn ...");
	err = learn_bpf__attach(bpf);
	if (err)
		p_err("cannot attach the BPF programs: %s", strerror(-err));
	else
		err = run(observed, bpf, command, quiet);
	learn_bpf__destroy(bpf);
	return err;
}

void observed_free(struct observed *observed)
{
	free_program(&observed->program);
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
