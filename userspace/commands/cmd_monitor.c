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
#include "denials.h"
#include "features.h"
#include "guard.h"
#include "memory.h"
#include "merged.h"
#include "message.h"
#include "monitor.skel.h"
#include "monitor_describe.h"
#include "monitor_print.h"
#include "pins.h"
#include "privileges.h"
#include "userns_events.h"
#include "util.h"

/* How often lost events are counted. */
#define POLL_MS 1000

/* Time for one of the copies to handle a denial. */
#define SETTLE_US 20000

struct arguments {
	bool execs;
	bool denials;
	bool would_deny;
	unsigned long count;
	bool propose;
	const char *into;
	bool dry_run;
};

enum {
	OPTION_PROPOSE = 256,
	OPTION_DRY_RUN,
};

/* Number of events that are read before losses and signals have their turn. */
#define BATCH 256

/**
 * struct watch - A running monitor
 *
 * @arguments: The command line.
 * @copies: The BPF programs.
 * @proposal: Denials for which rules are proposed; or NULL.
 * @shown: Number of events that were shown.
 * @batch: Number of events of the current batch.
 * @last_lost: Number of lost events when they were last counted.
 * @last_time: When that was, in seconds of CLOCK_MONOTONIC.
 * @lost: Number of lost events that were shown as such.
 * @guard: Number of the latest denial by the guard of the policies.
 * @userns: Number of the latest event of the default of user namespaces.
 */
struct watch {
	struct arguments arguments;
	struct monitor_bpf *copies[MONITOR_COPIES];
	struct denials *proposal;
	unsigned long shown;
	unsigned int batch;
	__s64 last_lost;
	time_t last_time;
	__s64 lost;
	__u64 guard;
	__u64 userns;
};

static volatile sig_atomic_t stopped;

static void check_proposal(const struct arguments *arguments,
			   struct argp_state *state)
{
	if (arguments->propose && arguments->execs)
		argp_error(state, "--propose is about denials: it excludes --execs");
	if (arguments->into && !arguments->propose)
		argp_error(state, "--into is for --propose");
	if (arguments->dry_run && !arguments->into)
		argp_error(state, "--dry-run is for --into FILE");
}

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
			argp_error(state, "invalid --count \"%s\": expected a number from 1",
				   arg);
		return 0;
	case 'w':
		arguments->would_deny = true;
		return 0;
	case OPTION_PROPOSE:
		arguments->propose = true;
		return 0;
	case 'i':
		arguments->into = arg;
		return 0;
	case OPTION_DRY_RUN:
		arguments->dry_run = true;
		return 0;
	case ARGP_KEY_END:
		check_proposal(arguments, state);
		if (arguments->propose && !arguments->would_deny)
			arguments->denials = true;
		if (!arguments->execs && !arguments->denials &&
		    !arguments->would_deny) {
			arguments->execs = true;
			arguments->denials = true;
		}
		/* All denials are those of permissive policies, too. */
		arguments->would_deny |= arguments->denials;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp monitor_argp = {
	.options = (const struct argp_option[]) {
		{ "execs", 'e', NULL, 0, "Only show execs", 0 },
		{ "denials", 'd', NULL, 0, "Only show denials", 0 },
		{ "would-deny", 'w', NULL, 0,
		  "Only show accesses that permissive policies would deny", 0 },
		{ "count", 'n', "N", 0, "End after N events", 0 },
		{ "propose", OPTION_PROPOSE, NULL, 0,
		  "At the end, propose rules that would have allowed what was denied, policy by policy",
		  0 },
		{ "into", 'i', "FILE", 0,
		  "Add the rules to the policy in FILE, and show the difference; FILE may be a directory of policies",
		  0 },
		{ "dry-run", OPTION_DRY_RUN, NULL, 0,
		  "With --into, only show the difference", 0 },
		{}
	},
	.parser = parse_monitor,
	.children = common_options,
	.doc =
"Show events as they happen, a line each, until a signal (Ctrl-C):\n"
"  exec      a program was executed under policies, listed in their order\n"
"  refused   a security module, maybe execlock, refused an exec\n"
"  denied    Landlock denied an access, because of a policy or of a domain that\n"
"            the program created itself; or an exec gained no privileges\n"
"            (gain_privileges), because of \"execlock nnp\", of a policy, or of\n"
"            no_new_privs that a policy set at an earlier exec\n"
"  would deny  the same, of a permissive policy: nothing was denied\n"
"  guard     a program under a policy tried to touch what execlock loaded\n"
"  userns    the default of user namespaces dropped or denied capabilities\n"
"\vA line has the time, the event, the process, its user, and the object.  \"by\"\n"
"names the policy that denied.  If its domain is older than the monitor,\n"
"\"under\" lists all policies of the process instead.  \"cgroup:NAME\" is a policy\n"
"of a cgroup (\"execlock cgroup\"), and \"domain:ID\" a domain from another source,\n"
"e.g. from \"execlock run\" or the program itself.  Events that cannot be shown,\n"
"e.g. because they came too fast, are counted (\"lost\").\n"
"\n"
"With --json, each line is one JSON object.  The first event is \"start\": from\n"
"then on, each event is shown or counted.\n"
"\n"
"The monitor needs root.  It changes nothing, and leaves nothing behind.\n"
"\n"
"Exit status: 0 ended by SIGINT, SIGTERM, SIGHUP or --count; 1 an operation\n"
"failed; 2 wrong command line; 4 the kernel lacks a feature.\n",
};

