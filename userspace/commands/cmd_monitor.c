// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock monitor - Show execs under policies, and denials, as they happen
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/monitor.h"
#include "cli.h"
#include "features.h"
#include "guard.h"
#include "memory.h"
#include "message.h"
#include "monitor.skel.h"
#include "nnp_reason.h"
#include "pins.h"
#include "policy_names.h"
#include "privileges.h"
#include "rights.h"
#include "sanitize.h"

/* How often the events are counted for which there was no room. */
#define POLL_MS 1000

/* How long it takes, at least, until one of the copies handled a denial. */
#define SETTLE_US 20000

struct arguments {
	bool execs;
	bool denials;
	unsigned long count;
};

/* So many events at a time, then others have their turn: losses, signals. */
#define BATCH 256

/* What is being watched. */
struct watch {
	struct arguments arguments;
	struct monitor_bpf *copies[MONITOR_COPIES];
	unsigned long shown;
	unsigned int batch;
	__s64 last_lost;	/* as it was counted the last time, and when */
	time_t last_time;
	__s64 lost;		/* those that were told */
	__u64 guard;		/* number of the latest denial by the guard */
};

static volatile sig_atomic_t stopped;

static error_t parse_monitor(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	char *end;

	switch (key) {
	case 'e':
		arguments->execs = true;
		return 0;
	case 'd':
		arguments->denials = true;
		return 0;
	case 'n':
		arguments->count = strtoul(arg, &end, 10);
		if (!isdigit((unsigned char)*arg) || *end || !arguments->count)
			argp_error(state, "--count is a number from 1");
		return 0;
	case ARGP_KEY_END:
		if (!arguments->execs && !arguments->denials) {
			arguments->execs = true;
			arguments->denials = true;
		}
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp monitor_argp = {
	.options = (const struct argp_option[]) {
		{ "execs", 'e', NULL, 0, "Only show execs", 0 },
		{ "denials", 'd', NULL, 0, "Only show denials", 0 },
		{ "count", 'n', "N", 0, "End after N events", 0 },
		{}
	},
	.parser = parse_monitor,
	.children = common_options,
	.doc =
"Show, one line each, from now on until a signal (Ctrl-C):\n"
"  exec      a program was put under policies; from the first to the last\n"
"  refused   a security module, maybe execlock, refused to execute a program\n"
"  denied    Landlock denied something, because of a policy or of a domain that\n"
"            the program made itself; or an exec gained no privileges\n"
"            (gain_privileges), because of \"execlock nnp\" or a policy, also of\n"
"            one whose no_new_privs the process has since an exec before\n"
"\vA line has the time, the event, the process, its user, and what it is about.\n"
"\"by\" a policy says which one denied; if its domain is older than the monitor,\n"
"all policies of the process are listed after \"under\", one of which it is.\n"
"\"cgroup:NAME\" is a policy of a cgroup (\"execlock cgroup\"), and \"domain:ID\" a\n"
"domain that is from neither, e.g. from \"execlock run\" or the program itself.\n"
"Events that cannot be shown, e.g. because they came too fast, are counted\n"
"(\"lost\").\n"
"\n"
"With --json, each line is one JSON object.  The first event, \"start\", says that\n"
"from then on, each event is shown or counted.\n"
"\n"
"This needs root.  Nothing is changed, and nothing stays after the end.\n"
"\n"
"Exit status: 0 ended by SIGINT, SIGTERM, SIGHUP or --count; 1 the system did not\n"
"do it; 2 wrong command line; 4 the kernel lacks something.\n",
};

static const char *const words[] = {
	[MONITOR_EXEC] = "exec",
	[MONITOR_REFUSED] = "refused",
	[MONITOR_FS] = "denied",
	[MONITOR_TOPOLOGY] = "denied",
	[MONITOR_NET] = "denied",
	[MONITOR_PTRACE] = "denied",
	[MONITOR_SIGNAL] = "denied",
	[MONITOR_UNIX] = "denied",
	[MONITOR_GAIN] = "denied",
};

/* What was denied if it has no rights of its own. */
static const char *const denials[] = {
	[MONITOR_TOPOLOGY] = "change_topology",
	[MONITOR_PTRACE] = "ptrace",
	[MONITOR_SIGNAL] = "signal",
	[MONITOR_UNIX] = "abstract_unix_socket",
	[MONITOR_GAIN] = "gain_privileges",
};

static const char *name_of(const struct monitor_event *event)
{
	return event->name_size ? (const char *)(event + 1) : "";
}

static const char *file_of(const struct monitor_event *event)
{
	return event->file_size ?
	       (const char *)(event + 1) + event->name_size : "";
}

/* Domains; without a policy if they are not from one that is in force. */
static json_t *list_layers(const struct monitor_event *event)
{
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < event->count && i < EXECLOCK_LAYERS; i++) {
		const struct monitor_layer *const layer = &event->layers[i];
		bool of_cgroup;
		const char *const name =
			policy_names_of_ruleset(layer->ruleset, &of_cgroup);

		json_array_append_new(list,
				      json_pack("{s:I, s:I, s:b, s:s?}",
						"domain",
						(json_int_t)layer->domain,
						"ruleset",
						(json_int_t)layer->ruleset,
						"ofCgroup", of_cgroup,
						"policy", name));
	}
	return list;
}

static json_t *list_policies(const __u32 *ids, __u32 count)
{
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < count && i < EXECLOCK_LAYERS; i++) {
		const char *const name = policy_names_of_policy(ids[i]);

		if (name)
			json_array_append_new(list, json_string(name));
	}
	return list;
}

