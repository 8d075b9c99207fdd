// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock nnp - Deny new privileges, but not in containers
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bpf/nnp.h"
#include "attached.h"
#include "cgroupfs.h"
#include "cli.h"
#include "features.h"
#include "memory.h"
#include "message.h"
#include "nnp.skel.h"
#include "nnp_reason.h"
#include "pins.h"
#include "sanitize.h"
#include "util.h"

static const __u32 level = NNP_LEVEL;
static const __u8 present = 1;

/* Cgroups that were named on the command line. */
struct cgroups {
	char **names;
	size_t count;
};

static int say_off(void)
{
	p_err("the no_new_privs policy is off: put it in force with \"execlock nnp on\"");
	return STATUS_FAILED;
}

static int allow_one(int map, const char *name)
{
	__u64 number;

	if (cgroupfs_number(name, &number) ||
	    cgroupfs_check_level(name, number))
		return -1;
	if (!bpf_map_update_elem(map, &number, &present, BPF_ANY))
		return 0;
	if (errno == E2BIG)
		return p_err("cannot allow cgroup %s: there are %d in the list already",
			     name, NNP_MAX_CGROUPS);
	return p_err("cannot allow cgroup %s: %s", name, strerror(errno));
}

/* Returns 1 if the policy is on, 0 if it is off, or -1. */
static int is_on(void)
{
	struct attached set;
	int found;

	found = pins_find(&pins_nnp, &set);
	if (found <= 0)
		return found;
	attached_close(&set);
	return set.in_force;
}

/* Takes the list over from the policy that is in force. */
static int copy_allowed(const struct attached *set, int map)
{
	const int from = attached_map(set, "allowed");
	__u64 number, *previous = NULL;

	while (!bpf_map_get_next_key(from, previous, &number)) {
		if (bpf_map_update_elem(map, &number, &present, BPF_ANY))
			return p_err("cannot copy the list of cgroups: %s",
				     strerror(errno));
		previous = &number;
	}
	cgroupfs_prune(map);
	return 0;
}

static int allow_all(int map, const struct cgroups *cgroups)
{
	size_t i;

	for (i = 0; i < cgroups->count; i++)
		if (allow_one(map, cgroups->names[i]))
			return -1;
	return 0;
}

/* Everything is there: from here on, the policy is in force. */
static int switch_on(const struct nnp_bpf *bpf)
{
	if (bpf_map__update_elem(bpf->maps.levels, &level, sizeof(level),
				 &present, sizeof(present), BPF_ANY))
		return p_err("cannot switch the policy on: %s",
			     strerror(errno));
	return 0;
}

static int pin_and_attach(const struct nnp_bpf *bpf)
{
	struct attached set = {};
	int err;

	if (pins_prepare(&pins_nnp))
		return -1;
	err = bpf_object__pin_maps(bpf->obj, pins_nnp.new_dir);
	if (err)
		p_err("cannot pin the BPF maps in %s: %s", pins_nnp.new_dir,
		      strerror(-err));
	if (err || pins_attach(&pins_nnp, bpf->obj) || switch_on(bpf) ||
	    pins_commit(&pins_nnp)) {
		pins_discard(&pins_nnp);
		return -1;
	}
	/* Drop the former one. */
	if (pins_settle(&pins_nnp, &set) < 0)
		return -1;
	attached_close(&set);
	return 0;
}

/*
 * The same programs are in force already.  They stay: an exec that has come by
 * where others would be attached would be decided by nobody.  @list is the list
 * as it will be, which has room for all.
 */
static int extend(const struct attached *set, int list)
{
	const int allowed = attached_map(set, "allowed");
	__u64 number, *previous = NULL;

	cgroupfs_prune(allowed);
	while (!bpf_map_get_next_key(list, previous, &number)) {
		if (bpf_map_update_elem(allowed, &number, &present, BPF_ANY))
			return p_err("cannot extend the list of cgroups: %s",
				     strerror(errno));
		previous = &number;
	}
	return 0;
}