/*
 * Shows a line and releases it: standard output may be for the proposal alone.
 * Returns 0 if it could be written.
 */
static int show(const struct watch *watch, json_t *object)
{
	if (json_output)
		return p_json(object);
	if (watch->proposal) {
		json_decref(object);
		return 0;
	}
	monitor_print(object);
	json_decref(object);
	return fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
}

/* Returns 0 to be called for the next event, or else a negative error. */
static int handle(void *context, void *data, size_t size)
{
	struct watch *const watch = context;
	json_t *const object = monitor_describe(data);

	if (watch->proposal)
		denials_add(watch->proposal, data);
	if (object) {
		if (show(watch, object))
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

/* How often the kernel skipped this program, see hold_cpu(). */
static __u64 count_missed(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	const int fd = bpf_program__fd(program);

	if (fd < 0 || bpf_prog_get_info_by_fd(fd, &info, &size))
		return 0;
	return info.recursion_misses;
}

/*
 * The first copy saw or missed each denial; misses of the others do not matter.
 * Nor do those of the programs that note the domains: no event is lost by them,
 * only the policy in its line.
 */
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
	bpf_object__for_each_program(program, bpf->obj) {
		if (program != bpf->progs.created && program != bpf->progs.freed)
			*lost += count_missed(program);
	}
	return 0;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/*
 * A denial that one copy missed and another one has not handled yet looks lost
 * for a moment: only events that were lost at the last count, too, are shown.
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
	object = monitor_object("lost");
	json_object_set_new(object, "count",
			    json_integer(before - watch->lost));
	watch->lost = before;
	return show(watch, object);
}

static bool enough(const struct watch *watch)
{
	return watch->arguments.count &&
	       watch->shown >= watch->arguments.count;
}

static int show_guard(struct watch *watch)
{
	const struct arguments *const arguments = &watch->arguments;
	struct guard_denial denials[GUARD_DENIALS];
	const size_t count = guard_latest(&watch->guard, denials);
	size_t i;

	for (i = 0; i < count && !enough(watch); i++) {
		if (!(denials[i].permissive ? arguments->would_deny :
		      arguments->denials))
			continue;
		if (show(watch, monitor_describe_guard(&denials[i])))
			return -1;
		watch->shown++;
	}
	if (enough(watch))
		stopped = true;
	return 0;
}

static int show_userns(struct watch *watch)
{
	static struct userns_event events[USERNS_EVENTS];
	const size_t count = userns_latest(&watch->userns, events);
	size_t i;

	for (i = 0; i < count && watch->arguments.denials && !enough(watch);
	     i++) {
		if (show(watch, monitor_describe_userns(&events[i])))
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
		    (show_lost(watch) || show_guard(watch) || show_userns(watch)))
			return -EIO;
	} while (goes_on(err) && !stopped);
	return err;
}

/* Shows the events that happened until the end. */
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
	return show_guard(watch) || show_userns(watch) || show_lost(watch) ?
	       -EIO : 0;
}

static int watch_events(struct watch *watch)
{
	struct guard_counts before;
	struct userns_counts userns;
	struct ring_buffer *ring;
	int err;

	ring = ring_buffer__new(bpf_map__fd(watch->copies[0]->maps.events),
				handle, watch, NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	guard_counts(&before);
	watch->guard = before.number;
	userns_read_counts(&userns);
	watch->userns = userns.number;
	if (watch->proposal && !json_output)
		p_note("denials are collected until Ctrl-C, SIGTERM or --count");
	err = show(watch, monitor_object("start")) ? -EIO : follow(watch, ring);
	err = finish(watch, ring, err);
	ring_buffer__free(ring);
	/* -EIO was reported, or check_output() of main.c reports it. */
	if (err && err != -EIO)
		p_err("cannot read the ring buffer: %s", strerror(-err));
	return err ? -1 : 0;
}

/* Replaces a map by that of a set, or leaves it empty if there is no set. */
static void share_with(const struct pins *pins, struct bpf_map *map)
{
	const int fd = pins_try(pins, bpf_map__name(map));

	if (fd < 0)
		return;
	if (pins_fits(fd, bpf_map__key_size(map), bpf_map__value_size(map)))
		bpf_map__reuse_fd(map, fd);
	close(fd);
}

/*
 * The first copy has maps of the sets in force.  The others have those of the
 * first one, and only constants of their own.
 */
static int share_maps(const struct monitor_bpf *first, struct monitor_bpf *copy)
{
	struct bpf_map *map = NULL, *from = NULL;

	if (copy == first) {
		share_with(&pins_policies, copy->maps.confined);
		share_with(&pins_cgroups, copy->maps.limited);
		return 0;
	}
	while ((map = bpf_object__next_map(copy->obj, map))) {
		from = bpf_object__next_map(first->obj, from);
		if (!bpf_map__is_internal(map) &&
		    bpf_map__reuse_fd(map, bpf_map__fd(from)))
			return -1;
	}
	return 0;
}

/* Leaves out the programs for events that are not to be shown. */
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

	for (i = 0; !arguments->would_deny && i < ARRAY_SIZE(denials); i++)
		bpf_program__set_autoload(denials[i], false);
	for (i = 0; !(arguments->execs && first) && i < ARRAY_SIZE(execs); i++)
		bpf_program__set_autoload(execs[i], false);
	for (i = 0; !first && i < ARRAY_SIZE(domains); i++)
		bpf_program__set_autoload(domains[i], false);
	bpf_program__set_autoload(gain, arguments->would_deny && first);
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
		bpf->rodata->show_enforced = watch->arguments.denials;
		bpf->rodata->show_permissive = watch->arguments.would_deny;
		leave_out(&watch->arguments, bpf, i == 0);
		if (share_maps(watch->copies[0], bpf))
			return p_err("cannot share the BPF maps: %s",
				     strerror(errno));
		if (memory_load(bpf->skeleton))
			return features_report_refused("monitor");
		if (monitor_bpf__attach(bpf))
			return p_err("cannot attach the BPF programs: %s",
				     strerror(errno));
	}
	/* Events that were lost until now happened before the start. */
	watch->last_time = seconds();
	return count_lost(watch, &watch->lost);
}