static json_t *list_rights(const struct monitor_event *event)
{
	const enum rights_kind kind = event->kind == MONITOR_NET ? RIGHTS_NET :
								   RIGHTS_FS;
	json_t *const list = json_array();
	__u64 rest;

	if (denials[event->kind])
		json_array_append_new(list, json_string(denials[event->kind]));
	for (rest = event->access; rest; rest &= rest - 1)
		json_array_append_new(list,
				      json_string(rights_name(kind, rest &
							      -rest)));
	return list;
}

static void describe_exec(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "name", sanitize_name(name_of(event)));
	json_object_set_new(object, "file", sanitize_name(file_of(event)));
	json_object_set_new(object, "layers", list_layers(event));
	json_object_set_new(object, "policies",
			    list_policies(event->staged, event->num_staged));
}

static void describe_refused(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "name", sanitize_name(name_of(event)));
	json_object_set_new(object, "error",
			    json_string(strerror(event->value)));
}

static void describe_denied(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "rights", list_rights(event));
	json_object_set_new(object, "layers", list_layers(event));
	json_object_set_new(object, "under",
			    list_policies(event->under, event->num_under));
	json_object_set_new(object, "logged", json_boolean(event->logged));
	if (event->name_size)
		json_object_set_new(object, "path",
				    sanitize_name(name_of(event)));
	if (event->kind == MONITOR_NET && event->value >= 0)
		json_object_set_new(object, "port", json_integer(event->value));
	if (event->kind == MONITOR_SIGNAL)
		json_object_set_new(object, "signal",
				    json_integer(event->value));
	if (event->kind == MONITOR_GAIN) {
		json_object_set_new(object, "path",
				    sanitize_name(file_of(event)));
		json_object_set_new(object, "reason",
				    json_string(nnp_reason_name(event->value)));
		if (event->no_new_privs)
			json_object_set_new(object, "policies",
					    list_policies(&event->no_new_privs,
							  1));
	}
	if (event->target)
		json_object_set_new(object, "target",
				    json_integer(event->target));
}

static json_t *new_object(const char *word)
{
	struct timespec now;
	struct tm tm;
	char text[64];
	size_t size;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	size += snprintf(text + size, sizeof(text) - size, ".%06ld",
			 now.tv_nsec / 1000);
	strftime(text + size, sizeof(text) - size, "%z", &tm);
	return json_pack("{s:s, s:s}", "time", text, "event", word);
}

static json_t *describe(const struct monitor_event *event)
{
	json_t *const object = new_object(words[event->kind]);

	json_object_set_new(object, "pid", json_integer(event->pid));
	json_object_set_new(object, "comm", sanitize_name(event->comm));
	json_object_set_new(object, "uid", json_integer(event->uid));
	switch (event->kind) {
	case MONITOR_EXEC:
		describe_exec(event, object);
		break;
	case MONITOR_REFUSED:
		describe_refused(event, object);
		break;
	default:
		describe_denied(event, object);
	}
	return object;
}