static int put_in_force(const struct nnp_bpf *bpf,
			const struct cgroups *cgroups,
			const struct attached *set, int state)
{
	const int list = bpf_map__fd(bpf->maps.allowed);

	if ((state > PINS_NONE && copy_allowed(set, list)) ||
	    allow_all(list, cgroups))
		return -1;
	if (state > PINS_NONE && attached_same(set, bpf->obj))
		return extend(set, list);
	if (state == PINS_STUCK)
		return p_err("an exec is inside the BPF programs that another build of execlock loaded before: try again when it is over");
	return pin_and_attach(bpf);
}

static int load(const struct cgroups *cgroups)
{
	struct attached set = {};
	struct nnp_bpf *bpf;
	int state, err;

	state = pins_settle(&pins_nnp, &set);
	if (state < 0)
		return -1;
	bpf = nnp_bpf__open();
	err = bpf && !memory_load(bpf->skeleton) ?
	      put_in_force(bpf, cgroups, &set, state) :
	      features_report_refused("nnp on");
	attached_close(&set);
	nnp_bpf__destroy(bpf);
	return err;
}

static int nnp_on(const struct cgroups *cgroups)
{
	struct features kernel;
	int status;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	status = features_need_nnp(&kernel);
	if (status)
		return status;
	if (pins_lock() || load(cgroups))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "on", true));
	else
		puts("new privileges are denied in the initial user namespace");
	return STATUS_OK;
}

static int nnp_off(const struct cgroups *cgroups)
{
	int removed;

	if (pins_lock())
		return STATUS_FAILED;
	removed = pins_remove(&pins_nnp);
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b, s:b}", "on", false, "removed",
				 removed));
	else
		puts(removed ? "new privileges are no longer denied" :
			       "the no_new_privs policy was off");
	return STATUS_OK;
}

static json_t *describe_counters(int map, __u32 outcome)
{
	struct nnp_counters counters;

	if (bpf_map_lookup_elem(map, &outcome, &counters))
		return NULL;
	return json_pack("{s:I, s:I, s:I}",
			 "setUserId",
			 (json_int_t)counters.reasons[NNP_USER],
			 "setGroupId",
			 (json_int_t)counters.reasons[NNP_GROUP],
			 "capabilities",
			 (json_int_t)counters.reasons[NNP_CAPABILITIES]);
}

/* Reads what is not being written meanwhile.  Returns 0 if that is nothing. */
static bool read_gain(int map, __u32 place, struct nnp_gain *gain)
{
	struct nnp_gain again;
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (bpf_map_lookup_elem(map, &place, gain) ||
		    bpf_map_lookup_elem(map, &place, &again))
			return false;
		if (!(gain->version & 1) && gain->version == again.version)
			return gain->count;
	}
	return false;
}

static int compare_gains(const void *one, const void *other)
{
	const struct nnp_gain *const a = one, *const b = other;

	return a->time < b->time ? 1 : a->time > b->time ? -1 : 0;
}

static long long nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static json_t *describe_gain(const struct nnp_gain *gain)
{
	const time_t time = (nanoseconds(CLOCK_REALTIME) -
			     nanoseconds(CLOCK_BOOTTIME) +
			     (long long)gain->time) / 1000000000;
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&time, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm);
	return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:s}",
			 "time", text,
			 "count", (json_int_t)gain->count,
			 "uid", (json_int_t)gain->uid,
			 "pid", (json_int_t)gain->pid,
			 "comm", sanitize_name(gain->comm),
			 "file", sanitize_name(gain->file),
			 "reason", nnp_reason_name(gain->reason));
}

/* The latest one first. */
static json_t *describe_gains(int map)
{
	struct nnp_gain *const gains = calloc(NNP_GAINS, sizeof(*gains));
	json_t *const list = json_array();
	size_t i, count = 0;

	for (i = 0; gains && i < NNP_GAINS; i++)
		count += read_gain(map, i, &gains[count]);
	if (gains)
		qsort(gains, count, sizeof(*gains), compare_gains);
	for (i = 0; i < count; i++)
		json_array_append_new(list, describe_gain(&gains[i]));
	free(gains);
	return list;
}

static json_t *describe_allowed(int map)
{
	__u64 number, *previous = NULL;
	json_t *const list = json_array();

	while (!bpf_map_get_next_key(map, previous, &number)) {
		char *const name = cgroupfs_name(number);

		/* What was removed has no name. */
		json_array_append_new(list,
				      json_pack("{s:I, s:o?}",
						"id", (json_int_t)number,
						"cgroup", name ?
						sanitize_name(name) : NULL));
		free(name);
		previous = &number;
	}
	return list;
}

