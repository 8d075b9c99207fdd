// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock nnp list - Show exempt cgroups, counters and the latest denials
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bpf/nnp.h"
#include "cgroupfs.h"
#include "cli.h"
#include "differences.h"
#include "message.h"
#include "nnp_paths.h"
#include "nnp_reason.h"
#include "nnp_rule.h"
#include "nnp_list.h"
#include "pins.h"
#include "sanitize.h"
#include "util.h"

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

/* Returns false if the slot is empty, or being written whenever it is read. */
static bool read_gain(int map, __u32 slot, struct nnp_gain *gain)
{
	struct nnp_gain again;
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (bpf_map_lookup_elem(map, &slot, gain) ||
		    bpf_map_lookup_elem(map, &slot, &again))
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

/* Takes @paths, those of the system's file. */
static json_t *describe_exempt(int map, json_t *paths)
{
	__u64 number, *previous = NULL;
	json_t *const list = json_array();
	const json_t *path;
	size_t i;

	json_array_foreach(paths, i, path)
		json_array_append_new(list, json_pack("{s:n, s:o}", "id",
						      "cgroup",
						      sanitize_name(json_string_value(path))));
	json_decref(paths);
	while (!bpf_map_get_next_key(map, previous, &number)) {
		char *const name = cgroupfs_name(number);

		/* A removed cgroup has no name. */
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
	int exempt, paths, counters, gains;
	json_t *status;

	/* Former builds have none. */
	paths = pins_try(&pins_nnp, "exempt_paths");
	exempt = pins_open(&pins_nnp, "exempt");
	counters = pins_open(&pins_nnp, "counters");
	gains = pins_open(&pins_nnp, "gains");
	if (exempt < 0 || counters < 0 || gains < 0)
		return NULL;
	status = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}",
			   "on", true,
			   "denied", describe_counters(counters, NNP_DENIED),
			   "allowedByCgroup",
			   describe_counters(counters, NNP_BY_CGROUP),
			   "allowedByNamespace",
			   describe_counters(counters, NNP_BY_NAMESPACE),
			   "cgroups",
			   describe_exempt(exempt, nnp_paths_describe(paths)),
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
	printf("%-22s %14s %14s %14s\n", "EXECS", "SET-USER-ID",
	       "SET-GROUP-ID", "CAPABILITIES");
	print_counters("denied", json_object_get(status, "denied"));
	print_counters("allowed by cgroup",
		       json_object_get(status, "allowedByCgroup"));
	print_counters("allowed by namespace",
		       json_object_get(status, "allowedByNamespace"));
	puts(json_array_size(cgroups) ? "\nEXEMPT CGROUPS" :
					"\nno cgroup is exempt");
	json_array_foreach(cgroups, i, entry) {
		const json_t *const name = json_object_get(entry, "cgroup");

		puts(json_is_string(name) ? json_string_value(name) :
					    "(removed)");
	}
	print_gains(json_object_get(status, "latestDenied"));
}

json_t *nnp_list_describe(void)
{
	const int on = nnp_rule_is_on();

	if (on < 0)
		return NULL;
	return on ? describe() : json_pack("{s:b}", "on", false);
}

int nnp_list(const void *arguments)
{
	json_t *const status = nnp_list_describe();
	json_t *const differs = status ? differences_find(DIFFERENCES_NNP) :
					 NULL;

	if (!differs) {
		json_decref(status);
		return STATUS_FAILED;
	}
	if (json_output) {
		json_object_set_new(status, "differs", differs);
		return p_json(status) ? STATUS_FAILED : STATUS_OK;
	}
	if (json_is_true(json_object_get(status, "on")))
		print(status);
	else
		puts("the no_new_privs rule is off");
	differences_print(differs);
	json_decref(status);
	return STATUS_OK;
}
