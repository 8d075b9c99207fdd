/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Reports of denials, and of those of permissive layers
 *
 * Each report is a trace event, and an audit record if it is for the logs.  Both
 * must say the same.
 *
 * Requires common.h to be included first.
 */

#ifndef _LANDLOCK_PERMISSIVE_REPORT_H
#define _LANDLOCK_PERMISSIVE_REPORT_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "audit.h"
#include "trace.h"

#define TRACEFS_TRACE_PIPE TRACEFS_ROOT "/trace_pipe"

static const char *const permissive_events[] = {
	TRACEFS_CREATE_DOMAIN_ENABLE,
	TRACEFS_DENY_ACCESS_FS_ENABLE,
	TRACEFS_DENY_ACCESS_NET_ENABLE,
	TRACEFS_DENY_PTRACE_ENABLE,
	TRACEFS_DENY_SCOPE_SIGNAL_ENABLE,
	TRACEFS_DENY_SCOPE_ABSTRACT_UNIX_SOCKET_ENABLE,
};

#define MAX_DOMAINS 16
#define MAX_REPORTS 32
#define MAX_BLOCKERS 256

/**
 * struct report - A denial, or an access that a permissive layer would deny
 *
 * @layer: Rank of the layer among those that the task made, starting with 0.
 * @permissive: Whether the layer allowed it.
 * @same_exec: Whether the task is the program that made the layer.
 * @logged: Whether it is for the logs.
 * @blockers: The denied rights, as audit records have them.
 */
struct report {
	int layer;
	int permissive;
	int same_exec;
	int logged;
	char blockers[MAX_BLOCKERS];
};

/**
 * struct reports - Reports about the layers of one task, in their order
 *
 * @num_domains: Number of domains that the task made.
 * @domains: Their IDs.
 * @num: Number of reports.
 * @list: The reports.
 */
struct reports {
	int num_domains;
	__u64 domains[MAX_DOMAINS];
	int num;
	struct report list[MAX_REPORTS];
};

/**
 * struct observer - Where reports can be read
 *
 * @trace: The trace, whose events go away when they are read.
 * @audit: The audit socket, or -1.
 * @filter: Of audit.
 */
struct observer {
	FILE *trace;
	int audit;
	struct audit_filter filter;
};

/* Also gives the test a mount namespace of its own. */
static void __maybe_unused observe(struct __test_metadata *const _metadata,
				   struct observer *const observer)
{
	struct audit_records stale;
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, tracefs_setup());
	ASSERT_EQ(0, tracefs_clear_pid_filter());
	for (size_t i = 0; i < ARRAY_SIZE(permissive_events); i++)
		ASSERT_EQ(0, tracefs_enable_event(permissive_events[i], true));
	ASSERT_EQ(0, tracefs_clear());
	fd = open(TRACEFS_TRACE_PIPE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, fd);
	observer->trace = fdopen(fd, "r");
	ASSERT_NE(NULL, observer->trace);

	observer->audit = audit_init_with_exe_filter(&observer->filter);
	ASSERT_LE(0, observer->audit)
	{
		TH_LOG("Failed to initialize audit: %s",
		       strerror(-observer->audit));
	}
	ASSERT_EQ(0, audit_count_records(observer->audit, &stale));
}

static void __maybe_unused
observe_no_more(struct __test_metadata *const _metadata,
		struct observer *const observer)
{
	if (observer->trace)
		EXPECT_EQ(0, fclose(observer->trace));
	for (size_t i = 0; i < ARRAY_SIZE(permissive_events); i++)
		EXPECT_EQ(0, tracefs_enable_event(permissive_events[i], false));
	EXPECT_EQ(0, audit_cleanup(observer->audit, &observer->filter));
}

/* Copies the word that follows @name.  Returns false if there is none. */
static bool get_word(const char *const text, const char *const name,
		     char *const word, const size_t size)
{
	const char *const found = strstr(text, name);
	size_t len;

	word[0] = '\0';
	if (!found)
		return false;

	len = strcspn(found + strlen(name), "\n ");
	if (len >= size)
		return false;

	memcpy(word, found + strlen(name), len);
	word[len] = '\0';
	return true;
}