static json_t *describe(void)
{
	int allowed, counters, gains;
	json_t *status;

	allowed = pins_open(&pins_nnp, "allowed");
	counters = pins_open(&pins_nnp, "counters");
	gains = pins_open(&pins_nnp, "gains");
	if (allowed < 0 || counters < 0 || gains < 0)
		return NULL;
	status = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}",
			   "on", true,
			   "denied", describe_counters(counters, NNP_DENIED),
			   "allowedByCgroup",
			   describe_counters(counters, NNP_BY_CGROUP),
			   "allowedByNamespace",
			   describe_counters(counters, NNP_BY_NAMESPACE),
			   "cgroups", describe_allowed(allowed),
			   "latestDenied", describe_gains(gains));
	if (!status)
		p_err("cannot read the counters: %s", strerror(errno));
	return status;
}

static void print_counters(const char *name, const json_t *counters)
{
	static const char *const reasons[] = {
		"setUserId", "setGroupId", "capabilities"
	};
	size_t i;

	printf("%-22s", name);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		printf(" %14lld",
		       json_integer_value(json_object_get(counters,
							  reasons[i])));
	puts("");
}

/* Without the time zone. */
#define TIME_WIDTH 19

static void print_gains(const json_t *gains)
{
	const json_t *gain;
	size_t i;

	puts(json_array_size(gains) ?
	     "\nLATEST DENIED        COUNT        USER  REASON        FILE, PROCESS" :
	     "\nno gain of privileges was denied");
	json_array_foreach(gains, i, gain) {
		const char *time, *comm, *file, *reason;
		json_int_t count, user, pid;

		if (json_unpack((json_t *)gain,
				"{s:s, s:I, s:I, s:I, s:s, s:s, s:s}",
				"time", &time, "count", &count, "uid", &user,
				"pid", &pid, "comm", &comm, "file", &file,
				"reason", &reason))
			continue;
		printf("%.*s %6lld %11lld  %-12s  %s, pid %lld (%s)\n",
		       TIME_WIDTH, time, count, user, reason, file, pid, comm);
	}
}

static void print(const json_t *status)
{
	const json_t *const cgroups = json_object_get(status, "cgroups");
	const json_t *entry;
	size_t i;

	puts("new privileges are denied in the initial user namespace\n");
	printf("%-22s %14s %14s %14s\n", "EXECUTIONS", "SET-USER-ID",
	       "SET-GROUP-ID", "CAPABILITIES");
	print_counters("denied", json_object_get(status, "denied"));
	print_counters("allowed by cgroup",
		       json_object_get(status, "allowedByCgroup"));
	print_counters("allowed by namespace",
		       json_object_get(status, "allowedByNamespace"));
	puts(json_array_size(cgroups) ? "\nALLOWED CGROUPS" :
					"\nno cgroup is allowed");
	json_array_foreach(cgroups, i, entry) {
		const json_t *const name = json_object_get(entry, "cgroup");

		puts(json_is_string(name) ? json_string_value(name) :
					    "(removed)");
	}
	print_gains(json_object_get(status, "latestDenied"));
}

static int nnp_status(const struct cgroups *cgroups)
{
	json_t *status;
	int err;

	err = is_on();
	if (err < 0)
		return STATUS_FAILED;
	if (err == 0) {
		if (json_output)
			p_json(json_pack("{s:b}", "on", false));
		else
			puts("the no_new_privs policy is off");
		return STATUS_OK;
	}
	status = describe();
	if (!status)
		return STATUS_FAILED;
	if (json_output)
		return p_json(status) ? STATUS_FAILED : STATUS_OK;
	print(status);
	json_decref(status);
	return STATUS_OK;
}

/* Opens the list for a change, which is the only one as long as we live. */
static int open_allowed(int *map)
{
	int err;

	if (pins_lock())
		return STATUS_FAILED;
	err = is_on();
	if (err < 0)
		return STATUS_FAILED;
	if (err == 0)
		return say_off();
	*map = pins_open(&pins_nnp, "allowed");
	return *map < 0 ? STATUS_FAILED : STATUS_OK;
}

