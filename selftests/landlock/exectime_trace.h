/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for the trace events of staged domains
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_EXECTIME_TRACE_H
#define _LANDLOCK_EXECTIME_TRACE_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

static const char *const trace_events[] = {
	TRACEFS_CREATE_DOMAIN_ENABLE,
	TRACEFS_ENFORCE_DOMAIN_ENABLE,
	TRACEFS_FREE_DOMAIN_ENABLE,
	TRACEFS_DENY_ACCESS_FS_ENABLE,
	TRACEFS_DENY_ACCESS_NET_ENABLE,
	TRACEFS_DENY_SCOPE_SIGNAL_ENABLE,
	TRACEFS_DENY_SCOPE_ABSTRACT_UNIX_SOCKET_ENABLE,
};

static void enable_events(struct __test_metadata *const _metadata,
			  const bool enable)
{
	for (size_t i = 0; i < ARRAY_SIZE(trace_events); i++)
		EXPECT_EQ(0, tracefs_enable_event(trace_events[i], enable));
}

/*
 * Clears the trace and enables the events.  To be called with a mount namespace
 * of one's own.  Returns false if there is no tracefs.
 */
static bool __maybe_unused
exectime_setup_trace(struct __test_metadata *const _metadata)
{
	if (tracefs_setup())
		return false;

	/* Domains are freed by other tasks: no filter. */
	EXPECT_EQ(0, tracefs_clear_pid_filter());
	enable_events(_metadata, true);
	EXPECT_EQ(0, tracefs_clear());
	return true;
}

enum event_type {
	EVENT_CREATE,
	EVENT_ENFORCE,
	EVENT_FREE,
	EVENT_DENY,
};

/**
 * struct event - One line of the trace
 *
 * @type: Which event.
 * @pid: Task in which it happened.
 * @domain: ID of its domain.
 * @parent: Parent of a created domain.
 * @ruleset: Ruleset of a created domain.
 * @complete: Whether an enforcement is the last one of its kind.
 * @process_wide: Whether it is for the whole process.
 * @nnp: no_new_privs at this time.
 * @denials: Number of denials of a freed domain.
 * @same_exec: Whether a denial is for the program that made the domain.
 * @logged: Whether a denial is for the logs.
 */
struct event {
	enum event_type type;
	pid_t pid;
	__u64 domain;
	__u64 parent;
	__u64 ruleset;
	int complete;
	int process_wide;
	int nnp;
	__u64 denials;
	int same_exec;
	int logged;
};

#define MAX_EVENTS 256

/* Tenths of a second in which a domain goes away, on the slowest machine. */
#define FREE_RETRIES 600

struct trace {
	struct event events[MAX_EVENTS];
	int num;
};

/* The task is told as "NAME-PID [CPU]"; there may be anything in the name. */
static pid_t parse_pid(const char *const line, const char *const end)
{
	const char *pid = end;

	while (pid > line && *pid != '[')
		pid--;
	while (pid > line && *pid != '-')
		pid--;
	return atoi(pid + 1);
}

static bool parse_event(const char *const line, struct event *const event)
{
	const char *text;

	memset(event, 0, sizeof(*event));
	text = strstr(line, " landlock_");
	if (!text)
		return false;

	event->pid = parse_pid(line, text++);
	if (sscanf(text,
		   "landlock_create_domain: domain=%llx parent=%llx ruleset=%llx",
		   &event->domain, &event->parent, &event->ruleset) == 3) {
		event->type = EVENT_CREATE;
		return true;
	}
	if (sscanf(text,
		   "landlock_enforce_domain: domain=%llx complete=%d process_wide=%d no_new_privs=%d",
		   &event->domain, &event->complete, &event->process_wide,
		   &event->nnp) == 4) {
		event->type = EVENT_ENFORCE;
		return true;
	}
	if (sscanf(text, "landlock_free_domain: domain=%llx denials=%llu",
		   &event->domain, &event->denials) == 2) {
		event->type = EVENT_FREE;
		return true;
	}
	if (sscanf(text,
		   "landlock_deny_%*[a-z_]: domain=%llx same_exec=%d logged=%d",
		   &event->domain, &event->same_exec, &event->logged) == 3) {
		event->type = EVENT_DENY;
		return true;
	}
	return false;
}