/* Finds out early if the rules cannot be added to a file. */
static int prepare(struct watch *watch)
{
	const struct arguments *const arguments = &watch->arguments;
	char *name = NULL;
	bool merges;
	int err = 0;

	if (!arguments->propose)
		return 0;
	if (arguments->into)
		err = merged_name(arguments->into, &name) ?:
		      merged_check(arguments->into, name, &merges);
	free(name);
	if (err)
		return err;
	watch->proposal = denials_new();
	return watch->proposal ? 0 : -1;
}

static int watch(const struct arguments *arguments,
		 const struct features *kernel)
{
	struct watch watch = { .arguments = *arguments };
	size_t i;
	int err;

	err = prepare(&watch) ?: attach(&watch);
	if (!err)
		/* From now on, it only looks up names, or changes a policy. */
		err = privileges_keep(PRIVILEGES_MAPS |
				      (arguments->into ? PRIVILEGES_FILES :
				       arguments->propose ? PRIVILEGES_LOOK : 0)) ?:
		      watch_events(&watch);
	if (!err && watch.proposal)
		err = denials_propose(watch.proposal, kernel, arguments->into,
				      arguments->dry_run);
	for (i = 0; i < ARRAY_SIZE(watch.copies); i++)
		monitor_bpf__destroy(watch.copies[i]);
	denials_free(watch.proposal);
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
	return watch(&arguments, &kernel) ? STATUS_FAILED : STATUS_OK;
}