static __u64 get_number(const char *const text, const char *const name,
			const int base)
{
	char word[32];

	if (!get_word(text, name, word, sizeof(word)))
		return 0;
	return strtoull(word, NULL, base);
}

/*
 * Translates the rights that a trace event names into those of an audit record:
 * "refer|make_reg" into "fs.refer,fs.make_reg".
 */
static void get_blockers(const char *const event, char *const blockers)
{
	const char *const prefix = strstr(event, "deny_access_net") ? "net." :
								      "fs.";
	char word[MAX_BLOCKERS];
	char *name, *next = word;
	size_t len = 0;

	if (strstr(event, "deny_ptrace:")) {
		snprintf(blockers, MAX_BLOCKERS, "ptrace");
		return;
	}
	if (strstr(event, "deny_scope_")) {
		snprintf(blockers, MAX_BLOCKERS, "scope.%s",
			 strstr(event, "signal:") ? "signal" :
						    "abstract_unix_socket");
		return;
	}

	get_word(event, " blockers=", word, sizeof(word));
	blockers[0] = '\0';
	while ((name = strsep(&next, "|")))
		len += snprintf(blockers + len, MAX_BLOCKERS - len, "%s%s%s",
				len ? "," : "", prefix, name);
}

static int find_layer(const struct reports *const reports, const __u64 domain)
{
	for (int i = 0; i < reports->num_domains; i++)
		if (reports->domains[i] == domain)
			return i;
	return -1;
}

/* The task is told as "NAME-PID [CPU]", and there may be anything in the name. */
static pid_t get_pid(const char *const line)
{
	const char *pid = strstr(line, " [");

	while (pid && pid > line && *pid != '-')
		pid--;
	return pid ? atoi(pid + 1) : 0;
}

static void take_event(const char *const line, const pid_t pid,
		       struct reports *const reports)
{
	const char *const event = strstr(line, ": landlock_");
	struct report *const report = &reports->list[reports->num];
	__u64 domain;

	if (!event)
		return;

	domain = get_number(event, " domain=", 16);
	if (strstr(event, "landlock_create_domain:")) {
		if (get_pid(line) == pid && reports->num_domains < MAX_DOMAINS)
			reports->domains[reports->num_domains++] = domain;
		return;
	}

	/* Other tasks may do anything meanwhile. */
	memset(report, 0, sizeof(*report));
	report->layer = find_layer(reports, domain);
	if (report->layer < 0 || reports->num >= MAX_REPORTS - 1)
		return;

	report->permissive = get_number(event, " permissive=", 10);
	report->same_exec = get_number(event, " same_exec=", 10);
	report->logged = get_number(event, " logged=", 10);
	get_blockers(event, report->blockers);
	reports->num++;
}

/* Reads the trace of the layers of @pid, since the last call. */
static void __maybe_unused read_reports(struct observer *const observer,
					const pid_t pid,
					struct reports *const reports)
{
	char line[1024];

	memset(reports, 0, sizeof(*reports));
	clearerr(observer->trace);
	while (fgets(line, sizeof(line), observer->trace))
		take_event(line, pid, reports);
}

/**
 * struct audit_answer - Records of audit that were found
 *
 * @access: For each report, whether there was a record of it.
 * @domain: For each layer, how many records introduced it.
 * @mode: Its mode in the last one.
 * @extra: Number of records that there should not be.
 */
struct audit_answer {
	bool access[MAX_REPORTS];
	int domain[MAX_DOMAINS];
	char mode[MAX_DOMAINS][16];
	int extra;
};

static bool same_report(const struct report *const report, const int layer,
			const char *const data)
{
	static const char end[] = " permissive=1";
	const size_t len = strlen(data);
	const bool permissive = len > strlen(end) &&
				!strcmp(data + len - strlen(end), end);
	char blockers[MAX_BLOCKERS];

	/* Records of denials say nothing about it. */
	if (!permissive && strstr(data, "permissive="))
		return false;

	get_word(data, " blockers=", blockers, sizeof(blockers));
	return report->logged && report->layer == layer &&
	       !!report->permissive == permissive &&
	       !strcmp(report->blockers, blockers);
}

static void take_record(const struct audit_message *const msg,
			const struct reports *const reports,
			struct audit_answer *const answer)
{
	const int layer =
		find_layer(reports, get_number(msg->data, " domain=", 16));