static void say_of_cgroup(const char *before, const char *name,
			  const char *after)
{
	fputs(before, stdout);
	sanitize_print(name);
	puts(after);
}

static int nnp_allow(const struct cgroups *cgroups)
{
	const char *const name = cgroups->names[0];
	int map, status;

	status = open_allowed(&map);
	if (status != STATUS_OK)
		return status;
	/* Services come and go: make room. */
	cgroupfs_prune(map);
	if (allow_one(map, name))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:o}", "allowed", sanitize_json(name)));
	else
		say_of_cgroup("executions in cgroup ", name,
			      " may gain privileges");
	return STATUS_OK;
}

static int nnp_forget(const struct cgroups *cgroups)
{
	const char *const name = cgroups->names[0];
	int map, status;
	__u64 number;

	status = open_allowed(&map);
	if (status != STATUS_OK)
		return status;
	if (cgroupfs_number(name, &number))
		return STATUS_FAILED;
	if (bpf_map_delete_elem(map, &number)) {
		if (errno == ENOENT)
			p_err("cgroup %s is not in the list", name);
		else
			p_err("cannot forget cgroup %s: %s", name,
			      strerror(errno));
		return STATUS_FAILED;
	}
	if (json_output)
		p_json(json_pack("{s:o}", "forgotten", sanitize_json(name)));
	else
		say_of_cgroup("cgroup ", name, " is no longer in the list");
	return STATUS_OK;
}

static const struct verb {
	const char *name;
	int (*run)(const struct cgroups *cgroups);
	size_t min;	/* cgroups to be named */
	size_t max;
} verbs[] = {
	{ "on", nnp_on, 0, SIZE_MAX },
	{ "off", nnp_off, 0, 0 },
	{ "status", nnp_status, 0, 0 },
	{ "allow", nnp_allow, 1, 1 },
	{ "forget", nnp_forget, 1, 1 },
};

struct arguments {
	const struct verb *verb;
	struct cgroups cgroups;
};

#define ACTIONS "expected on, off, status, allow or forget"

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static error_t parse_nnp(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;
	struct cgroups *const cgroups = &arguments->cgroups;

	switch (key) {
	case ARGP_KEY_ARGS:
		arg = state->argv[state->next];
		arguments->verb = find_verb(arg);
		if (!arguments->verb)
			argp_error(state, "unknown action \"%s\": " ACTIONS, arg);
		cgroups->names = state->argv + state->next + 1;
		cgroups->count = state->argc - state->next - 1;
		if (cgroups->count < arguments->verb->min)
			argp_error(state, "no cgroup: name one, as in /proc/PID/cgroup");
		if (cgroups->count > arguments->verb->max)
			argp_error(state, "unexpected argument \"%s\"",
				   cgroups->names[arguments->verb->max]);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no action: " ACTIONS);
		return ARGP_ERR_UNKNOWN;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp nnp_argp = {
	.parser = parse_nnp,
	.children = common_options,
	.args_doc = "on [CGROUP...]\noff\nstatus\nallow CGROUP\nforget CGROUP",
	.doc =
"Deny new privileges to what is executed in the initial user namespace, so that\n"
"set-user-ID and set-group-ID bits and file capabilities have no effect there.\n"
"In containers with their own user namespace, they have.\n"
"\vExempt are tasks in a cgroup that is in the list, or in one below it:\n"
"  on [CGROUP...]  put the policy in force; these cgroups join the list\n"
"  off             end it, and drop the list\n"
"  status          show the list, how many executions gained privileges, or would\n"
"                  have, since the policy is on, and which were denied last\n"
"  allow CGROUP    add a cgroup to the list\n"
"  forget CGROUP   remove a cgroup from the list\n"
"\n"
"A CGROUP is named as in /proc/PID/cgroup, e.g. /system.slice/cron.service.\n"
"It leaves the list when it is removed, e.g. because the service stops.\n"
"\n"
"Exit status: 0 done; 1 the system did not do it, and nothing was changed; 2\n"
"wrong command line; 4 the kernel lacks something.\n",
};

int cmd_nnp(int argc, char **argv)
{
	struct arguments arguments = {};

	argp_parse(&nnp_argp, argc, argv, 0, NULL, &arguments);
	return arguments.verb->run(&arguments.cgroups);
}