/* Rank of the creation of a domain in the trace, starting with 1, or 0. */
static int domain_rank(const struct trace *const trace, const __u64 domain)
{
	int rank = 0;

	for (int i = 0; i < trace->num; i++) {
		if (trace->events[i].type != EVENT_CREATE)
			continue;
		rank++;
		if (trace->events[i].domain == domain)
			return rank;
	}
	return 0;
}

static int count_events(const struct trace *const trace,
			const enum event_type type, const __u64 domain)
{
	int num = 0;

	for (int i = 0; i < trace->num; i++)
		if (trace->events[i].type == type &&
		    trace->events[i].domain == domain)
			num++;
	return num;
}

static void read_events(struct __test_metadata *const _metadata,
			struct trace *const trace)
{
	char *const buf = tracefs_read_trace();
	char *line, *next;

	ASSERT_NE(NULL, buf);
	trace->num = 0;
	for (line = buf; line && trace->num < MAX_EVENTS; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (parse_event(line, &trace->events[trace->num]))
			trace->num++;
	}
	free(buf);
}

static bool all_freed(const struct trace *const trace)
{
	for (int i = 0; i < trace->num; i++) {
		const struct event *const event = &trace->events[i];

		if (event->type == EVENT_CREATE &&
		    !count_events(trace, EVENT_FREE, event->domain))
			return false;
	}
	return true;
}

/*
 * Reads the trace of a finished scenario: its domains must go away, soon but
 * not at once.  Each domain is created once, then freed once, and its other
 * events are in between.
 */
static void __maybe_unused
read_balanced_events(struct __test_metadata *const _metadata,
		     struct trace *const trace)
{
	for (int retry = 0; retry < FREE_RETRIES; retry++) {
		read_events(_metadata, trace);
		if (all_freed(trace))
			break;
		usleep(100000);
	}

	for (int i = 0; i < trace->num; i++) {
		const __u64 domain = trace->events[i].domain;
		enum event_type last = EVENT_FREE;

		if (trace->events[i].type != EVENT_CREATE)
			continue;

		EXPECT_EQ(1, count_events(trace, EVENT_CREATE, domain));
		EXPECT_EQ(1, count_events(trace, EVENT_FREE, domain));
		for (int j = 0; j < trace->num; j++) {
			if (trace->events[j].domain != domain)
				continue;
			if (j < i)
				EXPECT_EQ(EVENT_CREATE, trace->events[j].type);
			last = trace->events[j].type;
		}
		EXPECT_EQ(EVENT_FREE, last);
	}
}

/*
 * Tells the creations and the enforcements of domains in their order: "c2<1"
 * is the creation of the second domain, child of the first one, "e2" its
 * enforcement, followed by "!" if it is complete, "w" if it is not
 * process-wide, and "n" if it is with no_new_privs.
 */
static void __maybe_unused tell_events(const struct trace *const trace,
				       char *const text, const size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < trace->num && len < size; i++) {
		const struct event *const event = &trace->events[i];
		const int rank = domain_rank(trace, event->domain);

		if (event->type == EVENT_CREATE)
			len += snprintf(text + len, size - len, "%sc%d<%d",
					len ? " " : "", rank,
					domain_rank(trace, event->parent));
		else if (event->type == EVENT_ENFORCE)
			len += snprintf(text + len, size - len, "%se%d%s%s%s",
					len ? " " : "", rank,
					event->complete ? "!" : "",
					event->process_wide ? "" : "w",
					event->nnp ? "n" : "");
	}
}

#endif /* _LANDLOCK_EXECTIME_TRACE_H */