static const char *get_text(const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static void print_list(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		printf("%s%s", i ? "," : "", json_string_value(item));
}

/* Names of policies have no colon. */
static void print_layers(const json_t *list)
{
	const json_t *layer;
	size_t i;

	json_array_foreach(list, i, layer) {
		const json_t *const policy = json_object_get(layer, "policy");

		if (i)
			putchar(',');
		if (json_is_true(json_object_get(layer, "ofCgroup")))
			fputs("cgroup:", stdout);
		if (json_is_string(policy))
			fputs(json_string_value(policy), stdout);
		else
			/* As in trace events and audit records. */
			printf("domain:%llx",
			       json_integer_value(json_object_get(layer,
								  "domain")));
	}
}

/* Of the policies that an exec is under, those with layers from before. */
static void print_others(const json_t *policies, const json_t *layers)
{
	size_t count = json_array_size(layers);
	const json_t *policy, *layer;
	size_t i, j;

	json_array_foreach(policies, i, policy) {
		bool shown = false;

		json_array_foreach(layers, j, layer)
			shown |= json_equal(policy, json_object_get(layer,
								    "policy"));
		if (!shown)
			printf("%s%s", count++ ? "," : "",
			       json_string_value(policy));
	}
}

static void print_denied(const json_t *object)
{
	static const char *const known[] = { "port", "signal", "target" };
	const json_t *const layers = json_object_get(object, "layers");
	const json_t *const layer = json_array_get(layers, 0);
	const json_t *const under = json_object_get(object, "under");
	const json_t *const reason = json_object_get(object, "reason");
	const json_t *const policies = json_object_get(object, "policies");
	size_t i;

	putchar(' ');
	print_list(json_object_get(object, "rights"));
	if (json_object_get(object, "path"))
		printf(" %s", get_text(object, "path"));
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		const json_t *const value = json_object_get(object, known[i]);

		if (value)
			printf(" %s %lld", known[i], json_integer_value(value));
	}
	if (reason) {
		printf(" reason %s by no_new_privs", json_string_value(reason));
		if (json_array_size(policies)) {
			fputs(" of ", stdout);
			print_list(policies);
		}
		return;
	}
	if (!json_integer_value(json_object_get(layer, "ruleset")) &&
	    json_array_size(under)) {
		fputs(" under ", stdout);
		print_list(under);
	} else {
		fputs(" by ", stdout);
		print_layers(layers);
	}
}

static void print(const json_t *object)
{
	const json_t *const pid = json_object_get(object, "pid");
	/* Only the time of the day. */
	const char *const time = strchr(get_text(object, "time"), 'T');
	const char *const event = get_text(object, "event");

	printf("%.12s %-7s", time ? time + 1 : "", event);
	if (pid)
		printf(" pid %lld (%s) uid %lld", json_integer_value(pid),
		       get_text(object, "comm"),
		       json_integer_value(json_object_get(object, "uid")));
	if (strcmp(event, "exec") == 0) {
		printf(" %s under ", get_text(object, "name"));
		print_layers(json_object_get(object, "layers"));
		print_others(json_object_get(object, "policies"),
			     json_object_get(object, "layers"));
	} else if (strcmp(event, "refused") == 0) {
		printf(" %s: %s", get_text(object, "name"),
		       get_text(object, "error"));
	} else if (strcmp(event, "denied") == 0) {
		print_denied(object);
	} else if (strcmp(event, "guard") == 0) {
		printf(" %s under ", get_text(object, "kind"));
		print_list(json_object_get(object, "under"));
	} else if (strcmp(event, "lost") == 0) {
		printf(" %lld events",
		       json_integer_value(json_object_get(object, "count")));
	}
	putchar('\n');
}

/* Shows a line and releases it.  Returns 0 if it could be written. */
static int show(json_t *object)
{
	if (json_output)
		return p_json(object);
	print(object);
	json_decref(object);
	return fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
}

/* Returns 0 to be called again for what is there, or else a negative error. */
static int handle(void *context, void *data, size_t size)
{
	const struct monitor_event *const event = data;
	struct watch *const watch = context;

	if (event->kind < ARRAY_SIZE(words)) {
		if (show(describe(event)))
			return -EIO;
		watch->shown++;
		if (watch->shown == watch->arguments.count)
			return -ECANCELED;
	}
	watch->batch = (watch->batch + 1) % BATCH;
	return watch->batch ? 0 : -EAGAIN;
}