	if (layer < 0)
		return;

	if (msg->header.nlmsg_type == AUDIT_LANDLOCK_DOMAIN) {
		/* Domains may be freed at any time. */
		if (!strstr(msg->data, " status=allocated"))
			return;
		answer->domain[layer]++;
		get_word(msg->data, " mode=", answer->mode[layer],
			 sizeof(answer->mode[layer]));
		return;
	}

	if (msg->header.nlmsg_type != AUDIT_LANDLOCK_ACCESS)
		return;

	for (int i = 0; i < reports->num; i++) {
		if (!answer->access[i] &&
		    same_report(&reports->list[i], layer, msg->data)) {
			answer->access[i] = true;
			return;
		}
	}
	answer->extra++;
}

/* Whether all the records came that have to. */
static bool all_recorded(const struct reports *const reports,
			 const struct audit_answer *const answer)
{
	for (int i = 0; i < reports->num; i++) {
		const struct report *const report = &reports->list[i];

		if (report->logged &&
		    (!answer->access[i] || !answer->domain[report->layer]))
			return false;
	}
	return true;
}

/* Puts a record of the test's own behind those that are there. */
static int mark_records(const struct observer *const observer)
{
	struct audit_message msg = {
		.header = {
			.nlmsg_len = NLMSG_SPACE(sizeof("permissive")),
			.nlmsg_type = AUDIT_USER,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.data = "permissive",
	};

	return audit_send(observer->audit, &msg);
}

/* Reads all the records that are there. */
static void read_records(struct __test_metadata *const _metadata,
			 const struct observer *const observer,
			 const struct reports *const reports,
			 struct audit_answer *const answer)
{
	static struct audit_message msg;

	ASSERT_EQ(0, mark_records(observer));
	while (true) {
		memset(&msg, 0, sizeof(msg));
		ASSERT_EQ(0, audit_recv(observer->audit, &msg));
		if (msg.header.nlmsg_type == AUDIT_USER)
			break;
		take_record(&msg, reports, answer);
	}
}

/* Whether audit says the same as the trace, and introduces each layer once. */
static bool __maybe_unused records_match(struct __test_metadata *const _metadata,
					 struct observer *const observer,
					 const struct reports *const reports)
{
	struct audit_answer answer = {};

	read_records(_metadata, observer, reports, &answer);
	if (answer.extra || !all_recorded(reports, &answer))
		return false;

	for (int i = 0; i < reports->num_domains; i++)
		if (answer.domain[i] > 1)
			return false;

	for (int i = 0; i < reports->num; i++) {
		const struct report *const report = &reports->list[i];

		if (report->logged &&
		    strcmp(answer.mode[report->layer],
			   report->permissive ? "permissive" : "enforcing"))
			return false;
	}
	return true;
}

/* Whether two lists have the same reports, in any order. */
static bool __maybe_unused same_reports(const struct reports *const left,
					const struct reports *const right)
{
	bool found[MAX_REPORTS] = {};
	int j;

	if (left->num != right->num)
		return false;

	for (int i = 0; i < left->num; i++) {
		for (j = 0; j < right->num; j++)
			if (!found[j] &&
			    !memcmp(&left->list[i], &right->list[j],
				    sizeof(left->list[i])))
				break;
		if (j == right->num)
			return false;
		found[j] = true;
	}
	return true;
}

static void __maybe_unused add_report(struct reports *const reports,
				      const int layer, const bool permissive,
				      const char *const blockers)
{
	struct report *const report = &reports->list[reports->num++];

	memset(report, 0, sizeof(*report));
	report->layer = layer;
	report->permissive = permissive;
	report->same_exec = 1;
	report->logged = 1;
	snprintf(report->blockers, sizeof(report->blockers), "%s", blockers);
}

static void __maybe_unused log_reports(struct __test_metadata *const _metadata,
				       const char *const title,
				       const struct reports *const reports)
{
	for (int i = 0; i < reports->num; i++) {
		const struct report *const report = &reports->list[i];

		TH_LOG("%s: layer=%d permissive=%d same_exec=%d logged=%d %s",
		       title, report->layer, report->permissive,
		       report->same_exec, report->logged, report->blockers);
	}
}

#endif /* _LANDLOCK_PERMISSIVE_REPORT_H */