static void stop(int signal)
{
	stopped = 1;
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* How often the kernel did not run this program, see hold_cpu(). */
static __u64 missed(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	const int fd = bpf_program__fd(program);

	if (fd < 0 || bpf_prog_get_info_by_fd(fd, &info, &size))
		return 0;
	return info.recursion_misses;
}

/* What one copy alone missed is for the others, whose misses do not matter. */
static int count_lost(const struct watch *watch, __s64 *lost)
{
	struct monitor_bpf *const bpf = watch->copies[0];
	struct monitor_counts counts;
	struct bpf_program *program;
	const __u32 zero = 0;

	if (bpf_map__lookup_elem(bpf->maps.counts, &zero, sizeof(zero), &counts,
				 sizeof(counts), 0))
		return p_err("cannot read the BPF map \"counts\": %s",
			     strerror(errno));
	*lost = counts.full + counts.denials - counts.handled;
	bpf_object__for_each_program(program, bpf->obj)
		*lost += missed(program);
	return 0;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/*
 * A denial that one of the copies missed and another one has not handled yet
 * looks as if it were lost, but not for long.
 */
static int show_lost(struct watch *watch)
{
	__s64 before = watch->last_lost;
	json_t *object;

	if (count_lost(watch, &watch->last_lost))
		return -1;
	watch->last_time = seconds();
	if (before > watch->last_lost)
		before = watch->last_lost;
	if (before <= watch->lost)
		return 0;
	object = new_object("lost");
	json_object_set_new(object, "count",
			    json_integer(before - watch->lost));
	watch->lost = before;
	return show(object);
}

/* What the guard of the policies denied is in a map of its own. */
static json_t *describe_guard(const struct guard_denial *denial)
{
	const char *const name = policy_names_of_policy(denial->policy);
	json_t *const object = new_object("guard");

	json_object_set_new(object, "pid", json_integer(denial->pid));
	json_object_set_new(object, "uid", json_integer(denial->uid));
	json_object_set_new(object, "comm", sanitize_name(denial->comm));
	json_object_set_new(object, "kind",
			    json_string(guard_kind(denial->kind)));
	json_object_set_new(object, "under", name ? json_pack("[s]", name) :
						    json_array());
	return object;
}

static bool enough(const struct watch *watch)
{
	return watch->arguments.count &&
	       watch->shown >= watch->arguments.count;
}

static int show_guard(struct watch *watch)
{
	struct guard_denial denials[GUARD_DENIALS];
	const size_t count = guard_latest(&watch->guard, denials);
	size_t i;

	for (i = 0; i < count && !enough(watch); i++) {
		if (show(describe_guard(&denials[i])))
			return -1;
		watch->shown++;
	}
	if (enough(watch))
		stopped = true;
	return 0;
}

static bool goes_on(int err)
{
	return err >= 0 || err == -EINTR || err == -EAGAIN;
}

static int follow(struct watch *watch, struct ring_buffer *ring)
{
	int err;

	do {
		err = ring_buffer__poll(ring, POLL_MS);
		if (goes_on(err) && seconds() != watch->last_time &&
		    (show_lost(watch) || show_guard(watch)))
			return -EIO;
	} while (goes_on(err) && !stopped);
	return err;
}

/* What happened until the end is shown as well. */
static int finish(struct watch *watch, struct ring_buffer *ring, int err)
{
	size_t i = ARRAY_SIZE(watch->copies);

	if (!goes_on(err) && err != -ECANCELED)
		return err;
	if (count_lost(watch, &watch->last_lost))
		return -EIO;
	while (i--)
		monitor_bpf__detach(watch->copies[i]);
	while (goes_on(err)) {
		err = ring_buffer__consume(ring);
		if (err >= 0)
			break;
	}
	if (!goes_on(err) && err != -ECANCELED)
		return err;
	usleep(SETTLE_US);
	return show_guard(watch) || show_lost(watch) ? -EIO : 0;
}

static int watch_events(struct watch *watch)
{
	struct guard_counts before;
	struct ring_buffer *ring;
	int err;

	ring = ring_buffer__new(bpf_map__fd(watch->copies[0]->maps.events),
				handle, watch, NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	guard_counts(&before);
	watch->guard = before.number;
	err = show(new_object("start")) ? -EIO : follow(watch, ring);
	err = finish(watch, ring, err);
	ring_buffer__free(ring);
	/* The others were said, or are at the end, as in any command. */
	if (err && err != -EIO)
		p_err("cannot read the ring buffer: %s", strerror(-err));
	return err ? -1 : 0;
}

/* Without it, one of its own takes its place, which stays empty. */
static void share_confined(struct monitor_bpf *bpf)
{
	struct bpf_map *const map = bpf->maps.confined;
	const int fd = pins_try(&pins_policies, "confined");

	if (fd < 0)
		return;
	if (pins_fits(fd, bpf_map__key_size(map), bpf_map__value_size(map)))
		bpf_map__reuse_fd(map, fd);
	close(fd);
}

/* Constants are its own, but not the maps. */
static int share_maps(const struct monitor_bpf *first, struct monitor_bpf *copy)
{
	struct bpf_map *map = NULL, *from = NULL;

	while ((map = bpf_object__next_map(copy->obj, map))) {
		from = bpf_object__next_map(first->obj, from);
		if (!bpf_map__is_internal(map) &&
		    bpf_map__reuse_fd(map, bpf_map__fd(from)))
			return -1;
	}
	return 0;
}

/* What is not to be shown takes no room. */
static void leave_out(const struct arguments *arguments,
		      struct monitor_bpf *bpf, bool first)
{
	struct bpf_program *const denials[] = {
		bpf->progs.denied_fs, bpf->progs.denied_net,
		bpf->progs.denied_ptrace, bpf->progs.denied_signal,
		bpf->progs.denied_unix,
	};
	struct bpf_program *const execs[] = {
		bpf->progs.begins, bpf->progs.enforced, bpf->progs.executed,
		bpf->progs.refused_early, bpf->progs.refused,
	};
	struct bpf_program *const domains[] = {
		bpf->progs.created, bpf->progs.freed,
	};
	struct bpf_program *const gain = bpf->progs.denied_gain;
	size_t i;

	for (i = 0; !arguments->denials && i < ARRAY_SIZE(denials); i++)
		bpf_program__set_autoload(denials[i], false);
	for (i = 0; !(arguments->execs && first) && i < ARRAY_SIZE(execs); i++)
		bpf_program__set_autoload(execs[i], false);
	for (i = 0; !first && i < ARRAY_SIZE(domains); i++)
		bpf_program__set_autoload(domains[i], false);
	bpf_program__set_autoload(gain, arguments->denials && first);
}

/* The copies are run in the order in which they are attached. */
static int attach(struct watch *watch)
{
	struct monitor_bpf *bpf;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(watch->copies); i++) {
		bpf = monitor_bpf__open();
		if (!bpf)
			return p_err("cannot prepare the BPF programs: %s",
				     strerror(errno));
		watch->copies[i] = bpf;
		bpf->rodata->copy = i;
		leave_out(&watch->arguments, bpf, i == 0);
		if (i == 0)
			share_confined(bpf);
		else if (share_maps(watch->copies[0], bpf))
			return p_err("cannot share the BPF maps: %s",
				     strerror(errno));
		if (memory_load(bpf->skeleton))
			return features_report_refused("monitor");
		if (monitor_bpf__attach(bpf))
			return p_err("cannot attach the BPF programs: %s",
				     strerror(errno));
	}
	/* What was lost until now is not missed by anybody. */
	watch->last_time = seconds();
	return count_lost(watch, &watch->lost);
}

static int watch(const struct arguments *arguments)
{
	struct watch watch = { .arguments = *arguments };
	size_t i;
	int err;

	err = attach(&watch);
	if (!err)
		/* What is left to do is to look up names. */
		err = privileges_keep(PRIVILEGES_MAPS) ?: watch_events(&watch);
	for (i = 0; i < ARRAY_SIZE(watch.copies); i++)
		monitor_bpf__destroy(watch.copies[i]);
	return err;
}

int cmd_monitor(int argc, char **argv)
{
	struct arguments arguments = {};
	struct features kernel;
	int status;

	argp_parse(&monitor_argp, argc, argv, 0, NULL, &arguments);
	p_json_lines();
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_bpf(&kernel);
	if (status)
		return status;
	catch_signals();
	return watch(&arguments) ? STATUS_FAILED : STATUS_OK;
}
